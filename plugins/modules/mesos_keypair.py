#!/usr/bin/python
# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: mesos_keypair
short_description: Bring a node's or its executors' key and certificate to what they should be
version_added: 0.1.0
description:
  - Makes a key on the node, has the authority on the controller sign for it, and installs the certificate and what is
    to be trusted. The key never leaves the node, the authority's key never leaves the controller.
  - A certificate is renewed when its key, its issuer, its names or its remaining days say so; each reason is reported.
  - A pair from elsewhere (O(source_key), or one that is on the node already when O(ca) is not given) is judged by the
    same rules and never signed or renewed.
  - Everything is checked first, and all files are written beside their places before any is put there.
  - Mesos reads key and certificate when it starts; a process that runs keeps the old ones until it is restarted.
author:
  - mesos.security contributors (@mesos-security)
requirements:
  - cryptography 38 or newer on the controller
  - the openssl program on the node
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
      - Directory on the node for all three files; it is made when it is not there.
      - They are C(node.key), C(node.pem), C(ca.pem), for executors C(executor.key), C(executor.pem), C(agent-ca.pem).
    type: path
  key:
    description: Path of the key on the node, instead of the one in O(path).
    type: path
  certificate:
    description: Path of the certificate on the node, instead of the one in O(path).
    type: path
  ca_certificate:
    description: Path on the node of what peers are to trust, instead of the one in O(path).
    type: path
  purpose:
    description:
      - V(node) is the pair of a master, agent or framework.
      - V(executor) is the pair of an agent's executors. It is readable by all tasks and so signed by an authority that
        only agents trust. With it C(agent-ca.pem) is installed, what an agent is to trust, that is both authorities.
    type: str
    choices: [node, executor]
    default: node
  names:
    description:
      - DNS names of the node, the FQDN first; it becomes the CN. No wildcards, Mesos compares names exactly.
    type: list
    elements: str
    default: []
  addresses:
    description:
      - Every address the node advertises, IPv4 or IPv6. Mesos connects by address and verifies it.
    type: list
    elements: str
    default: []
  common_name:
    description: CN of the certificate, at most 64 characters, instead of the first name.
    type: str
  ca:
    description:
      - Directory of the authority on the controller, as M(mesos.security.mesos_ca) makes it.
      - When it is not given, nothing is signed and the pair is judged only.
    type: str
  trust:
    description: Files on the controller with further authorities that go into O(ca_certificate).
    type: list
    elements: str
    default: []
  validity:
    description:
      - Days a new certificate is valid, but never longer than its authority.
      - Default is 365 for nodes. Executors' certificates last as long as their authority, because an expired one costs
        its tasks when the agent is restarted.
    type: int
  renew_before:
    description: Days before its end from which on a certificate is renewed, or refused when it is from elsewhere.
    type: int
    default: 30
  key_type:
    description:
      - Type of a new key. Peers with Mesos' default ciphers cannot connect to V(ec).
    type: str
    choices: [rsa, ec]
    default: rsa
  key_size:
    description: Bits of a new key, 2048 (default), 3072 or 4096 for RSA, 256 (default), 384 or 521 for EC.
    type: int
  owner:
    description: User, by name or id, who owns the files.
    type: str
  group:
    description: Group, by name or id, that owns the files.
    type: str
  mode:
    description: Mode of the key. Default is V('0600'), for executors V('0644').
    type: raw
  regenerate:
    description:
      - All values make what is missing.
      - V(never) leaves a pair that is there alone and warns of what is wrong with it.
      - V(fail) fails when a pair that is there is unfit.
      - V(renew) signs again, for the same key as long as that is of the wanted kind.
      - V(always) makes a new key and certificate in each run.
      - A key that cannot be read is replaced by V(always) only.
    type: str
    choices: [never, fail, renew, always]
    default: renew
  source_key:
    description: Key from elsewhere, a file on the controller (or the node, see O(remote_src)).
    type: path
  source_certificate:
    description: Certificate for O(source_key), followed by intermediate ones if there are any.
    type: path
  source_ca_certificate:
    description:
      - Authorities for O(ca_certificate) when the pair is from elsewhere; the certificate is verified with them.
    type: path
  remote_src:
    description: Whether O(source_key), O(source_certificate) and O(source_ca_certificate) are on the node.
    type: bool
    default: false
  node:
    description: Filled in by the action plugin.
    type: dict
  phase:
    description: Filled in by the action plugin.
    type: str
    choices: [examine, install]
  key_content:
    description: Filled in by the action plugin.
    type: str
