# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of mesos_component, for the module and its action plugin.  PRIVATE to the collection."""

ARGUMENTS = {
    "component": {"type": "str", "required": True, "choices": ["master", "agent"]},
    "layout": {"type": "str", "default": "mesosphere", "choices": ["process", "mesosphere"]},
    "root": {"type": "path"},
    "bin_dir": {"type": "path"},
    "level": {"type": "int"},
    "modes": {"type": "dict", "default": {}},
    "features": {"type": "list", "elements": "str", "default": ["tls"]},
    "version": {"type": "str"},
    "ciphers": {"type": "str", "default": "ECDHE+AESGCM:AES128-SHA"},
    "executors": {"type": "bool", "default": True},
    "environment": {"type": "dict", "default": {}},
    "flags": {"type": "dict", "default": {}},
    "adopt": {"type": "bool", "default": False},
    "process": {"type": "str", "default": "kept", "choices": ["kept", "current", "restarted", "stopped"]},
    "keypair": {"type": "dict", "no_log": False},
    "executor_keypair": {"type": "dict", "no_log": False},
    "plan": {"type": "dict"},
    "keys": {"type": "dict", "no_log": True},
}
