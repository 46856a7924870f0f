# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos-resolve: prints where the leading master is."""

import sys

from . import flags
from .agent import master_address


def main(argv, environ):
    flags.load("mesos-resolve", argv, environ)
    masters = [argument for argument in argv[1:] if not argument.startswith("--")]
    if not masters:
        sys.stderr.write("Usage: mesos-resolve <master>\n")
        return 1
    if masters[0].startswith("zk://"):
        sys.stderr.write("The simulator does not speak to ZooKeeper yet\n")
        return 1
    try:
        print(master_address(masters[0]))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"Failed to resolve {masters[0]}: {error}\n")
        return 1
    return 0
