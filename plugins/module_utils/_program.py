# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed Mesos program: where it is, its version, its flags, whether it was built with SSL.

PRIVATE to the collection.  Standard library, Python 3.6.  Source: docs/mesos/security.md §1.8.
"""

import os
import re
import subprocess

from ansible_collections.mesos.security.plugins.module_utils import _files, _process

AGENTS = ("mesos-agent", "mesos-slave")
_SECONDS = 60


class ProgramProblem(Exception):
    """A program that cannot be asked what it is; the message names it, the cause and the way out."""


class Program:
    """One of *names* in *bin_dir* or on PATH; path is None where none of them is."""

    def __init__(self, names, bin_dir=None):
        self.names, self.bin_dir = names, bin_dir
        self.path = _process.find_program(names, bin_dir)
        self._flags = None

    def absence(self):
        """Return the sentence for a host without the program."""
        return "{0} is not installed: it is not in {1}; install Mesos first, or set mesos_component_bin_dir".format(
            " or ".join(self.names), self.bin_dir or "PATH, /usr/sbin, /usr/local/sbin")

    def version(self):
        """Return (major, minor)."""
        text = self._ask("--version")
        found = re.search(r"^mesos (\d+)\.(\d+)", text, re.MULTILINE)
        if not found:
            raise ProgramProblem("{0} --version does not tell a version ({1!r}); set mesos_version".format(
                self.path, text.strip()[:80]))
        return int(found.group(1)), int(found.group(2))

    def flags(self):
        """Return the names of the flags that --help lists."""
        if self._flags is None:
            text = self._ask("--help")
            self._flags = set(re.findall(r"^\s*--(?:\[no-\])?([a-z][a-z0-9_]*)", text, re.MULTILINE))
            if not self._flags:
                raise ProgramProblem("{0} --help lists no flags ({1!r}); is this Mesos?".format(
                    self.path, text.strip()[:80]))
        return set(self._flags)

    def has_ssl(self):
        """Whether the binary was built with SSL; None where nothing here can tell."""
        if os.path.basename(self.path) in AGENTS:
            return "authenticate_http_executors" in self.flags()
        agent = Program(AGENTS, os.path.dirname(self.path))
        if agent.path:
            return "authenticate_http_executors" in agent.flags()
        return self._linked_with_ssl()

    def _linked_with_ssl(self):
        libraries = self._run(["ldd", self.path])[1]
        mesos = re.search(r"libmesos\S* => (\S+)", libraries)
        if mesos is None:
            return None
        return bool(re.search(r"libssl|libevent_openssl", self._run(["ldd", mesos.group(1)])[1]))

    def _ask(self, option):
        status, text = self._run([self.path, option])
        if status:
            raise ProgramProblem("{0} {1} ended with status {2}: {3}; is the installation complete?".format(
                self.path, option, status, (text.strip().splitlines() or ["it said nothing"])[-1]))
        return text

    def _run(self, argv):
        try:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  encoding="utf-8", errors="replace", env=_process.CLEAN_ENVIRONMENT,
                                  timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise ProgramProblem("{0} did not answer within {1} s".format(" ".join(argv), _SECONDS)) from None
        except OSError as error:
            if argv[0] == "ldd":
                return 1, ""
            raise ProgramProblem("{0} cannot be run: {1}; is the installation complete?".format(
                argv[0], _files.cause(error))) from None
        return done.returncode, done.stdout
