# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flags that several programs share."""

from ..flag_types import BOOL, INT, STRING
from ..flags import Flag

LOGGING = (
    Flag("quiet", BOOL, "false", "Write no log lines to stderr."),
    Flag("logging_level", STRING, "INFO", "Lowest level that is logged: `INFO`, `WARNING` or `ERROR`."),
    Flag("log_dir", STRING, None, "Directory for log files; none are written without it."),
    Flag("logbufsecs", INT, "0", "Seconds for which log lines may be buffered."),
    Flag("initialize_driver_logging", BOOL, "true", "Whether the drivers of frameworks and executors log, too."),
    Flag("external_log_file", STRING, None, "A log file that something else writes; it is shown in the web UI."),
)

HELP = (Flag("help", BOOL, "false", "Prints this help message"),)


def at_most(name, longest, said):
    """Return a check that a Duration is no longer than *longest* seconds."""
    return lambda value: f"Expected `--{name}` to be not more than {said}" if value > longest else None


def with_fault_domain(domain):
    """Check that a domain, if there is one, is one of faults: Mesos knows no others."""
    if domain is not None and "fault_domain" not in domain:
        return "`domain` must define `fault_domain`"
    return None
