#!/usr/bin/python
# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: mesos_tls_info
short_description: Tell what an address accepts, plain text or TLS, and what it shows
version_added: 0.1.0
description:
  - Connects to an address as a stranger would and tells whether plain text is answered, which protocols and ciphers are
    taken, which certificates are shown, and whether a client certificate is asked for.
  - Protocols and ciphers are offered byte by byte, so the answer does not depend on what OpenSSL allows on this host.
  - Nothing is changed. The process at the other end logs the connections that it refuses.
author:
  - mesos.security contributors (@mesos-security)
requirements:
  - cryptography 38 or newer on the controller
attributes:
  check_mode:
    support: full
    description: Changes nothing in any case.
  diff_mode:
    support: none
    description: Has nothing to show.
  idempotent:
    support: full
    description: Changes nothing.
options:
  host:
    description: Address or name to connect to, as seen from the host that the task runs on.
    type: str
    default: 127.0.0.1
  port:
    description: Port to connect to, 5050 for masters and 5051 for agents.
    type: int
    required: true
  timeout:
    description: Seconds to wait for each answer.
    type: int
    default: 5
  ciphers:
    description: Whether to find out every cipher, at a connection each.
    type: bool
    default: true
  ca:
    description:
      - File on the controller with authorities; with it RV(problems) tells whether they signed the certificate.
    type: path
  names:
    description: Names that the certificate should be for; RV(problems) tells which it is not for.
    type: list
    elements: str
    default: []
  addresses:
    description: Addresses that the certificate should be for. Default is O(host) when that is an address.
    type: list
    elements: str
  renew_before:
    description: Days before its end from which on RV(problems) names a certificate.
    type: int
    default: 30
seealso:
  - module: mesos.security.mesos_keypair
"""

EXAMPLES = r"""
- name: Look at this master
  mesos.security.mesos_tls_info:
    port: 5050
    host: "{{ ansible_facts.default_ipv4.address }}"
    ca: "{{ inventory_dir }}/pki/ca.pem"
  register: master

- name: See that it speaks TLS only
  ansible.builtin.assert:
    that:
      - not master.plain
      - master.tls
      - master.problems == []
"""

RETURN = r"""
plain:
  description: Whether an HTTP request in plain text is answered.
  returned: success
  type: bool
tls:
  description: Whether any TLS protocol is taken.
  returned: success
  type: bool
protocols:
  description: For each of SSLv3, TLSv1, TLSv1.1, TLSv1.2 and TLSv1.3 whether it is taken.
  returned: success
  type: dict
  sample: {TLSv1.2: true, TLSv1.3: false}
ciphers:
  description: For each protocol that is taken the ciphers, in OpenSSL's names, in the server's order if it has one.
  returned: success
  type: dict
  sample: {TLSv1.2: [ECDHE-RSA-AES128-GCM-SHA256, AES128-SHA]}
default:
  description: Protocol and cipher that this host's OpenSSL arrives at, null when its handshake fails.
  returned: success
  type: dict
client_certificate:
  description: Whether a client certificate is asked for, V(no), V(asked), V(required), or V(unknown) without TLS.
  returned: success
  type: str
certificate:
  description: Names, issuer, dates, kind of key and fingerprint of the certificate that is shown.
  returned: success
  type: dict
chain:
  description: The same for every certificate that is shown, leaf first. Of TLSv1.3 only the leaf can be seen.
  returned: success
  type: list
  elements: dict
days_left:
  description: Days until the certificate expires, negative afterwards, null without one.
  returned: success
  type: int
problems:
  description: What is wrong with the certificate, each a sentence.
  returned: success
  type: list
  elements: str
  sample: [the certificate is not for the address 10.0.0.22]
pem:
  description: The certificates that are shown, as PEM.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.mesos.security.plugins.module_utils._options import TLS_INFO
from ansible_collections.mesos.security.plugins.module_utils._tls_probe import ProbeFailed, probe


def main():
    module = AnsibleModule(argument_spec=TLS_INFO, supports_check_mode=True)
    given = module.params
    if not 0 < given["port"] < 65536:
        module.fail_json(msg="%d is no port; ports are 1 to 65535" % given["port"])
    if given["timeout"] < 1:
        module.fail_json(msg="%d is no timeout; it counts seconds, give 1 or more" % given["timeout"])
    try:
        answer = probe(given["host"], given["port"], given["timeout"], given["ciphers"])
    except ProbeFailed as error:
        module.fail_json(msg="%s" % error)
    answer["pem"] = answer.pop("chain")
    module.exit_json(changed=False, **answer)


if __name__ == "__main__":
    main()
