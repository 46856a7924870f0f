#!/usr/bin/python
# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: mesos_lab_mark
short_description: Remember where logs end, before something changes
version_added: 0.1.0
description:
  - Returns how long each log is, so that M(mesos.security.mesos_lab_look) can read on from there.
  - It works on the controller, where the lab is.
options:
  logs:
    description:
      - The logs by name. One that does not exist yet has no length.
    type: dict
    required: true
attributes:
  check_mode:
    description: Nothing is changed.
    support: full
  diff_mode:
    description: There are no files to show a difference of.
    support: none
author:
  - mesos.security contributors (@mesos-security)
"""

EXAMPLES = r"""
- name: Remember where the logs end
  mesos.security.mesos_lab_mark:
    logs:
      master: ~/.mesos-lab/1/master/log/mesos-master.log
"""

RETURN = r"""
offsets:
  description: The length of each log, in bytes.
  returned: always
  type: dict
  sample: {master: 5123}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.mesos.security.plugins.module_utils import _lab_options


def main():
    module = AnsibleModule(argument_spec=_lab_options.MARK, supports_check_mode=True)
    module.fail_json(msg="this works on the controller: call it by its full name, mesos.security.mesos_lab_mark")


if __name__ == "__main__":
    main()
