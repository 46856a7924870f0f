# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Mesos process on a node: which it is, since when and with what it runs; starting and stopping it.

PRIVATE to the collection.  Standard library, Python 3.6, Linux.
"""

import os
import signal
import subprocess
import time

from ansible_collections.mesos.security.plugins.module_utils import _files

CLEAN_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
}
"""All that a program started here has besides its environment file: nothing of the caller may leak in."""

STOP_SECONDS = 20
START_SECONDS = 15
POLL_SECONDS = 0.02
UNIT_POLL_SECONDS = 0.1


class ProcessProblem(Exception):
    """A process that does not start, stop or answer; the message names it, the cause and the way out."""


class Running:
    """A process as /proc shows it: pid, started (seconds since 1970), argv, environ, program (its Mesos name)."""

    def __init__(self, pid, started, argv, environ, program):
        self.pid, self.started, self.argv, self.environ, self.program = pid, started, argv, environ, program


def find_program(names, bin_dir=None):
    """Return the path of the first of *names* in *bin_dir*, or on PATH and in the usual places; None for none."""
    places = [bin_dir] if bin_dir else os.environ.get("PATH", "").split(":") + ["/usr/sbin", "/usr/local/sbin"]
    for name in names:
        for place in places:
            path = os.path.join(place or ".", name)
            if os.path.isfile(path) and os.access(path, os.X_OK):
                return os.path.abspath(path)
    return None


def environment_of(pid):
    """Return the {name: value} that a process was started with; raises OSError as reading /proc does."""
    with open("/proc/{0}/environ".format(pid), "rb") as stream:
        pairs = [os.fsdecode(pair).partition("=") for pair in stream.read().split(b"\0") if b"=" in pair]
    return {name: value for name, dummy, value in pairs}


def look(pid, programs):
    """Return the Running with this *pid* if it lives and is one of *programs*, else None."""
    try:
        with open("/proc/{0}/stat".format(pid)) as stream:
            fields = stream.read().rpartition(")")[2].split()
        with open("/proc/{0}/cmdline".format(pid), "rb") as stream:
            argv = [os.fsdecode(word) for word in stream.read().split(b"\0")[:-1]]
    except (FileNotFoundError, ProcessLookupError):
        return None
    if fields[0] in "ZX":
        return None
    # A script shows as its interpreter and then itself; libtool's wrappers put lt- before the name.
    called = [os.path.basename(word) for word in argv[:3]]
    program = next((name for word in called for name in programs if word in (name, "lt-" + name)), None)
    if program is None:
        return None
    try:
        environ = environment_of(pid)
    except (FileNotFoundError, ProcessLookupError):
        return None
    except PermissionError:
        raise ProcessProblem("the environment of process {0} ({1}) may not be read; run as its owner or with"
                             " become: true".format(pid, program)) from None
    return Running(int(pid), _started(int(fields[19])), argv, environ, program)


def _started(ticks):
    """Return the time, exact to a tick, of something that happened *ticks* after boot."""
    clock = getattr(time, "CLOCK_BOOTTIME", 7)
    return time.time() - time.clock_gettime(clock) + ticks / os.sysconf("SC_CLK_TCK")


def by_pid_file(path, programs, directory):
    """Return the Running that a pid file names, None for none or for a stale file.

    A number that was given to another process since does not count: ours works in *directory*, or was there before
    the file.
    """
    text = (_files.read(path) or "").strip()
    if not text.isdecimal():
        return None
    running = look(int(text), programs)
    if running is None:
        return None
    try:
        at_home = os.path.realpath("/proc/{0}/cwd".format(running.pid)) == os.path.realpath(directory)
        return running if at_home or running.started <= os.stat(path).st_mtime + 2 else None
    except OSError:
        return None


def by_unit(unit, programs):
    """Return the Running that systemd calls the unit's main process (or the Mesos program below it), or None."""
    main = unit_properties(unit).get("MainPID", "0")
    if main == "0":
        return None
    return look(int(main), programs) or _below(int(main), programs)


def _below(pid, programs):
    """Search the children of a wrapper which did not give way to its program."""
    try:
        with open("/proc/{0}/task/{0}/children".format(pid)) as stream:
            children = stream.read().split()
    except OSError:
        return None
    return next((found for found in (look(child, programs) for child in children) if found), None)


