# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's whole state and what changes it; ``edges`` are those of MasterState, plus real containers and files."""

import collections
import os
import uuid

from . import checkpoint
from .agent_executors import AgentExecutors
from .agent_tasks import AgentTasks
from .cluster import exit_text, value
from .status_updates import StatusUpdates


class AgentState(AgentTasks, AgentExecutors):
    """Frameworks, executors and tasks on one agent."""

    def __init__(self, info, pid, flags, environ, edges, log, *, paths, containers, files):
        self.info, self.pid, self.flags, self.environ = info, pid, flags, environ
        self.edges, self.log, self.paths, self.containers, self.files = edges, log, paths, containers, files
        self.frameworks, self.completed = {}, collections.deque(maxlen=50)
        self.updates = StatusUpdates(self.forward, edges.later, log)
        self.master, self.registered, self.recovering = None, False, False
        self.may_switch_user = os.geteuid() == 0

    @property
    def id(self):
        return value(self.info.get("id"))

    @property
    def address(self):
        return self.pid.partition("@")[2]

    def new_container_id(self):
        return str(uuid.uuid4())

    def duration(self, flag):
        """A duration flag as Mesos prints it."""
        return self.flags.as_json()[flag]

    @staticmethod
    def end_text(status):
        """How an executor's end reads."""
        return "has terminated with unknown status" if status is None else exit_text(status)

    def update_framework(self, sender, message):
        framework = self.frameworks.get(value(message["framework_id"]))
        if framework is None:
            return
        self.log.info("slave.cpp", f"Updating info for framework {framework.id}")
        framework.info, framework.pid = message["framework_info"], message.get("pid", "")
        if framework.checkpoint:
            checkpoint.save_framework(self.paths, self.id, framework.info, framework.pid)

    def summary(self):
        """What the master is told when the agent comes back."""
        executors = [executor for framework in self.frameworks.values() for executor in framework.executors.values()]
        tasks = []
        for executor in executors:
            tasks += [dict(task) for task in executor.tasks.values()]
        return {"tasks": tasks, "frameworks": [framework.info for framework in self.frameworks.values()],
                "executor_infos": [executor.info for executor in executors if not executor.for_command]}
