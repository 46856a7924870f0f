#!/usr/bin/python
# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: mesos_lab_cluster
short_description: Claim, list and remove workshop labs on this machine
version_added: 0.1.0
description:
  - A lab is a numbered directory with the master and the agent of a small Mesos cluster, ports that no other lab uses
    and whatever runs in it.
  - Labs run side by side. One in which nothing runs any more gives its number free.
  - Linux only, since processes are found in C(/proc).
  - It works on the controller, where the lab is.
options:
  directory:
    description:
      - Where the labs of this machine live.
    type: path
    required: true
  state:
    description:
      - V(claimed) makes a new lab and returns it.
      - V(listed) returns all labs and what runs in them.
      - V(absent) ends everything that runs in the labs and deletes them, or only the one called O(number).
    type: str
    choices: [claimed, listed, absent]
    default: listed
  components:
    description:
      - What needs a port in a new lab.
    type: list
    elements: str
    default: [master, agent]
  number:
    description:
      - The lab to remove; all of them without it.
    type: int
attributes:
  check_mode:
    description: Tells what would be claimed or ended without doing it.
    support: full
  diff_mode:
    description: There are no files to show a difference of.
    support: none
author:
  - mesos.security contributors (@mesos-security)
"""

EXAMPLES = r"""
- name: Make a lab
  mesos.security.mesos_lab_cluster:
    directory: ~/.mesos-lab
    state: claimed
  register: lab

- name: End all labs
  mesos.security.mesos_lab_cluster:
    directory: ~/.mesos-lab
    state: absent
"""

RETURN = r"""
lab:
  description: The new lab.
  returned: when O(state=claimed), not in check mode
  type: dict
  contains:
    directory:
      description: Its directory.
      type: str
    ports:
      description: The port of each component.
      type: dict
  sample: {directory: /home/me/.mesos-lab/1, ports: {master: 5050, agent: 5051}}
labs:
  description: Every lab with its ports and the command lines of its processes.
  returned: when O(state=listed)
  type: list
  elements: dict
  sample: [{directory: /home/me/.mesos-lab/1, ports: {master: 5050, agent: 5051}, processes: [mesos-master]}]
ended:
  description: Command lines of the processes that were ended.
  returned: when O(state=absent)
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.mesos.security.plugins.module_utils import _lab_options


def main():
    module = AnsibleModule(argument_spec=_lab_options.CLUSTER, supports_check_mode=True)
    module.fail_json(msg="this works on the controller: call it by its full name, mesos.security.mesos_lab_cluster")


if __name__ == "__main__":
    main()
