# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos-executor: runs the one command of a task, and tells what became of it: by v0 messages, or HTTP if told so."""

import asyncio
import os
import signal
import subprocess

from . import containerizer, flags
from .background import spawn
from .cluster import TERMINAL, exit_text, role_of_task, value
from .executor_driver import V0Driver, V1Driver, seconds
from .glog import log, quit_now
from .libprocess import Libprocess
from .process_title import show_as

FILE = "executor.cpp"
LINGER = 1.0             # seconds that a v0 executor stays after its last update
KILL_GRACE = 3.0         # seconds between asking a task to end and making it


def original_environment():
    """The environment this process was given: Python itself adds to os.environ."""
    with open("/proc/self/environ", "rb") as stream:
        entries = stream.read().decode("utf-8", "surrogateescape").split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


class CommandExecutor:
    """One task."""

    def __init__(self, environ):
        self.environ = environ
        self.driver = self.task = self.process = None
        self.killed = self.ending = False
        self.terminal_uuid = None
        self.capabilities = []

    def handle(self, event):
        kind = event["type"]
        if kind in ("SUBSCRIBED", "LAUNCH", "KILL", "SHUTDOWN"):
            log.info(FILE, f"Received {kind} event")
        getattr(self, "on_" + kind.lower(), lambda body: None)(event.get(kind.lower()) or {})

    def on_subscribed(self, body):
        self.capabilities = [entry["type"] for entry in (body.get("framework_info") or {}).get("capabilities", [])]
        log.info(FILE, f"Subscribed executor on {(body.get('agent_info') or {}).get('hostname')}")

    def on_launch(self, body):
        task = body["task"]
        if self.task is not None:
            self.driver.update({"task_id": task["task_id"], "state": "TASK_FAILED",
                                "message": "Attempted to run multiple tasks using a \"command\" executor"})
            return
        self.task = task
        log.info(FILE, f"Starting task {value(task['task_id'])}")
        self.update("TASK_STARTING")
        command = task["command"]
        program, *argv = containerizer.argv_of(command)
        environment = (original_environment() | {"MESOS_ALLOCATION_ROLE": role_of_task(task)}
                       | containerizer.variables(command))
        log.info(FILE, "Running '/bin/sh -c <POSSIBLY-SENSITIVE-DATA>'" if command.get("shell", True) else
                 f"Running '{program} <POSSIBLY-SENSITIVE-DATA>'")
        try:
            self.process = subprocess.Popen(argv, executable=program, env=environment, stdin=subprocess.DEVNULL,
                                            start_new_session=True)
        except OSError as error:
            self.finish("TASK_FAILED", f"Failed to launch command: {error}")
            return
        log.info(FILE, f"Forked command at {self.process.pid}")
        self.update("TASK_RUNNING")
        spawn(self.wait())

    def update(self, state, message=None):
        status = {"task_id": self.task["task_id"], "state": state}
        self.driver.update(status | ({"message": message} if message else {}))
        if state in TERMINAL:
            self.terminal_uuid = list(self.driver.unacknowledged)[-1]

    async def wait(self):
        loop = asyncio.get_running_loop()
        code = await loop.run_in_executor(None, self.process.wait)
        status = -code if code < 0 else code << 8
        text = exit_text(status)
        log.info(FILE, f"Command {text} (pid: {self.process.pid})")
        state = "TASK_KILLED" if self.killed else "TASK_FINISHED" if status == 0 else "TASK_FAILED"
        containerizer.kill_tree(self.process.pid)
        self.finish(state, f"Command {text}")

    def finish(self, state, message):
        self.update(state, message)
        if isinstance(self.driver, V0Driver):
            asyncio.get_running_loop().call_later(LINGER, self.end)

    def on_acknowledged(self, body):
        if body.get("uuid") == self.terminal_uuid and not isinstance(self.driver, V0Driver):
            self.end()

    def on_kill(self, body):
        if self.task is None or value(body.get("task_id")) != value(self.task["task_id"]):
            return
        grace = (body.get("kill_policy") or {}).get("grace_period")
        self.kill(grace["nanoseconds"] / 1e9 if grace else KILL_GRACE)

    def kill(self, grace):
        if self.killed or self.process is None or self.process.returncode is not None:
            return
        self.killed = True
        if "TASK_KILLING_STATE" in self.capabilities:
            self.update("TASK_KILLING")
        log.info(FILE, f"Sending SIGTERM to process tree at pid {self.process.pid}")
        containerizer.kill_tree(self.process.pid, signal.SIGTERM)
        asyncio.get_running_loop().call_later(grace, self.escalate)

    def escalate(self):
        if self.process.returncode is None:
            log.info(FILE, f"Process {self.process.pid} did not terminate after the grace period; sending SIGKILL")
            containerizer.kill_tree(self.process.pid)

    def on_shutdown(self, body):
        if self.ending:
            return
        self.ending = True
        log.info(FILE, "Shutting down")
        if self.process is None or self.process.returncode is not None:
            self.end()
            return
        grace = seconds(self.environ.get("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"), 5.0)
        self.kill(max(0.1, grace - 2))
        spawn(self.end_after_task())

    async def end_after_task(self):
        while self.process.returncode is None:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.2)
        self.end()

    def end(self):
        log.info("process.cpp", "Stopped the socket accept loop")
        if self.process is not None and self.process.returncode is None:
            containerizer.kill_tree(self.process.pid)
        quit_now(0)


def main(argv, environ):
    flags.load("mesos-executor", argv, environ)
    show_as(["mesos-executor", *argv[1:]])
    for name in ("MESOS_FRAMEWORK_ID", "MESOS_EXECUTOR_ID", "MESOS_SLAVE_PID"):
        if name not in environ:
            log.exit_with(1, f"Expecting '{name}' to be set in the environment", file="exec.cpp")

    async def run():
        executor = CommandExecutor(environ)
        kind = V1Driver if environ.get("MESOS_HTTP_COMMAND_EXECUTOR") == "1" else V0Driver
        executor.driver = kind(Libprocess(environ=environ), environ, executor.handle)
        await executor.driver.start()
        await asyncio.Event().wait()

    os.chdir(environ.get("MESOS_DIRECTORY", "."))
    asyncio.run(run())
    return 0
