# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How frameworks come and go: subscription, fail-over, disconnection, teardown.  Part of MasterState."""

from .cluster import Framework, duration, value, wire
from .roles import problem_of as problem_of_role

REMOVED = "Framework has been removed"
PRINCIPAL_CHANGE = "Changing framework's principal is not allowed."


class Refused(Exception):
    """A subscription that the master answers with an ERROR event; the message is its text."""


def with_defaults(info):
    """A FrameworkInfo with what protobuf fills in."""
    return {"checkpoint": False} | info | {"failover_timeout": float(info.get("failover_timeout", 0.0))}


class Frameworks:
    """The half of MasterState that talks to frameworks."""

    def subscribe(self, call, *, pid=None, stream=None, principal=None):
        """Subscribe by ``pid`` (v0) or ``stream`` (v1).  Raises Refused(message)."""
        info = with_defaults(call["framework_info"])
        name = info.get("name", "")
        self.counters["messages_register_framework"] += 1
        self.log.info("master.cpp", f"Received SUBSCRIBE call for framework '{name}' at {pid}" if pid else
                      f"Received subscription request for HTTP framework '{name}'")
        refusal = self.framework_refusal(info, principal)
        if refusal:
            where = f" at {pid}" if pid else ""
            self.log.info("master.cpp", f"Refusing subscription of framework '{name}'{where}: {refusal}")
            raise Refused(refusal)
        capabilities = ", ".join(entry["type"] for entry in info.get("capabilities", []))
        checkpointing = "enabled" if info.get("checkpoint") else "disabled"
        shown = name if pid else f"'{name}'"
        self.log.info("master.cpp", f"Subscribing framework {shown} with checkpointing {checkpointing} and "
                                    "capabilities "
                      f"[ {capabilities} ]")
        identifier = value(info.get("id"))
        suppressed = set(call.get("suppressed_roles", []))
        if identifier in self.completed_ids():
            self.log.info("master.cpp", f"Refusing subscription of framework '{name}': {REMOVED}")
            raise Refused(REMOVED)
        framework = self.frameworks.get(identifier)
        if framework is None:
            framework = self.add_framework(info, pid=pid, stream=stream, principal=principal, suppressed=suppressed)
            if identifier:
                self.tell_update(framework)
        elif not pid or framework.pid != pid or not framework.connected or call.get("force"):
            self.resubscribe(framework, info, pid, stream, principal, suppressed)
        self.welcome(framework)
        self.allocate_soon()
        return framework

    def framework_refusal(self, info, principal):
        """Why a framework may not subscribe, or None.  The place for authorization."""
        multi_role = any(entry.get("type") == "MULTI_ROLE" for entry in info.get("capabilities", []))
        if multi_role and "role" in info:
            return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable"
        if not multi_role and info.get("roles"):
            return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable"
        roles = info.get("roles", []) if multi_role else [info.get("role", "*")]
        duplicates = sorted({role for role in roles if roles.count(role) > 1})
        if duplicates:
            return f"'FrameworkInfo.roles' contains duplicate items: {{ {', '.join(duplicates)} }}"
        invalid = next(filter(None, map(problem_of_role, roles)), None)
        if invalid:
            return ("'FrameworkInfo.roles' contains invalid role: " if multi_role
                    else "'FrameworkInfo.role' is not a valid role: ") + invalid
        if self.roles_allowed is not None:
            unknown = [role for role in roles if role != "*" and role not in self.roles_allowed]
            if unknown:
                return f"Roles '{unknown}' are not present in the master's --roles"
        if info.get("user") == "root" and not self.root_submissions:
            return "User 'root' is not allowed to run frameworks without --root_submissions set"
        return None

    def add_framework(self, info, *, pid=None, stream=None, principal=None, suppressed=(), recovered=False):
        identifier = value(info.get("id"))
        if not identifier:
            identifier = f"{self.info['id']}-{self.next_framework:04d}"
            self.next_framework += 1
        framework = Framework(identifier, info | {"id": wire(identifier)}, pid=pid, stream=stream, principal=principal,
                              registered_time=self.edges.now(), suppressed=set(suppressed), recovered=recovered,
                              active=not recovered, connected=not recovered)
        self.frameworks[identifier] = framework
        self.log.info("master.cpp", f"Adding framework {framework} with roles {{ {', '.join(sorted(suppressed))} }} "
                                    "suppressed")
        self.publish({"type": "FRAMEWORK_ADDED",
                      "framework_added": lambda: {"framework": self.framework_body(framework)}})
        if pid:
            self.edges.link(pid, lambda _, framework=framework: self.framework_exited(framework, pid=pid))
        return framework

    def recover_framework(self, info, agent):
        """An agent that came back after our restart serves a framework that has not come back yet."""
        identifier = value(info["id"])
        if identifier in self.frameworks or identifier in self.completed_ids():
            return
        self.log.info("master.cpp", f"Recovering framework {identifier} from reregistering agent {agent}")
        framework = self.add_framework(info, recovered=True, principal=info.get("principal"))
        framework.failover = self.edges.later(
            max(float(info.get("failover_timeout", 0.0)), self.recovery_timeout), self.failover_timed_out, framework)

    def resubscribe(self, framework, info, pid, stream, principal, suppressed):
        """A framework we know is back, perhaps as another process."""
        refusal = self.update_refusal(framework, info)
        if refusal:
            raise Refused(refusal)
        if framework.failover:
            framework.failover.cancel()
            framework.failover = None
        old_pid, old_stream = framework.pid, framework.stream
        if framework.connected and (old_stream is not None or old_pid and old_pid != pid):
            framework.send({"type": "ERROR", "error": {"message": "Framework failed over"}}, self)
        if old_stream is not None:
            old_stream.close()
        for offer in sorted(framework.offers):
            self.remove_offer(self.offers[offer])
        if old_pid and old_pid != pid:
            self.edges.unlink(old_pid)
        framework.pid, framework.stream, framework.principal = pid, stream, principal
        framework.info = info | {"id": wire(framework.id), "checkpoint": framework.info.get("checkpoint", False)}
        framework.active = framework.connected = True
        framework.recovered = False
        framework.reregistered_time = self.edges.now()
        framework.suppressed = suppressed
        framework.filters = []
        if pid:
            self.edges.link(pid, lambda _, framework=framework: self.framework_exited(framework, pid=pid))
        self.tell_update(framework)

    def update_refusal(self, framework, info):
        """Why a framework may not come back like this, or None; what cannot change is only warned about."""
        for key, default in (("checkpoint", False),):
            if info.get(key, default) != framework.info.get(key, default):
                shown = str(info.get(key, default)).lower()
                self.log.warning("validation.cpp", f"Cannot update FrameworkInfo.{key} to '{shown}' for framework "
                                                   f"{framework.id}; "
                                 "see MESOS-703")
        before, after = framework.info.get("principal"), info.get("principal")
        if before != after:
            self.log.warning("validation.cpp", f"Framework {framework.id} which had a principal  "
                                               f"'{before or '<NONE>'}' tried to "
                             f"(re)subscribe with a new principal  '{after or '<NONE>'}'")
            return PRINCIPAL_CHANGE
        return None

    def tell_update(self, framework):
        roles = ", ".join(sorted(framework.suppressed))
        self.log.info("master.cpp", f"Updating framework {framework} with roles {{ {roles} }} suppressed")
        self.log.info("master.cpp", f"Sending a FRAMEWORK_UPDATED event for framework {framework} to all subscribers "
                                    "and "
                      "broadcasting its up-to-date FrameworkInfo and PID to all registered agents")
        self.publish({"type": "FRAMEWORK_UPDATED",
                      "framework_updated": lambda: {"framework": self.framework_body(framework)}})
        for agent in self.agents.values():
            self.edges.send(agent.pid, "mesos.internal.UpdateFrameworkMessage",
                            {"framework_id": wire(framework.id), "framework_info": framework.info,
                             "pid": framework.pid or ""})

    def welcome(self, framework):
        subscribed = {"framework_id": wire(framework.id)}
        if framework.stream is not None:
            subscribed["heartbeat_interval_seconds"] = 15.0
        framework.send({"type": "SUBSCRIBED", "subscribed": subscribed | {"master_info": self.info}}, self)
        if framework.stream is not None:
            framework.stream.start_heartbeats()

    # -- going -------------------------------------------------------------

    def framework_exited(self, framework, *, pid=None, stream=None):
        """Its link or its stream broke; ignored if it has another one already."""
        current = framework.pid == pid if pid else framework.stream is stream
        if self.frameworks.get(framework.id) is not framework or not framework.connected or not current:
            return
        self.log.info("master.cpp", f"Framework {framework} disconnected")
        if framework.active:
            self.deactivate_framework(framework, rescind=False)
        self.log.info("master.cpp", f"Disconnecting framework {framework}")
        framework.connected = False
        seconds = float(framework.info.get("failover_timeout", 0.0))
        self.log.info("master.cpp", f"Giving framework {framework} {duration(seconds)} to failover")
        framework.failover = self.edges.later(seconds, self.failover_timed_out, framework)

    def deactivate_framework(self, framework, rescind=True):
        self.log.info("master.cpp", f"Deactivating framework {framework}")
        framework.active = False
        for offer in sorted(framework.offers):
            self.remove_offer(self.offers[offer], rescind=rescind)

    def failover_timed_out(self, framework):
        if self.frameworks.get(framework.id) is framework and not framework.connected:
            self.log.info("master.cpp", f"Framework failover timeout, removing framework {framework}")
            self.remove_framework(framework)

    def teardown(self, framework):
        self.log.info("master.cpp", f"Processing TEARDOWN call for framework {framework}")
        self.remove_framework(framework)

    def remove_framework(self, framework):
        self.log.info("master.cpp", f"Removing framework {framework}")
        if framework.failover:
            framework.failover.cancel()
        if framework.active:
            self.deactivate_framework(framework, rescind=False)
        framework.active = framework.connected = False
        for task in list(framework.tasks.values()):
            agent = self.agents.get(value(task["agent_id"]))
            self.update_task(agent, framework, task, {
                "task_id": task["task_id"], "state": "TASK_KILLED", "source": "SOURCE_MASTER",
                "reason": "REASON_FRAMEWORK_REMOVED", "message": f"Framework {framework.id} removed",
                "agent_id": task["agent_id"], "timestamp": self.edges.now()})
            self.remove_task(agent, framework, task)
        for agent in self.agents.values():
            for executor_id in list(agent.executors.get(framework.id, {})):
                self.remove_executor(agent, framework.id, executor_id)
            agent.used.pop(framework.id, None)
            self.edges.send(agent.pid, "mesos.internal.ShutdownFrameworkMessage", {"framework_id": wire(framework.id)})
        framework.unregistered_time = self.edges.now()
        del self.frameworks[framework.id]
        self.completed.append(framework)
        if framework.stream is not None:
            framework.stream.close()
        if framework.pid:
            self.edges.unlink(framework.pid)
        self.publish({"type": "FRAMEWORK_REMOVED",
                      "framework_removed": lambda: {"framework_info": framework.info}})

    def completed_ids(self):
        return {framework.id for framework in self.completed}
