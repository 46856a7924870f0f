#!/usr/bin/python
# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: mesos_component
short_description: Brings a Mesos master or agent to its security settings
version_added: 0.1.0
description:
  - Computes on the controller which environment variables and flags a master or an agent needs for the wanted modes,
    and brings one node to them in one remote call.
  - Settings that are not the collection's stay byte for byte as they are. What contradicts them is named, with the way
    out, and nothing is written.
  - A mode is a pure function of what is given here. Stepping back to a lower mode is the rollback.
author:
  - mesos.security contributors (@mesos-security)
attributes:
  check_mode:
    support: full
    description: Tells what would change, and changes nothing.
  diff_mode:
    support: full
    description: Shows names, and values that are no secret, as C(NAME=value) lines.
  idempotent:
    support: full
    description: A second run changes nothing, except with I(process=restarted).
options:
  component:
    description: What to bring to its settings.
    type: str
    required: true
    choices: [master, agent]
  layout:
    description:
      - How the installed packaging takes its settings. V(mesosphere) for packages with an init wrapper and systemd
        units, V(process) for a component in a directory of its own.
    type: str
    default: mesosphere
    choices: [process, mesosphere]
  root:
    description: The directory that holds the component. Needed for O(layout=process).
    type: path
  bin_dir:
    description: Where the programs are, if they are not on E(PATH).
    type: path
  level:
    description: A preset of modes, 0 to 6. This, or a mode for every one of O(features), must be given.
    type: int
  modes:
    description: "One feature's mode over the preset, for example C({tls: permissive})."
    type: dict
    default: {}
  features:
    description: The features whose settings are managed here. Settings of the others stay as they are found.
    type: list
    elements: str
    default: [tls]
  version:
    description: The installed Mesos version. Asked of the program when it is not given.
    type: str
  ciphers:
    description: OpenSSL's names for the ciphers of TLS 1.2. An empty text leaves Mesos its own, old list.
    type: str
    default: ECDHE+AESGCM:AES128-SHA
  executors:
    description:
      - Whether the agent gives executors their variables. False only where frameworks bring them themselves.
    type: bool
    default: true
  environment:
    description: More environment variables for the component. No secrets, and none that a mode sets.
    type: dict
    default: {}
  flags:
    description: More flags for the component, without dashes. Keep secrets in files and give their path.
    type: dict
    default: {}
  adopt:
    description:
      - Whether settings found outside the collection's own block are taken over where the names are the same.
      - Without it they are refused.
    type: bool
    default: false
  process:
    description:
      - V(kept) does not touch the process. V(current) starts it if it is down and restarts it if it runs with
        something else than what is on disk. V(restarted) and V(stopped) do that in any case.
      - An agent's executors and their tasks live on.
    type: str
    default: kept
    choices: [kept, current, restarted, stopped]
  keypair:
    description:
      - Also brings the node's key and certificate to what they should be, with the options of
        M(mesos.security.mesos_keypair). C(path) is the layout's own directory unless it is given.
      - Without it the pair must be there, and is judged.
    type: dict
  executor_keypair:
    description: The same for the pair of an agent's executors. Ignored on masters.
    type: dict
  plan:
    description: Filled in by the action plugin.
    type: dict
  keys:
    description: Filled in by the action plugin.
    type: dict
"""

EXAMPLES = r"""
- name: Encrypt what this master says, and start it again if it does not yet
  mesos.security.mesos_component:
    component: master
    modes:
      tls: required
    process: current

- name: See what would change on an agent, one step further
  mesos.security.mesos_component:
    component: agent
    modes:
      tls: verified
  check_mode: true
  diff: true
"""

RETURN = r"""
stale:
  description: Whether the process runs with something else than what is on disk.
  type: bool
  returned: success
stale_reasons:
  description: In what it does, one sentence each.
  type: list
  elements: str
  returned: success
running:
  description: The process as it is now, or null.
  type: dict
  returned: success
  contains:
    pid:
      description: Its number.
      type: int
    started:
      description: Since when it runs, in seconds since 1970.
      type: float
    program:
      description: Its name.
      type: str
    environment:
      description: Its C(LIBPROCESS_) variables.
      type: dict
    flags:
      description: Its flags, from arguments and C(MESOS_) variables. Secrets are not shown.
      type: dict
process:
  description: What was done to the process (kept, started, restarted, stopped).
  type: str
  returned: success
version:
  description: The Mesos version whose settings these are, as given or as the installed program says.
  type: str
  returned: success
  sample: "1.11"
certificates:
  description: Names, issuer, dates and fingerprint of the pairs that came with O(keypair) and O(executor_keypair).
  type: dict
  returned: when one of them is given
reasons:
  description: Why those pairs were changed, one sentence each.
  type: list
  elements: str
  returned: when one of them is given
paths:
  description: Where this component keeps what.
  type: dict
  returned: success
  sample: {"environment_file": "/etc/default/mesos-master", "certificate": "/etc/mesos/tls/node.pem"}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.mesos.security.plugins.module_utils import _component_run
from ansible_collections.mesos.security.plugins.module_utils._component_options import ARGUMENTS


def main():
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    if not module.params["plan"]:
        module.fail_json(msg="mesos_component does half its work on the controller; call it as a task,"
                             " by its full name mesos.security.mesos_component")
    try:
        answer = _component_run.run(module.params["plan"], module.check_mode, module.run_command,
                                    module.params["keys"] or {})
    except _component_run.PROBLEMS as problem:
        module.fail_json(msg=_component_run.words(problem), refused=True,
                         changed=isinstance(problem, _component_run.NotRunning))
    else:
        for warning in answer.pop("warnings"):
            module.warn(warning)
        module.exit_json(**answer)


if __name__ == "__main__":
    main()
