# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos-agent: flags, network, containers and state put together; registration with the master."""

import asyncio
import os
import pwd
import random
import shutil
import signal
import socket
import time

from . import agent_api, checkpoint, cluster, endpoints, executor_api, flags, http_api, startup_agent
from . import resources as res
from .agent_state import AgentState
from .containerizer import Containerizer
from .glog import log, quit_now
from .libprocess import Libprocess

PROCESS = "slave(1)"
RETRY_MAX = 60.0        # seconds between attempts to register
MESSAGES = {            # message of the master -> method of AgentState
    "mesos.internal.RunTaskMessage": "run_task",
    "mesos.internal.RunTaskGroupMessage": "run_group",
    "mesos.internal.KillTaskMessage": "kill_task",
    "mesos.internal.ShutdownFrameworkMessage": "shutdown_framework",
    "mesos.internal.ShutdownExecutorMessage": "shutdown_executor",
    "mesos.internal.StatusUpdateAcknowledgementMessage": "acknowledged",
    "mesos.internal.FrameworkToExecutorMessage": "framework_message",
    "mesos.internal.UpdateFrameworkMessage": "update_framework",
}


class Edges:
    """What AgentState may do to the world."""

    def __init__(self, lib):
        self.lib, self.loop = lib, asyncio.get_running_loop()

    def send(self, to, name, body):
        self.lib.send(PROCESS, to, name, body)

    def link(self, upid, on_exited):
        self.lib.unlink(PROCESS, upid)
        self.lib.link(PROCESS, upid, on_exited)

    def unlink(self, upid):
        self.lib.unlink(PROCESS, upid)

    def later(self, seconds, function, *args):
        return self.loop.call_later(seconds, function, *args)

    def now(self):
        return time.time()


