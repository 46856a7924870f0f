# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the lab's modules, for their documentation and their action plugins.  PRIVATE to the collection."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

CLUSTER = {
    "directory": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["claimed", "listed", "absent"], "default": "listed"},
    "components": {"type": "list", "elements": "str", "default": ["master", "agent"]},
    "number": {"type": "int"},
}

KINDS = ("argv", "url", "log", "process")

LOOK = {
    "title": {"type": "str", "required": True},
    "step": {"type": "str", "default": ""},
    "argv": {"type": "list", "elements": "str"},
    "environment": {"type": "dict", "default": {}},
    "common": {"type": "dict", "default": {}},
    "background": {"type": "path"},
    "url": {"type": "str"},
    "body": {"type": "str"},
    "ca_certificate": {"type": "path"},
    "log": {"type": "path"},
    "offset": {"type": "int", "default": 0},
    "process": {"type": "str"},
    "unchanged": {"type": "bool", "default": False},
    "seconds": {"type": "float", "default": 10},
    "until": {"type": "str"},
    "expect": {"type": "list", "elements": "str", "default": []},
    "refuse": {"type": "list", "elements": "str", "default": []},
    "journal": {"type": "path"},
}

LOOK_RULES = {
    "required_one_of": [KINDS],
    "mutually_exclusive": [KINDS],
    "required_by": {"background": "argv", "body": "url", "ca_certificate": "url", "unchanged": "journal"},
}

MARK = {
    "logs": {"type": "dict", "required": True},
}

REPORT = {
    "journal": {"type": "path", "required": True},
    "path": {"type": "path", "required": True},
    "title": {"type": "str", "default": "What the lab has shown"},
}
