# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos-master: flags, network and state put together."""

import asyncio
import os
import sys
import time
import uuid

from aiohttp import web

from . import (
    allocator,
    cluster,
    endpoints,
    flags,
    http_api,
    metrics,
    operator_api,
    scheduler_api,
    startup_master,
    state,
)
from .glog import log
from .libprocess import Libprocess
from .maintenance import Maintenance
from .master_state import MasterState

MESSAGES = {            # message of an agent -> method of MasterState
    "mesos.internal.RegisterSlaveMessage": "register_agent",
    "mesos.internal.ReregisterSlaveMessage": "reregister_agent",
    "mesos.internal.UnregisterSlaveMessage": "unregister_agent",
    "mesos.internal.UpdateSlaveMessage": "update_agent",
    "mesos.internal.StatusUpdateMessage": "status_update",
    "mesos.internal.ExitedExecutorMessage": "exited_executor",
}


class Edges:
    """What MasterState may do to the world."""

    def __init__(self, lib):
        self.lib, self.loop = lib, asyncio.get_running_loop()
        self.scheme = lib.scheme

    def send(self, to, name, body):
        self.lib.send("master", to, name, body)

    def link(self, upid, on_exited):
        self.lib.unlink("master", upid)
        self.lib.link("master", upid, on_exited)

    def unlink(self, upid):
        self.lib.unlink("master", upid)

    def later(self, seconds, function, *args):
        return self.loop.call_later(seconds, function, *args)

    def now(self):
        return time.time()


def master_info(lib, hostname):
    """MasterInfo of this run; the id is new each time, as in Mesos."""
    ip, _, port = lib.address.rpartition(":")
    number = int.from_bytes(bytes(int(part) for part in ip.split(".")), "little")
    return {"id": str(uuid.uuid4()), "ip": number, "port": int(port), "pid": f"master@{lib.address}",
            "hostname": hostname, "version": cluster.VERSION,
            "address": {"hostname": hostname, "ip": ip, "port": int(port)},
            "capabilities": [{"type": name} for name in cluster.MASTER_CAPABILITIES]}


