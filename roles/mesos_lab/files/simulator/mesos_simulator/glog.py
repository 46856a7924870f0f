# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log lines as glog writes them, to stderr and, with --log_dir, to files; and the two ways to end.

Usage: ``from .glog import log`` and ``log.info("master.cpp", "Elected as the leading master!")``.
The file is the one of Mesos that says such a thing; line numbers are not kept, so it is always 1.
"""

import os
import socket
import sys
import time

LEVELS = ("INFO", "WARNING", "ERROR", "FATAL")


class Log:
    """Where lines go and from which level on; writes to stderr until configured otherwise."""

    def __init__(self):
        self.lowest = self.lowest_on_stderr = 0
        self.files = {}

    def configure(self, flags, program):
        """Follow --logging_level, --quiet and --log_dir; the first line of a log file is written at once."""
        if flags.logging_level not in LEVELS[:3]:
            self.exit_with(1, f"'{flags.logging_level}' is not a valid logging level. Possible values for "
                              "'logging_level' flag are: 'INFO', 'WARNING', 'ERROR'.", file="logging.cpp")
        self.lowest = self.lowest_on_stderr = LEVELS.index(flags.logging_level)
        if flags.log_dir is not None:
            self._open_files(flags.log_dir, program)
        if flags.quiet:
            self.lowest_on_stderr = LEVELS.index("FATAL")
        if self.files:
            self._write(self.lowest, "logging.cpp", f"{flags.logging_level} level logging started!")

    def info(self, file, text):
        self._write(0, file, text)

    def warning(self, file, text):
        self._write(1, file, text)

    def error(self, file, text):
        self._write(2, file, text)

    def fatal(self, file, text):
        """Say why and die of SIGABRT, as a failed check or LOG(FATAL) does."""
        self._write(3, file, text)
        abort()

    def exit_with(self, status, text, file="main.cpp"):
        """Say why and end with *status*, as Mesos' EXIT does; nothing is cleaned up."""
        self._write(2, file, f"EXIT with status {status}: {text}")
        quit_now(status)

    def _write(self, level, file, text):
        if level < self.lowest:
            return
        now = time.time()
        stamp = time.strftime("%m%d %H:%M:%S", time.localtime(now))
        line = f"{LEVELS[level][0]}{stamp}.{int(now % 1 * 1e6):06d} {os.getpid():5d} {file}:1] {text}\n"
        if level >= self.lowest_on_stderr:
            sys.stderr.write(line)
            sys.stderr.flush()
        for least in self.files:
            if level >= least:
                stream = self.files[least] = self.files[least] or self._open(least)
                stream.write(line)
                stream.flush()

    def _open_files(self, directory, program):
        """Prepare a file per level; each is made when there is something to write."""
        try:
            os.makedirs(directory, exist_ok=True)
        except OSError as error:
            self.exit_with(1, "Could not initialize logging: Failed to create directory "
                              f"{directory}: {error.strerror}", file="logging.cpp")
        self.directory, self.program = directory, program
        self.files = dict.fromkeys(range(self.lowest, 3))

    def _open(self, level):
        host, now = socket.gethostname(), time.localtime()
        name = ".".join((self.program, host, _user(), "log", LEVELS[level], time.strftime("%Y%m%d-%H%M%S", now),
                         str(os.getpid())))
        link = os.path.join(self.directory, f"{self.program}.{LEVELS[level]}")
        stream = open(os.path.join(self.directory, name), "a", encoding="utf-8")  # noqa: SIM115
        stream.write(f"Log file created at: {time.strftime('%Y/%m/%d %H:%M:%S', now)}\nRunning on machine: {host}\n"
                     "Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg\n")
        if os.path.islink(link):
            os.unlink(link)
        if not os.path.exists(link):
            os.symlink(name, link)
        return stream


def abort():
    """Die of SIGABRT without leaving a core file behind."""
    import resource

    sys.stdout.flush()
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    os.abort()


def quit_now(status):
    """End at once, from whatever thread or task, with what was written so far on its way."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _user():
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return "unknown-user"


log = Log()
