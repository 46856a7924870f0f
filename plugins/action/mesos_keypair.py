# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""mesos_keypair: the controller's half; judges, signs, and lets the node look and install.

Documented in plugins/modules/mesos_keypair.py.
"""

from __future__ import annotations

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.mesos.security.plugins.plugin_utils._pair import OPTIONS, Pair, Refused

ON_CONTROLLER = ("ca", "source_key", "source_certificate", "source_ca_certificate")


class ActionModule(ActionBase):
    """One call in steady state; a second one installs."""

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(OPTIONS)
        host = (task_vars or {}).get("inventory_hostname", "this host")
        try:
            result.update(self._bring_about(Pair.of(resolved(options, self._loader), host, self._task.check_mode), host, task_vars))
        except Refused as error:
            raise AnsibleActionFail(str(error)) from None
        return result

    def _bring_about(self, pair, host, task_vars):
        facts = self._on_node(host, "examine", pair.question(), task_vars)
        verdict = pair.verdict(facts)
        if verdict.fresh_key and not self._task.check_mode:
            facts = self._on_node(host, "examine", pair.question(fresh_key=True), task_vars)
            verdict = pair.verdict(facts)
        files = []
        if verdict.install and not self._task.check_mode:
            files = self._on_node(host, "install", verdict.install, task_vars)
        return {
            "changed": verdict.changed, "reasons": verdict.reasons, "warnings": verdict.warnings,
            "certificate": verdict.after, "paths": pair.files, "files": files,
            "diff": {"before": verdict.before, "after": verdict.after} if verdict.changed else {"before": {}, "after": {}},
        }

    def _on_node(self, host, phase, params, task_vars):
        params = dict(params)
        secret = params.pop("key_pem", None)
        answer = self._execute_module(
            module_name="mesos.security.mesos_keypair", task_vars=task_vars,
            module_args={"node": params, "phase": phase, "key_content": secret})
        if answer.get("failed"):
            text = answer.get("msg", "the module gave no reason")
            raise Refused(f"{host}: {text}" if answer.get("refused") else f"{host}: {text} {answer.get('module_stderr', '')}")
        return answer["answer"]


def resolved(options, loader):
    """Return the options with the controller's paths made absolute, seen from the playbook."""
    out = dict(options)
    for name in ON_CONTROLLER:
        if out.get(name) and (name == "ca" or not out["remote_src"]):
            out[name] = loader.path_dwim(out[name])
    out["trust"] = [loader.path_dwim(path) for path in out["trust"] or []]
    return out