class Master:
    """One running mesos-master."""

    def __init__(self, options, lib, acls=None):
        self.options, self.lib, self.acls, self.start_time = options, lib, acls, time.time()
        ip = lib.address.rpartition(":")[0]
        hostname = options.hostname or endpoints.host_name(ip, options.hostname_lookup)
        self.state = MasterState(
            master_info(lib, hostname), Edges(lib), log,
            ping_timeout=options.agent_ping_timeout, max_pings=options.max_agent_ping_timeouts,
            root_submissions=options.root_submissions,
            roles=set(options.roles.split(",")) if options.roles else None,
            completed_frameworks=min(options.max_completed_frameworks, sys.maxsize))
        self.flags = options.as_json()
        self.maintenance = Maintenance(self.state)
        self.route()

    def route(self):
        lib, master = self.lib, self.state
        for name, method in MESSAGES.items():
            lib.receive("master", name, self.counted(name, getattr(master, method)))
        lib.receive("master", "mesos.internal.PongSlaveMessage", lambda sender, body: master.pong(sender))
        lib.receive("master", "mesos.scheduler.Call", scheduler_api.message_handler(master, log))
        api = http_api.Endpoints(lib, "master")
        api.add("api/v1/scheduler", scheduler_api.http_handler(master), ("POST",))
        api.add("api/v1", self.operator_call, ("POST",))
        api.add("health", self.health, bare=True)
        api.add("redirect", self.redirect)
        api.add("state", self.body(lambda query: state.state(master, self.flags, self.start_time)), realm="readonly")
        api.add("state-summary", self.body(lambda query: state.state_summary(master)), realm="readonly")
        api.add("flags", self.body(lambda query: {"flags": self.flags}), realm="readonly")
        api.add("slaves", self.body(lambda query: state.slaves(master, query.get("slave_id"))), realm="readonly")
        api.add("frameworks", self.body(lambda query: state.frameworks(master, query.get("framework_id"))),
                realm="readonly")
        api.add("tasks", self.body(self.tasks), realm="readonly")
        api.add("roles", self.body(lambda query: state.roles(master)), realm="readonly")
        api.add("maintenance/status", self.body(lambda query: self.maintenance.status()), ("GET",), realm="readonly")
        api.add("maintenance/schedule", self.schedule, ("GET", "POST"), realm="readwrite")
        api.add("machine/down", self.machines(self.maintenance.bring_down), ("POST",), realm="readwrite")
        api.add("machine/up", self.machines(self.maintenance.bring_up), ("POST",), realm="readwrite")
        api.add("weights", self.body(lambda query: []), ("GET", "PUT"), realm="readwrite")
        api.add("quota", self.body(lambda query: {}), ("GET", "POST", "DELETE"), realm="readwrite")
        api.add("teardown", self.teardown, ("POST",), realm="readwrite")
        lib.route("/allocator/offer_constraints_debug", self.body(self.constraints))
        lib.route("/", self.web_page)
        options = self.options
        endpoints.serve(lib, metrics=self.metrics,
                        files=endpoints.Files(options.log_dir, "mesos-master", "/master/log"))

    # -- endpoints ---------------------------------------------------------

    @staticmethod
    def body(make):
        async def answer(request):
            return http_api.ok(make(request.query), request)
        return answer

    def tasks(self, query):
        return state.tasks(self.state, int(query.get("limit", 100)), int(query.get("offset", 0)),
                           query.get("order", "des"), query.get("framework_id"), query.get("task_id"))

    def constraints(self, query):
        return {"frameworks": {framework.id: {
            "excluded_by_attribute_constraints": {role: [] for role in framework.roles},
            "suppressed_roles": sorted(framework.suppressed)} for framework in self.state.frameworks.values()}}

    async def schedule(self, request):
        if request.method == "GET":
            return http_api.ok(self.maintenance.schedule(), request)
        self.maintenance.set_schedule(await http_api.read_json(request))
        return http_api.text(200)

    @staticmethod
    def machines(change):
        async def answer(request):
            change(await http_api.read_json(request))
            return http_api.text(200)
        return answer

    async def health(self, request):
        return http_api.text(200)

    async def redirect(self, request):
        info = self.state.info
        return http_api.text(307, headers={"Location": f"//{info['hostname']}:{info['port']}"})

    async def web_page(self, request):
        path = os.path.join(self.options.webui_dir or "", "index.html")
        if os.path.isfile(path):
            with open(path, "rb") as stream:
                return web.Response(body=stream.read(), headers={"Content-Type": "text/html"})
        return web.Response(body=b"<html><body>A simulated Mesos master</body></html>",
                            headers={"Content-Type": "text/html"})

    async def teardown(self, request):
        form = await request.post()
        if "frameworkId" not in form:
            return http_api.text(400, "Missing 'frameworkId' query parameter")
        return http_api.text(*operator_api.teardown(
            self.state, {"teardown": {"framework_id": {"value": form["frameworkId"]}}}))

    async def operator_call(self, request):
        call = await http_api.read_call(request, "master::Call")
        kind = call["type"]
        if kind == "SUBSCRIBE":
            return await self.watch(request)
        if kind in operator_api.DOING:
            return http_api.text(*operator_api.DOING[kind](self.state, call))
        answers = operator_api.answers(self.state, self.flags, self.start_time, self.metrics)
        if answers.get(kind) is None:
            return http_api.text(400, "Failed to validate master::Call: Expecting 'type' to be present"
                                 if kind not in operator_api.KNOWN else f"The simulator has no {kind}")
        if kind == "GET_METRICS" and "get_metrics" not in call:
            return http_api.text(400, "Failed to validate master::Call: Expecting 'get_metrics' to be present")
        body = answers[kind](call)
        return http_api.ok({"type": kind} | ({kind.lower(): body} if body is not None else {}))

    async def watch(self, request):
        """SUBSCRIBE of the operator API: everything there is, then what changes."""
        stream = http_api.EventStream(request, heartbeat=15.0)
        stream.send({"type": "SUBSCRIBED", "subscribed": {
            "get_state": operator_api.get_state(self.state), "heartbeat_interval_seconds": 15.0}})
        stream.start_heartbeats(at_once=False)
        self.state.subscribers.append(stream)
        return await stream.run()

    def metrics(self):
        return metrics.of_master(self.state, self.start_time)

    def counted(self, name, handler):
        """The handler of a message that is counted."""
        def handle(sender, body):
            self.state.counters["messages_" + metrics.COUNTED[name]] += 1
            return handler(sender, body)
        return handle

    # -- running -----------------------------------------------------------

    async def run(self):
        info = self.state.info
        self.security = startup_master.announce(
            self.options, log, info["id"], info["hostname"], self.lib.address, self.acls)
        self.state.allocatable = allocator.parse_allocatable(self.options.min_allocatable_resources or "")
        await self.lib.start()
        log.info("master.cpp", "Elected as the leading master!")
        log.info("master.cpp", "Recovering from registrar")
        log.info("registrar.cpp", "Successfully recovered registrar")
        log.info("master.cpp", "Recovered 0 agents from the registry (0B); allowing 10mins for agents to reregister")
        while True:
            await asyncio.sleep(self.options.allocation_interval)
            self.state.allocate()


def main(argv, environ):
    options = flags.load("mesos-master", argv, environ)
    startup_master.begin(options, log, "mesos-master", environ)

    async def run():
        lib = Libprocess(environ=environ)
        lib.bind()
        acls = startup_master.check(options, log)
        await Master(options, lib, acls).run()

    asyncio.run(run())
    return 0
