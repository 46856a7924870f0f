# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a master knows of: frameworks, agents, offers, tasks.  Pure data; everything from the wire is Mesos' v1 JSON.

Ids are plain strings inside ({"value": …} only on the wire).
"""

import base64
import collections
import uuid
from dataclasses import dataclass, field

from . import resources as res

VERSION = "1.12.0"
TERMINAL = frozenset({"TASK_FINISHED", "TASK_FAILED", "TASK_KILLED", "TASK_ERROR", "TASK_LOST", "TASK_DROPPED",
                      "TASK_GONE", "TASK_GONE_BY_OPERATOR"})
MASTER_CAPABILITIES = ("AGENT_UPDATE", "AGENT_DRAINING", "QUOTA_V2")
AGENT_CAPABILITIES = ("MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT", "RESOURCE_PROVIDER", "RESIZE_VOLUME",
                      "AGENT_OPERATION_FEEDBACK", "AGENT_DRAINING", "TASK_RESOURCE_LIMITS")
SCHEDULER_MESSAGES = {       # what an event is called between master and v0 driver; the body is the event's
    "SUBSCRIBED": "mesos.internal.FrameworkRegisteredMessage",
    "OFFERS": "mesos.internal.ResourceOffersMessage",
    "RESCIND": "mesos.internal.RescindResourceOfferMessage",
    "UPDATE": "mesos.internal.StatusUpdateMessage",
    "MESSAGE": "mesos.internal.ExecutorToFrameworkMessage",
    "FAILURE": "mesos.internal.ExitedExecutorMessage",
    "ERROR": "mesos.internal.FrameworkErrorMessage",
}
UNITS = (("weeks", 604800), ("days", 86400), ("hrs", 3600), ("mins", 60), ("secs", 1), ("ms", 1e-3), ("us", 1e-6))


def value(identifier):
    """The string in an id from the wire, ``""`` if there is none."""
    return (identifier or {}).get("value", "")


def wire(identifier):
    return {"value": identifier}


def new_uuid():
    """A status' uuid as JSON has it: base64 of its bytes."""
    return base64.b64encode(uuid.uuid4().bytes).decode()


def uuid_text(encoded):
    """The uuid as log lines have it."""
    try:
        return str(uuid.UUID(bytes=base64.b64decode(encoded)))
    except ValueError:
        return str(encoded)


def duration(seconds):
    """As Mesos prints durations: in the largest unit that leaves at least 1."""
    for unit, length in UNITS:
        if seconds >= length:
            return f"{seconds / length:.15g}{unit}"
    return f"{seconds * 1e9:.15g}ns"


def exit_text(status):
    """How a wait status reads: ``exited with status 0``, ``terminated with signal Killed``."""
    signal = status & 0x7F
    return f"terminated with signal {signal_name(signal)}" if signal else f"exited with status {status >> 8}"


def signal_name(number):
    import signal
    return signal.strsignal(number) or f"Unknown signal {number}"


@dataclass
class Agent:
    """An agent as the master sees it."""

    id: str
    pid: str
    info: dict
    version: str = VERSION
    capabilities: tuple = AGENT_CAPABILITIES
    principal: str = None
    active: bool = True
    connected: bool = True
    deactivated: bool = False
    registered_time: float = 0.0
    reregistered_time: float = None
    total: list = field(default_factory=list)
    used: dict = field(default_factory=dict)          # framework id -> resources of its tasks and executors
    offered: list = field(default_factory=list)
    offers: set = field(default_factory=set)
    executors: dict = field(default_factory=dict)     # framework id -> {executor id: ExecutorInfo}
    tasks: dict = field(default_factory=dict)         # (framework id, task id) -> task, until acknowledged
    missed_pings: int = 0
    ping: object = None

    @property
    def hostname(self):
        return self.info.get("hostname", "")

    def __str__(self):
        return f"{self.id} at {self.pid} ({self.hostname})"

    @property
    def available(self):
        """What may be offered; unallocated."""
        used = res.add(*self.used.values())
        return res.subtract(self.total, res.unallocated(res.add(used, self.offered)))


@dataclass
class Framework:
    """A framework as the master sees it: subscribed by HTTP (``stream``), by libprocess (``pid``), or not."""

    id: str
    info: dict
    pid: str = None
    stream: object = None
    principal: str = None
    active: bool = True
    connected: bool = True
    recovered: bool = False
    registered_time: float = 0.0
    reregistered_time: float = None
    unregistered_time: float = None
    suppressed: set = field(default_factory=set)
    filters: list = field(default_factory=list)       # (role, agent id, resources, until)
    offers: set = field(default_factory=set)
    tasks: dict = field(default_factory=dict)
    completed_tasks: collections.deque = field(default_factory=lambda: collections.deque(maxlen=1000))
    unreachable_tasks: dict = field(default_factory=dict)
    failover: object = None

    @property
    def name(self):
        return self.info.get("name", "")

    @property
    def roles(self):
        return list(self.info.get("roles", [])) if self.has("MULTI_ROLE") else [self.info.get("role", "*")]

    @property
    def capabilities(self):
        return [entry["type"] for entry in self.info.get("capabilities", [])]

    def has(self, capability):
        return capability in self.capabilities

    def __str__(self):
        return f"{self.id} ({self.name})" + (f" at {self.pid}" if self.pid else "")

    def send(self, event, master):
        """An event, by stream or as the message that the v0 driver understands."""
        if self.stream is not None:
            if self.stream.closed or not self.connected:
                master.log.warning("master.hpp", f"Unable to send message to framework {self}: connection closed")
            else:
                self.stream.send(event)
        elif self.pid and self.connected:
            body = event.get(event["type"].lower(), {})
            master.edges.send(self.pid, SCHEDULER_MESSAGES[event["type"]], body)


@dataclass
class Offer:
    id: str
    framework: str
    agent: str
    role: str
    resources: list


def new_task(task, framework_id, state="TASK_STAGING"):
    """The Task that a TaskInfo becomes on master and agent."""
    fields = ("name", "task_id", "agent_id", "resources", "labels", "discovery", "container", "health_check",
              "kill_policy", "max_completion_time", "limits")
    made = {key: task[key] for key in fields if task.get(key) is not None}
    made["framework_id"] = wire(framework_id)
    if task.get("executor"):
        made["executor_id"] = task["executor"]["executor_id"]
    user = (task.get("command") or (task.get("executor") or {}).get("command") or {}).get("user")
    if user:
        made["user"] = user
    return made | {"state": state, "statuses": []}


def role_of_task(task):
    """The role that a task's resources are allocated to."""
    return next((resource["allocation_info"]["role"] for resource in task.get("resources", [])
                 if resource.get("allocation_info")), "*")


def kept_status(status):
    """What is kept of a status in a task's history."""
    return {key: item for key, item in status.items() if key != "data"}
