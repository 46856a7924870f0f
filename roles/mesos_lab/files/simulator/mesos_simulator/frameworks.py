# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example frameworks on the v0 driver: no-executor-framework and test-framework."""

import asyncio
import getpass
import os

from . import flags
from . import resources as res
from .agent import master_address
from .cluster import value, wire
from .glog import log
from .scheduler_v0 import SchedulerDriver

FILE = "no_executor_framework.cpp"
LINGER = 0.2            # seconds for the last messages to leave
SOURCES = ("SOURCE_MASTER", "SOURCE_AGENT", "SOURCE_EXECUTOR")
REASONS = {             # their numbers in mesos.proto
    "REASON_COMMAND_EXECUTOR_FAILED": 0, "REASON_EXECUTOR_TERMINATED": 1, "REASON_EXECUTOR_UNREGISTERED": 2,
    "REASON_FRAMEWORK_REMOVED": 3, "REASON_GC_ERROR": 4, "REASON_INVALID_FRAMEWORKID": 5, "REASON_INVALID_OFFERS": 6,
    "REASON_MASTER_DISCONNECTED": 7, "REASON_CONTAINER_LIMITATION_MEMORY": 8, "REASON_RECONCILIATION": 9,
    "REASON_SLAVE_DISCONNECTED": 10, "REASON_SLAVE_REMOVED": 11, "REASON_SLAVE_RESTARTED": 12,
    "REASON_SLAVE_UNKNOWN": 13,
    "REASON_TASK_INVALID": 14, "REASON_TASK_UNAUTHORIZED": 15, "REASON_TASK_UNKNOWN": 16,
    "REASON_CONTAINER_LIMITATION": 19, "REASON_CONTAINER_LIMITATION_DISK": 20, "REASON_CONTAINER_LAUNCH_FAILED": 21,
    "REASON_CONTAINER_UPDATE_FAILED": 22, "REASON_EXECUTOR_REGISTRATION_TIMEOUT": 23,
    "REASON_EXECUTOR_REREGISTRATION_TIMEOUT": 24, "REASON_TASK_GROUP_INVALID": 25, "REASON_TASK_GROUP_UNAUTHORIZED": 26,
    "REASON_CONTAINER_PREEMPTED": 17, "REASON_TASK_KILLED_DURING_LAUNCH": 30,
}


def cause(status):
    """``with reason 1 from source 1 with message '…'``; reasons and sources are numbers there."""
    text = (f"with reason {REASONS.get(status.get('reason'), 0)} from source "
            f"{SOURCES.index(status.get('source', SOURCES[0]))}")
    return text + f" with message '{status.get('message', '')}'"


def framework_info(options, name):
    info = {"user": getpass.getuser(), "name": name, "checkpoint": options.checkpoint, "roles": [options.role],
            "capabilities": [{"type": "MULTI_ROLE"}, {"type": "RESERVATION_REFINEMENT"}]}
    return info | ({"principal": options.principal} if options.principal else {})


def fitting(offer, wanted):
    """The part of what is wanted that the offer has, allocated to its role; None if it has not all of it."""
    role = offer["allocation_info"]["role"]
    needed = res.allocated(wanted, role)
    return needed if res.contains(res.normalised(offer["resources"]), needed) else None


