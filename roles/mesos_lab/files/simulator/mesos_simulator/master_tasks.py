# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offers taken, tasks launched, updates forwarded, tasks killed and reconciled.  Part of MasterState."""

from . import resources as res
from .cluster import TERMINAL, Offer, kept_status, new_task, uuid_text, value, wire

DEFAULT_REFUSAL = 5.0     # seconds, Filters.refuse_seconds
LAUNCHES = ("LAUNCH", "LAUNCH_GROUP")
LEAST = (("cpus", "CPUs", 0.01, ""), ("mem", "memory", 32, "MB"))     # what an executor should have


class Tasks:
    """The half of MasterState that deals in offers and tasks."""

    # -- resources ---------------------------------------------------------

    def use(self, agent, framework_id, resources):
        agent.used[framework_id] = res.add(agent.used.get(framework_id, []), resources)

    def release(self, agent, framework_id, resources):
        left = res.subtract(agent.used.get(framework_id, []), resources)
        if left:
            agent.used[framework_id] = left
        else:
            agent.used.pop(framework_id, None)

    # -- offers ------------------------------------------------------------

    def make_offers(self, allocations):
        """Send what the allocator decided, one OFFERS event per framework."""
        made = {}
        for framework, agent, role, resources in allocations:
            offer = Offer(f"{self.info['id']}-O{self.next_offer}", framework.id, agent.id, role, resources)
            self.next_offer += 1
            self.offers[offer.id] = offer
            framework.offers.add(offer.id)
            agent.offers.add(offer.id)
            agent.offered = res.add(agent.offered, resources)
            made.setdefault(framework.id, []).append(offer)
        for framework_id, offers in made.items():
            framework = self.frameworks[framework_id]
            ids = ", ".join(offer.id for offer in offers)
            self.log.info("master.cpp", f"Sending offers [ {ids} ] to framework {framework}")
            framework.send({"type": "OFFERS", "offers": {
                "offers": [self.offer_body(offer, framework.has("RESERVATION_REFINEMENT")) for offer in offers]}}, self)

    def remove_offer(self, offer, rescind=False):
        framework, agent = self.frameworks.get(offer.framework), self.agents.get(offer.agent)
        self.offers.pop(offer.id, None)
        if agent:
            agent.offers.discard(offer.id)
            agent.offered = res.subtract(agent.offered, offer.resources)
        if framework:
            framework.offers.discard(offer.id)
            if rescind:
                framework.send({"type": "RESCIND", "rescind": {"offer_id": wire(offer.id)}}, self)

    def refuse(self, framework, offer, resources, filters):
        seconds = float((filters or {}).get("refuse_seconds", DEFAULT_REFUSAL))
        if seconds > 0 and resources:
            now = self.edges.now()
            framework.filters = [entry for entry in framework.filters if entry[3] > now]
            framework.filters.append((offer.role, offer.agent, res.unallocated(resources), now + seconds))

    def taken_offers(self, framework, ids):
        """The offers named, and why one of them cannot be taken, or None."""
        offers = []
        for identifier in ids:
            offer = self.offers.get(identifier)
            if offer is None or offer.framework != framework.id:
                return [], f"Offer {identifier} is no longer valid"
            offers.append(offer)
        if len({offer.agent for offer in offers}) > 1:
            return [], ("Aggregated offers must belong to one single agent. "
                        f"Offer {offers[-1].id} uses agent {offers[-1].agent}")
        return offers, None

    def decline(self, framework, call):
        ids = [value(identifier) for identifier in call.get("offer_ids", [])]
        self.log.info("master.cpp", f"Processing DECLINE call for offers: [ {', '.join(ids)} ] for framework "
                                    f"{framework} with "
                      f"{(call.get('filters') or {}).get('refuse_seconds', DEFAULT_REFUSAL):g} seconds filter")
        for identifier in ids:
            offer = self.offers.get(identifier)
            if offer is None or offer.framework != framework.id:
                self.log.warning("master.cpp", f"Ignoring decline of offer {identifier} since it is no longer valid")
                continue
            self.remove_offer(offer)
            self.refuse(framework, offer, offer.resources, call.get("filters"))

    # -- launching ---------------------------------------------------------

    def accept(self, framework, call):
        ids = [value(identifier) for identifier in call.get("offer_ids", [])]
        operations = call.get("operations", [])
        offers, invalid = self.taken_offers(framework, ids)
        if invalid or not offers:
            invalid = invalid or "No offers specified"
            self.log.warning("master.cpp", f"ACCEPT call used invalid offers '[ {', '.join(ids)} ]': {invalid}")
            self.drop_tasks(framework, operations, "REASON_INVALID_OFFERS", f"Task launched with invalid offers: "
                                                                            f"{invalid}")
            return
        agent = self.agents[offers[0].agent]
        self.log.info("master.cpp", f"Processing ACCEPT call for offers: [ {', '.join(ids)} ] on agent {agent} "
                      f"for framework {framework}")
        left = res.add(*(offer.resources for offer in offers))
        for offer in offers:
            self.log.info("master.cpp", f"Removing offer {offer.id}")
            self.remove_offer(offer)
        for operation in operations:
            if operation.get("type") == "LAUNCH":
                for task in (operation.get("launch") or {}).get("task_infos", []):
                    left = self.launch(framework, agent, normal_task(task, offers[0].role), left)
            elif operation.get("type") == "LAUNCH_GROUP":
                left = self.launch_group(framework, agent, operation["launch_group"], offers[0].role, left)
            else:
                self.log.warning("master.cpp", f"Dropping {operation.get('type')} operation from framework "
                                               f"{framework}: "
                                 "the simulator only launches tasks")
        if left:
            self.refuse(framework, offers[0], left, call.get("filters"))
        if operations:
            self.allocate_soon()

    def drop_tasks(self, framework, operations, reason, message, state="TASK_LOST"):
        for operation in operations:
            if operation.get("type") not in LAUNCHES:
                continue
            if framework.has("PARTITION_AWARE") and state == "TASK_LOST":
                state = "TASK_DROPPED"
            tasks = (operation["launch"].get("task_infos", []) if operation["type"] == "LAUNCH"
                     else operation["launch_group"]["task_group"].get("tasks", []))
            for task in tasks:
                self.refuse_task(framework, task, state, reason, message)

    def refuse_task(self, framework, task, state, reason, message):
        """A task that never was: one update, from the master."""
        if state == "TASK_ERROR":
            self.log.warning("master.cpp", f"Sending status update TASK_ERROR for task {value(task.get('task_id'))} "
                                           "of framework "
                             f"{framework.id} '{message}'")
        self.forward(framework, {"framework_id": wire(framework.id), "status": {
            "task_id": task.get("task_id", wire("")), "state": state, "source": "SOURCE_MASTER", "reason": reason,
            "message": message, "agent_id": task.get("agent_id", wire("")), "timestamp": self.edges.now()}})

    def task_refusal(self, framework, agent, task, left, executor=None):
        """Why a task cannot be launched: (reason, message), or None.  The place for authorization."""
        invalid = "REASON_TASK_INVALID"
        identifier = value(task.get("task_id"))
        if not identifier or "/" in identifier or identifier in (".", ".."):
            return invalid, f"'{identifier}' is not a valid task ID"
        if identifier in framework.tasks:
            return invalid, f"Task has duplicate ID: {identifier}"
        if value(task.get("agent_id")) != agent.id:
            return invalid, (f"Task uses invalid agent {value(task.get('agent_id'))} while agent {agent.id} is "
                             "expected")
        if executor is None and bool(task.get("command")) == bool(task.get("executor")):
            return invalid, "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"
        needed = task["resources"]
        if not needed:
            return invalid, "Task uses no resources"
        if task.get("executor") and not self.has_executor(agent, framework, task["executor"]):
            needed = res.add(needed, res.normalised(task["executor"].get("resources")))
        if not res.contains(left, needed):
            return invalid, f"Task uses more resources {res.text(needed)} than available {res.text(left)}"
        return None

    def has_executor(self, agent, framework, executor):
        return value(executor["executor_id"]) in agent.executors.get(framework.id, {})

    def launch(self, framework, agent, task, left):
        refusal = self.task_refusal(framework, agent, task, left)
        if refusal:
            self.refuse_task(framework, task, "TASK_ERROR", *refusal)
            return left
        executor, where = task.get("executor"), "new executor"
        if executor:
            executor = normal_executor(executor, framework)
            self.warn_of_small_executor(executor, task)
            task = task | {"executor": executor}
            if self.has_executor(agent, framework, executor):
                where = "existing executor"
            else:
                left = res.subtract(left, executor["resources"])
                self.add_executor(framework, agent, executor)
        self.add_task(framework, agent, task)
        self.log.info("master.cpp", f"Launching task {value(task['task_id'])} of framework {framework} with resources "
                      f"{res.as_json(task['resources'])} on agent {agent} on  {where}")
        self.edges.send(agent.pid, "mesos.internal.RunTaskMessage", {
            "framework": framework.info, "framework_id": wire(framework.id), "pid": framework.pid or "", "task": task})
        return res.subtract(left, task["resources"])

    def warn_of_small_executor(self, executor, task):
        for name, word, least, unit in LEAST:
            has = res.quantity(executor["resources"], name)
            if has < least:
                self.log.warning("validation.cpp", (
                    f"Executor '{value(executor['executor_id'])}' for task '{value(task['task_id'])}' uses less {word} "
                    f"({f'{has:g}{unit}' if has else 'None'}) than the minimum required ({least}{unit}). Please update "
                    "your executor, as this will be mandatory in future releases."))

    def launch_group(self, framework, agent, group, role, left):
        executor = normal_executor(group["executor"], framework, role)
        tasks = [normal_task(task, role) for task in group["task_group"].get("tasks", [])]
        needed = res.add(*(task["resources"] for task in tasks))
        fresh = not self.has_executor(agent, framework, executor)
        refusals = (self.task_refusal(framework, agent, task, left, executor) for task in tasks)
        refusal = next(filter(None, refusals), None)
        total = res.add(needed, executor["resources"]) if fresh else needed
        if refusal is None and not res.contains(left, total):
            refusal = ("REASON_TASK_GROUP_INVALID", f"Total resources {res.text(total)} required by task group and "
                                                    "its executor "
                       f"is more than available {res.text(left)}")
        if refusal:
            for task in tasks:
                self.refuse_task(framework, task, "TASK_ERROR", *refusal)
            return left
        if fresh:
            self.add_executor(framework, agent, executor)
        for task in tasks:
            self.add_task(framework, agent, task | {"executor": executor})
        names = ", ".join(value(task["task_id"]) for task in tasks)
        self.log.info("master.cpp", f"Launching task group {{ {names} }} of framework {framework} with resources "
                      f"{res.text(needed)} on agent {agent} on  {'new' if fresh else 'existing'} executor")
        self.edges.send(agent.pid, "mesos.internal.RunTaskGroupMessage", {
            "framework": framework.info, "executor": executor, "task_group": {"tasks": tasks}})
        return res.subtract(left, total)

    def add_executor(self, framework, agent, executor):
        self.log.info("master.cpp", f"Adding executor '{value(executor['executor_id'])}' with resources "
                      f"{res.text(executor['resources'])} of framework {framework} on agent {agent}")
        self.note_executor(agent, framework.id, executor)

    def add_task(self, framework, agent, info):
        task = new_task(info, framework.id)
        identifier = value(task["task_id"])
        self.log.info("master.cpp", f"Adding task {identifier} with resources {res.text(task['resources'])} "
                      f"of framework {framework} on agent {agent}")
        framework.tasks[identifier] = task
        agent.tasks[framework.id, identifier] = task
        self.use(agent, framework.id, task["resources"])
        self.publish({"type": "TASK_ADDED", "task_added": lambda: {"task": self.task_body(task)}})

    # -- updates -----------------------------------------------------------

    def status_update(self, pid, message):
        """A StatusUpdateMessage of an agent: note it and pass it on."""
        update = message["update"]
        status, framework_id = update["status"], value(update["framework_id"])
        agent, framework = self.agents.get(value(update["agent_id"])), self.frameworks.get(framework_id)
        name = (f"{status['state']} (Status UUID: {uuid_text(status.get('uuid', ''))}) for task "
                f"{value(status['task_id'])} "
                f"of framework {framework_id}")
        if agent is None:
            self.log.warning("master.cpp", f"Ignoring status update {name} from unknown agent {pid}")
            return
        if framework is None:
            self.log.warning("master.cpp", f"Ignoring status update {name} from agent {agent} because the framework "
                                           "is unknown")
            return
        self.log.info("master.cpp", f"Status update {name} from agent {agent}")
        self.log.info("master.cpp", f"Forwarding status update {name}")
        if framework.connected:
            framework.send({"type": "UPDATE", "update": {"status": status | {"agent_id": wire(agent.id)}}}, self)
        task = framework.tasks.get(value(status["task_id"]))
        if task is None:
            self.log.warning("master.cpp", f"Could not lookup task for status update {name} from agent {agent}")
            return
        self.update_task(agent, framework, task, status, message.get("latest_state") or status["state"])

    def update_task(self, agent, framework, task, status, latest=None):
        identifier, before = value(task["task_id"]), task["state"]
        latest = latest or status["state"]
        if before not in TERMINAL:
            task["state"] = latest
        if status.get("uuid"):
            task["status_update_uuid"] = status["uuid"]
        if "uuid" in status or status.get("source") != "SOURCE_MASTER" or before not in TERMINAL:
            task["status_update_state"] = status["state"]
        self.log.info("master.cpp", f"Updating the state of task {identifier} of framework {framework.id} (latest "
                                    "state: "
                      f"{task['state']}, status update state: {status['state']})")
        if not (task["statuses"] and task["statuses"][-1]["state"] == status["state"]) and before not in TERMINAL:
            task["statuses"].append(kept_status(status))
            self.publish({"type": "TASK_UPDATED", "task_updated": lambda: {
                "framework_id": wire(framework.id), "state": task["state"], "status": kept_status(status)}})
        if agent and before not in TERMINAL and task["state"] in TERMINAL:
            self.release(agent, framework.id, task["resources"])

    def remove_task(self, agent, framework, task, complete=True):
        identifier = value(task["task_id"])
        framework_id = framework.id if framework else value(task["framework_id"])
        self.log.info("master.cpp", f"Removing task {identifier} with resources {res.text(task['resources'])} "
                      f"of framework {framework_id}" + (f" on agent {agent}" if agent else ""))
        if agent:
            agent.tasks.pop((framework_id, identifier), None)
            if task["state"] not in TERMINAL:
                self.release(agent, framework_id, task["resources"])
        if framework:
            framework.tasks.pop(identifier, None)
            if complete:
                framework.completed_tasks.append(task)

    def forward(self, framework, update):
        """An update that the master itself makes: no uuid, nothing to acknowledge."""
        if framework.connected:
            framework.send({"type": "UPDATE", "update": {"status": update["status"]}}, self)

    def acknowledge(self, framework, call):
        agent = self.agents.get(value(call["agent_id"]))
        identifier = value(call["task_id"])
        if agent is None or not agent.connected:
            self.log.warning("master.cpp", f"Cannot send status update acknowledgement {uuid_text(call['uuid'])} for "
                                           "task "
                             f"{identifier} of framework {framework} to agent {value(call['agent_id'])} because "
                             "agent is not "
                             f"{'registered' if agent is None else 'connected'}")
            return
        self.log.info("master.cpp", f"Processing ACKNOWLEDGE call for status {uuid_text(call['uuid'])} for task "
                                    f"{identifier} "
                      f"of framework {framework} on agent {agent.id}")
        task = framework.tasks.get(identifier)
        if task and task.get("status_update_state") in TERMINAL and task.get("status_update_uuid") == call["uuid"]:
            self.remove_task(agent, framework, task)
        self.edges.send(agent.pid, "mesos.internal.StatusUpdateAcknowledgementMessage", {
            "agent_id": wire(agent.id), "framework_id": wire(framework.id), "task_id": call["task_id"],
            "uuid": call["uuid"]})

    # -- what a framework asks about its tasks -----------------------------

    def kill(self, framework, call):
        identifier = value(call.get("task_id"))
        task = framework.tasks.get(identifier)
        if task is None:
            self.log.warning("master.cpp", f"Cannot kill task {identifier} of framework {framework} because it is "
                                           "unknown; "
                             "performing reconciliation")
            self.reconcile(framework, {"tasks": [{"task_id": wire(identifier), "agent_id": call.get("agent_id")}]})
            return
        agent = self.agents.get(value(task["agent_id"]))
        if agent is None or not agent.connected:
            self.log.warning("master.cpp", f"Cannot kill task {identifier} of framework {framework} because the "
                                           "agent is "
                             "disconnected. Kill will be retried if the agent re-registers")
            return
        self.log.info("master.cpp", f"Telling agent {agent} to kill task {identifier} of framework {framework}")
        self.edges.send(agent.pid, "mesos.internal.KillTaskMessage", {
            "framework_id": wire(framework.id), "task_id": wire(identifier), "kill_policy": call.get("kill_policy")})

    def shutdown_executor(self, framework, call):
        agent = self.agents.get(value(call.get("agent_id")))
        self.log.info("master.cpp", f"Processing SHUTDOWN call for executor '{value(call['executor_id'])}' of "
                                    f"framework {framework} "
                      f"on agent {value(call.get('agent_id'))}")
        if agent:
            self.edges.send(agent.pid, "mesos.internal.ShutdownExecutorMessage", {
                "executor_id": call["executor_id"], "framework_id": wire(framework.id)})

    def message(self, framework, call):
        agent = self.agents.get(value(call.get("agent_id")))
        if agent is None or not agent.connected:
            self.log.warning("master.cpp", f"Cannot send framework message for framework {framework} to agent "
                             f"{value(call.get('agent_id'))} because agent is not registered")
            return
        self.edges.send(agent.pid, "mesos.internal.FrameworkToExecutorMessage", {
            "agent_id": wire(agent.id), "framework_id": wire(framework.id), "executor_id": call["executor_id"],
            "data": call.get("data", "")})

    def reconcile(self, framework, call):
        asked = call.get("tasks", [])
        if asked:
            self.log.info("master.cpp", f"Performing explicit task state reconciliation for {len(asked)} tasks of "
                                        f"framework {framework}")
            for entry in asked:
                self.reconcile_one(framework, value(entry["task_id"]), value(entry.get("agent_id")))
            return
        self.log.info("master.cpp", f"Performing implicit task state reconciliation for framework {framework}")
        for task in list(framework.tasks.values()):
            self.tell_state(framework, task["task_id"], task.get("status_update_state") or task["state"],
                            "Reconciliation: Latest task state", task["agent_id"])

    def reconcile_one(self, framework, identifier, agent_id):
        task = framework.tasks.get(identifier)
        if task:
            self.tell_state(framework, wire(identifier), task.get("status_update_state") or task["state"],
                            "Reconciliation: Latest task state", task["agent_id"])
        elif agent_id in self.unreachable_agents:
            state = "TASK_UNREACHABLE" if framework.has("PARTITION_AWARE") else "TASK_LOST"
            self.tell_state(framework, wire(identifier), state, "Reconciliation: Task is unreachable", wire(agent_id))
        elif agent_id and agent_id not in self.agents and agent_id not in self.removed_agents or not agent_id:
            state = "TASK_UNKNOWN" if framework.has("PARTITION_AWARE") else "TASK_LOST"
            self.tell_state(framework, wire(identifier), state, "Reconciliation: Task is unknown",
                            wire(agent_id) if agent_id else None)
        else:
            state = "TASK_GONE" if framework.has("PARTITION_AWARE") else "TASK_LOST"
            self.tell_state(framework, wire(identifier), state, "Reconciliation: Task is unknown to the "
                                                                "agent", wire(agent_id))

    def tell_state(self, framework, task_id, state, message, agent_id):
        status = {"task_id": task_id, "state": state, "source": "SOURCE_MASTER", "reason": "REASON_RECONCILIATION",
                  "message": message, "timestamp": self.edges.now()}
        self.forward(framework, {"status": status | ({"agent_id": agent_id} if agent_id else {})})


def normal_task(task, role):
    """A TaskInfo with its resources in the form used inside, allocated to the offer's role."""
    return task | {"resources": res.allocated(res.normalised(task.get("resources")), role)}


def normal_executor(executor, framework, role=None):
    resources = res.normalised(executor.get("resources"))
    if role:
        resources = res.allocated(resources, role)
    return executor | {"framework_id": wire(framework.id), "resources": resources}
