# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flags of mesos-executor, the command executor."""

from ..flag_protos import CAPABILITIES, ENVIRONMENT
from ..flag_types import BOOL, STRING
from ..flags import Flag
from .common import HELP, LOGGING

FLAGS = (
    *HELP,
    *LOGGING,
    Flag("rootfs", STRING, None, "Root file system of the task."),
    Flag("sandbox_directory", STRING, None, "Where the task sees its sandbox."),
    Flag("working_directory", STRING, None, "Directory in which the task starts."),
    Flag("user", STRING, None, "User the task runs as."),
    Flag("task_command", STRING, None, "Command that the task runs instead of its own, as JSON."),
    Flag("task_environment", ENVIRONMENT, None, "Environment of the task, as JSON."),
    Flag("launcher_dir", STRING, None, "Directory of the helpers of Mesos."),
    Flag("effective_capabilities", CAPABILITIES, None, "Linux capabilities that the task has."),
    Flag("bounding_capabilities", CAPABILITIES, None, "Linux capabilities that the task can have at most."),
    Flag("tty_slave_path", STRING, None, "Terminal of the task."),
    Flag("task_launch_info", STRING, None, "How containers launch the task, as JSON."),
    Flag("seccomp_config_dir", STRING, None, "Directory of Seccomp profiles."),
    Flag("version", BOOL, "false", "Show version and exit."),
)
