#!/usr/bin/python
# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: mesos_ca
short_description: Make and check an authority for Mesos on the controller
version_added: 0.1.0
description:
  - Makes an authority (a self-signed certificate and its key) in a directory on the controller, or checks the one that
    is there.
  - The directory has mode C(0700), the key C(0600). The key never leaves the controller.
  - An authority that is there is never replaced unless O(regenerate=always).
  - Refused are a directory or key that others can read, a certificate that is expired, not yet valid or no authority's,
    and a key that does not belong to it.
  - A certificate without its key is accepted with a warning, for authorities whose key is kept elsewhere.
author:
  - mesos.security contributors (@mesos-security)
attributes:
  check_mode:
    support: full
    description: Can run in check mode and tells what would change.
  diff_mode:
    support: full
    description: Shows names, dates and fingerprints; never keys.
  idempotent:
    support: partial
    description: Changes nothing when run again, unless O(regenerate=always).
options:
  path:
    description:
      - Directory of the authority on the controller; it is made when it is not there.
    type: path
    required: true
  purpose:
    description:
      - V(node) is the authority of masters, agents and frameworks (C(ca.pem), C(ca.key)).
      - V(executor) is that of executors (C(executor-ca.pem), C(executor-ca.key)). Only agents trust it, because every
        task can read its executor's key.
    type: str
    choices: [node, executor]
    default: node
  common_name:
    description:
      - Name of a new authority.
      - Default is C(Mesos authority), for executors C(Mesos executors' authority).
    type: str
  validity:
    description:
      - Days a new authority is valid. Nothing it signs is valid for longer.
    type: int
    default: 3650
  warn_before:
    description:
      - Days before the end of the authority from which on a warning is given.
    type: int
    default: 90
  key_type:
    description:
      - Type of a new key.
    type: str
    choices: [rsa, ec]
    default: rsa
  key_size:
    description:
      - Bits of a new key, 2048, 3072 or 4096 for RSA, 256, 384 or 521 for EC.
      - Default is 3072 for RSA, 256 for EC.
    type: int
  regenerate:
    description:
      - V(never) makes what is missing and leaves alone what is there.
      - V(always) makes a new authority in each run. Everything the old one signed has to be signed again, and what
        trusts only the old one will refuse it.
    type: str
    choices: [never, always]
    default: never
seealso:
  - module: mesos.security.mesos_keypair
"""

EXAMPLES = r"""
- name: Have an authority for the nodes of the cluster
  mesos.security.mesos_ca:
    path: "{{ inventory_dir }}/pki"
    common_name: Mesos of the east
  run_once: true

- name: Have the one that only agents trust
  mesos.security.mesos_ca:
    path: "{{ inventory_dir }}/pki"
    purpose: executor
  run_once: true
"""

RETURN = r"""
reasons:
  description: Why something was made.
  returned: always
  type: list
  elements: str
  sample: [there is no authority /srv/pki/ca.pem]
authority:
  description: Subject, dates, kind of key and fingerprint of the authority.
  returned: when there is one (not when check mode would make it)
  type: dict
  sample: {subject: CN=Mesos authority, not_after: 2036-11-18 12:00:00 UTC, key: rsa 3072}
certificate:
  description: Path of the authority's certificate on the controller.
  returned: always
  type: str
  sample: /srv/pki/ca.pem
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.mesos.security.plugins.module_utils._options import CA


def main():
    module = AnsibleModule(argument_spec=CA, supports_check_mode=True)
    module.fail_json(msg="mesos_ca works on the controller: call it by its full name, mesos.security.mesos_ca")


if __name__ == "__main__":
    main()
