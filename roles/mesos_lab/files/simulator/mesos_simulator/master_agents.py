# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How agents come and go: registration, re-registration, pings, disconnection.

Part of MasterState.  Source: docs/mesos/security.md §2; words as recorded.
"""

from . import resources as res
from .cluster import TERMINAL, Agent, exit_text, value, wire

REREGISTERED = "Unknown agent reregistered"


class Agents:
    """The half of MasterState that talks to agents."""

    def register_agent(self, pid, message, principal=None):
        """An agent without id asks for one."""
        info = message["agent"]
        known = self.agent_at(pid)
        if known and known.connected:
            self.log.info("master.cpp", f"Agent {known} already registered, resending acknowledgement")
            self.acknowledge_registration(known)
            return
        if known:
            self.log.info("master.cpp", f"Removing old disconnected agent {known} because a registration attempt "
                                        "occurred")
            self.remove_agent(known, "a new agent registered at the same address", "TASK_LOST",
                              "REASON_SLAVE_REMOVED")
        self.log.info("master.cpp", f"Received register agent message from {pid} ({info.get('hostname')})")
        refusal = self.agent_refusal(info, principal)
        if refusal:
            self.log.warning("master.cpp", f"Refusing registration of agent at {pid} ({info.get('hostname')}): "
                                           f"{refusal}")
            self.edges.send(pid, "mesos.internal.ShutdownMessage", {"message": refusal})
            return
        identifier = f"{self.info['id']}-S{self.next_agent}"
        self.next_agent += 1
        self.log.info("master.cpp", f"Registering agent at {pid} ({info.get('hostname')}) with id {identifier}")
        agent = self.add_agent(identifier, pid, message, principal)
        self.log.info("master.cpp", f"Registered agent {agent} with {res.text(agent.total)}")
        self.counters["slave_registrations"] += 1
        self.acknowledge_registration(agent)

    def agent_refusal(self, info, principal):
        """Why an agent may not join, or None.  The place for authorization and domains."""
        return None

    def agent_at(self, pid):
        return next((agent for agent in self.agents.values() if agent.pid == pid), None)

    def add_agent(self, identifier, pid, message, principal):
        info = message["agent"] | {"id": wire(identifier), "checkpoint": True}
        agent = Agent(identifier, pid, info, version=message.get("version", ""), principal=principal,
                      capabilities=tuple(message.get("capabilities", ())),
                      registered_time=self.edges.now(), total=res.normalised(info.get("resources")))
        self.agents[identifier] = agent
        self.unreachable_agents.pop(identifier, None)
        self.watch_agent(agent)
        self.publish({"type": "AGENT_ADDED", "agent_added": lambda: {"agent": self.agent_body(agent)}})
        self.allocate_soon()
        return agent

    def watch_agent(self, agent):
        """Link to it and ping it."""
        self.edges.link(agent.pid, lambda _, agent=agent: self.agent_exited(agent))
        if agent.ping:
            agent.ping.cancel()
        agent.missed_pings = 0
        agent.ping = self.edges.later(self.ping_timeout, self.ping_agent, agent)

    def acknowledge_registration(self, agent):
        self.edges.send(agent.pid, "mesos.internal.SlaveRegisteredMessage",
                        {"agent_id": wire(agent.id), "connection": self.connection()})

    def connection(self):
        return {"total_ping_timeout_seconds": self.ping_timeout * self.max_pings}

    # -- coming back -------------------------------------------------------

    def reregister_agent(self, pid, message, principal=None):
        """An agent with an id is back: known, or (to an in-memory registry after a restart) unknown."""
        info = message["agent"]
        identifier = value(info["id"])
        name = f"{identifier} at {pid} ({info.get('hostname')})"
        self.log.info("master.cpp", f"Received reregister agent message from agent {name}")
        refusal = self.agent_refusal(info, principal)
        if refusal:
            self.log.warning("master.cpp", f"Refusing reregistration of agent at {pid} ({info.get('hostname')}): "
                                           f"{refusal}")
            self.edges.send(pid, "mesos.internal.ShutdownMessage", {"message": refusal})
            return
        if identifier in self.removed_agents:
            self.log.warning("master.cpp", f"Refusing re-registration of agent {name} because it has been removed")
            self.edges.send(pid, "mesos.internal.ShutdownMessage",
                            {"message": "Agent attempted to re-register after removal"})
            return
        agent = self.agents.get(identifier)
        if agent:
            self.reactivate_agent(agent, pid, message)
        else:
            self.readmit_agent(identifier, pid, message, principal)

    def reactivate_agent(self, agent, pid, message):
        self.log.info("master.cpp", f"Reactivating re-registered agent {agent}" if not agent.active else
                      f"Re-registered agent {agent} is already active")
        agent.pid, agent.version = pid, message.get("version", agent.version)
        agent.info = message["agent"] | {"checkpoint": True}
        agent.total = res.normalised(agent.info.get("resources"))
        agent.connected = agent.active = True
        agent.reregistered_time = self.edges.now()
        self.watch_agent(agent)
        reported = {(value(task["framework_id"]), value(task["task_id"])) for task in message.get("tasks", [])}
        missing = [{"framework_id": wire(framework), "tasks": [{"task_id": wire(task)}]}
                   for framework, task in agent.tasks
                   if (framework, task) not in reported and agent.tasks[framework, task]["state"] not in TERMINAL]
        self.edges.send(agent.pid, "mesos.internal.SlaveReregisteredMessage",
                        {"agent_id": wire(agent.id), "reconciliations": missing, "connection": self.connection()})
        self.send_frameworks_to(agent, message)
        self.allocate_soon()

    def readmit_agent(self, identifier, pid, message, principal):
        unreachable = identifier in self.unreachable_agents
        if not unreachable:
            self.log.warning("registry_operations.cpp", "Allowing UNKNOWN agent to reregister: "
                                                        "" + proto(message["agent"]))
        agent = self.add_agent(identifier, pid, message, principal)
        agent.reregistered_time = self.edges.now()
        for task in message.get("tasks", []):
            framework = value(task["framework_id"])
            if not unreachable and framework not in self.frameworks:
                self.log.warning("master.cpp", f"Dropping update {task['state']} for task {value(task['task_id'])} "
                                               "of framework "
                                 f"{framework} '{REREGISTERED}' for unknown framework {framework}")
        self.edges.send(agent.pid, "mesos.internal.SlaveReregisteredMessage",
                        {"agent_id": wire(agent.id), "reconciliations": [], "connection": self.connection()})
        self.log.info("master.cpp", f"Re-registered agent {agent} with {res.text(agent.total)}")
        for info in message.get("frameworks", []):
            self.recover_framework(info, agent)
        for executor in message.get("executor_infos", []):
            self.note_executor(agent, value(executor["framework_id"]), executor)
        for task in message.get("tasks", []):
            self.readmit_task(agent, task)
        self.send_frameworks_to(agent, message)

    def readmit_task(self, agent, task):
        framework = self.frameworks.get(value(task["framework_id"]))
        task = task | {"resources": res.normalised(task.get("resources")), "agent_id": wire(agent.id)}
        if framework is None:
            if value(task["framework_id"]) in self.completed_ids():
                self.edges.send(agent.pid, "mesos.internal.ShutdownFrameworkMessage",
                                {"framework_id": task["framework_id"]})
            return
        framework.unreachable_tasks.pop(value(task["task_id"]), None)
        framework.tasks[value(task["task_id"])] = task
        agent.tasks[framework.id, value(task["task_id"])] = task
        if task["state"] not in TERMINAL:
            self.use(agent, framework.id, task["resources"])
        self.forward(framework, {"framework_id": wire(framework.id), "status": {
            "task_id": task["task_id"], "state": task["state"], "agent_id": wire(agent.id), "source": "SOURCE_MASTER",
            "reason": "REASON_SLAVE_REREGISTERED", "message": "Agent reregistered",
            "timestamp": self.edges.now()}})

    def send_frameworks_to(self, agent, message):
        """Tell a returned agent where the frameworks it serves are now."""
        for info in message.get("frameworks", []):
            framework = self.frameworks.get(value(info["id"]))
            if framework and not framework.recovered:
                self.edges.send(agent.pid, "mesos.internal.UpdateFrameworkMessage",
                                {"framework_id": wire(framework.id), "framework_info": framework.info,
                                 "pid": framework.pid or ""})

    def update_agent(self, pid, message):
        """An agent's totals; nothing changes in the simulator, which has no resource providers."""
        agent = self.agents.get(value(message["agent_id"]))
        if agent:
            self.log.info("master.cpp", f"Ignoring update on agent {agent} as it reports no changes")

    # -- going -------------------------------------------------------------

    def agent_exited(self, agent):
        """Its link broke."""
        if self.agents.get(agent.id) is not agent or not agent.connected:
            return
        self.log.info("master.cpp", f"Agent {agent} disconnected")
        self.log.info("master.cpp", f"Disconnecting agent {agent}")
        agent.connected = False
        self.deactivate_agent(agent)
        held = {framework_id for framework_id, _ in agent.tasks} | set(agent.executors)
        for framework_id in sorted(held):
            framework = self.frameworks.get(framework_id)
            if framework and not framework.info.get("checkpoint"):
                self.take_from_agent(agent, framework)

    def take_from_agent(self, agent, framework):
        """Without checkpointing nothing of a framework survives its agent's process."""
        self.log.info("master.cpp", f"Removing framework {framework} from disconnected agent {agent} because the "
                      "framework is not checkpointing")
        state = "TASK_GONE" if framework.has("PARTITION_AWARE") else "TASK_LOST"
        for (framework_id, task_id), task in list(agent.tasks.items()):
            if framework_id == framework.id:
                if task["state"] not in TERMINAL:
                    status = {"task_id": wire(task_id), "state": state, "source": "SOURCE_MASTER",
                              "reason": "REASON_SLAVE_DISCONNECTED", "agent_id": wire(agent.id),
                              "message": f"Agent {agent.hostname} disconnected", "timestamp": self.edges.now()}
                    self.update_task(agent, framework, task, status)
                    self.forward(framework, {"framework_id": wire(framework_id), "status": status})
                self.remove_task(agent, framework, task)
        for executor_id in list(agent.executors.get(framework.id, {})):
            self.remove_executor(agent, framework.id, executor_id)

    def deactivate_agent(self, agent):
        self.log.info("master.cpp", f"Deactivating agent {agent}")
        agent.active = False
        for offer in sorted(agent.offers):
            self.remove_offer(self.offers[offer], rescind=True)

    def ping_agent(self, agent):
        if self.agents.get(agent.id) is not agent:
            return
        agent.missed_pings += 1
        if agent.missed_pings > self.max_pings:
            self.mark_unreachable(agent)
            return
        self.edges.send(agent.pid, "mesos.internal.PingSlaveMessage", {"connected": agent.connected})
        agent.ping = self.edges.later(self.ping_timeout, self.ping_agent, agent)

    def pong(self, pid):
        agent = self.agent_at(pid)
        if agent:
            agent.missed_pings = 0

    def mark_unreachable(self, agent):
        self.log.info("master.cpp", f"Marking agent {agent} unreachable: health check timed out")
        self.unreachable_agents[agent.id] = self.edges.now()
        self.lose_agent(agent, lambda framework: (
            "TASK_UNREACHABLE" if framework.has("PARTITION_AWARE") else "TASK_LOST", "REASON_SLAVE_REMOVED"),
                        f"Agent {agent.hostname} is unreachable: health check timed out", unreachable=True)
        self.log.info("master.cpp", f"Marked agent {agent} unreachable: health check timed out")

    def unregister_agent(self, pid, message):
        """The agent says goodbye (SIGUSR1)."""
        agent = self.agents.get(value(message["agent_id"]))
        if agent and agent.pid == pid:
            self.remove_agent(agent, "the agent unregistered", "TASK_LOST", "REASON_SLAVE_REMOVED")

    def remove_agent(self, agent, why, state, reason):
        self.log.info("master.cpp", f"Removing agent {agent}: {why}")
        self.removed_agents.add(agent.id)
        self.lose_agent(agent, lambda framework: (
            "TASK_GONE" if state == "TASK_LOST" and framework.has("PARTITION_AWARE") else state, reason),
            f"Agent {agent.hostname} removed: {why}")
        self.log.info("master.cpp", f"Removed agent {agent}: {why}")

    def lose_agent(self, agent, fate, message, unreachable=False):
        """Forget an agent; ``fate(framework)``: state and reason of its tasks."""
        if agent.ping:
            agent.ping.cancel()
        agent.active = agent.connected = False
        self.edges.unlink(agent.pid)
        for (framework_id, task_id), task in list(agent.tasks.items()):
            framework = self.frameworks.get(framework_id)
            if framework and task["state"] not in TERMINAL:
                state, reason = fate(framework)
                status = {"task_id": wire(task_id), "state": state, "source": "SOURCE_MASTER", "reason": reason,
                          "message": message, "agent_id": wire(agent.id), "timestamp": self.edges.now()}
                self.update_task(agent, framework, task, status)
                self.forward(framework, {"framework_id": wire(framework_id), "status": status})
                if unreachable:
                    framework.unreachable_tasks[task_id] = task
            self.remove_task(agent, framework, task, complete=not unreachable)
        for framework_id in list(agent.executors):
            for executor_id in list(agent.executors.get(framework_id, {})):
                self.remove_executor(agent, framework_id, executor_id)
        for offer in sorted(agent.offers):
            self.remove_offer(self.offers[offer], rescind=True)
        self.agents.pop(agent.id, None)
        for framework in self.frameworks.values():
            framework.send({"type": "FAILURE", "failure": {"agent_id": wire(agent.id)}}, self)
        self.publish({"type": "AGENT_REMOVED", "agent_removed": lambda: {"agent_id": wire(agent.id)}})

    # -- executors ---------------------------------------------------------

    def note_executor(self, agent, framework_id, executor):
        executor = executor | {"resources": res.normalised(executor.get("resources"))}
        agent.executors.setdefault(framework_id, {})[value(executor["executor_id"])] = executor
        self.use(agent, framework_id, executor["resources"])

    def exited_executor(self, pid, message):
        agent = self.agents.get(value(message["agent_id"]))
        if agent is None:
            return
        framework_id, executor_id = value(message["framework_id"]), value(message["executor_id"])
        self.log.info("master.cpp", f"Executor '{executor_id}' of framework {framework_id} on agent {agent}: "
                      f"{exit_text(message['status'])}")
        if executor_id not in agent.executors.get(framework_id, {}):
            self.log.warning("master.cpp", f"Ignoring unknown exited executor '{executor_id}' of framework "
                                           f"{framework_id} "
                             f"on agent {agent}")
            return
        self.remove_executor(agent, framework_id, executor_id)
        framework = self.frameworks.get(framework_id)
        if framework:
            framework.send({"type": "FAILURE", "failure": {
                "agent_id": wire(agent.id), "executor_id": wire(executor_id), "status": message["status"]}}, self)

    def remove_executor(self, agent, framework_id, executor_id):
        executor = agent.executors[framework_id].pop(executor_id)
        if not agent.executors[framework_id]:
            del agent.executors[framework_id]
        self.log.info("master.cpp", f"Removing executor '{executor_id}' with resources "
                                    f"{res.text(executor['resources'])} "
                      f"of framework {framework_id} on agent {agent}")
        self.release(agent, framework_id, executor["resources"])


def proto(info):
    """An AgentInfo as protobuf's text form begins: all that is kept of it is which host."""
    return f'hostname: "{info.get("hostname")}"\n' + "\n".join(
        f"{key} {{\n}}" for key in ("resources", "id") if key in info) + f"\nport: {info.get('port')}"
