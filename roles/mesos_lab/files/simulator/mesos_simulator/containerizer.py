# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers that are no more than processes: sandboxes, environments, forking, watching, killing.

Source: docs/mesos/security.md §1.6.  Every container is a session of its own and outlives the agent.
"""

import asyncio
import json
import os
import pwd
import signal
import subprocess
import sys

from .background import spawn

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
INIT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "container_init.py")
WATCH_PAUSE = 0.03      # seconds between looks at a process that is not (or no longer) our child


def executor_environment(flags, environ, *, agent_pid, agent_id, framework, executor, directory, checkpoint, http):
    """The whole environment of an executor, {name: value}; nothing of the agent's own libprocess settings."""
    chosen = flags.executor_environment_variables
    if chosen is not None:
        made = {name: str(value) for name, value in (json.loads(chosen) if isinstance(chosen, str) else chosen).items()}
    else:
        made = {name: value for name, value in environ.items() if not name.startswith(("LIBPROCESS_", "MESOS_"))}
    if environ.get("LIBPROCESS_IP"):
        made["LIBPROCESS_IP"] = environ["LIBPROCESS_IP"]
    made.setdefault("PATH", DEFAULT_PATH)
    library = os.path.join(os.path.dirname(flags.launcher_dir.rstrip("/")), "lib", "libmesos.so")
    made.setdefault("MESOS_NATIVE_JAVA_LIBRARY", library)
    made.setdefault("MESOS_NATIVE_LIBRARY", library)
    made.update({
        "LIBPROCESS_PORT": "0",
        "MESOS_FRAMEWORK_ID": framework["id"]["value"],
        "MESOS_EXECUTOR_ID": executor["executor_id"]["value"],
        "MESOS_DIRECTORY": directory,
        "MESOS_SANDBOX": directory,
        "MESOS_SLAVE_ID": agent_id,
        "MESOS_SLAVE_PID": agent_pid,
        "MESOS_AGENT_ENDPOINT": agent_pid.partition("@")[2],
        "MESOS_CHECKPOINT": "1" if checkpoint else "0",
        "MESOS_HTTP_COMMAND_EXECUTOR": "1" if http else "0",
        "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD": text_of(flags, "executor_shutdown_grace_period"),
    })
    if checkpoint:
        made["MESOS_RECOVERY_TIMEOUT"] = text_of(flags, "recovery_timeout")
        made["MESOS_SUBSCRIPTION_BACKOFF_MAX"] = text_of(flags, "executor_reregistration_timeout")
    return made | variables(executor.get("command"))


def text_of(flags, name):
    return flags.as_json()[name]


def variables(command):
    """{name: value} of a CommandInfo's environment."""
    return {entry["name"]: entry.get("value", "")
            for entry in ((command or {}).get("environment") or {}).get("variables", [])}


def argv_of(command):
    """[program, argv…] of a CommandInfo: a line for the shell, or a program with its arguments."""
    if command.get("shell", True):
        return ["/bin/sh", "sh", "-c", command.get("value", "")]
    return [command["value"], *(command.get("arguments") or [command["value"]])]


def make_sandbox(directory):
    os.makedirs(directory, exist_ok=True)
    latest = os.path.join(os.path.dirname(directory), "latest")
    link(os.path.basename(directory) if os.path.dirname(directory) == os.path.dirname(latest) else directory, latest)


def link(target, path):
    temporary = path + ".new"
    if os.path.lexists(temporary):
        os.unlink(temporary)
    os.symlink(target, temporary)
    os.replace(temporary, path)


class Container:
    """One container, forked by this agent or found again."""

    def __init__(self, identifier, pid, status_file, process=None):
        self.id, self.pid, self.status_file, self.process = identifier, pid, status_file, process
        self.destroying = False
        self.killed = False
        self.done = asyncio.get_running_loop().create_future()

    async def watch(self):
        """Wait for its end; the wait status, None if nobody knows it."""
        while self.alive():
            await asyncio.sleep(WATCH_PAUSE)
        self.done.set_result(self.status())

    def alive(self):
        if self.process is not None:
            return self.process.poll() is None
        try:
            with open(f"/proc/{self.pid}/stat") as stream:
                return stream.read().rpartition(")")[2].split()[0] not in ("Z", "X")
        except OSError:
            return False

    def status(self):
        try:
            with open(self.status_file) as stream:
                return int(stream.read())
        except (OSError, ValueError):
            return signal.SIGKILL if self.killed else None


