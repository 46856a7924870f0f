# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A v1 framework on pymesos: one task, then stop.

pymesos_client.py HOST:PORT [--principal P --secret S] [--role R]
"""

import argparse
import getpass
import logging
import threading

from addict import Dict
from pymesos import MesosSchedulerDriver, Scheduler

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")


class OneTask(Scheduler):
    launched = False

    def registered(self, driver, framework_id, master_info):
        print(f"Registered with {framework_id.value}", flush=True)

    def error(self, driver, message):
        print(f"error: {message}", flush=True)
        driver.stop()

    def disconnected(self, driver):
        print("disconnected", flush=True)

    def resourceOffers(self, driver, offers):
        if self.launched:
            return
        self.launched = True
        offer = offers[0]
        task = Dict()
        task.task_id.value = "pymesos-task"
        task.agent_id.value = offer.agent_id.value
        task.name = "pymesos-task"
        task.resources = [
            dict(name="cpus", type="SCALAR", scalar={"value": 0.1}),
            dict(name="mem", type="SCALAR", scalar={"value": 32}),
        ]
        task.command.value = "true"
        task.command.shell = True
        driver.launchTasks(offer.id, [task])

    def statusUpdate(self, driver, update):
        print("Task {} is {} {}".format(update.task_id.value, update.state, update.message or ""), flush=True)
        if update.state in ("TASK_FINISHED", "TASK_FAILED", "TASK_ERROR", "TASK_LOST"):
            driver.stop()


parser = argparse.ArgumentParser()
parser.add_argument("master")
parser.add_argument("--principal")
parser.add_argument("--secret")
parser.add_argument("--role", default="*")
options = parser.parse_args()
framework = Dict()
framework.user = getpass.getuser()
framework.name = "pymesos"
framework.role = options.role
if options.principal:
    framework.principal = options.principal
driver = MesosSchedulerDriver(
    OneTask(), framework, options.master, use_addict=True, principal=options.principal, secret=options.secret
)
thread = threading.Thread(target=driver.run, daemon=True)
thread.start()
while thread.is_alive():
    thread.join(0.2)