def unit_properties(unit):
    """Return {property: value} of a systemd unit."""
    text = _systemctl("show", unit, "--property=LoadState,ActiveState,MainPID,Environment,EnvironmentFiles")
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def _systemctl(*words):
    try:
        done = subprocess.run(("systemctl",) + words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, universal_newlines=True, check=False)
    except OSError as error:
        raise ProcessProblem("systemctl cannot be run: {0}; this layout needs systemd".format(
            _files.cause(error))) from None
    if done.returncode:
        raise ProcessProblem("systemctl {0} failed with status {1}: {2}; see journalctl --unit {3}".format(
            " ".join(words), done.returncode, done.stderr.strip() or done.stdout.strip(), words[1]))
    return done.stdout


def unit_do(verb, unit):
    """Have systemd start, stop or restart a unit (KillMode=process of the agent's unit leaves executors alive)."""
    _systemctl(verb, unit)


def wait_for_unit(unit, programs):
    """Wait until the unit's program listens.  Raises ProcessProblem if there is none at the end."""
    deadline, running = time.monotonic() + START_SECONDS, None
    while time.monotonic() < deadline:
        running = by_unit(unit, programs)
        if running and listens(running.pid):
            return
        time.sleep(UNIT_POLL_SECONDS)
    if running is None:
        raise ProcessProblem("the unit {0} was started, and {1} s later no {2} runs; see journalctl --unit {0}".format(
            unit, START_SECONDS, " or ".join(programs)))


def start(program, environ, directory, log_file, pid_file):
    """Start *program* on its own: new session, clean environment plus *environ*, output to the log; return its pid.

    Waits until it listens.  Raises ProcessProblem with the log's last lines if it ends instead.
    """
    _files.check_target(pid_file)
    _files.check_target(log_file)
    offset = os.path.getsize(log_file) if os.path.exists(log_file) else 0
    child = _spawn(program, environ, directory, log_file)
    try:
        _files.write(pid_file, "{0}\n".format(child.pid), mode=0o644)
    except _files.FileProblem:
        child.kill()  # nobody could find it again
        raise
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        status = child.poll()
        if status is not None:
            os.unlink(pid_file)
            raise ProcessProblem("{0} ended at once ({1}).  Its last words in {2}:\n{3}".format(
                program, "signal {0}".format(-status) if status < 0 else "exit status {0}".format(status),
                log_file, _tail(log_file, offset)))
        if listens(child.pid):
            break
        time.sleep(POLL_SECONDS)
    return child.pid


def _spawn(program, environ, directory, log_file):
    try:
        with open(log_file, "ab", 0) as log:
            os.chmod(log_file, 0o640)
            return subprocess.Popen([program], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=directory,
                                    env=dict(CLEAN_ENVIRONMENT, **environ), close_fds=True, start_new_session=True)
    except OSError as error:
        raise ProcessProblem("{0} cannot be started with its log in {1}: {2}".format(
            program, log_file, _files.cause(error))) from None


def _tail(path, offset, lines=8):
    with open(path, "rb") as stream:
        stream.seek(offset)
        return "\n".join(stream.read().decode("utf-8", "replace").splitlines()[-lines:])


def listens(pid):
    """Whether the process has a listening TCP socket."""
    try:
        handles = os.listdir("/proc/{0}/fd".format(pid))
        links = {os.readlink("/proc/{0}/fd/{1}".format(pid, handle)) for handle in handles}
    except OSError:
        return False
    for table in ("tcp", "tcp6"):
        try:
            with open("/proc/{0}/net/{1}".format(pid, table)) as stream:
                rows = [line.split() for line in stream.readlines()[1:]]
        except OSError:
            continue
        if any(row[3] == "0A" and "socket:[{0}]".format(row[9]) in links for row in rows):
            return True
    return False


def stop(running, programs, pid_file):
    """End this process and no other (an agent's executors live on): ask first, after STOP_SECONDS insist."""
    _end(running, programs)
    if os.path.exists(pid_file):
        os.unlink(pid_file)


def _end(running, programs):
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(running.pid, number)
        except ProcessLookupError:
            return
        except PermissionError:
            raise ProcessProblem("process {0} ({1}) belongs to another user and cannot be stopped; run as its owner or"
                                 " with become: true".format(running.pid, running.program)) from None
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            now = look(running.pid, programs)
            if now is None or abs(now.started - running.started) > 1:
                return
            time.sleep(POLL_SECONDS)
    raise ProcessProblem("process {0} ({1}) does not end, not even killed; is its disk hanging?".format(
        running.pid, running.program))
