# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The v0 scheduler driver: messages to and from the master, callbacks for the framework."""

import asyncio
import random
import uuid

from .cluster import SCHEDULER_MESSAGES, value, wire
from .glog import log
from .libprocess import Libprocess

FILE = "sched.cpp"
BACKOFF, RETRY_MAX = 2.0, 60.0       # seconds between attempts to register


class SchedulerDriver:
    """``framework`` has registered(driver, id, master), resource_offers(driver, offers), status_update(driver, status),
    error(driver, message); all may call ``stop`` and ``abort``."""

    def __init__(self, framework, info, master, environ):
        self.framework, self.info, self.environ = framework, dict(info), environ
        self.master, self.address = f"master@{master}", master
        self.name = f"scheduler-{uuid.uuid4()}"
        self.lib = self.timer = None
        self.connected = self.aborted = False
        self.ended = None

    @property
    def id(self):
        return value(self.info.get("id"))

    async def run(self):
        """Until stopped or aborted; whether it was stopped properly."""
        self.ended = asyncio.get_running_loop().create_future()
        self.lib = Libprocess(environ=self.environ)
        await self.lib.start()
        for kind, name in SCHEDULER_MESSAGES.items():
            self.lib.receive(self.name, name, lambda sender, body, kind=kind: self.received(kind, sender, body))
        self.detected()
        return await self.ended

    # -- the master --------------------------------------------------------

    def detected(self):
        log.info(FILE, f"New master detected at {self.master}")
        self.lib.link(self.name, self.master, self.exited)
        log.info(FILE, "No credentials provided. Attempting to register without authentication")
        self.register_after(BACKOFF)

    def register_after(self, pause):
        if self.timer:
            self.timer.cancel()
        self.timer = asyncio.get_running_loop().call_later(random.uniform(0, min(pause, 1.0)), self.register, pause)

    def register(self, pause):
        if not self.connected and not self.ended.done():
            call = {"type": "SUBSCRIBE", "subscribe": {"framework_info": self.info}}
            if self.id:
                call["framework_id"] = wire(self.id)
            self.lib.send(self.name, self.master, "mesos.scheduler.Call", call)
            self.timer = asyncio.get_running_loop().call_later(
                random.uniform(pause / 2, pause), self.register, min(pause * 2, RETRY_MAX))

    def exited(self, upid):
        """The link to the master broke; as in Mesos, nothing tells of a new one at a fixed address."""
        if self.connected and not self.ended.done():
            log.warning(FILE, "Master disconnected! Waiting for a new master to be elected")
            self.connected = False

    def call(self, kind, body=None):
        call = {"type": kind, "framework_id": wire(self.id)}
        if body is not None:
            call[kind.lower()] = body
        self.lib.send(self.name, self.master, "mesos.scheduler.Call", call)

    # -- events ------------------------------------------------------------

    def received(self, kind, sender, body):
        if self.aborted or self.ended.done():
            return
        if kind == "SUBSCRIBED":
            if self.connected:
                return
            self.connected = True
            again = bool(self.id)
            self.info["id"] = body["framework_id"]
            log.info(FILE, f"Framework {'re-' if again else ''}registered with {self.id}")
            self.framework.registered(self, self.id, body["master_info"])
        elif kind == "OFFERS":
            self.framework.resource_offers(self, body["offers"])
        elif kind == "UPDATE":
            status = body["status"]
            self.framework.status_update(self, status)
            if status.get("uuid") and not self.aborted:
                self.call("ACKNOWLEDGE", {"agent_id": status["agent_id"], "task_id": status["task_id"],
                                          "uuid": status["uuid"]})
        elif kind == "ERROR":
            message = body.get("message", "")
            log.info(FILE, f"Got error '{message}'")
            self.abort()
            self.framework.error(self, message)

    # -- the end -----------------------------------------------------------

    def stop(self, failover=False):
        log.info(FILE, "Asked to stop the driver")
        if not self.ended.done():
            if self.connected or not self.aborted:
                log.info(FILE, f"Stopping framework {self.id}".rstrip())
            if self.connected and not failover:
                self.call("TEARDOWN")
            self.ended.set_result(not self.aborted)

    def abort(self):
        log.info(FILE, "Asked to abort the driver")
        log.info(FILE, f"Aborting framework {self.id}".rstrip())
        self.aborted = True
        asyncio.get_running_loop().call_soon(self.after_abort)

    def after_abort(self):
        if not self.ended.done():
            self.ended.set_result(False)