seealso:
  - module: mesos.security.mesos_ca
"""

EXAMPLES = r"""
- name: Have a key and certificate for this master or agent
  mesos.security.mesos_keypair:
    path: /etc/mesos/tls
    ca: "{{ inventory_dir }}/pki"
    names: ["{{ ansible_facts.fqdn }}"]
    addresses: ["{{ ansible_facts.default_ipv4.address }}"]

- name: Have the pair that this agent's executors use
  mesos.security.mesos_keypair:
    path: /etc/mesos/tls
    purpose: executor
    ca: "{{ inventory_dir }}/pki"
    names: ["{{ ansible_facts.fqdn }}"]
    addresses: ["{{ ansible_facts.default_ipv4.address }}"]

- name: Install a pair that the company's authority made
  mesos.security.mesos_keypair:
    path: /etc/mesos/tls
    source_key: "files/{{ inventory_hostname }}.key"
    source_certificate: "files/{{ inventory_hostname }}.pem"
    source_ca_certificate: files/company-ca.pem
    addresses: ["{{ ansible_facts.default_ipv4.address }}"]
"""

RETURN = r"""
reasons:
  description: Why the pair is changed, each a sentence.
  returned: always
  type: list
  elements: str
  sample: [the certificate is not for the address 10.0.0.22]
certificate:
  description: Names, issuer, dates, kind of key and fingerprint of the certificate, as it is afterwards.
  returned: always
  type: dict
paths:
  description: Where key, certificate and ca_certificate are on the node.
  returned: always
  type: dict
files:
  description: What was written or corrected on the node.
  returned: always
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.mesos.security.plugins.module_utils._keypair import KeypairError, examine, install


def main():
    paths = ("path", "key", "certificate", "ca_certificate")
    paths += tuple("source_" + name for name in paths[1:])
    spec = {name: {"type": "path", "no_log": False} for name in paths}
    spec.update({name: {"type": "str"} for name in ("common_name", "ca", "owner", "group")})
    spec.update({name: {"type": "list", "elements": "str", "default": []} for name in ("names", "addresses", "trust")})
    spec.update(
        purpose={"type": "str", "choices": ["node", "executor"], "default": "node"},
        validity={"type": "int"},
        renew_before={"type": "int", "default": 30},
        key_type={"type": "str", "choices": ["rsa", "ec"], "default": "rsa"},
        key_size={"type": "int", "no_log": False},
        mode={"type": "raw"},
        regenerate={"type": "str", "choices": ["never", "fail", "renew", "always"], "default": "renew"},
        remote_src={"type": "bool", "default": False},
        node={"type": "dict"},
        phase={"type": "str", "choices": ["examine", "install"]},
        key_content={"type": "str", "no_log": True},
    )
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    if not module.params["node"]:
        module.fail_json(msg="mesos_keypair has a half on the controller: call it as mesos.security.mesos_keypair")
    params = dict(module.params["node"], key_pem=module.params["key_content"])
    try:
        half = examine if module.params["phase"] == "examine" else install
        module.exit_json(changed=False, answer=half(params, module.run_command, module.check_mode))
    except KeypairError as error:
        module.fail_json(msg=str(error), refused=True)


if __name__ == "__main__":
    main()
