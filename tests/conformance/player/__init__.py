# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The player of the recordings: performs a recorded case on an implementation, and compares.

Downwards: ``run`` (many cases), ``perform`` (the steps of one), ``stage`` (its directory, master and agent),
``programs`` (processes and ports); beside them ``compare`` with ``lines`` and ``events`` (what counts as the same)
and ``normalize`` (placeholders), which are pure.
"""

import os

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # tests/conformance: cases call it {conf}
