# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An implementation's programs, and the processes started from them."""

import glob
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import threading
import time

LOOPBACK = "127.0.0.1"
FOREIGN_SETTINGS = ("MESOS_", "LIBPROCESS_", "SSL_", "GLOG_")


class Missing(Exception):
    """Something that a step needs is not there."""


class Implementation:
    """Where the programs are, and what they need.

    ``directory``: holds executables by their Mesos names, or None for PATH.
    ``description``: a JSON file with any of the keys ``programs`` (name to
    path), ``environment``, ``launcher_dir`` and ``webui_dir``; relative
    paths are relative to that file.
    ``links``: a new directory for links to the programs of the description.
    """

    def __init__(self, directory, description, links):
        settings, base = {}, "."
        if description:
            base = os.path.dirname(os.path.abspath(description))
            with open(description) as stream:
                settings = json.load(stream)
        unknown = set(settings) - {"programs", "environment", "launcher_dir", "webui_dir"}
        if unknown:
            raise ValueError("{}: unknown keys {}".format(description, ", ".join(sorted(unknown))))
        self.launcher_dir, self.webui_dir = (
            os.path.join(base, settings[key]) if key in settings else None for key in ("launcher_dir", "webui_dir")
        )
        os.mkdir(links)
        for name, path in settings.get("programs", {}).items():
            os.symlink(os.path.join(base, path), os.path.join(links, name))
        path = [links, *([os.path.abspath(directory)] if directory else []), os.environ["PATH"]]
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_SETTINGS)}
        self.environment |= settings.get("environment", {})
        self.environment["PATH"] = os.pathsep.join(path)

    def find(self, program):
        path = shutil.which(program, path=self.environment["PATH"])
        if path is None:
            raise Missing(f"there is no program {program}")
        return path


class Process:
    """One program with its output in files."""

    def __init__(self, argv, environment, log):
        self.out_path, self.err_path = log + ".out", log + ".err"
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.popen = subprocess.Popen(
                argv,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=os.path.dirname(log),
                start_new_session=True,
            )

    @staticmethod
    def read(path):
        with open(path, "rb") as stream:
            return stream.read().decode("utf-8", "replace")

    def stdout(self):
        return self.read(self.out_path)

    def stderr(self):
        return self.read(self.err_path)

    def text(self):
        return self.stdout() + self.stderr()

    def exit_code(self):
        return self.popen.poll()

    def wait_until(self, condition, timeout):
        """Wait for the condition, the end of the process or of the time."""
        wait_until(lambda: self.exit_code() is not None or condition(), timeout)

    def wait(self, timeout):
        """Its exit code, or None if it is still running."""
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, number=signal.SIGTERM, patience=5):
        if self.exit_code() is None:
            self.popen.send_signal(number)
            if self.wait(patience) is None:
                self.popen.kill()
        return self.popen.wait()


class Ports:
    """Hands out ports, each once, also to several replays side by side."""

    RANGE = range(16000, 30000)
    OCCUPIED = 15995  # the cases' "port of another program"

    def __init__(self):
        self.lock = threading.Lock()
        self.next = random.choice(self.RANGE)
        self.claims = {}
        self.occupied = socket.socket()
        self.occupied.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.occupied.bind((LOOPBACK, self.OCCUPIED))
        self.occupied.listen()

    def take(self):
        with self.lock:
            for _ in self.RANGE:
                self.next += 1
                if self.next not in self.RANGE:
                    self.next = self.RANGE.start
                if self.claim(self.next):
                    return self.next
        raise RuntimeError("no free port")

    def give_back(self, ports):
        """Let others have these; here they come up again only after all the others."""
        with self.lock:
            for port in ports:
                self.claims.pop(port).close()

    def claim(self, port):
        """An abstract socket is a lock that ends with this process."""
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0mesos-conformance-port-{port}")
            with socket.socket() as probe:
                probe.bind((LOOPBACK, port))
        except OSError:
            claim.close()
            return False
        self.claims[port] = claim
        return True


def wait_until(condition, timeout, pause=0.05):
    """Wait for the condition or the end of the time."""
    end = time.monotonic() + timeout
    while not condition() and time.monotonic() < end:
        time.sleep(pause)


def listening(port):
    """Whether anybody listens, without connecting to it."""
    ending = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table) as stream:
            for line in list(stream)[1:]:
                _, local, _, state = line.split()[:4]
                if state == "0A" and local.endswith(ending):
                    return True
    return False


def processes_of(directory):
    """Processes with a path in it in their environment or arguments."""
    found, marker = {}, directory.encode() + b"/"
    for entry in glob.glob("/proc/[0-9]*"):
        try:
            with open(entry + "/environ", "rb") as stream:
                environment = stream.read()
            with open(entry + "/cmdline", "rb") as stream:
                arguments = stream.read()
        except OSError:
            continue
        pid = int(os.path.basename(entry))
        if marker in environment + arguments and pid != os.getpid():
            found[pid] = os.path.basename(arguments.split(b"\0")[0].decode("utf-8", "replace"))
    return found


def end_processes_of(directory):
    """End what the programs of a case left behind: executors and tasks."""
    for _ in range(3):
        left = processes_of(directory)
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if not left:
            return
        time.sleep(0.1)