def agent_resources(text, work_dir, default_role):
    """What --resources says, and what the machine has of what it does not say."""
    given = res.parse(text or "", default_role)
    names = {resource["name"] for resource in given}
    disk = os.statvfs(work_dir)
    found = {"cpus": float(os.cpu_count() or 1),
             "mem": float(max(32, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2 ** 20 - 1024)),
             "disk": float(max(32, disk.f_blocks * disk.f_frsize // 2 ** 20 - 5120))}
    for name, number in found.items():
        if name not in names:
            given += res.parse(f"{name}:{number}", default_role)
    if "ports" not in names:
        given += res.parse("ports:[31000-32000]", default_role)
    return given


class Agent:
    """One running mesos-agent."""

    def __init__(self, options, lib, environ):
        self.options, self.lib, self.start_time = options, lib, time.time()
        ip, _, port = lib.address.rpartition(":")
        os.makedirs(options.work_dir, exist_ok=True)
        os.makedirs(options.runtime_dir, exist_ok=True)
        try:
            resources = agent_resources(options.resources, options.work_dir, options.default_role)
        except res.BadResources as error:
            log.exit_with(1, f"Failed to determine agent resources: {error}", file="slave.cpp")
        try:
            attributes = res.parse_attributes(options.attributes)
        except res.BadResources as error:
            log.fatal("attributes.cpp", str(error))
        info = {"hostname": options.hostname or endpoints.host_name(ip, options.hostname_lookup), "port": int(port),
                "resources": resources}
        if attributes:
            info["attributes"] = attributes
        if options.domain:
            info["domain"] = options.domain
        self.files = endpoints.Files(options.log_dir, "mesos-agent", "/slave/log")
        self.pid = f"{PROCESS}@{lib.address}"
        self.state = AgentState(info, self.pid, options, environ, Edges(lib), log,
                                paths=checkpoint.Paths(options.work_dir),
                                containers=Containerizer(options.runtime_dir, log), files=self.files)
        self.flags = options.as_json()
        self.retry = self.ping_timer = None
        self.ping_timeout = 75.0
        self.route()

    def route(self):
        lib = self.lib
        for name, method in MESSAGES.items():
            lib.receive(PROCESS, name, getattr(self.state, method))
        lib.receive(PROCESS, "mesos.internal.SlaveRegisteredMessage", self.registered)
        lib.receive(PROCESS, "mesos.internal.SlaveReregisteredMessage", self.reregistered)
        lib.receive(PROCESS, "mesos.internal.PingSlaveMessage", self.ping)
        lib.receive(PROCESS, "mesos.internal.ShutdownMessage", self.shutdown)
        executor_api.receive(lib, PROCESS, self.state)
        api = http_api.Endpoints(lib, PROCESS)
        api.add("api/v1/executor", executor_api.http_handler(self.state), ("POST",))
        agent_api.serve(api, self)
        endpoints.serve(lib, metrics=lambda: agent_api.metrics_of(self), files=self.files)

    # -- the master --------------------------------------------------------

    def detect(self):
        """Find the master (again).  Only a fixed address can be given so far; ZooKeeper is a later issue."""
        state = self.state
        if self.options.master.startswith("zk://"):
            log.info("detector.cpp", "The simulator has no ZooKeeper yet: no master will be found")
            return
        state.master, state.registered = f"master@{master_address(self.options.master)}", False
        state.updates.pause()
        log.info("slave.cpp", f"New master detected at {state.master}")
        self.link_master()
        log.info("slave.cpp", "No credentials provided. Attempting to register without authentication")
        log.info("slave.cpp", "Detecting new master")
        self.register_after(self.options.registration_backoff_factor)

    def link_master(self):
        self.state.edges.link(self.state.master, self.master_exited)

    def register_after(self, pause):
        """Try after a random part of ``pause``, then less and less often until the master answers."""
        if self.retry:
            self.retry.cancel()
        self.retry = self.state.edges.later(random.uniform(0, pause), self.register, pause)

    def register(self, pause):
        state = self.state
        if state.registered:
            return
        self.link_master()              # every attempt waits for a link, and is lost with it
        common = {"agent": state.info, "version": cluster.VERSION, "capabilities": list(cluster.AGENT_CAPABILITIES)}
        if state.id:
            state.edges.send(state.master, "mesos.internal.ReregisterSlaveMessage", common | state.summary())
        else:
            state.edges.send(state.master, "mesos.internal.RegisterSlaveMessage", common)
        self.register_after(min(pause * 2, RETRY_MAX))

    def registered(self, sender, message):
        state = self.state
        if sender != state.master:
            log.warning("slave.cpp", f"Ignoring registration message from {sender} because it is not the expected "
                                     "master")
            return
        identifier = cluster.value(message["agent_id"])
        if state.registered:
            log.warning("slave.cpp", f"Already registered with master {sender}")
            return
        state.info = state.info | {"id": message["agent_id"]}
        log.info("slave.cpp", f"Registered with master {sender}; given agent ID {identifier}")
        checkpoint.save_agent(state.paths, state.info)
        self.admitted(message)

    def reregistered(self, sender, message):
        state = self.state
        if sender != state.master:
            log.warning("slave.cpp", f"Ignoring re-registration message from {sender} because it is not the expected "
                                     "master")
            return
        if state.registered:
            log.warning("slave.cpp", f"Already reregistered with master {sender}")
            return
        log.info("slave.cpp", f"Re-registered with master {sender}")
        self.admitted(message)
        for entry in message.get("reconciliations", []):
            self.reconcile(entry)

    def admitted(self, message):
        state = self.state
        state.registered = True
        if self.retry:
            self.retry.cancel()
        self.ping_timeout = (message.get("connection") or {}).get("total_ping_timeout_seconds", 75.0)
        self.expect_ping()
        state.updates.resume()
        log.info("slave.cpp", "Forwarding agent update {}")
        state.edges.send(state.master, "mesos.internal.UpdateSlaveMessage", {"agent_id": state.info["id"]})

    def reconcile(self, entry):
        """The master knows tasks that we do not."""
        state = self.state
        framework_id = cluster.value(entry["framework_id"])
        for task in entry["tasks"]:
            if state.find_task(framework_id, cluster.value(task["task_id"]))[0] is None:
                state.forward({"framework_id": entry["framework_id"], "agent_id": state.info["id"], "status": {
                    "task_id": task["task_id"], "state": "TASK_LOST", "source": "SOURCE_AGENT",
                    "reason": "REASON_RECONCILIATION", "message": "Reconciliation: task unknown to the agent",
                    "agent_id": state.info["id"], "timestamp": time.time()}})

    def ping(self, sender, message):
        if sender.partition("@")[2] != (self.state.master or "").partition("@")[2]:
            return
        if not message.get("connected", True) and self.state.registered:
            log.info("slave.cpp", "Master marked the agent as disconnected but the agent considers itself registered! "
                     "Forcing re-registration.")
            self.detect()
        self.expect_ping()
        self.state.edges.send(sender, "mesos.internal.PongSlaveMessage", {})

    def expect_ping(self):
        if self.ping_timer:
            self.ping_timer.cancel()
        self.ping_timer = self.state.edges.later(self.ping_timeout, self.pings_missed)

    def pings_missed(self):
        log.info("slave.cpp", f"No pings from master received within {cluster.duration(self.ping_timeout)}")
        self.detect()
        self.expect_ping()

    def master_exited(self, upid):
        log.info("slave.cpp", f"Got exited event for {upid}")
        log.warning("slave.cpp", "Master disconnected! Waiting for a new master to be elected")

    def shutdown(self, sender, message):
        """The master does not want this agent."""
        if sender != self.state.master:
            log.warning("slave.cpp", f"Ignoring shutdown message from {sender} because it is not from the registered "
                                     "master: "
                        f"{self.state.master}")
            return
        text = message.get("message", "")
        log.info("slave.cpp", f"Agent asked to shut down by {sender}" + (f" because '{text}'" if text else ""))
        self.terminate(forget=True)

    def terminate(self, forget=False):
        """End, and every executor with us."""
        for framework in list(self.state.frameworks.values()):
            self.state.shutdown_framework("@0.0.0.0:0", {"framework_id": {"value": framework.id}})
        if forget:
            checkpoint.remove(self.state.paths.latest_agent())
        self.lib.spawn(self.leave())

    async def leave(self):
        end = time.monotonic() + self.options.executor_shutdown_grace_period + 1
        while self.state.frameworks and time.monotonic() < end:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.1)        # what was said last is to arrive
        log.info("slave.cpp", "Agent terminating")
        log.info("process.cpp", "Stopped the socket accept loop")
        quit_now(0)

    def unregister(self):
        """SIGUSR1: say goodbye, then end."""
        user = pwd.getpwuid(os.getuid()).pw_name
        log.info("slave.cpp", f"Received SIGUSR1 signal from user {user}; unregistering and shutting down")
        if self.state.registered:
            self.state.edges.send(self.state.master, "mesos.internal.UnregisterSlaveMessage",
                                  {"agent_id": self.state.info["id"]})
        self.terminate(forget=True)

    # -- running -----------------------------------------------------------

    async def run(self):
        state, ready = self.state, asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.unregister)
        log.info("slave.cpp", f"Agent resources: {res.as_json(state.info['resources'])}")
        log.info("slave.cpp", f"Agent attributes: [ {self.options.attributes or ''} ]")
        log.info("slave.cpp", f"Agent hostname: {state.info['hostname']}")
        found = state.recover()
        state.recovering = True
        await self.lib.start()
        if self.domain_socket:
            self.lib.serve(self.domain_socket)
        if found:
            state.ask_to_reconnect()
            state.edges.later(self.options.executor_reregistration_timeout, ready.set)
            await ready.wait()
            state.end_recovery()
        state.recovering = False
        log.info("slave.cpp", "Finished recovery")
        if self.options.recover == "cleanup":
            self.terminate()
        else:
            self.detect()
        await asyncio.Event().wait()


def master_address(text):
    """``host:port`` as ``ip:port``."""
    host, _, port = text.strip().rpartition("@")[2].rpartition(":")
    return f"{socket.gethostbyname(host)}:{port}"


def own_directory(argv):
    """Where this program lies: executors lie beside it, unless --launcher_dir says otherwise."""
    return os.path.dirname(os.path.realpath(shutil.which(argv[0]) or argv[0]))


def main(argv, environ):
    options = flags.load("mesos-agent", argv, environ)
    options.launcher_dir = options.launcher_dir or own_directory(argv)
    startup_agent.begin(options, log, "mesos-agent", environ)

    async def run():
        lib = Libprocess(environ=environ)
        lib.bind()
        acls = startup_agent.check(options, log)
        domain_socket = startup_agent.open_domain_socket(options, log)
        security = startup_agent.announce(options, log, PROCESS, lib.address)
        agent = Agent(options, lib, environ)
        agent.acls, agent.security, agent.domain_socket = acls, security, domain_socket
        await agent.run()

    asyncio.run(run())
    return 0
