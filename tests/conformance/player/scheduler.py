# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small v1 scheduler (JSON, RecordIO) that follows a script."""

import json
import queue
import re
import socket
import threading
import time

from player import http_client

CLOSED = "<STREAM CLOSED>"
TERMINAL = {
    "TASK_FINISHED",
    "TASK_FAILED",
    "TASK_ERROR",
    "TASK_LOST",
    "TASK_KILLED",
    "TASK_DROPPED",
    "TASK_GONE",
    "TASK_UNREACHABLE",
}
FRAMES_KEPT = 3


class Stream:
    """One subscription: its events as they come, and calls beside it."""

    PATH = "/api/v1/scheduler"

    def __init__(self, port, step):
        self.port = port
        self.scheme, self.tls = step.get("scheme", "http"), step.get("tls")
        self.authorization = step.get("authorization") or (
            http_client.basic(*step["auth"]) if step.get("auth") else None
        )
        self.queue = queue.Queue()
        self.frames = []
        self.stream_id = None
        self.connection = http_client.connect(self.scheme, port, self.tls, 30)

    def headers(self):
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.authorization:
            headers["Authorization"] = self.authorization
        return headers

    def subscribe(self, call):
        """The response, and its content if it is not a stream."""
        self.connection.request("POST", self.PATH, json.dumps(call), self.headers() | {"Connection": "keep-alive"})
        response = self.connection.getresponse()
        self.stream_id = response.getheader("Mesos-Stream-Id")
        if response.status != 200:
            return response, response.read()
        threading.Thread(target=self.listen, args=(response,), daemon=True).start()
        return response, b""

    def listen(self, response):
        try:
            while digits := response.readline():
                record = response.read(int(digits)).decode()
                if len(self.frames) < FRAMES_KEPT:
                    self.frames.append("{}\\n{}".format(digits.decode().rstrip("\n"), record))
                self.queue.put(json.loads(record))
        except (*http_client.CONNECTION_ERRORS, ValueError, AttributeError):
            pass  # however the stream ended, closing included
        self.queue.put({"type": CLOSED})

    def next(self, timeout):
        """The next event, or None."""
        try:
            return self.queue.get(timeout=max(0.01, timeout))
        except queue.Empty:
            return None

    def call(self, call, stream_id=True):
        """Send a call; ``stream_id``: ours (True), none, or another."""
        connection = http_client.connect(self.scheme, self.port, self.tls, 20)
        headers = self.headers()
        if self.stream_id and stream_id:
            headers["Mesos-Stream-Id"] = self.stream_id if stream_id is True else stream_id
        connection.request("POST", self.PATH, json.dumps(call), headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response, content

    def close(self):
        if self.connection.sock:
            try:
                self.connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.connection.close()


class Session:
    """A stream, and what its script saw and sent in one step."""

    def __init__(self, stream, variables, normalizer):
        self.stream, self.variables = stream, variables
        self.normalizer = normalizer
        self.events, self.calls = [], []

    def subscribe(self, step):
        call = {"type": "SUBSCRIBE", "subscribe": {"framework_info": step["subscribe"]}}
        if step["subscribe"].get("id"):
            call["framework_id"] = step["subscribe"]["id"]
        response, content = self.stream.subscribe(call)
        answer = {"status": response.status, "headers": http_client.kept_headers(response, self.normalizer)}
        if content:
            answer["body"] = self.text(content)
        return answer

    def follow(self, script, recorded_events):
        """Perform the script: the outcome of its last ``wait``."""
        self.events, self.calls = [], []
        token = "done"
        for action in script:
            if "wait" in action:
                token = self.wait(action, recorded_events)
            if "launch" in action:
                self.accept([{"type": "LAUNCH", "launch": {"task_infos": [task_info(action)]}}])
            if "accept" in action:
                self.accept(action["accept"])
            if "call" in action:
                self.call(self.variables.fill(action["call"]), action.get("stream_id", True))
            if "sleep" in action:
                time.sleep(action["sleep"])
        return token

    def wait(self, action, recorded_events):
        """Wait for a type of event or a state of the task.

        What was recorded to come is given more time than the recorder did.
        """
        wanted, recorded = action["wait"], json.dumps(recorded_events)
        expected = any(
            re.search(rf"\b{re.escape(text)}\b", recorded) for text in (TERMINAL if wanted == "TERMINAL" else [wanted])
        )
        end = time.monotonic() + action.get("timeout", 4) * (4 if expected else 1)
        while event := self.stream.next(end - time.monotonic()):
            self.events.append(event)
            kind, state = event["type"], self.take(event)
            if wanted in (kind, state):
                return wanted.lower()
            if wanted == "TERMINAL" and state in TERMINAL:
                return state.lower()
            if kind in ("ERROR", CLOSED):
                return kind.lower().strip("<>").replace(" ", "_")
            if time.monotonic() > end:
                break
        return "no_" + wanted.lower()

    def take(self, event):
        """Note ids, acknowledge updates; the state of an update."""
        values = self.variables.values
        if event["type"] == "SUBSCRIBED":
            values["framework_id"] = event["subscribed"]["framework_id"]["value"]
        if event["type"] == "OFFERS":
            offer = event["offers"]["offers"][0]
            values["offer_id"] = offer["id"]["value"]
            values["agent_id"] = offer["agent_id"]["value"]
        if event["type"] != "UPDATE":
            return None
        status = event["update"]["status"]
        if status.get("uuid"):
            self.call(
                {
                    "type": "ACKNOWLEDGE",
                    "framework_id": {"value": values["framework_id"]},
                    "acknowledge": {key: status[key] for key in ("agent_id", "task_id", "uuid")},
                }
            )
        return status["state"]

    def accept(self, operations):
        self.call(
            self.variables.fill(
                {
                    "type": "ACCEPT",
                    "framework_id": {"value": "{framework_id}"},
                    "accept": {
                        "offer_ids": [{"value": "{offer_id}"}],
                        "operations": operations,
                        "filters": {"refuse_seconds": 0.0},
                    },
                }
            )
        )

    def call(self, call, stream_id=True):
        response, content = self.stream.call(call, stream_id)
        entry = {"call": call.get("type"), "status": response.status}
        if content:
            entry["body"] = self.text(content)
        self.calls.append(entry)

    def text(self, content):
        return self.normalizer.text(content.decode("utf-8", "replace"))

    def result(self, step):
        """The step's part of a recording."""
        result = {}
        if step.get("frames"):
            result["first_frames"] = [self.normalizer.text(frame) for frame in self.stream.frames]
        describe = self.digest if step.get("digest") else self.normalizer.data
        result["events"] = [describe(event) for event in self.events]
        if self.calls:
            result["calls"] = self.calls
        return result

    def digest(self, event):
        kind = event["type"]
        if kind == "UPDATE":
            status = event["update"]["status"]
            words = [kind, status["state"]] + [status[key] for key in ("reason", "source") if status.get(key)]
            message = status.get("message")
        elif kind == "FAILURE":
            words, message = [kind, *sorted(event["failure"])], None
        else:
            words = [kind]
            message = event["error"]["message"] if kind == "ERROR" else None
        text = " ".join(words)
        return text + ": " + self.normalizer.text(message) if message else text


def task_info(action):
    """The task of a ``launch`` action, resources allocated to its role."""
    task = {
        "name": "task",
        "task_id": {"value": "task-1"},
        "agent_id": {"value": "{agent_id}"},
        "resources": [
            {"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}},
            {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}},
        ],
        "command": {"shell": True, "value": "true"},
    } | action["launch"]
    allocation = {"allocation_info": {"role": action.get("role", "*")}}
    return task | {"resources": [allocation | resource for resource in task["resources"]]}
