# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows a program under its own name in ps and /proc, where a script shows as its interpreter."""


def show_as(argv):
    """Write *argv* over the arguments that this process was started with; without effect where that cannot be done."""
    try:
        import ctypes

        with open("/proc/self/stat") as stream:
            fields = stream.read().rpartition(")")[2].split()
        start, end = int(fields[45]), int(fields[46])
        text = b"".join(word.encode() + b"\0" for word in argv)
        if 0 < start < end and len(text) <= end - start:
            ctypes.memset(start, 0, end - start)
            ctypes.memmove(start, text, len(text))
    except (ImportError, OSError, ValueError, IndexError):
        pass
