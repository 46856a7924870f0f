# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos-execute: runs one task, or one group of tasks, and prints what becomes of it."""

import asyncio
import getpass
import json

from . import flags
from . import resources as res
from .agent import master_address
from .background import spawn
from .cluster import TERMINAL, value, wire
from .glog import log, quit_now
from .libprocess import Libprocess
from .scheduler_v1 import Scheduler

CAPABILITIES = ("RESERVATION_REFINEMENT", "TASK_KILLING_STATE", "REVOCABLE_RESOURCES")
DEFAULT_EXECUTOR = "cpus:0.1;mem:32;disk:32"


class CommandScheduler:
    """The framework: takes the first offer that is large enough."""

    def __init__(self, options, tasks, group):
        self.options, self.tasks, self.group = options, tasks, group
        self.framework_id = self.scheduler = None
        self.launched, self.done = False, set()

    # -- who we are --------------------------------------------------------

    def framework_info(self):
        options = self.options
        names = [*CAPABILITIES, *(["PARTITION_AWARE"] if options.partition_aware else [])]
        names += [name for name in (options.framework_capabilities or "").split(",") if name and name not in names]
        info = {"user": getpass.getuser(), "name": "mesos-execute instance", "checkpoint": options.checkpoint,
                "capabilities": [{"type": name} for name in names]}
        info |= {"roles": [options.role]} if "MULTI_ROLE" in names else {"role": options.role}
        if options.principal:
            info["principal"] = options.principal
        return info | ({"id": wire(self.framework_id)} if self.framework_id else {})

    def on_connected(self):
        call = {"type": "SUBSCRIBE", "subscribe": {"framework_info": self.framework_info()}}
        return call | ({"framework_id": wire(self.framework_id)} if self.framework_id else {})

    def on_disconnected(self):
        pass

    def on_event(self, event):
        kind = event["type"]
        getattr(self, "on_" + kind.lower(), lambda body: None)(event.get(kind.lower()) or {})

    def send(self, kind, body):
        call = {"type": kind, "framework_id": wire(self.framework_id), kind.lower(): body}
        return spawn(self.scheduler.call(call))

    # -- events ------------------------------------------------------------

    def on_subscribed(self, body):
        self.framework_id = value(body["framework_id"])
        say(f"Subscribed with ID {self.framework_id}")

    def on_offers(self, body):
        for offer in body["offers"]:
            have = res.unallocated(res.normalised(offer["resources"]))
            needed = res.add(*(res.normalised(task["resources"]) for task in self.tasks))
            if self.group:
                needed = res.add(needed, res.parse(DEFAULT_EXECUTOR))
            if self.launched or not res.contains(have, needed):
                self.send("DECLINE", {"offer_ids": [offer["id"]]})
            else:
                self.accept(offer)

    def accept(self, offer):
        self.launched = True
        role = offer["allocation_info"]["role"]
        tasks = [task | {"agent_id": offer["agent_id"],
                         "resources": res.allocated(res.normalised(task["resources"]), role)} for task in self.tasks]
        names, agent = ", ".join(value(task["task_id"]) for task in tasks), value(offer["agent_id"])
        if self.group:
            executor = {"executor_id": wire("default-executor"), "type": "DEFAULT",
                        "framework_id": wire(self.framework_id),
                        "resources": res.allocated(res.parse(DEFAULT_EXECUTOR), role)}
            operation = {"type": "LAUNCH_GROUP", "launch_group": {"executor": executor, "task_group": {"tasks": tasks}}}
            words = f"Submitted task group with tasks [ {names} ] to agent '{agent}'"
        else:
            operation = {"type": "LAUNCH", "launch": {"task_infos": tasks}}
            words = f"Submitted task '{names}' to agent '{agent}'"
        self.send("ACCEPT", {"offer_ids": [offer["id"]], "operations": [operation]})
        say(words)

    def on_update(self, body):
        status = body["status"]
        identifier = value(status["task_id"])
        say(f"Received status update {status['state']} for task '{identifier}'")
        for key in ("message", "source", "reason"):
            if status.get(key):
                say(f"  {key}: '{status[key]}'" if key == "message" else f"  {key}: {status[key]}")
        acknowledged = None
        if status.get("uuid"):
            acknowledged = self.send("ACKNOWLEDGE", {
                "agent_id": status["agent_id"], "task_id": status["task_id"], "uuid": status["uuid"]})
        if status["state"] == "TASK_RUNNING" and self.options.kill_after is not None:
            asyncio.get_running_loop().call_later(
                self.options.kill_after, self.send, "KILL",
                {"task_id": status["task_id"], "agent_id": status["agent_id"]})
        if status["state"] in TERMINAL or status["state"] == "TASK_UNREACHABLE":
            self.done.add(identifier)
            if len(self.done) == len(self.tasks):
                spawn(self.leave(acknowledged))

    async def leave(self, acknowledged):
        """Everything ended: so do we, with 0 whatever the state was."""
        if acknowledged is not None:
            await asyncio.wait({acknowledged}, timeout=1.0)
        quit_now(0)

    def on_error(self, body):
        log.exit_with(1, f"Received an ERROR event: {body['message']}", file="execute.cpp")


def say(text):
    print(text, flush=True)


def tasks_of(options):
    """(tasks, whether they are a group); ends the program if the flags do not make one."""
    given = [name for name in ("task", "task_group") if getattr(options, name) is not None]
    if len(given) == 2 or given and options.name:
        complain(options, "Either task or task group should be set but not both. Provide either '--task' OR "
                          "'--task_group'")
    if options.task_group is not None:
        return [normal(task) for task in loaded(options.task_group)["tasks"]], True
    if options.task is not None:
        return [normal(loaded(options.task))], False
    if not options.name:
        complain(options, "Missing required option --name")
    command = {"shell": options.shell}
    if options.shell:
        if options.command is None:
            complain(options, "Missing required option --command")
        command["value"] = options.command
    elif options.command is not None:
        first, *_ = words = options.command.split()
        command |= {"value": first, "arguments": words}
    if options.env:
        command["environment"] = {"variables": [
            {"name": name, "value": str(item)} for name, item in loaded(options.env).items()]}
    return [{"name": options.name, "task_id": wire(options.name), "command": command,
             "resources": res.parse(options.resources)}], False


def loaded(item):
    return json.loads(item) if isinstance(item, str) else item


def normal(task):
    return task | {"resources": res.normalised(task.get("resources"))}


def complain(options, text):
    import sys
    sys.stderr.write(options.usage("mesos-execute", text))
    quit_now(1)


def main(argv, environ):
    options = flags.load("mesos-execute", argv, environ)
    tasks, group = tasks_of(options)
    credential = (options.principal, options.secret) if options.principal and options.secret else None

    async def run():
        lib = Libprocess(environ=environ)
        await lib.start()
        framework = CommandScheduler(options, tasks, group)
        framework.scheduler = Scheduler(
            lib, master_address(options.master), on_connected=framework.on_connected,
            on_disconnected=framework.on_disconnected, on_event=framework.on_event, credential=credential)
        await framework.scheduler.run()

    asyncio.run(run())
    return 0