class NoExecutor:
    """Runs a command some number of times."""

    def __init__(self, options):
        self.options, self.launched, self.finished, self.abnormal = options, 0, 0, 0
        self.wanted = res.parse(options.task_resources)

    def registered(self, driver, framework_id, master):
        log.info(FILE, f"Registered with master id: \"{master['id']}\"")

    def resource_offers(self, driver, offers):
        for offer in offers:
            log.info(FILE, f"Received offer {value(offer['id'])} from agent {value(offer['agent_id'])} "
                           f"({offer['hostname']}) "
                     f"with {res.as_json(offer['resources'])}")
            tasks, left = [], offer
            while self.options.num_tasks is None or self.launched < self.options.num_tasks:
                needed = fitting(left, self.wanted)
                if needed is None:
                    break
                left = left | {"resources": res.subtract(res.normalised(left["resources"]), needed)}
                tasks.append({"name": f"Task {self.launched}", "task_id": wire(str(self.launched)),
                              "agent_id": offer["agent_id"], "resources": needed,
                              "command": {"shell": True, "value": self.options.command}})
                self.launched += 1
            if tasks:
                driver.call("ACCEPT", {"offer_ids": [offer["id"]], "operations": [
                    {"type": "LAUNCH", "launch": {"task_infos": tasks}}]})
            else:
                driver.call("DECLINE", {"offer_ids": [offer["id"]]})

    def status_update(self, driver, status):
        identifier, state = value(status["task_id"]), status["state"]
        if state in ("TASK_LOST", "TASK_KILLED", "TASK_FAILED", "TASK_ERROR", "TASK_DROPPED", "TASK_GONE"):
            log.error(FILE, f"Task '{identifier}' is in unexpected state {state} {cause(status)}")
            self.abnormal += 1
        else:
            log.info(FILE, f"Task '{identifier}' is in state {state}")
            if state == "TASK_FINISHED":
                self.finished += 1
        total = self.options.num_tasks
        if total is not None and self.finished + self.abnormal >= total:
            if self.abnormal:
                log.exit_with(1, f"Failed to complete successfully: {self.abnormal} of {total} terminated "
                                 "abnormally", file=FILE)
            driver.stop()

    def error(self, driver, message):
        log.error(FILE, f"Error: {message}")


class Test:
    """Runs tasks in an executor of its own, which is not part of the simulator, as it was not of what was recorded."""

    def __init__(self, options):
        self.options, self.launched, self.finished = options, 0, 0
        self.wanted = res.parse("cpus:1;mem:128")

    def registered(self, driver, framework_id, master):
        print("Registered!", flush=True)

    def resource_offers(self, driver, offers):
        for offer in offers:
            print(f"Received offer {value(offer['id'])} with {res.as_json(offer['resources'])}", flush=True)
            needed = fitting(offer, self.wanted)
            tasks = []
            if needed and self.launched < self.options.num_tasks:
                print(f"Launching task {self.launched} using offer {value(offer['id'])}", flush=True)
                command = os.path.join(os.path.dirname(os.path.abspath(__file__)), "test-executor")
                tasks.append({"name": f"Task {self.launched}", "task_id": wire(str(self.launched)),
                              "agent_id": offer["agent_id"], "resources": needed, "executor": {
                                  "executor_id": wire("default"), "framework_id": wire(driver.id),
                                  "name": "Test Executor (C++)", "source": "cpp_test", "resources": [],
                                  "command": {"shell": True, "value": command}}})
                self.launched += 1
            driver.call("ACCEPT", {"offer_ids": [offer["id"]], "operations": [
                {"type": "LAUNCH", "launch": {"task_infos": tasks}}]})

    def status_update(self, driver, status):
        identifier, state = value(status["task_id"]), status["state"]
        print(f"Task {identifier} is in state {state}", flush=True)
        if state == "TASK_FINISHED":
            self.finished += 1
        if state in ("TASK_LOST", "TASK_KILLED", "TASK_FAILED"):
            print(f"Aborting because task {identifier} is in unexpected state {state} {cause(status)}", flush=True)
            driver.abort()
        if self.finished == self.options.num_tasks:
            driver.stop()

    def error(self, driver, message):
        print(message, flush=True)


def perform(program, kind, name, argv, environ):
    options = flags.load(program, argv, environ)

    async def run():
        driver = SchedulerDriver(kind(options), framework_info(options, name), master_address(options.master), environ)
        stopped = await driver.run()
        if not stopped:
            driver.stop()
        await asyncio.sleep(LINGER)
        return 0 if stopped else 1

    return asyncio.run(run())


def no_executor_framework(argv, environ):
    return perform("no-executor-framework", NoExecutor, "No Executor Framework", argv, environ)


def test_framework(argv, environ):
    return perform("test-framework", Test, "Test Framework (C++)", argv, environ)
