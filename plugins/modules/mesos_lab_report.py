#!/usr/bin/python
# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: mesos_lab_report
short_description: Write down what a lab has shown
version_added: 0.1.0
description:
  - Reads the journal that M(mesos.security.mesos_lab_look) keeps and writes a report in Markdown, with a table of the
    steps and every look with its command, what was seen and what should be seen.
options:
  journal:
    description:
      - The journal.
    type: path
    required: true
  path:
    description:
      - Where to write the report.
    type: path
    required: true
  title:
    description:
      - Its heading.
    type: str
    default: What the lab has shown
attributes:
  check_mode:
    description: The report is made but not written.
    support: full
  diff_mode:
    description: The report is new each time.
    support: none
author:
  - mesos.security contributors (@mesos-security)
"""

EXAMPLES = r"""
- name: Write down what was seen
  mesos.security.mesos_lab_report:
    journal: ~/.mesos-lab/1/journal.jsonl
    path: ~/mesos-lab-report.md
"""

RETURN = r"""
steps:
  description: Each step with the number of its looks and of those that showed something else.
  returned: always
  type: list
  elements: dict
  sample: [{step: 1a, looks: 2, wrong: 0}]
wrong:
  description: How many looks showed something else than they should.
  returned: always
  type: int
table:
  description: The steps as lines of text.
  returned: always
  type: list
  elements: str
"""

import json

from ansible.module_utils.basic import AnsibleModule


def read(journal):
    """Return the looks of a journal, in order; none for a journal that does not exist."""
    try:
        with open(journal) as stream:
            return [json.loads(line) for line in stream]
    except FileNotFoundError:
        return []


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
    return ["{:<8} {:>3} seen as they should, {:>3} otherwise  {}".format(
        step["step"], step["looks"] - step["wrong"], step["wrong"], mark(not step["wrong"])) for step in steps]


def markdown(title, looks):
    """Return the report's lines."""
    yield "# " + title
    yield ""
    yield "| Step | Looks | As they should | |"
    yield "|---|---|---|---|"
    for step in steps_of(looks):
        yield "| {} | {} | {} | {} |".format(step["step"], step["looks"], step["looks"] - step["wrong"],
                                             mark(not step["wrong"]))
    for look in looks:
        yield ""
        yield "## {} {} {}".format(look["step"], look["title"], mark(look["ok"]))
        yield ""
        yield "```console"
        yield "$ " + look["command"]
        yield from look["seen"]
        yield "```"
        for heading, patterns in (("Should be seen", look["expect"]), ("Must not be seen", look["refuse"]),
                                  ("Missing", look["missing"]), ("Seen though it must not be", look["unwanted"])):
            if patterns:
                yield ""
                yield heading + ": " + ", ".join("`{}`".format(pattern) for pattern in patterns)


def main():
    module = AnsibleModule(
        argument_spec={
            "journal": {"type": "path", "required": True},
            "path": {"type": "path", "required": True},
            "title": {"type": "str", "default": "What the lab has shown"},
        },
        supports_check_mode=True,
    )
    looks = read(module.params["journal"])
    steps = steps_of(looks)
    report = "\n".join(markdown(module.params["title"], looks)) + "\n"
    if not module.check_mode:
        try:
            with open(module.params["path"], "w", encoding="utf-8") as stream:
                stream.write(report)
        except OSError as error:
            module.fail_json(msg="{}: {}; give another path for the report".format(
                module.params["path"], error.strerror))
    module.exit_json(changed=not module.check_mode, steps=steps, table=table(steps),
                     wrong=sum(step["wrong"] for step in steps))


if __name__ == "__main__":
    main()
