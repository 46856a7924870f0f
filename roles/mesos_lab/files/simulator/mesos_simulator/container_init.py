# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first process of a container: runs a command, and leaves its exit status in a file for whoever asks later.

    python -I -S container_init.py STATUS_FILE COMMAND [ARGUMENT…]

It outlives the agent, so an agent that comes back learns how a container ended.  Starts fast: imports almost nothing.
"""

import os
import sys

PYTHON_IGNORES = (13, 25)       # SIGPIPE and SIGXFSZ, which a Python program ignores and its children would


def environment():
    """The environment this process was given: Python itself adds to os.environ."""
    with open("/proc/self/environ", "rb") as stream:
        return dict(entry.split(b"=", 1) for entry in stream.read().split(b"\0") if b"=" in entry)


def main(status_file, command):
    try:
        child = os.posix_spawnp(command[0], command[1:], environment(), setsigdef=PYTHON_IGNORES)
        _, status = os.waitpid(child, 0)
    except OSError as error:
        sys.stderr.write(f"Failed to execute command: {error}\n")
        status = 1 << 8
    try:
        with open(status_file + ".new", "w") as stream:
            stream.write(str(status))
        os.rename(status_file + ".new", status_file)
    except OSError:
        pass
    signal = status & 0x7F
    os._exit(128 + signal if signal else status >> 8)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
