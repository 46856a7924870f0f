# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos-execute's side of the v1 scheduler API: finds the master, stays subscribed, hands events on."""

import asyncio
import base64
import json
import random

from .glog import log
from .http_client import HttpFailure

FILE = "scheduler.cpp"
CONNECT_WITHIN = 1.0     # seconds; a random part of it passes before every attempt


class Scheduler:
    """``on_event(event)`` and ``on_connected()``/``on_disconnected()`` are the framework's."""

    def __init__(self, lib, master, *, on_connected, on_disconnected, on_event, credential=None):
        self.lib, self.master = lib, master
        self.on_connected, self.on_disconnected, self.on_event = on_connected, on_disconnected, on_event
        self.url = f"{lib.scheme}://{master}/master/api/v1/scheduler"
        self.authorization = "Basic " + base64.b64encode(":".join(credential).encode()).decode() if credential else None
        self.stream_id = None
        self.subscription = self.others = None        # connections: for SUBSCRIBE, for all other calls
        self.turn = asyncio.Lock()

    async def run(self):
        """Detect, connect, subscribe, again and again."""
        log.info(FILE, "Using default 'basic' HTTP authenticatee")
        while True:
            log.info(FILE, f"New master detected at master@{self.master}")
            await asyncio.sleep(random.uniform(0, CONNECT_WITHIN))
            if await self.connect():
                subscription = self.on_connected()
                if subscription is not None:
                    await self.subscribe(subscription)
                self.disconnect()
                self.on_disconnected()
            self.stream_id = None
            log.info(FILE, "Re-detecting master")

    async def connect(self):
        """Open two connections, as Mesos does before it says anything; nothing is said about those that fail."""
        try:
            self.subscription = await self.lib.connection(self.url)
            self.others = await self.lib.connection(self.url)
        except HttpFailure:
            self.disconnect()
            return False
        return True

    def disconnect(self):
        for connection in (self.subscription, self.others):
            if connection is not None:
                connection.close()
        self.subscription = self.others = None

    def headers(self):
        made = {"Authorization": self.authorization} if self.authorization else {}
        return made | ({"Mesos-Stream-Id": self.stream_id} if self.stream_id else {})

    async def subscribe(self, call):
        try:
            response = await self.subscription.request(
                "POST", self.url, headers=self.headers(), json=call, stream=True)
            if response.status != 200:
                body = (await response.read()).decode("utf-8", "replace")
                self.refused(call, response, body)
                return
            self.stream_id = response.headers.get("mesos-stream-id")
            async for record in response.records():
                self.on_event(json.loads(record))
        except HttpFailure as failure:
            if self.stream_id is None:
                log.error(FILE, f"Request for call type SUBSCRIBE failed: {failure}")
                return
        log.error(FILE, "End-Of-File received from master. The master closed the event stream")

    def refused(self, call, response, body):
        """An answer that is no: told as an ERROR event, unless it is worth another try."""
        text = f"Received unexpected '{response.status} {response.reason}' ({body}) for {call['type']}"
        if response.status in (503, 404, 307):
            log.warning(FILE, f"Received '{response.status} {response.reason}' ({body}) for {call['type']}")
            return
        self.on_event({"type": "ERROR", "error": {"message": text}})

    async def call(self, call):
        try:
            async with self.turn:
                if self.others is None:
                    raise HttpFailure("Disconnected")
                response = await self.others.request("POST", self.url, headers=self.headers(), json=call, keep=True)
            if response.status != 202:
                self.refused(call, response, response.text)
        except HttpFailure as failure:
            log.error(FILE, f"Request for call type {call['type']} failed: {failure}")


