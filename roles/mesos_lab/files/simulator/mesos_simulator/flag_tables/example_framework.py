# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flags of the example frameworks, no-executor-framework and test-framework."""

from ..flag_types import BOOL, INT, STRING
from ..flags import Flag
from .common import HELP, LOGGING


def _some(number):
    return "Flag '--num_tasks' must be positive" if number < 1 else None


FLAGS = (
    *HELP,
    *LOGGING,
    Flag("master", STRING, None, "The master to connect to: `host:port` or `zk://…`.", required=True),
    Flag("authenticate", BOOL, "false", "Whether to authenticate, with the principal and the secret."),
    Flag("principal", STRING, "test", "The principal used to identify this framework."),
    Flag("secret", STRING, None, "The secret used to authenticate this framework."),
    Flag("checkpoint", BOOL, "false", "Whether this framework is checkpointed."),
    Flag("role", STRING, "*", "Role to use when registering."),
)

NO_EXECUTOR = (
    *FLAGS,
    Flag("command", STRING, "echo hello", "What each task runs."),
    Flag("task_resources", STRING, "cpus:0.1;mem:32;disk:32", "Resources of each task."),
    Flag("task_revocable_resources", STRING, None, "Revocable resources of each task."),
    Flag("num_tasks", INT, None, "How many tasks to run; for ever without it."),
)

TEST = (*FLAGS, Flag("num_tasks", INT, "5", "How many tasks to run.", check=_some))
