# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flags of mesos-execute."""

from ..flag_protos import CAPABILITIES, RLIMITS, TASK, TASK_GROUP
from ..flag_types import ARRAY, BOOL, DURATION, OBJECT, STRING
from ..flags import Flag
from .common import HELP

FLAGS = (
    *HELP,
    Flag("master", STRING, None, "Mesos master (e.g., IP:PORT).", required=True),
    Flag("task", TASK, None, "The task, as JSON or file; `agent_id` need not be there."),
    Flag("task_group", TASK_GROUP, None, "A group of tasks, as JSON or file; `agent_id` need not be there."),
    Flag("name", STRING, None, "Name for the command."),
    Flag("shell", BOOL, "true", "Whether the command is one for a shell."),
    Flag("command", STRING, None, "Command to launch."),
    Flag("env", OBJECT, None, "Environment of the command, as JSON or file."),
    Flag("resources", STRING, "cpus:1;mem:128", "Resources for the command."),
    Flag("hadoop", STRING, "hadoop", "Path to the 'hadoop' script."),
    Flag("hdfs", STRING, "localhost:9000", "The ip:port of the NameNode service."),
    Flag("package", STRING, None, "Package to bring to the command through HDFS."),
    Flag("overwrite", BOOL, "false", "Whether a package that is in HDFS is replaced."),
    Flag("checkpoint", BOOL, "false", "Whether the framework is checkpointed."),
    Flag("appc_image", STRING, None, "Name of an appc image."),
    Flag("docker_image", STRING, None, "Name of a docker image."),
    Flag("framework_capabilities", STRING, None, "Further capabilities of the framework, separated by commas."),
    Flag("containerizer", STRING, "mesos", "Containerizer: `docker` or `mesos`."),
    Flag("effective_capabilities", CAPABILITIES, None, "Linux capabilities that the command has, as JSON."),
    Flag("bounding_capabilities", CAPABILITIES, None, "Linux capabilities it can have at most, as JSON."),
    Flag("rlimits", RLIMITS, None, "Resource limits of the command, as JSON."),
    Flag("role", STRING, "*", "Role to use when registering."),
    Flag("kill_after", DURATION, None, "When to kill the task (e.g., 10secs, 2mins)."),
    Flag("networks", STRING, None, "Networks of the container, separated by commas."),
    Flag("principal", STRING, None, "The principal to use for framework authentication."),
    Flag("secret", STRING, None, "The secret to use for framework authentication."),
    Flag("volumes", ARRAY, None, "Volumes, as JSON or file."),
    Flag("content_type", STRING, "protobuf", "How to talk to the master: `json` or `protobuf`."),
    Flag("tty", BOOL, "false", "Whether the task gets a terminal"),
    Flag("partition_aware", BOOL, "true", "Whether the framework is partition-aware."),
)
