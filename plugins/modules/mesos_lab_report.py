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
  - It works on the controller, where the lab is.
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

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.mesos.security.plugins.module_utils import _lab_options


def main():
    module = AnsibleModule(argument_spec=_lab_options.REPORT, supports_check_mode=True)
    module.fail_json(msg="this works on the controller: call it by its full name, mesos.security.mesos_lab_report")


if __name__ == "__main__":
    main()
