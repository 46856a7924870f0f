# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos-default-executor: runs groups of tasks (pods), each task in a container that the agent nests in this one's."""

import asyncio
import os
import signal
import uuid

from . import flags
from .background import spawn
from .cluster import TERMINAL, exit_text, role_of_task, value
from .executor_driver import V1Driver
from .glog import log, quit_now
from .http_client import HttpFailure
from .libprocess import Libprocess
from .process_title import show_as

FILE = "default_executor.cpp"
LINGER = 1.0             # seconds between the last acknowledgement and the end
KILL_GRACE = 3.0
RETRY = 1.0              # seconds between attempts to reach an agent that is away


class Child:
    """One task and its container."""

    def __init__(self, task, group, container_id):
        self.task, self.group, self.container_id = task, group, container_id
        self.launched = self.killing = self.ended = False

    @property
    def id(self):
        return value(self.task["task_id"])


class DefaultExecutor:
    """Groups of tasks; when one task of a group fails the others are killed, when all ended so does the executor."""

    def __init__(self, environ):
        self.environ = environ
        self.driver = self.container_id = None
        self.children = {}
        self.capabilities = []
        self.ending = False

    # -- events ------------------------------------------------------------

    def handle(self, event):
        kind = event["type"]
        log.info(FILE, f"Received {kind} event")
        getattr(self, "on_" + kind.lower(), lambda body: None)(event.get(kind.lower()) or {})

    def disconnected(self):
        log.info(FILE, "Disconnected from agent")

    def on_subscribed(self, body):
        self.container_id = body["container_id"]
        self.capabilities = [entry["type"] for entry in body["framework_info"].get("capabilities", [])]
        log.info(FILE, f"Subscribed executor on {body['agent_info'].get('hostname')}")

    def on_launch_group(self, body):
        group = body["task_group"]["tasks"]
        names = {value(task["task_id"]) for task in group}
        for task in group:
            child = Child(task, names, {"parent": self.container_id, "value": str(uuid.uuid4())})
            self.children[child.id] = child
            self.update(child, "TASK_STARTING")
            spawn(self.run(child))

    def on_kill(self, body):
        child = self.children.get(value(body.get("task_id")))
        if child is None or child.killing or child.ended:
            return
        log.info(FILE, f"Received kill for task '{child.id}'")
        grace = (body.get("kill_policy") or {}).get("grace_period")
        spawn(self.kill(child, grace["nanoseconds"] / 1e9 if grace else KILL_GRACE))

    def on_acknowledged(self, body):
        if self.children and all(child.ended for child in self.children.values()) and not self.driver.unacknowledged:
            log.info(FILE, "Terminating after 1secs")
            asyncio.get_running_loop().call_later(LINGER, self.end)

    def on_shutdown(self, body):
        if self.ending:
            return
        self.ending = self.driver.ending = True
        log.info(FILE, "Shutting down")
        running = [child for child in self.children.values() if child.launched and not child.ended]
        if not running:
            self.end()
            return
        for child in running:
            spawn(self.kill(child, KILL_GRACE))
        asyncio.get_running_loop().call_later(KILL_GRACE + 1, self.end)

    # -- tasks -------------------------------------------------------------

    def update(self, child, state, message=None):
        status = {"task_id": child.task["task_id"], "state": state}
        if child.launched:
            status["container_status"] = {"container_id": child.container_id}
        self.driver.update(status | ({"message": message} if message else {}))
        if state in TERMINAL:
            child.ended = True

    def environment(self, child):
        command = child.task.get("command") or {}
        role = role_of_task(child.task)
        given = (command.get("environment") or {}).get("variables", [])
        return {"variables": [{"name": "MESOS_TASK_ID", "type": "VALUE", "value": child.id},
                              {"name": "MESOS_ALLOCATION_ROLE", "type": "VALUE", "value": role}, *given]}

    async def run(self, child):
        command = (child.task.get("command") or {}) | {"environment": self.environment(child)}
        status, text = await self.ask({"type": "LAUNCH_CONTAINER", "launch_container": {
            "container_id": child.container_id, "command": command, "resources": child.task["resources"]}})
        if status != 200:
            self.finish(child, "TASK_FAILED", f"Failed to launch container: {text}")
            return
        child.launched = True
        log.info(FILE, f"Successfully launched child container {name_of(child.container_id)} for task '{child.id}'")
        self.update(child, "TASK_RUNNING")
        await self.wait(child)

    async def wait(self, child):
        """Wait for its end, through as many restarts of the agent as it takes."""
        call = {"type": "WAIT_NESTED_CONTAINER", "wait_nested_container": {"container_id": child.container_id}}
        log.info(FILE, f"Waiting on child container of task '{child.id}'")
        while True:
            status, answer = await self.ask(call)
            if status == 200:
                break
            if status is not None and status not in (401, 403, 503):
                self.finish(child, "TASK_FAILED", f"Unable to retrieve command's termination information: {answer}")
                return
            await asyncio.sleep(RETRY)
        code = (answer.get("wait_nested_container") or {}).get("exit_status")
        if code is None:
            self.finish(child, "TASK_FAILED", "Command terminated with unknown status")
            return
        state = "TASK_KILLED" if child.killing else "TASK_FINISHED" if code == 0 else "TASK_FAILED"
        self.finish(child, state, f"Command {exit_text(code)}")

    def finish(self, child, state, message):
        log.info(FILE, f"Child container of task '{child.id}' completed in state {state}: {message}")
        self.update(child, state, message)
        if self.ending and all(one.ended for one in self.children.values()):
            asyncio.get_running_loop().call_later(0.2, self.end)
        if state == "TASK_FAILED":
            for other in self.children.values():
                if other.id in child.group and not other.ended and not other.killing:
                    spawn(self.kill(other, KILL_GRACE))

    async def kill(self, child, grace):
        child.killing = True
        if "TASK_KILLING_STATE" in self.capabilities:
            self.update(child, "TASK_KILLING")
        log.info(FILE, f"Killing task '{child.id}' running in child container with SIGTERM signal")
        for number in (signal.SIGTERM, signal.SIGKILL):
            await self.ask({"type": "KILL_NESTED_CONTAINER", "kill_nested_container": {
                "container_id": child.container_id, "signal": int(number)}})
            await asyncio.sleep(grace)
            if child.ended:
                return

    async def ask(self, call):
        """(status, JSON or text) of the agent; (None, words) if it cannot be reached."""
        try:
            response = await self.driver.lib.http("POST", self.driver.url, headers=self.driver.headers(), json=call)
        except HttpFailure as failure:
            return None, str(failure)
        if response.status == 200 and response.body:
            return 200, response.json()
        return response.status, response.text

    def end(self):
        log.info("process.cpp", "Stopped the socket accept loop")
        quit_now(0)


def name_of(container_id):
    parent = container_id.get("parent")
    return f"{name_of(parent)}.{container_id['value']}" if parent else container_id["value"]


def main(argv, environ):
    flags.load("mesos-default-executor", argv, environ)
    show_as(["mesos-default-executor", *argv[1:]])
    for name in ("MESOS_FRAMEWORK_ID", "MESOS_EXECUTOR_ID", "MESOS_SLAVE_PID"):
        if name not in environ:
            log.exit_with(1, f"Expecting '{name}' to be set in the environment.", file=FILE)

    async def run():
        executor = DefaultExecutor(environ)
        lib = Libprocess(environ=environ)
        await lib.start()
        executor.driver = V1Driver(lib, environ, executor.handle, executor.disconnected)
        log.info(FILE, f"Using URL {executor.driver.url} for the streaming endpoint")
        await executor.driver.start()
        await asyncio.Event().wait()

    os.chdir(environ.get("MESOS_DIRECTORY", "."))
    asyncio.run(run())
    return 0
