# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flags of mesos-resolve, which finds the leading master."""

from ..flag_types import BOOL, DURATION
from ..flags import Flag
from .common import HELP, LOGGING

FLAGS = (
    *HELP,
    *LOGGING,
    Flag("timeout", DURATION, "5secs", "How long to wait for a leading master."),
    Flag("verbose", BOOL, "false", "Whether to log to stderr."),
)
