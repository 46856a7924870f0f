# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's voice: a playbook told as a lesson instead of a list of tasks."""

DOCUMENTATION = r"""
name: lab
type: stdout
short_description: Tell a workshop lab as a lesson
version_added: 0.1.0
description:
  - Prints the text of C(ansible.builtin.debug), what changed (names and values of settings, as a difference), and for
    each look at the cluster the command, what was seen, what should be seen, and whether it is so.
  - Everything else stays silent, unless it fails.
author:
  - mesos.security contributors (@mesos-security)
requirements:
  - set C(stdout_callback=mesos.security.lab) in the configuration, or C(ANSIBLE_STDOUT_CALLBACK)
"""

import difflib

from ansible import constants as C
from ansible.plugins.callback import CallbackBase

INDENT = "    "


def changed_lines(before, after):
    """Return what differs between two texts, as lines that begin with + or -, removed ones first where they meet."""
    return [line.rstrip() for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def without_collection(action):
    return action.rpartition(".")[2]


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "mesos.security.lab"

    def v2_runner_on_ok(self, result):
        told_by_items = "results" in result._result
        for warning in [] if told_by_items else result._result.get("warnings") or []:
            self._display.display(f"  mind: {warning}", color=C.COLOR_WARN)
        action = without_collection(result._task.action)
        if action == "debug":
            self._say(result._result.get("msg", ""))
        elif action == "mesos_lab_look":
            self._tell_look(result._result)

    def v2_runner_item_on_ok(self, result):
        self.v2_runner_on_ok(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        if ignore_errors or (result._task.loop and "results" in result._result):
            return
        self._display.display(f"\n✗ {result._host.get_name()}: {result._task.get_name()}", color=C.COLOR_ERROR)
        self._display.display(INDENT + str(result._result.get("msg", "")), color=C.COLOR_ERROR)
        for stream in ("stdout", "stderr", "module_stderr"):
            if result._result.get(stream):
                self._display.display(result._result[stream], color=C.COLOR_ERROR)

    def v2_runner_item_on_failed(self, result):
        self.v2_runner_on_failed(result)

    def v2_runner_on_unreachable(self, result):
        self.v2_runner_on_failed(result)

    def v2_on_file_diff(self, result):
        for item in result._result.get("results", [result._result]):
            diffs = item.get("diff") or []
            for diff in diffs if isinstance(diffs, list) else [diffs]:
                self._tell_change(result, diff)

    def _say(self, message):
        for line in message if isinstance(message, list) else str(message).splitlines():
            color = C.COLOR_HIGHLIGHT if line[:1] in "═─" and line else None
            self._display.display(str(line), color=color)

    def _tell_change(self, result, diff):
        lines = changed_lines(_text(diff.get("before", "")), _text(diff.get("after", "")))
        if not lines:
            return
        where = diff.get("after_header") or diff.get("before_header") or result._task.get_name()
        self._display.display(f"  changed on {result._host.get_name()}: {where}")
        for line in lines:
            self._display.display(INDENT + line, color=C.COLOR_DIFF_ADD if line[0] == "+" else C.COLOR_DIFF_REMOVE)

    def _tell_look(self, look):
        good = look["ok"]
        self._display.display("  " + look["title"])
        self._display.display(INDENT + "$ " + look["command"], color=C.COLOR_VERBOSE)
        for line in look["seen"] or ["(nothing)"]:
            self._display.display(INDENT + "  seen      " + line)
        for pattern in look["expect"]:
            self._display.display(INDENT + "  expected  " + pattern)
        for pattern in look["refuse"]:
            self._display.display(INDENT + "  never     " + pattern)
        if good:
            self._display.display(INDENT + "✓", color=C.COLOR_OK)
        else:
            for pattern in look["missing"]:
                self._display.display(INDENT + "✗ not seen: " + pattern, color=C.COLOR_ERROR)
            for line in look["unwanted"]:
                self._display.display(INDENT + "✗ must not be seen: " + line, color=C.COLOR_ERROR)


def _text(value):
    """A difference holds text, or data that is shown as lines of name=value."""
    if isinstance(value, dict):
        return "\n".join(f"{name}={text}" for name, text in sorted(value.items()))
    return value
