# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an agent does with tasks: launch, kill, report.  Part of AgentState."""

from . import checkpoint, containerizer
from . import resources as res
from .agent_model import (
    REGISTERING,
    RUNNING,
    TERMINATED,
    TERMINATING,
    Executor,
    Framework,
    default_executor,
    executor_for,
)
from .cluster import TERMINAL, kept_status, new_task, new_uuid, uuid_text, value, wire


class AgentTasks:
    """The half of AgentState that serves the master."""

    # -- launching ---------------------------------------------------------

    def run_task(self, sender, message):
        task = message["task"]
        identifier, info = value(task["task_id"]), message["framework"]
        self.say_launch(f"task '{identifier}'", value(info["id"]))
        framework = self.framework_for(info, message.get("pid"))
        executor_info = task.get("executor") or executor_for(task, framework.id, self.flags.launcher_dir)
        self.launch(framework, executor_info, [task], for_command="executor" not in task)

    def run_group(self, sender, message):
        tasks, info = message["task_group"]["tasks"], message["framework"]
        names = ", ".join(value(task["task_id"]) for task in tasks)
        self.say_launch(f"task group containing tasks [ {names} ]", value(info["id"]))
        framework = self.framework_for(info, message.get("pid"))
        executor_info = message["executor"]
        if executor_info.get("type") == "DEFAULT":
            executor_info = default_executor(executor_info, self.flags.launcher_dir)
        self.launch(framework, executor_info, [{"group": tasks}])

    def say_launch(self, what, framework_id):
        self.log.info("slave.cpp", f"Got assigned {what} for framework {framework_id}")
        self.log.info("slave.cpp", f"Authorizing {what} for framework {framework_id}")
        self.log.info("slave.cpp", f"Launching {what} for framework {framework_id}")

    def framework_for(self, info, pid):
        identifier = value(info["id"])
        framework = self.frameworks.get(identifier)
        if framework is None:
            framework = self.frameworks[identifier] = Framework(identifier, info, pid or "")
            if framework.checkpoint:
                checkpoint.save_framework(self.paths, self.id, info, pid)
        return framework

    def launch(self, framework, info, entries, for_command=False):
        info = info | {"resources": res.normalised(info.get("resources"))}
        executor = framework.executors.get(value(info["executor_id"]))
        fresh = executor is None
        if fresh:
            executor = self.add_executor(framework, info, for_command)
        if executor.state in (TERMINATING, TERMINATED):
            for task in [one for entry in entries for one in entry.get("group", [entry])]:
                dropped = "TASK_DROPPED" if framework.has("PARTITION_AWARE") else "TASK_LOST"
                self.report(executor, task["task_id"], dropped, "REASON_EXECUTOR_TERMINATED", "Executor terminating")
            return
        executor.queued += entries
        if executor.run:
            for task in executor.queued_tasks():
                checkpoint.save_task(executor.run, new_task(task, framework.id))
        if fresh:
            self.fork(executor)
        elif executor.state == RUNNING:
            self.send_queued(executor)

    def add_executor(self, framework, info, for_command):
        container_id = self.new_container_id()
        directory = self.paths.run(self.id, framework.id, value(info["executor_id"]), container_id)
        executor = Executor(framework, info, container_id, directory, for_command=for_command)
        framework.executors[executor.id] = executor
        containerizer.make_sandbox(directory)
        self.attach(executor)
        if framework.checkpoint:
            executor.run = checkpoint.save_executor(self.paths, self.id, executor)
        return executor

    def attach(self, executor):
        latest = f"{self.paths.executor(self.id, executor.framework.id, executor.id)}/runs/latest"
        self.files.attach(executor.directory, executor.directory)
        self.files.attach(executor.directory, latest)
        self.files.attach(executor.directory,
                          f"/frameworks/{executor.framework.id}/executors/{executor.id}/runs/latest")

    def fork(self, executor):
        """Start the executor's container; its end is reported to executor_terminated."""
        framework, info = executor.framework, executor.info
        self.log.info("slave.cpp", f"Launching executor {executor.name} with resources "
                                   f"{res.as_json(info['resources'])} "
                      f"in work directory '{executor.directory}'")
        environment = containerizer.executor_environment(
            self.flags, self.environ, agent_pid=self.pid, agent_id=self.id, framework=framework.info, executor=info,
            directory=executor.directory, checkpoint=framework.checkpoint, http=self.flags.http_command_executor)
        for task in executor.queued_tasks():
            self.log.info("slave.cpp", f"Queued task '{value(task['task_id'])}' for executor {executor}")
        try:
            container = self.containers.launch(executor.container_id, containerizer.argv_of(info.get("command", {})),
                                               environment, executor.directory, self.user_of(info, framework))
        except (OSError, ValueError, KeyError) as error:
            self.log.error("slave.cpp", f"Container '{executor.container_id}' for executor {executor.name} failed to "
                                        f"start: {error}")
            executor.pending = {"state": "TASK_FAILED", "reason": "REASON_CONTAINER_LAUNCH_FAILED",
                                "message": f"Failed to launch container: {error}"}
            self.edges.later(0, self.executor_terminated, executor, None)
            return
        self.follow(executor, container)
        if executor.run:
            path = f"{executor.run}/pids/forked.pid"
            self.log.info("containerizer.cpp", f"Checkpointing container's forked pid {container.pid} to '{path}'")
            checkpoint.write(path, str(container.pid))
        seconds = self.flags.executor_registration_timeout
        executor.timer = self.edges.later(seconds, self.registration_timed_out, executor)

    def user_of(self, info, framework):
        """Who a container runs as: root agents switch to the task's user, unless told not to."""
        user = (info.get("command") or {}).get("user") or framework.info.get("user")
        return user if self.flags.switch_user and self.may_switch_user and user else None

    def follow(self, executor, container):
        container.done.add_done_callback(lambda done: self.executor_terminated(executor, done.result()))

    def registration_timed_out(self, executor):
        if executor.state == REGISTERING:
            seconds = self.duration("executor_registration_timeout")
            self.log.info("slave.cpp", f"Terminating executor {executor} because it did not register within {seconds}")
            executor.state = TERMINATING
            executor.pending = {"state": "TASK_FAILED", "reason": "REASON_EXECUTOR_REGISTRATION_TIMEOUT",
                                "message": f"Executor did not register within {seconds}"}
            self.containers.destroy(executor.container_id)

    def send_queued(self, executor):
        """Everything that waited for the executor."""
        queued, executor.queued = executor.queued, []
        for entry in queued:
            tasks = entry.get("group", [entry])
            for task in tasks:
                executor.tasks[value(task["task_id"])] = new_task(task, executor.framework.id)
            names = ", ".join(value(task["task_id"]) for task in tasks)
            if "group" in entry:
                self.log.info("slave.cpp", f"Sending queued task group containing tasks [ {names} ] to executor "
                                           f"{executor}")
                self.tell(executor, {"type": "LAUNCH_GROUP", "launch_group": {"task_group": {"tasks": tasks}}})
            else:
                self.log.info("slave.cpp", f"Sending queued task '{names}' to executor {executor}")
                self.tell(executor, {"type": "LAUNCH", "launch": {"task": entry}})

    # -- killing -----------------------------------------------------------

    def find_task(self, framework_id, task_id):
        """(executor, task or None if it is still queued), or (None, None)."""
        framework = self.frameworks.get(framework_id)
        for executor in (framework.executors.values() if framework else ()):
            if task_id in executor.tasks:
                return executor, executor.tasks[task_id]
            if any(value(task["task_id"]) == task_id for task in executor.queued_tasks()):
                return executor, None
        return None, None

    def kill_task(self, sender, message):
        framework_id, task_id = value(message["framework_id"]), value(message["task_id"])
        self.log.info("slave.cpp", f"Asked to kill task {task_id} of framework {framework_id}")
        executor, task = self.find_task(framework_id, task_id)
        if executor is None:
            self.log.warning("slave.cpp", f"Cannot kill task {task_id} of framework {framework_id} because no "
                                          "corresponding "
                             "executor is running")
            return
        if task is None:
            self.kill_queued(executor, task_id)
            return
        kill = {"task_id": wire(task_id)}
        if message.get("kill_policy"):
            kill["kill_policy"] = message["kill_policy"]
        self.tell(executor, {"type": "KILL", "kill": kill})

    def kill_queued(self, executor, task_id):
        entry = next(entry for entry in executor.queued
                     if any(value(task["task_id"]) == task_id for task in entry.get("group", [entry])))
        executor.queued.remove(entry)
        message = ("A task within the task group was killed before delivery to the executor" if "group" in entry
                   else "Killed before delivery to the executor")
        for task in entry.get("group", [entry]):
            executor.tasks[value(task["task_id"])] = new_task(task, executor.framework.id)
            self.report(executor, task["task_id"], "TASK_KILLED", "REASON_TASK_KILLED_DURING_LAUNCH", message)
        if executor.for_command or not executor.queued and executor.state == REGISTERING:
            self.shutdown_one(executor)

    def shutdown_framework(self, sender, message):
        framework = self.frameworks.get(value(message["framework_id"]))
        if framework is None:
            return
        self.log.info("slave.cpp", f"Asked to shut down framework {framework.id} by {sender}")
        self.log.info("slave.cpp", f"Shutting down framework {framework.id}")
        framework.terminating = True
        self.updates.forget(framework.id)
        for executor in list(framework.executors.values()):
            if executor.state == TERMINATED:
                self.clean_up(executor)
            elif executor.state != TERMINATING:
                self.shutdown_one(executor)

    def shutdown_executor(self, sender, message):
        framework = self.frameworks.get(value(message["framework_id"]))
        executor = framework and framework.executors.get(value(message["executor_id"]))
        if executor:
            self.shutdown_one(executor)

    def shutdown_one(self, executor):
        """Ask it to end; kill it if it has not after the grace period."""
        self.log.info("slave.cpp", f"Shutting down executor {executor}")
        executor.state = TERMINATING
        if executor.connected:
            self.tell(executor, {"type": "SHUTDOWN"})
        self.edges.later(self.flags.executor_shutdown_grace_period, self.shutdown_timed_out, executor)

    def shutdown_timed_out(self, executor):
        if executor.state == TERMINATING:
            self.log.info("slave.cpp", f"Killing executor {executor}")
            self.containers.destroy(executor.container_id)

    # -- updates -----------------------------------------------------------

    def report(self, executor, task_id, state, reason, message):
        """An update that the agent itself makes."""
        self.handle_update(executor, {"task_id": task_id, "state": state, "source": "SOURCE_AGENT", "reason": reason,
                                      "message": message, "uuid": new_uuid()})

    def handle_update(self, executor, status):
        """An update of an executor, or of the agent about its task: note it, checkpoint it, send it on."""
        framework, task_id = executor.framework, value(status["task_id"])
        by_executor = status.get("source") == "SOURCE_EXECUTOR"
        status = status | {"agent_id": wire(self.id), "timestamp": status.get("timestamp") or self.edges.now()}
        if by_executor:
            status.setdefault("executor_id", wire(executor.id))
            container = status.get("container_status") or {}
            status["container_status"] = self.container_status(executor) | container
        name = (f"{status['state']} (Status UUID: {uuid_text(status.get('uuid'))}) for task {task_id} of framework "
                f"{framework.id}")
        self.log.info("slave.cpp", f"Handling status update {name} from "
                                   f"{executor.pid or ('executor(1)' if by_executor else '@0.0.0.0:0')}")
        task = executor.tasks.get(task_id)
        if task is not None and task["state"] not in TERMINAL:
            task["state"] = status["state"]
            if not (task["statuses"] and task["statuses"][-1]["state"] == status["state"]):
                task["statuses"].append(kept_status(status))
        update = {"framework_id": wire(framework.id), "executor_id": wire(executor.id), "agent_id": wire(self.id),
                  "status": status, "timestamp": status["timestamp"]}
        self.updates.update(update, executor.run)
        if by_executor:
            self.tell(executor, {"type": "ACKNOWLEDGED", "acknowledged": {
                "task_id": status["task_id"], "uuid": status["uuid"]}})

    def container_status(self, executor):
        container = self.containers.containers.get(executor.container_id)
        made = {"container_id": wire(executor.container_id), "network_infos": [
            {"ip_addresses": [{"protocol": "IPv4", "ip_address": self.address.rpartition(":")[0]}]}]}
        return made | ({"executor_pid": container.pid} if container else {})

    def forward(self, update):
        """To the master, with the state the task is in by now."""
        if self.master is None or not self.registered:
            return
        _, task = self.find_task(value(update["framework_id"]), value(update["status"]["task_id"]))
        status = update["status"]
        if task is not None:
            task["status_update_state"], task["status_update_uuid"] = status["state"], status.get("uuid")
        self.log.info("slave.cpp", f"Forwarding the update {status['state']} for task {value(status['task_id'])} "
                      f"of framework {value(update['framework_id'])} to {self.master}")
        self.edges.send(self.master, "mesos.internal.StatusUpdateMessage", {
            "update": update, "pid": self.pid, "latest_state": task["state"] if task else status["state"]})

    def acknowledged(self, sender, message):
        framework_id, task_id = value(message["framework_id"]), value(message["task_id"])
        try:
            _, terminal = self.updates.acknowledge(framework_id, task_id, message["uuid"])
        except ValueError as error:
            self.log.error("slave.cpp", "Failed to handle status update acknowledgement (UUID: "
                           f"{uuid_text(message['uuid'])}) for task {task_id} of framework {framework_id}: {error}")
            return
        executor, task = self.find_task(framework_id, task_id)
        if terminal and task is not None:
            executor.completed.append(executor.tasks.pop(task_id))
            if executor.state == TERMINATED and executor.idle():
                self.clean_up(executor)

    # -- the end of an executor --------------------------------------------

    def executor_terminated(self, executor, status):
        framework = executor.framework
        self.log.info("slave.cpp", f"Executor {executor.name} " + self.end_text(status))
        if executor.timer:
            executor.timer.cancel()
        was_terminating, executor.state = executor.state == TERMINATING, TERMINATED
        if executor.stream is not None:
            executor.stream.close()
        if not framework.terminating:
            how = executor.pending or {"state": "TASK_FAILED", "reason": "REASON_EXECUTOR_TERMINATED",
                                       "message": "Executor terminated"}
            for task in executor.queued_tasks():
                executor.tasks[value(task["task_id"])] = new_task(task, framework.id)
            executor.queued = []
            for task in list(executor.tasks.values()):
                if task["state"] not in TERMINAL:
                    self.report(executor, task["task_id"], how["state"], how["reason"], how["message"])
        if not executor.for_command and self.master and self.registered:
            self.edges.send(self.master, "mesos.internal.ExitedExecutorMessage", {
                "agent_id": wire(self.id), "framework_id": wire(framework.id), "executor_id": wire(executor.id),
                "status": status if status is not None else -1})
        if framework.terminating or executor.idle() or was_terminating and executor.idle():
            self.clean_up(executor)

    def clean_up(self, executor):
        framework = executor.framework
        self.log.info("slave.cpp", f"Cleaning up executor {executor}")
        if executor.pid:
            self.edges.unlink(executor.pid)
        self.schedule_removal(executor.directory, remove=True)
        self.schedule_removal(self.paths.executor(self.id, framework.id, executor.id))
        if executor.run:
            checkpoint.write(f"{executor.run}/executor.sentinel", "")
            self.schedule_removal(executor.run, remove=True)
            self.schedule_removal(self.paths.executor(self.id, framework.id, executor.id, meta=True))
        self.files.detach(executor.directory)
        framework.executors.pop(executor.id, None)
        framework.completed.append(executor)
        if not framework.executors:
            self.log.info("slave.cpp", f"Cleaning up framework {framework.id}")
            self.schedule_removal(self.paths.framework(self.id, framework.id))
            if framework.checkpoint:
                self.schedule_removal(self.paths.framework(self.id, framework.id, meta=True))
            self.frameworks.pop(framework.id, None)
            self.completed.append(framework)

    def schedule_removal(self, path, remove=False):
        """Say it; what is really removed is a run, as its parents may be used again."""
        self.log.info("gc.cpp", f"Scheduling '{path}' for gc {self.flags.gc_delay / 86400 - 1e-8:.8f}days in the "
                                "future")
        if remove:
            self.edges.later(self.flags.gc_delay, checkpoint.remove, path)

