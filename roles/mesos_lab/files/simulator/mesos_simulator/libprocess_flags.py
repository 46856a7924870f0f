# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The LIBPROCESS_* variables: addresses, ports and little else."""

from .flag_tables.libprocess import FLAGS
from .flags import parse


def load(environ, log):
    """Return Flags with ip, ip6, port, advertise_ip, advertise_port, …, or end the program as libprocess does."""
    flags, problem = parse(FLAGS, [""], environ, prefix="LIBPROCESS_")
    if problem is not None:
        log.exit_with(1, flags.usage("", problem), file="process.cpp")
    return flags
