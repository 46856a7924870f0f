# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an agent knows of: frameworks, their executors, the executors' tasks.  Data, and the words for it."""

import collections
from dataclasses import dataclass, field

from . import resources as res
from .cluster import TERMINAL, value, wire

EXECUTOR_MESSAGES = {        # what an event is called between agent and v0 executor; the body is the event's
    "SUBSCRIBED": "mesos.internal.ExecutorRegisteredMessage",
    "LAUNCH": "mesos.internal.RunTaskMessage",
    "KILL": "mesos.internal.KillTaskMessage",
    "ACKNOWLEDGED": "mesos.internal.StatusUpdateAcknowledgementMessage",
    "MESSAGE": "mesos.internal.FrameworkToExecutorMessage",
    "SHUTDOWN": "mesos.internal.ShutdownExecutorMessage",
}
DEFAULT_EXECUTOR = {"cpus": 0.1, "mem": 32.0}
REGISTERING, RUNNING, TERMINATING, TERMINATED = "REGISTERING", "RUNNING", "TERMINATING", "TERMINATED"


@dataclass
class Executor:
    """One executor and its container; reached by ``pid`` (v0) or ``stream`` (v1)."""

    framework: object
    info: dict
    container_id: str
    directory: str
    run: str = None                 # where its checkpoint is; None without checkpointing
    for_command: bool = False
    state: str = REGISTERING
    pid: str = None
    stream: object = None
    http: bool = False
    queued: list = field(default_factory=list)       # [task, …] or {"group": [task, …]}
    tasks: dict = field(default_factory=dict)        # launched and terminated, until acknowledged
    completed: collections.deque = field(default_factory=lambda: collections.deque(maxlen=200))
    pending: dict = None            # how its tasks end: state, reason, message
    timer: object = None
    version: str = None

    @property
    def id(self):
        return value(self.info["executor_id"])

    @property
    def name(self):
        return f"'{self.id}' of framework {self.framework.id}"

    def __str__(self):
        if self.http:
            return f"{self.name} (via HTTP)"
        return self.name + (f" at {self.pid}" if self.pid else "")

    @property
    def connected(self):
        return bool(self.pid) or self.stream is not None and not self.stream.closed

    def queued_tasks(self):
        return [task for entry in self.queued for task in (entry["group"] if "group" in entry else [entry])]

    def resources(self):
        live = [task["resources"] for task in self.tasks.values() if task["state"] not in TERMINAL]
        return res.add(self.info["resources"], *live, *(task["resources"] for task in self.queued_tasks()))

    def idle(self):
        return not self.queued and not self.tasks


@dataclass
class Framework:
    id: str
    info: dict
    pid: str = ""
    terminating: bool = False
    executors: dict = field(default_factory=dict)
    completed: collections.deque = field(default_factory=lambda: collections.deque(maxlen=150))

    @property
    def checkpoint(self):
        return bool(self.info.get("checkpoint"))

    def has(self, capability):
        return any(entry["type"] == capability for entry in self.info.get("capabilities", []))


def command_text(command):
    """How a command shows in the name of its executor, cut to 15 letters."""
    if command.get("shell", True):
        line = command.get("value", "")
        return f"(Command: sh -c '{line if len(line) <= 15 else line[:12] + '...'}')"
    line = " ".join([command.get("value", ""), *command.get("arguments", [])])
    return f"(Command: {line if len(line) <= 15 else line[:12] + '...'})"


def executor_for(task, framework_id, launcher_dir):
    """The ExecutorInfo that Mesos makes for a task that brings only a command."""
    command = task["command"]
    role = next((resource.get("allocation_info", {}).get("role", "*") for resource in task["resources"]), "*")
    made = {"shell": False, "value": f"{launcher_dir}/mesos-executor",
            "arguments": ["mesos-executor", f"--launcher_dir={launcher_dir}"]}
    for key in ("environment", "user", "uris"):
        if command.get(key):
            made[key] = command[key]
    return {
        "executor_id": wire(value(task["task_id"])), "framework_id": wire(framework_id),
        "name": f"Command Executor (Task: {value(task['task_id'])}) {command_text(command)}",
        "source": value(task["task_id"]), "command": made,
        "resources": [{"name": name, "type": "SCALAR", "scalar": {"value": number}, "allocation_info": {"role": role}}
                      for name, number in DEFAULT_EXECUTOR.items()]}


def default_executor(info, launcher_dir):
    """An executor of type DEFAULT with the command that runs it."""
    return info | {"command": {"shell": False, "value": f"{launcher_dir}/mesos-default-executor",
                               "arguments": ["mesos-default-executor", f"--launcher_dir={launcher_dir}"]}}
