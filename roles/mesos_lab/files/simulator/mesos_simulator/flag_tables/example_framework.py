# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flags of the example frameworks, no-executor-framework and test-framework."""

from ..flag_types import BOOL, DOUBLE, INT, OBJECT, STRING
from ..flags import Flag
from .common import HELP, LOGGING

FLAGS = (
    *HELP,
    *LOGGING,
    Flag("master", STRING, None, "The master to connect to: `host:port` or `zk://…`.", required=True),
    Flag("authenticate", BOOL, "false", "Whether to authenticate, with the principal and the secret."),
    Flag("principal", STRING, None, "The principal used to identify this framework.", check=None),
    Flag("secret", STRING, None, "The secret used to authenticate this framework."),
    Flag("checkpoint", BOOL, "true", "Whether this framework is checkpointed."),
    Flag("role", STRING, "*", "Role to use when registering."),
)

NO_EXECUTOR = (
    *(flag for flag in FLAGS if flag.name not in ("role", "checkpoint")),
    Flag("checkpoint", BOOL, "false", "Whether this framework is checkpointed."),
    Flag("role", STRING, "*", "Role to use when registering."),
    Flag("name", STRING, "No Executor Framework", "Name of the framework."),
    Flag("command", STRING, "echo hello", "What each task runs."),
    Flag("task_resources", STRING, "cpus:0.1;mem:32;disk:32", "Resources of each task."),
    Flag("task_revocable_resources", STRING, None, "Revocable resources of each task."),
    Flag("num_tasks", INT, None, "How many tasks to run; for ever without it."),
    Flag("env", OBJECT, None, "Environment of the tasks, as JSON."),
    Flag("backoff", DOUBLE, "0", "Not used by the simulator."),
)
