#!/usr/bin/python
# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: mesos_lab_look
short_description: Look at a running cluster and tell whether it shows what it should
version_added: 0.1.0
description:
  - Runs a program, asks a URL, reads on in a log or looks for a process, for a limited time, and compares what is seen
    with what should be seen and with what must not be seen.
  - It works on the controller, where the lab is.
  - A look never fails because something else was seen; it says so in RV(ok), and in the journal for
    M(mesos.security.mesos_lab_report).
options:
  title:
    description:
      - What is looked at, in a sentence.
    type: str
    required: true
  step:
    description:
      - The step of an exercise that the look belongs to.
    type: str
    default: ""
  argv:
    description:
      - A program with its arguments. Its standard output and error are what is seen.
    type: list
    elements: str
  environment:
    description:
      - Variables for the program, in addition to O(common), C(PATH), C(HOME) and the language.
      - Nothing else is passed on.
    type: dict
    default: {}
  common:
    description:
      - Variables that every program of the lab gets. They are left out of RV(command).
    type: dict
    default: {}
  background:
    description:
      - A file for the output of a program that goes on after the look. What is seen is read from the file.
    type: path
  url:
    description:
      - A URL to ask. The status and the answer are what is seen; so is the error of a connection that cannot be made.
    type: str
  body:
    description:
      - JSON text to send to the URL with C(POST).
    type: str
  ca_certificate:
    description:
      - The authority by which the server of the URL is verified.
    type: path
  log:
    description:
      - A file to read on in.
    type: path
  offset:
    description:
      - Where to begin in the log, in bytes.
    type: int
    default: 0
  process:
    description:
      - A regular expression for the command line of a process. What is seen are pids with their command lines.
    type: str
  unchanged:
    description:
      - The processes must be the very ones that the look of this title saw last, by the journal.
    type: bool
    default: false
  seconds:
    description:
      - How long to wait for what should be seen, and how long what must not be seen has to stay away.
    type: float
    default: 10
  until:
    description:
      - A regular expression that ends a program which would not end by itself.
    type: str
  expect:
    description:
      - Regular expressions, each of which a line must match.
    type: list
    elements: str
    default: []
  refuse:
    description:
      - Regular expressions that no line may match.
    type: list
    elements: str
    default: []
  journal:
    description:
      - A file to which the look is added as a line of JSON.
    type: path
attributes:
  check_mode:
    description: A look changes the cluster by what it runs, so nothing is looked at.
    support: none
  diff_mode:
    description: There are no files to show a difference of.
    support: none
author:
  - mesos.security contributors (@mesos-security)
"""

EXAMPLES = r"""
- name: See the plain framework being refused
  mesos.security.mesos_lab_look:
    title: A plain framework is refused
    argv: [mesos-execute, "--master=127.0.0.1:5050", --name=foo, --command=true]
    until: "Request for call type SUBSCRIBE failed"
    expect: ["Request for call type SUBSCRIBE failed: Connection reset by peer"]
    refuse: ["Subscribed with ID"]
"""

RETURN = r"""
ok:
  description: Whether everything expected was seen and nothing else that must not be.
  returned: always
  type: bool
seen:
  description: The lines that matched, or the last lines if none did.
  returned: always
  type: list
  elements: str
missing:
  description: Patterns that no line matched.
  returned: always
  type: list
  elements: str
unwanted:
  description: Lines that must not be there.
  returned: always
  type: list
  elements: str
command:
  description: The same look as a command for a terminal.
  returned: always
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.mesos.security.plugins.module_utils import _lab_options


def main():
    module = AnsibleModule(argument_spec=_lab_options.LOOK, supports_check_mode=False, **_lab_options.LOOK_RULES)
    module.fail_json(msg="this works on the controller: call it by its full name, mesos.security.mesos_lab_look")


if __name__ == "__main__":
    main()
