# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an executor talks to its agent: by messages (v0) or by HTTP (v1), with the same events for what it does.

Either driver calls ``on_event(event)`` with v1 executor events and has ``start()``, ``update(status)`` and
``unacknowledged``.
"""

import asyncio
import json
import random
import time

from .background import spawn
from .cluster import new_uuid, value, wire
from .glog import log
from .http_client import HttpFailure

EVENTS = {               # v0 message -> v1 event
    "mesos.internal.ExecutorRegisteredMessage": "SUBSCRIBED",
    "mesos.internal.RunTaskMessage": "LAUNCH",
    "mesos.internal.KillTaskMessage": "KILL",
    "mesos.internal.StatusUpdateAcknowledgementMessage": "ACKNOWLEDGED",
    "mesos.internal.FrameworkToExecutorMessage": "MESSAGE",
    "mesos.internal.ShutdownExecutorMessage": "SHUTDOWN",
}
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "secs": 1, "mins": 60, "hrs": 3600, "days": 86400, "weeks": 604800}


def seconds(text, default):
    """A duration from the environment, like ``15mins``."""
    for unit, length in UNITS.items():
        if text and text.endswith(unit):
            try:
                return float(text[:-len(unit)]) * length
            except ValueError:
                break
    return default


class Driver:
    """What both kinds have in common: who we are, and what the agent has not confirmed yet."""

    def __init__(self, lib, environ, on_event):
        self.lib, self.environ, self.on_event = lib, environ, on_event
        self.framework_id, self.executor_id = environ["MESOS_FRAMEWORK_ID"], environ["MESOS_EXECUTOR_ID"]
        self.agent_id = environ.get("MESOS_SLAVE_ID", "")
        self.checkpoint = environ.get("MESOS_CHECKPOINT") == "1"
        self.recovery_timeout = seconds(environ.get("MESOS_RECOVERY_TIMEOUT"), 900.0)
        self.backoff = seconds(environ.get("MESOS_SUBSCRIPTION_BACKOFF_MAX"), 2.0)
        self.unacknowledged, self.tasks = {}, {}
        self.connected = False

    def ids(self):
        return {"framework_id": wire(self.framework_id), "executor_id": wire(self.executor_id)}

    def prepared(self, status):
        """A status with what every one of an executor has, remembered until it is confirmed."""
        status = status | {"source": "SOURCE_EXECUTOR", "executor_id": wire(self.executor_id), "uuid": new_uuid(),
                           "timestamp": time.time()}
        self.unacknowledged[status["uuid"]] = {"status": status}
        return status

    def handle(self, event):
        """Keep the books, then let the executor act."""
        if event["type"] == "LAUNCH":
            self.tasks[value(event["launch"]["task"]["task_id"])] = event["launch"]["task"]
        elif event["type"] == "LAUNCH_GROUP":
            for task in event["launch_group"]["task_group"]["tasks"]:
                self.tasks[value(task["task_id"])] = task
        elif event["type"] == "ACKNOWLEDGED":
            self.unacknowledged.pop(event["acknowledged"]["uuid"], None)
            self.tasks.pop(value(event["acknowledged"]["task_id"]), None)
        elif event["type"] == "SUBSCRIBED":
            self.connected = True
        self.on_event(event)


class V0Driver(Driver):
    """libprocess messages to and from ``executor(1)``."""

    NAME = "executor(1)"

    def __init__(self, lib, environ, on_event):
        super().__init__(lib, environ, on_event)
        self.agent = environ["MESOS_SLAVE_PID"]
        for name, kind in EVENTS.items():
            lib.receive(self.NAME, name, lambda sender, body, kind=kind: self.handle(
                {"type": kind, kind.lower(): body}))
        lib.receive(self.NAME, "mesos.internal.ReconnectExecutorMessage", self.reconnect)
        lib.receive(self.NAME, "mesos.internal.ExecutorReregisteredMessage", self.reregistered)
        self.giving_up = None

    async def start(self):
        await self.lib.start()
        self.lib.link(self.NAME, self.agent, self.exited)
        self.lib.send(self.NAME, self.agent, "mesos.internal.RegisterExecutorMessage", self.ids())

    def handle(self, event):
        if event["type"] == "SUBSCRIBED":
            log.info("exec.cpp", f"Executor registered on agent {value(event['subscribed']['agent_info'].get('id'))}")
        super().handle(event)

    def update(self, status):
        self.lib.send(self.NAME, self.agent, "mesos.internal.StatusUpdateMessage",
                      self.ids() | {"status": self.prepared(status)})

    def reconnect(self, sender, message):
        log.info("exec.cpp", f"Received reconnect request from agent {value(message['agent_id'])}")
        self.lib.unlink(self.NAME, self.agent)
        self.agent = sender
        self.lib.link(self.NAME, self.agent, self.exited)
        self.lib.send(self.NAME, self.agent, "mesos.internal.ReregisterExecutorMessage", self.ids() | {
            "tasks": list(self.tasks.values()), "updates": list(self.unacknowledged.values())})

    def reregistered(self, sender, message):
        log.info("exec.cpp", f"Executor re-registered on agent {value(message['agent_id'])}")
        self.connected = True
        if self.giving_up:
            self.giving_up.cancel()

    def exited(self, upid):
        if upid != self.agent:
            return
        if self.checkpoint and self.connected:
            self.connected = False
            log.info("exec.cpp", "Agent exited, but framework has checkpointing enabled. Waiting "
                     f"{self.environ.get('MESOS_RECOVERY_TIMEOUT', '15mins')} to reconnect with agent {self.agent_id}")
            self.giving_up = asyncio.get_running_loop().call_later(self.recovery_timeout, self.give_up)
            return
        log.info("exec.cpp", "Agent exited ... shutting down")
        if not self.connected:
            log.info("v0_v1executor.cpp", "Implicitly connecting the executor to shut it down")
        self.connected = False
        self.on_event({"type": "SHUTDOWN"})

    def give_up(self):
        if not self.connected:
            log.info("exec.cpp", f"Recovery timeout of {self.environ.get('MESOS_RECOVERY_TIMEOUT', '15mins')} "
                                 "exceeded; "
                     "Shutting down")
            self.on_event({"type": "SHUTDOWN"})


class V1Driver(Driver):
    """The executor API over HTTP; never downgrades."""

    def __init__(self, lib, environ, on_event, on_disconnected=lambda: None):
        super().__init__(lib, environ, on_event)
        process, _, address = environ["MESOS_SLAVE_PID"].partition("@")
        self.url = f"{lib.scheme}://{environ.get('MESOS_AGENT_ENDPOINT') or address}/{process}/api/v1"
        self.on_disconnected = on_disconnected
        self.was_connected = self.ending = False
        self.token = environ.get("MESOS_EXECUTOR_AUTHENTICATION_TOKEN")
        self.waiting, self.sending, self.others = [], None, None

    def headers(self):
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def start(self):
        log.info("executor.cpp", f"Using URL {self.url}/executor for the executor API endpoint")
        spawn(self.stay_subscribed())

    async def stay_subscribed(self):
        """Subscribe; with checkpointing again and again, for as long as the agent may take to come back."""
        lost_at = None
        while not self.ending:
            was = self.connected
            await self.subscribe()
            if self.ending:
                return
            if was or self.was_connected and lost_at is None:
                lost_at = time.monotonic()
            self.connected = False
            self.on_disconnected()
            if not (self.checkpoint and self.was_connected):
                log.info("executor.cpp", "Disconnected from agent: Subscribe connection interrupted; Shutting down")
                break
            if lost_at is not None and time.monotonic() - lost_at > self.recovery_timeout:
                log.info("executor.cpp", f"Recovery timeout of {self.environ.get('MESOS_RECOVERY_TIMEOUT')} "
                                         "exceeded; Shutting down")
                break
            await asyncio.sleep(random.uniform(0, min(self.backoff, 2.0)))
        self.on_event({"type": "SHUTDOWN"})

    async def subscribe(self):
        call = self.ids() | {"type": "SUBSCRIBE", "subscribe": {
            "unacknowledged_tasks": list(self.tasks.values()),
            "unacknowledged_updates": list(self.unacknowledged.values())}}
        subscription = None
        try:
            subscription = await self.lib.connection(self.url)
            self.others = await self.lib.connection(self.url)
            response = await subscription.request(
                "POST", f"{self.url}/executor", headers=self.headers(), json=call, stream=True)
            if response.status != 200:
                body = (await response.read()).decode("utf-8", "replace")
                log.warning("executor.cpp", f"Received '{response.status} {response.reason}' ({body}) for SUBSCRIBE")
                return
            async for record in response.records():
                event = json.loads(record)
                if event["type"] == "SUBSCRIBED":
                    self.was_connected = True
                self.handle(event)
                if self.ending:
                    return
        except HttpFailure as failure:
            if not (self.connected or failure.connecting):
                log.error("executor.cpp", f"Request for call type SUBSCRIBE failed: {failure}")
        finally:
            for connection in filter(None, (subscription, self.others)):
                connection.close()
            self.others = None

    def update(self, status):
        status = self.prepared(status)
        self.waiting.append(self.ids() | {"type": "UPDATE", "update": {"status": status}})
        if self.sending is None or self.sending.done():
            self.sending = spawn(self.send_waiting())

    async def send_waiting(self):
        """Updates go one after the other; those that fail go again with the next subscription."""
        while self.waiting:
            call = self.waiting.pop(0)
            try:
                if self.others is None:
                    raise HttpFailure("Disconnected")
                response = await self.others.request(
                    "POST", f"{self.url}/executor", headers=self.headers(), json=call, keep=True)
                if response.status != 202:
                    log.warning("executor.cpp", f"Received '{response.status} {response.reason}' ({response.text}) "
                                                "for UPDATE")
            except HttpFailure as failure:
                log.error("executor.cpp", f"Request for call type UPDATE failed: {failure}")
