# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m mesos_simulator PROGRAM ARGUMENTS…`` runs one of the programs without installing it."""

import sys

from .programs import PROGRAMS, run

if len(sys.argv) < 2 or sys.argv[1] not in PROGRAMS:
    sys.exit(f"usage: python -m mesos_simulator PROGRAM ARGUMENTS…; programs are {', '.join(PROGRAMS)}")
program = sys.argv.pop(1)
sys.argv[0] = program
run(program)
