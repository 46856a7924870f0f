# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs on this machine: directories with a number, a few ports each, and the processes that belong to them.

A lab is ``<labs>/<number>/`` with ``lab.json`` ``{"ports": {"master": 5050, "agent": 5051}, "player": [pid, since]}``,
where the player is the ansible-playbook that plays it.
PRIVATE to the collection.  Python 3.10, Linux.
"""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import signal
import socket
import time

LOOPBACK = "127.0.0.1"
FIRST_PORTS = (5050, 5051)     # Mesos' own, so that a single lab looks like the documentation
OTHER_PORTS = range(15050, 15950, 10)
PATIENCE = 5                   # seconds between SIGTERM and SIGKILL


class LabError(Exception):
    """What cannot be done with a lab, and the way out."""


def directories(labs):
    """Return the directories of all labs under *labs*, in order of their numbers."""
    try:
        names = os.listdir(labs)
    except OSError:
        return []
    return [os.path.join(labs, name) for name in sorted((n for n in names if n.isdigit()), key=int)]


def describe(lab):
    """Return what a lab's ``lab.json`` says; ``{"ports": {}}`` for a lab that never got so far."""
    try:
        with open(os.path.join(lab, "lab.json")) as stream:
            return json.load(stream)
    except (OSError, ValueError):
        return {"ports": {}}


def claim(labs, components):
    """Make the next lab: a directory of its own and a port for each component that nobody else uses.

    A lab that nobody plays and in which nothing runs gives its number free.  Returns the directory and
    {component: port}.
    """
    with _locked(labs):
        for lab in directories(labs):
            if not processes_of(lab) and not _is_played(lab):
                shutil.rmtree(lab)
        taken = directories(labs)
        numbers = {int(os.path.basename(lab)) for lab in taken}
        reserved = {port for lab in taken for port in describe(lab)["ports"].values()}
        number = next(n for n in range(1, len(numbers) + 2) if n not in numbers)
        lab = os.path.join(labs, str(number))
        free = _free_ports(len(components), reserved)
        ports = {component: free[place] for place, component in enumerate(components)}
        os.mkdir(lab, 0o755)
        with open(os.path.join(lab, "lab.json"), "w") as stream:
            json.dump({"ports": ports, "player": _player()}, stream)
    return lab, ports


def remove(lab):
    """End everything that runs in a lab and delete its directory; return the command lines that were ended."""
    ended = commands_of(lab)
    end(lab)
    shutil.rmtree(lab)
    return ended


def commands_of(lab):
    """Return the command lines of the processes that belong to a lab, oldest pid first."""
    return [command for _pid, command in sorted(processes_of(lab).items())]


def end(lab):
    """End every process of a lab: asked first, made to after PATIENCE seconds."""
    for number, patience in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, PATIENCE)):
        deadline = time.time() + patience
        left = processes_of(lab)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        while left and time.time() < deadline:
            time.sleep(0.1)
            left = processes_of(lab)
        if not left:
            return
    raise LabError(f"{lab}: processes {sorted(left)} do not end")


def processes_of(lab):
    """Return {pid: command line} of the processes that carry the lab's directory in environment or arguments.

    Executors and tasks outlive their agent, and a crash outlives every pid file, so the lab is told by what
    each of its processes got: paths inside of it.
    """
    marker = os.fsencode(os.path.realpath(lab)) + b"/"
    found = {}
    family = _own_family()
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) in family:
            continue
        environment, arguments = _read(f"/proc/{name}/environ"), _read(f"/proc/{name}/cmdline")
        if marker in environment or marker in arguments:
            found[int(name)] = arguments.replace(b"\0", b" ").decode("utf-8", "replace").strip()
    return found


def _own_family():
    """This process and its ancestors, nearest first: they may name a lab without belonging to it."""
    family, pid = [], os.getpid()
    while pid > 1 and pid not in family:
        family.append(pid)
        stat = _stat(pid)
        pid = int(stat[1]) if stat else 0
    return family


def _player():
    """The ansible-playbook that this module works for, ``[pid, since]``: its workers carry the same arguments."""
    players = [pid for pid in _own_family() if b"ansible-playbook" in _read(f"/proc/{pid}/cmdline")]
    pid = players[-1] if players else os.getppid()
    return [pid, _since(pid)]


def _is_played(lab):
    pid, since = describe(lab).get("player", [0, None])
    return since is not None and _since(pid) == since


def _since(pid):
    """When a process started, in clock ticks after boot; None if there is no such process."""
    stat = _stat(pid)
    return int(stat[19]) if stat else None


def _stat(pid):
    """The fields of /proc/PID/stat after the command's name: state, parent, …"""
    return _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()


def _read(path):
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:            # ended meanwhile, or somebody else's
        return b""


@contextlib.contextmanager
def _locked(labs):
    try:
        os.makedirs(labs, exist_ok=True)
        lock = open(os.path.join(labs, "lock"), "w")
    except OSError as error:
        raise LabError(f"{labs}: {error.strerror}; give another mesos_lab_directory") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _free_ports(number, reserved):
    candidates = list(FIRST_PORTS) + [base + i for base in OTHER_PORTS for i in range(2)]
    # Two ports side by side, so that one number tells both.
    for start in range(0, len(candidates) - number + 1, 2):
        ports = candidates[start:start + number]
        if not reserved.intersection(ports) and all(_is_free(port) for port in ports):
            return ports
    raise LabError("no free ports from 5050 or 15050 on; end other labs with 'make lab-down'")


def _is_free(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True
