# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types of flags whose JSON Mesos reads into a protobuf message; see protobuf.py for how."""

from .flag_types import Type, parse_json, show_json

_ANY = Type("JSON", parse_json(dict), show_json)
ACLS = DOMAIN = FIREWALL = MODULES = RATE_LIMITS = CAPABILITIES = CONTAINER_DNS = CONTAINER_INFO = DEVICES = _ANY
IMAGE_GC = SLAVE_CAPABILITIES = TASK = TASK_GROUP = RLIMITS = ENVIRONMENT = _ANY