class Containerizer:
    """All containers of an agent by their id (nested ones: ``parent.child``)."""

    def __init__(self, runtime_dir, log):
        self.runtime_dir, self.log = runtime_dir, log
        self.containers = {}

    def runtime_path(self, identifier, name):
        parts = [part for one in identifier.split(".") for part in ("containers", one)]
        directory = os.path.join(self.runtime_dir, *parts)
        os.makedirs(directory, exist_ok=True)
        return os.path.join(directory, name)

    def launch(self, identifier, argv, environment, directory, user=None):
        """Fork; the Container.  ``argv``: [program, argv…].  Raises OSError, KeyError."""
        status_file = self.runtime_path(identifier, "status")
        who = {}
        if user is not None:
            entry = pwd.getpwnam(user)
            who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": os.getgrouplist(user, entry.pw_gid)}
            os.chown(directory, entry.pw_uid, entry.pw_gid)
            os.chown(os.path.dirname(status_file), entry.pw_uid, entry.pw_gid)
        with open(os.path.join(directory, "stdout"), "ab") as out, open(os.path.join(directory, "stderr"), "ab") as err:
            process = subprocess.Popen(
                ["mesos-containerizer", "-I", "-S", INIT, status_file, *argv], executable=sys.executable,
                env=environment, cwd=directory, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True, **who)
        self.log.info("launcher.cpp", f"Forked child with pid '{process.pid}' for container '{identifier}'")
        return self.keep(Container(identifier, process.pid, status_file, process))

    def recover(self, identifier, pid):
        return self.keep(Container(identifier, pid, self.runtime_path(identifier, "status")))

    def keep(self, container):
        self.containers[container.id] = container
        spawn(self.follow(container))
        return container

    async def follow(self, container):
        await container.watch()
        self.log.info("containerizer.cpp", f"Container {container.id} has exited")
        if not container.destroying:
            self.announce_destruction(container)
        if "." in container.id:
            path = self.runtime_path(container.id, "termination")
            self.log.info("containerizer.cpp", "Checkpointing termination state to nested container's runtime "
                                               "directory "
                          f"'{path}'")
            with open(path, "w") as stream:
                json.dump({"status": container.done.result()}, stream)
        kill_tree(container.pid)
        self.containers.pop(container.id, None)

    def announce_destruction(self, container):
        container.destroying = True
        self.log.info("containerizer.cpp", f"Destroying container {container.id} in RUNNING state")
        self.log.info("launcher.cpp", f"Asked to destroy container {container.id}")

    def children(self, identifier):
        return [container for name, container in self.containers.items() if name.startswith(identifier + ".")]

    def destroy(self, identifier):
        """Kill everything in it, and in what is nested in it."""
        container = self.containers.get(identifier)
        if container is None or container.destroying:
            return
        for child in self.children(identifier):
            self.destroy(child.id)
        self.announce_destruction(container)
        container.killed = True
        kill_tree(container.pid)


def processes():
    """{pid: (parent, session)} of all there are."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as stream:
                    fields = stream.read().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] not in ("Z", "X"):
                found[int(name)] = (int(fields[1]), int(fields[3]))
    return found


def tree_of(pid, table):
    """The process, its descendants, and whoever is in a session that one of them leads."""
    members, grown = {pid}, True
    while grown:
        more = {one for one, (parent, session) in table.items() if parent in members or session in members}
        grown = not more <= members
        members |= more
    return members & set(table)


def kill_tree(pid, number=signal.SIGKILL):
    """Signal a whole container; once more for what was forked meanwhile."""
    for _ in range(2):
        for member in tree_of(pid, processes()):
            try:
                os.kill(member, number)
            except (ProcessLookupError, PermissionError):
                pass


def usage(pid):
    """(user seconds, system seconds, resident bytes) of a whole container."""
    tick, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    user = system = memory = 0
    for member in tree_of(pid, processes()):
        try:
            with open(f"/proc/{member}/stat") as stream:
                fields = stream.read().rpartition(")")[2].split()
        except OSError:
            continue
        user, system, memory = user + int(fields[11]), system + int(fields[12]), memory + int(fields[21])
    return user / tick, system / tick, memory * page


def signal_command(pid, number):
    """Signal what runs in a container, not the process that watches over it (unless it must die)."""
    for member in tree_of(pid, processes()):
        if member != pid:
            try:
                os.kill(member, number)
            except (ProcessLookupError, PermissionError):
                pass
