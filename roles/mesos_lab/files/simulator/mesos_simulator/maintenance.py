# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maintenance: which machines are to go, which are down.  Bringing one down removes its agents."""

import json

from .http_api import Refusal

DOWN_MESSAGE = "Operator initiated 'Machine DOWN'"


class Maintenance:
    """The schedule and the machines of one master."""

    def __init__(self, master):
        self.master, self.windows, self.down = master, [], []

    def schedule(self):
        return {"windows": self.windows} if self.windows else {}

    def set_schedule(self, schedule):
        """Replace the schedule.  Raises Refusal."""
        windows = (schedule or {}).get("windows", [])
        for window in windows:
            if not window.get("machine_ids"):
                raise Refusal(400, "List of machines in the maintenance window is empty")
        kept = [machine for window in windows for machine in window["machine_ids"]]
        missing = [machine for machine in self.down if machine not in kept]
        if missing:
            raise Refusal(400, f"Machine '{text(missing[0])}' is deactivated and cannot be removed from the schedule")
        self.windows = windows

    def scheduled(self):
        return [machine for window in self.windows for machine in window["machine_ids"]]

    def status(self):
        draining = [{"id": machine} for machine in self.scheduled() if machine not in self.down]
        down = {"down_machines": self.down} if self.down else {}
        return ({"draining_machines": draining} if draining else {}) | down

    def bring_down(self, machines):
        for machine in checked(machines):
            if machine not in self.scheduled() or machine in self.down:
                raise Refusal(400, f"Machine '{text(machine)}' is not in DRAINING mode and cannot be brought down")
        for machine in machines:
            self.down.append(machine)
            for agent in list(self.master.agents.values()):
                ip = agent.pid.partition("@")[2].rpartition(":")[0]
                if machine.get("hostname", agent.hostname) == agent.hostname and machine.get("ip", ip) == ip:
                    self.remove(agent)

    def remove(self, agent):
        self.master.edges.send(agent.pid, "mesos.internal.ShutdownMessage", {"message": DOWN_MESSAGE})
        self.master.remove_agent(agent, DOWN_MESSAGE, "TASK_LOST", "REASON_SLAVE_REMOVED")

    def bring_up(self, machines):
        for machine in checked(machines):
            if machine not in self.down:
                raise Refusal(400, f"Machine '{text(machine)}' is not in DOWN mode and cannot be brought up")
        self.down = [machine for machine in self.down if machine not in machines]
        for window in self.windows:
            window["machine_ids"] = [machine for machine in window["machine_ids"] if machine not in machines]
        self.windows = [window for window in self.windows if window["machine_ids"]]


def checked(machines):
    if not isinstance(machines, list) or not machines:
        raise Refusal(400, "List of machines is empty")
    return machines


def text(machine):
    return json.dumps(machine, sort_keys=True, separators=(",", ":"))

