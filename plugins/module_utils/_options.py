# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules whose action plugin takes the same.  PRIVATE to the collection."""

CA = {
    "path": {"type": "path", "required": True},
    "purpose": {"type": "str", "choices": ["node", "executor"], "default": "node"},
    "common_name": {"type": "str"},
    "validity": {"type": "int", "default": 3650},
    "warn_before": {"type": "int", "default": 90},
    "key_type": {"type": "str", "choices": ["rsa", "ec"], "default": "rsa"},
    "key_size": {"type": "int", "no_log": False},
    "regenerate": {"type": "str", "choices": ["never", "always"], "default": "never"},
}

TLS_INFO = {
    "host": {"type": "str", "default": "127.0.0.1"},
    "port": {"type": "int", "required": True},
    "timeout": {"type": "int", "default": 5},
    "ciphers": {"type": "bool", "default": True},
    "ca": {"type": "path"},
    "names": {"type": "list", "elements": "str", "default": []},
    "addresses": {"type": "list", "elements": "str"},
    "renew_before": {"type": "int", "default": 30},
}
