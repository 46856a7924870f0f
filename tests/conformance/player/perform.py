# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Performs the steps of a recorded case against an implementation.

What comes out has the form of the ``observed`` of a recording.  The
recording itself is consulted for one thing only: how long to wait.  What it
says will happen gets ample time, what it says will not happen gets the time
that the recorder gave it.
"""

import importlib.util
import json
import re
import signal
import socket
import sys
import time

from player import HOME, http_client
from player.normalize import CLIENT_NOISE, REPEATED
from player.programs import LOOPBACK, Missing, processes_of, wait_until
from player.scheduler import Session, Stream
from player.stage import AMPLE, PROGRAMS, Skipped

SETTLE = 4  # seconds for what the programs may still have to say
CONNECTED = {"execute": "Subscribed with ID", "v0": "Registered!"}
PYMESOS_LINES = re.compile(
    r"^(Registered|Task |error|disconnected|RuntimeError)"
    r"|Failed|reset|refused"
)
STATIC = re.compile(r"text/(html|css)|application/x-javascript")


class Performance:
    """One case on its stage."""

    def __init__(self, case, stage):
        self.case, self.stage = case, stage
        self.fill, self.normalizer = stage.fill, stage.normalizer
        self.sessions = {}

    def run(self, settled):
        """The observation; ``settled(observation)``: nothing to wait for."""
        recorded = self.case["observed"]
        try:
            for what in PROGRAMS:
                if what in self.case["config"] and self.stage.state("master") != "exit":
                    self.stage.start(what, self.case["config"][what] or {}, recorded["initial"].get(what))
            initial = self.stage.states()
            steps = [
                self.perform(step, recorded_step)
                for step, recorded_step in zip(
                    self.case["action"].get("steps", []), recorded.get("steps", []), strict=False
                )
            ]
            wait_until(lambda: self.stage.is_over() or settled(self.observation(initial, steps)), SETTLE, pause=0.25)
            return self.observation(initial, steps)
        finally:
            for session in self.sessions.values():
                session.stream.close()
            self.stage.clean()

    def observation(self, initial, steps):
        observed = {"initial": initial, "steps": steps}
        for what, state in self.stage.states().items():
            observed[what + "_state"] = "stopped_by_recorder" if what in self.stage.stopped else state
            if state == "exit":
                observed[what + "_exit_code"] = self.stage.exit_code(what)
            observed[what + "_log"] = self.stage.log(what)
        return observed

    def perform(self, step, recorded):
        try:
            result = getattr(self, "do_" + step["do"])(step, recorded)
        except http_client.CONNECTION_ERRORS as error:
            result = {"error": http_client.describe_error(error, self.normalizer), "outcome": "connection_error"}
        except Missing as error:
            result = {"error": str(error), "outcome": "missing"}
        except Skipped as reason:
            result = {"skipped": str(reason), "outcome": "skipped"}
        return {"name": recorded["name"], **result}

    # -- components -------------------------------------------------------

    def do_start(self, step, recorded):
        what = step["what"]
        self.stage.start(what, step.get("config", {}), recorded["outcome"].removeprefix(what + "_"))
        state = self.stage.state(what)
        result = {"outcome": f"{what}_{state}"}
        if state == "exit":
            result["exit_code"] = self.stage.exit_code(what)
        return result

    def do_stop(self, step, _):
        number = signal.Signals["SIG" + step.get("signal", "TERM")]
        return {"exit_code": self.stage.stop(step["what"], number), "outcome": "stopped"}

    def do_sleep(self, step, _):
        time.sleep(step["seconds"])
        return {"outcome": "done"}

    def do_processes(self, step, recorded):
        """Which task processes of this case are alive."""

        def alive():
            return sorted(
                name for name in processes_of(self.stage.directory).values() if re.search(step["match"], name)
            )

        wait_until(lambda: alive() == recorded["processes"], SETTLE)
        found = alive()
        return {"processes": found, "outcome": "alive" if found else "none"}

    # -- connections ------------------------------------------------------

    def do_http(self, step, _):
        response, content = http_client.request(self.stage.port(step["to"]), self.fill(step))
        headers = http_client.kept_headers(response, self.normalizer)
        record = {"status": response.status}
        if headers:
            record["headers"] = headers
        text = content.decode("utf-8", "replace")
        padded = re.fullmatch(r"(\w+)\((.*)\);?", text, re.S)
        if padded:
            record["jsonp"], text = padded.groups()
        try:
            data = json.loads(text)
        except ValueError:
            data = None
        for name, expression in step.get("save", {}).items():
            value = http_client.pick(data, expression)
            while isinstance(value, list) and value:
                value = value[0]
            self.stage.variables.values[name] = value
        if "pick" in step and data is not None:
            record["body"] = self.normalizer.data(
                {name: http_client.pick(data, expression) for name, expression in step["pick"].items()}
            )
        elif not padded and STATIC.match(headers.get("Content-Type", "")):
            record["body"] = "<STATIC CONTENT>"
        elif data is not None and not isinstance(data, str):
            record["body"] = self.normalizer.data(data)
        else:
            record["body"] = self.normalizer.text(text)
        return {"http": record, "outcome": f"http_{response.status}"}

    def do_handshake(self, step, _):
        """A bare TLS handshake with chosen versions and ciphers."""
        context = http_client.client_context(self.fill(step.get("tls", {})))
        with self.connect(step) as raw, context.wrap_socket(raw) as secure:
            return {"protocol": secure.version(), "cipher": secure.cipher()[0], "outcome": "handshake_ok"}

    def do_raw(self, step, _):
        """Raw bytes to a port, and what comes back."""
        data = b""
        with self.connect(step) as raw:
            raw.settimeout(2)
            raw.sendall(self.fill(step["send"]).encode())
            try:
                while piece := raw.recv(4096):
                    data += piece
            except TimeoutError:
                pass
        return {
            "received": self.normalizer.text(data.decode("latin-1")),
            "outcome": "answered" if data else "closed_without_answer",
        }

    def connect(self, step):
        return socket.create_connection((LOOPBACK, self.stage.port(step["to"])), 5)

    def do_scheduler(self, step, recorded):
        """A v1 scheduler session described by a script."""
        handle, answer = step.get("handle", "s"), {}
        if "subscribe" in step:
            filled = self.fill(step)
            session = Session(Stream(self.stage.port("master"), filled), self.stage.variables, self.normalizer)
            self.sessions[handle] = session
            answer["subscribe"] = session.subscribe(filled)
            status = answer["subscribe"]["status"]
            if status != 200:
                return {**answer, "outcome": f"http_{status}"}
        if handle not in self.sessions:
            raise Missing("there is no such session")
        session = self.sessions[handle]
        token = session.follow(step.get("script", [{"wait": "SUBSCRIBED"}]), recorded.get("events", []))
        if step.get("close", True):
            self.sessions.pop(handle).stream.close()
        return {**answer, **session.result(step), "outcome": token}

    # -- clients ----------------------------------------------------------

    def do_execute(self, step, recorded):
        """mesos-execute, a real v1 framework."""
        argv = ["mesos-execute", self.fill("--master={master}")]
        if step.get("task_group"):
            argv += ["--task_group=" + json.dumps(step["task_group"])]
        else:
            argv += [
                "--name=task",
                "--resources=cpus:0.1;mem:32",
                "--command=" + self.fill(step.get("command", "true")),
            ]
        return self.framework(argv, step, recorded)

    def do_v0(self, step, recorded):
        """A compiled example framework on the v0 scheduler driver."""
        program = step.get("program", "no-executor-framework")
        argv = [program, self.fill("--master={master}")]
        if program == "no-executor-framework":
            argv += ["--num_tasks=1"]
        result = self.framework(argv, step, recorded)
        for name in ("stdout", "stderr"):  # leave out printed protobufs
            result[name] = [line for line in result[name] if re.match(r"[IWEF] \S+\]|[A-Z]|Task |\*", line)]
        return result

    def framework(self, argv, step, recorded):
        argv += self.fill(step.get("args", []))
        if step.get("background"):
            return self.background(argv, step, recorded)
        connected = CONNECTED[step["do"]] if step.get("connect_only") else None
        process, result = self.client(argv, step, recorded, connected)
        return {**result, "outcome": framework_token(process.text(), result["exit_code"], connected)}

    def background(self, argv, step, recorded):
        """Leave it running once it has shown what it did when recorded."""
        process = self.launch_client(argv, step)
        awaited = {line.removesuffix(REPEATED) for line in recorded["stdout"]}

        def lines():
            return self.normalizer.log(process.stdout(), CLIENT_NOISE)

        process.wait_until(lambda: awaited <= set(lines()), AMPLE)
        return {"outcome": "started", "stdout": lines()}

    def do_run(self, step, recorded):
        """Any program."""
        process, result = self.client(
            self.fill(step["argv"]), step, recorded, noise=None if "noise" in step else CLIENT_NOISE
        )
        if step.get("all_lines"):
            result["stdout"] = [self.normalizer.text(line) for line in process.stdout().splitlines()]
        code = result["exit_code"]
        token = "still_running" if code is None else f"exit_{code}"
        for name, pattern in step.get("tokens", {}).items():
            if re.search(pattern, process.text()):
                token = name
        return {**result, "outcome": token}

    def do_pymesos(self, step, recorded):
        """A third-party v1 client."""
        if not importlib.util.find_spec("pymesos"):
            raise Skipped("pymesos is not installed")
        process, result = self.client(
            [sys.executable, HOME + "/clients/pymesos_client.py", *self.fill(["{master}", *step.get("args", [])])],
            step,
            recorded,
            keep=PYMESOS_LINES,
        )
        return {**result, "outcome": framework_token(process.text(), result["exit_code"])}

    def launch_client(self, argv, step):
        libprocess = {"LIBPROCESS_PORT": str(self.stage.take_port())} if step["do"] in CONNECTED else {}
        return self.stage.launch(argv, step, self.stage.base["environment"], libprocess)

    def client(self, argv, step, recorded, until=None, noise=CLIENT_NOISE, keep=None):
        """Run a client to its end, its time limit or the text ``until``."""
        process = self.launch_client(argv, step)
        limit = step.get("timeout", 8)
        if until:
            process.wait_until(lambda: until in process.text(), AMPLE if recorded["outcome"] == "registered" else limit)
            code = process.wait(0.3)
        else:
            code = process.wait(limit if recorded.get("still_running") else AMPLE + limit)
        if code is None:
            process.stop()
        result = {"exit_code": code}
        if code is None:
            result["still_running"] = True
        for name, text in (("stdout", process.stdout()), ("stderr", process.stderr())):
            result[name] = self.normalizer.log(text, noise, keep)
        return process, result


def framework_token(text, code, connected=None):
    """What became of a framework, from its output and exit code.

    ``connected``: the text it is to show, if connecting is all it had to do.
    """
    if connected:
        if connected in text:
            return "registered"
        return "not_connected" if code is None or code < 0 else f"exit_{code}"
    for state in ("FINISHED", "FAILED", "ERROR", "LOST", "KILLED", "DROPPED", "GONE", "UNREACHABLE"):
        if "TASK_" + state in text:
            return "task_" + state.lower()
    for token, pattern in (
        ("http_401", "401 Unauthorized"),
        ("http_403", "403 Forbidden"),
        ("refused_authentication", "(?i)refused authentication"),
        ("refused", "not authenticated|does not match|not allowed|[Nn]ot authorized"),
        ("registered", "Subscribed with ID|Registered|Framework registered with"),
    ):
        if re.search(pattern, text):
            return token
    return "not_connected" if code is None else f"exit_{code}"
