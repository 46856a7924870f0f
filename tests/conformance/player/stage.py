# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a case is performed: its directory, master, agent and processes."""

import json
import os
import re
import sys
import time

from player import HOME
from player.normalize import Normalizer
from player.programs import LOOPBACK, Missing, Process, end_processes_of, listening

PROGRAMS = {"master": "mesos-master", "agent": "mesos-agent"}
RECOVERED = re.compile(r"Recovered \d+ agents from the registry")
REGISTERED = re.compile(r"(?i)\b(re-?)?registered with master")
AMPLE, AGENT_PATIENCE, SILENT_START = 12, 4, 2  # seconds


class Skipped(Exception):
    """Something that cannot be performed here, and why."""


class Variables:
    """``{name}`` substitution in strings, lists and dictionaries."""

    def __init__(self, **values):
        self.values = values

    def fill(self, value):
        if isinstance(value, dict):
            return {self.fill(name): self.fill(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, str):
            return re.sub(r"\{(\w+)\}", lambda match: str(self.values.get(match[1], match[0])), value)
        return value


class Stage:
    """A directory of its own, and whatever a case starts there."""

    def __init__(self, base, implementation, ports, tls, directory):
        self.base, self.ports = base, ports
        self.implementation, self.directory = implementation, directory
        os.makedirs(directory + "/files")
        self.taken = []
        self.closed_port = self.take_port()
        self.variables = Variables(
            run=directory,
            files=directory + "/files",
            tls=tls,
            webui=implementation.webui_dir,
            conf=HOME,
            master=f"{LOOPBACK}:{self.closed_port}",
        )
        self.normalizer = Normalizer()
        for path, placeholder in (
            (directory + "/files", "<FILES>"),
            (directory + "/master", "<MASTER_WORK_DIR>"),
            (directory + "/agent-run", "<AGENT_RUNTIME_DIR>"),
            (directory + "/agent", "<AGENT_WORK_DIR>"),
            (directory, "<RUN>"),
            (tls, "<TLS>"),
            (HOME, "<RECORDER>"),
            (implementation.webui_dir, "<WEBUI_DIR>"),
            (implementation.launcher_dir, "<PREFIX>/libexec/mesos"),
        ):
            if path:
                self.normalizer.add(path, placeholder)
        self.starts = {"master": [], "agent": []}
        self.stopped = set()
        self.processes = []

    def take_port(self):
        self.taken.append(self.ports.take())
        return self.taken[-1]

    # -- master and agent -------------------------------------------------

    def start(self, what, config, expected):
        """Start a component and wait for the state it is expected in."""
        self.write_files(config)
        values = self.variables.values
        if what + "_port" not in values:
            port = values[what + "_port"] = self.take_port()
            values[what] = f"{LOOPBACK}:{port}"
            self.normalizer.add(port, f"<{what.upper()}_PORT>")
        values["port"] = values[what + "_port"]
        own = {
            "master": {"webui_dir": self.implementation.webui_dir},
            "agent": {"launcher_dir": self.implementation.launcher_dir},
        }
        flags = self.base[what] | own[what] | config.get("flags", {})
        argv = [PROGRAMS[what], *self.arguments(flags), *self.fill(config.get("args", []))]
        self.stopped.discard(what)
        started = time.monotonic()
        process = self.launch(argv, config, self.base["environment"])
        self.starts[what].append(process)
        if expected == "not_registered":  # it must not become anything
            process.wait_until(lambda: self.state(what) != expected, AGENT_PATIENCE)
        else:
            process.wait_until(
                lambda: self.state(what) == expected and (what == "agent" or self.is_ready(started)), AMPLE
            )

    def is_ready(self, started):
        """Whether the master has recovered, or has long been running."""
        return RECOVERED.search(self.starts["master"][-1].text()) or time.monotonic() - started > SILENT_START

    def state(self, what):
        """A token for how a master or an agent is doing."""
        if not self.starts[what]:
            return None
        process = self.starts[what][-1]
        if process.exit_code() is not None and what not in self.stopped:
            return "exit"
        text = process.text()
        if what == "master":
            return "running" if RECOVERED.search(text) or listening(self.port(what)) else "starting"
        return "registered" if REGISTERED.search(text) else "not_registered"

    def states(self):
        return {what: self.state(what) for what in PROGRAMS if self.starts[what]}

    def is_over(self):
        """Whether master and agent have ended, so that nothing will change any more."""
        return all(starts[-1].exit_code() is not None for starts in self.starts.values() if starts)

    def exit_code(self, what):
        return self.starts[what][-1].exit_code()

    def stop(self, what, number):
        self.require(what)
        self.stopped.add(what)
        return self.starts[what][-1].stop(number)

    def require(self, what):
        if not self.starts[what]:
            raise Missing(f"the {what} was not started")

    def port(self, what):
        self.require(what)
        return self.variables.values[what + "_port"]

    def log(self, what):
        """The key lines, with a heading for every start if many."""
        starts, lines = self.starts[what], []
        for number, process in enumerate(starts, 1):
            if len(starts) > 1:
                lines.append(f"--- start {number}")
            lines += self.normalizer.log(process.text())
        return lines

    def write_files(self, config):
        for name, content in config.get("files", {}).items():
            content = self.fill(content)
            path = os.path.join(self.directory, "files", name)
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(content if isinstance(content, str) else json.dumps(content))
            os.chmod(path, int(config.get("file_modes", {}).get(name, "0600"), 8))

    def arguments(self, flags):
        for name, value in flags.items():
            if isinstance(value, bool):
                yield "--{}{}".format("" if value else "no-", name)
            elif isinstance(value, (dict, list)):
                yield f"--{name}={json.dumps(self.fill(value))}"
            elif value is not None:
                yield f"--{name}={self.fill(value)}"

    def fill(self, value):
        """Variables, and the placeholders of a recorded configuration."""
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, str):
            value = value.replace("<PORT>", str(self.closed_port))
            value = value.replace("<PYTHON>", sys.executable)
        return self.variables.fill(value)

    # -- processes --------------------------------------------------------

    def launch(self, argv, config, *environments):
        """Start a program with the environment that its case asks for."""
        environment = dict(self.implementation.environment)
        for extra in (*environments, config.get("env", {})):
            for name, value in extra.items():
                value = self.fill(value)
                environment[name] = value if isinstance(value, str) else json.dumps(value)
        argv = [self.implementation.find(argv[0]), *argv[1:]]
        if config.get("no_ptr"):
            argv = self.without_reverse_name() + argv
        log = f"{self.directory}/{len(self.processes):02}-{os.path.basename(argv[0])}"
        process = Process(argv, environment, log)
        self.processes.append(process)
        return process

    def without_reverse_name(self):
        """Run a program where 127.0.0.1 has no name."""
        if os.geteuid():
            raise Skipped("only root can hide the name of 127.0.0.1")
        for name, text in (("hosts", "192.0.2.1 other.example\n"), ("nsswitch", "passwd: files\nhosts: files\n")):
            with open(f"{self.directory}/{name}", "w") as stream:
                stream.write(text)
        script = 'mount --bind "$0/hosts" /etc/hosts && mount --bind "$0/nsswitch" /etc/nsswitch.conf && exec "$@"'
        return ["unshare", "-m", "--propagation", "private", "bash", "-c", script, self.directory]

    def clean(self):
        for process in reversed(self.processes):
            process.stop(patience=3)
        end_processes_of(self.directory)
        self.ports.give_back(self.taken)
