# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos_lab_report: what a lab has shown.  Documented in plugins/modules/mesos_lab_report.py."""

from __future__ import annotations

import json

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.mesos.security.plugins.module_utils import _lab_options


class ActionModule(ActionBase):
    """Reads the journal, writes the report."""

    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, params = self.validate_argument_spec(_lab_options.REPORT)
        looks = read(params["journal"])
        steps = steps_of(looks)
        if not self._task.check_mode:
            write(params["path"], "\n".join(markdown(params["title"], looks)) + "\n")
        return result | {
            "changed": not self._task.check_mode, "steps": steps, "table": table(steps),
            "wrong": sum(step["wrong"] for step in steps),
        }  # fmt: skip


def read(journal):
    """Return the looks of a journal, in order; none for a journal that does not exist."""
    try:
        with open(journal, encoding="utf-8") as stream:
            return [json.loads(line) for line in stream]
    except FileNotFoundError:
        return []


def write(path, text):
    try:
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise AnsibleActionFail(f"{path}: {error.strerror}; give another path for the report") from None


def steps_of(looks):
    """Return [{step, looks, wrong}] in the order in which the steps were first looked at."""
    steps = {}
    for look in looks:
        step = steps.setdefault(look["step"], {"step": look["step"], "looks": 0, "wrong": 0})
        step["looks"] += 1
        step["wrong"] += not look["ok"]
    return list(steps.values())


def mark(good):
    return "✓" if good else "✗"


def table(steps):
    """Return the steps as lines of text."""
    return [f"{step['step']:4} {mark(not step['wrong'])} {step['looks'] - step['wrong']:3} of {step['looks']:3}"
            " looks showed what they should" for step in steps]


def markdown(title, looks):
    """Return the report's lines."""
    yield from (f"# {title}", "", "| Step | | Looks | As they should |", "|---|---|---|---|")
    for step in steps_of(looks):
        yield (f"| {step['step']} | {mark(not step['wrong'])} | {step['looks']} |"
               f" {step['looks'] - step['wrong']} |")
    for look in looks:
        yield from ("", f"## {look['step']} {look['title']} {mark(look['ok'])}", "")
        yield from ("```console", "$ " + look["command"], *look["seen"], "```")
        for heading, patterns in (("Should be seen", look["expect"]), ("Must not be seen", look["refuse"]),
                                  ("Missing", look["missing"]), ("Seen though it must not be", look["unwanted"])):
            if patterns:
                yield from ("", f"{heading}: " + ", ".join(f"`{pattern}`" for pattern in patterns))
