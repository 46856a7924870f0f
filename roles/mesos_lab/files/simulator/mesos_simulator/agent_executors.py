# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How executors reach their agent, at first and after it was restarted.  Part of AgentState."""

import os

from . import agent_info, checkpoint
from . import resources as res
from .agent_model import EXECUTOR_MESSAGES, REGISTERING, RUNNING, TERMINATED, TERMINATING, Executor, Framework
from .cluster import new_task, value, wire


def made_for_command(info):
    """Whether the agent made this ExecutorInfo itself, for a task with only a command."""
    return info.get("source") == value(info["executor_id"]) and info.get("name", "").startswith("Command Executor")


class AgentExecutors:
    """The half of AgentState that serves executors."""

    def executor_named(self, framework_id, executor_id):
        framework = self.frameworks.get(framework_id)
        return framework.executors.get(executor_id) if framework else None

    def tell(self, executor, event):
        """An event, by stream or as the message that a v0 executor understands."""
        if executor.stream is not None or executor.http:
            if executor.stream is None or executor.stream.closed:
                self.log.warning("slave.hpp", f"Unable to send event to executor {executor}: connection closed")
            else:
                executor.stream.send(event)
        elif executor.pid:
            self.edges.send(executor.pid, EXECUTOR_MESSAGES.get(event["type"], event["type"]),
                            event.get(event["type"].lower(), {}))

    # -- v0 ----------------------------------------------------------------

    def register_executor(self, sender, message):
        framework_id, executor_id = value(message["framework_id"]), value(message["executor_id"])
        self.log.info("slave.cpp", f"Got registration for executor '{executor_id}' of framework {framework_id} from "
                                   f"{sender}")
        executor = self.executor_named(framework_id, executor_id)
        if executor is None or executor.state != REGISTERING or self.recovering:
            self.log.warning("slave.cpp", f"Shutting down executor '{executor_id}' of framework {framework_id} because "
                             + ("it is unknown" if executor is None else "it is in unexpected state"))
            self.edges.send(sender, "mesos.internal.ShutdownExecutorMessage", {})
            return
        self.take(executor, pid=sender)
        self.greet(executor)
        self.send_queued(executor)

    def reregister_executor(self, sender, message):
        """A v0 executor answers our request to reconnect."""
        framework_id, executor_id = value(message["framework_id"]), value(message["executor_id"])
        self.log.info("slave.cpp", f"Received re-registration message from executor '{executor_id}' of framework "
                                   f"{framework_id}")
        executor = self.executor_named(framework_id, executor_id)
        if executor is None or executor.state != REGISTERING or not self.recovering:
            self.edges.send(sender, "mesos.internal.ShutdownExecutorMessage", {})
            return
        self.take(executor, pid=sender)
        self.edges.send(sender, "mesos.internal.ExecutorReregisteredMessage", {
            "agent_id": wire(self.id), "agent_info": self.info})
        self.catch_up(executor, message)

    def take(self, executor, *, pid=None, stream=None):
        """The executor is there."""
        executor.state = RUNNING
        if executor.timer:
            executor.timer.cancel()
        if pid:
            executor.pid = pid
            self.edges.link(pid, lambda upid: self.log.info("slave.cpp", f"Got exited event for {upid}"))
            if executor.run:
                checkpoint.write(f"{executor.run}/pids/libprocess.pid", pid)
        else:
            executor.stream, executor.http = stream, True

    def greet(self, executor):
        subscribed = {"executor_info": executor.info, "framework_info": executor.framework.info,
                      "agent_info": self.info, "container_id": wire(executor.container_id)}
        self.tell(executor, {"type": "SUBSCRIBED", "subscribed": subscribed})

    def catch_up(self, executor, message):
        """Updates that the agent missed, and tasks that the executor never got."""
        known = {value(task["task_id"]) for task in message.get("tasks", message.get("unacknowledged_tasks", []))}
        for update in message.get("updates", message.get("unacknowledged_updates", [])):
            known.add(value(update["status"]["task_id"]))
            self.handle_update(executor, update["status"])
        for task_id, task in list(executor.tasks.items()):
            if task["state"] == "TASK_STAGING" and task_id not in known:
                lost = "TASK_DROPPED" if executor.framework.has("PARTITION_AWARE") else "TASK_LOST"
                self.report(executor, task["task_id"], lost, "REASON_SLAVE_RESTARTED", "Task launched during agent "
                                                                                       "restart")

    # -- v1 ----------------------------------------------------------------

    def subscribe_executor(self, executor, call, stream):
        self.log.info("slave.cpp", f"Received Subscribe request for HTTP executor {executor.name}")
        if executor.stream is not None:
            executor.stream.close()
        again = executor.state == REGISTERING and self.recovering
        fresh = executor.state == REGISTERING
        self.take(executor, stream=stream)
        if executor.run:
            marker = f"{executor.run}/http.marker"
            if not os.path.exists(marker):
                self.log.info("slave.cpp", f"Creating a marker file for HTTP based executor {executor} at path "
                                           f"'{marker}'")
                checkpoint.write(marker, "")
        self.greet(executor)
        if fresh and not again:
            self.send_queued(executor)
        else:
            self.catch_up(executor, call)

    def executor_stream_ended(self, executor, stream):
        if executor.stream is stream:
            executor.stream = None

    def executor_message(self, executor, data):
        """MESSAGE of an executor: to its framework, by way of the master in the simulator."""
        if self.master and self.registered:
            self.edges.send(self.master, "mesos.internal.ExecutorToFrameworkMessage", {
                "agent_id": wire(self.id), "framework_id": wire(executor.framework.id),
                "executor_id": wire(executor.id), "data": data})

    def framework_message(self, sender, message):
        executor = self.executor_named(value(message["framework_id"]), value(message["executor_id"]))
        if executor and executor.state == RUNNING:
            self.tell(executor, {"type": "MESSAGE", "message": {"data": message.get("data", "")}})

    # -- after a restart ---------------------------------------------------

    def recover(self):
        """Find the executors of the last run; whether there are any to wait for."""
        info = checkpoint.load_agent(self.paths)
        if info is None:
            return False
        missing = "No committed checkpointed resources"
        self.log.info("state.cpp", f"{missing} and operations found at "
                                   f"'{self.paths.resources()}/resources_and_operations.state'")
        self.log.info("state.cpp", f"{missing} found at '{self.paths.resources()}/resources.info'")
        self.info = self.info | {"id": info["id"]}
        problem = agent_info.problem_of_change(info, self.info, self.flags.reconfiguration_policy)
        if problem:
            agent_info.refuse(self.log, problem, self.paths.latest_agent())
        checkpoint.save_agent(self.paths, self.info)
        for framework_info, pid, executor_info, run, tasks in checkpoint.load_executors(self.paths, self.id):
            self.recover_executor(framework_info, pid, executor_info, run, tasks)
        return bool(self.frameworks)

    def recover_executor(self, framework_info, pid, info, run, tasks):
        identifier = value(framework_info["id"])
        framework = self.frameworks.get(identifier)
        if framework is None:
            self.log.info("slave.cpp", f"Recovering framework {identifier}")
            framework = self.frameworks[identifier] = Framework(identifier, framework_info, pid)
        info = info | {"resources": res.normalised(info.get("resources"))}
        container_id = os.path.basename(run)
        executor = Executor(framework, info, container_id, self.paths.run(
            self.id, identifier, value(info["executor_id"]), container_id), run=run,
            for_command=made_for_command(info))
        framework.executors[executor.id] = executor
        self.log.info("slave.cpp", f"Recovering executor {executor.name}")
        self.attach(executor)
        executor.http = os.path.exists(f"{run}/http.marker")
        executor.pid = checkpoint.read_text(f"{run}/pids/libprocess.pid")
        for task_id, (task, lines) in tasks.items():
            self.recover_task(executor, task_id, task, lines)
        forked = checkpoint.read_text(f"{run}/pids/forked.pid")
        if forked is None:
            self.edges.later(0, self.executor_terminated, executor, None)
            return
        container = self.containers.recover(container_id, int(forked))
        self.follow(executor, container)
        for nested, nested_pid in self.nested_pids(container_id):
            self.containers.recover(f"{container_id}.{nested}", nested_pid)

    def recover_task(self, executor, task_id, task, lines):
        task = new_task(task, executor.framework.id) | {"resources": res.normalised(task.get("resources"))}
        for line in lines:
            if "update" in line:
                status = line["update"]["status"]
                task["state"] = status["state"]
                task["statuses"].append(status)
        self.updates.restore((executor.framework.id, task_id), executor.run, lines)
        finished = task["statuses"] and (executor.framework.id, task_id) not in self.updates.streams
        if finished:
            executor.completed.append(task)
        else:
            acked = [line["ack"] for line in lines if "ack" in line]
            sent = [status for status in task["statuses"] if status["uuid"] in acked] or task["statuses"][:1]
            if sent:
                task["status_update_state"], task["status_update_uuid"] = sent[-1]["state"], sent[-1]["uuid"]
            executor.tasks[task_id] = task

    def nested_pids(self, container_id):
        root = os.path.join(self.containers.runtime_dir, "containers", container_id, "containers")
        for name in checkpoint.listed(root):
            pid = checkpoint.read_text(os.path.join(root, name, "pid"))
            if pid and not os.path.exists(os.path.join(root, name, "termination")):
                yield name, int(pid)

    def ask_to_reconnect(self):
        for framework in self.frameworks.values():
            for executor in framework.executors.values():
                if executor.http or not executor.pid:
                    self.log.info("slave.cpp", f"Waiting for executor {executor} to subscribe")
                else:
                    self.log.info("slave.cpp", f"Sending reconnect request to executor {executor}")
                    self.edges.send(executor.pid, "mesos.internal.ReconnectExecutorMessage",
                                    {"agent_id": wire(self.id)})

    def end_recovery(self):
        """The time for executors to come back is over."""
        self.log.info("slave.cpp", "Cleaning up un-reregistered executors")
        for framework in list(self.frameworks.values()):
            for executor in list(framework.executors.values()):
                if executor.state == REGISTERING:
                    self.log.info("slave.cpp", f"Killing un-reregistered executor {executor}")
                    executor.state = TERMINATING
                    executor.pending = {
                        "state": "TASK_GONE" if framework.has("PARTITION_AWARE") else "TASK_LOST",
                        "reason": "REASON_EXECUTOR_REREGISTRATION_TIMEOUT",
                        "message": f"Executor did not reregister within "
                                   f"{self.duration('executor_reregistration_timeout')}"}
                    self.containers.destroy(executor.container_id)
                elif executor.state == TERMINATED and executor.idle():
                    self.clean_up(executor)
        self.recovering = False
