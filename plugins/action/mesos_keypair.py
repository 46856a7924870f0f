# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""mesos_keypair: the controller's half; judges, signs, and lets the node look and install.

Documented in plugins/modules/mesos_keypair.py.
"""

from __future__ import annotations

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.mesos.security.plugins.plugin_utils._pair import Refused, pair_of
from ansible_collections.mesos.security.plugins.plugin_utils._pair_options import OPTIONS, on_this_controller


class ActionModule(ActionBase):
    """One call in steady state; a second one installs."""

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(OPTIONS)
        host, check_mode = (task_vars or {}).get("inventory_hostname", "this host"), self._task.check_mode
        try:
            pair = pair_of(on_this_controller(options, self._loader.path_dwim), host, check_mode)
            result.update(self._bring_about(pair, check_mode, task_vars))
        except Refused as error:
            raise AnsibleActionFail(str(error)) from None
        return result

    def _bring_about(self, pair, check_mode, task_vars):
        facts = self._on_node(pair, "examine", pair.question(), task_vars)
        verdict = pair.verdict(facts)
        if verdict.fresh_key and not check_mode:
            verdict = pair.verdict(self._on_node(pair, "examine", pair.question(fresh_key=True), task_vars))
        written = []
        if verdict.install and not check_mode:
            written = self._on_node(pair, "install", verdict.install, task_vars)
        return {
            "changed": verdict.changed, "reasons": verdict.reasons, "warnings": verdict.warnings,
            "certificate": verdict.after, "paths": pair.files, "files": written,
            "diff": {"before": verdict.before, "after": verdict.after} if verdict.changed else [],
        }

    def _on_node(self, pair, phase, params, task_vars):
        params = dict(params)
        answer = self._execute_module(
            module_name="mesos.security.mesos_keypair", task_vars=task_vars,
            module_args={"phase": phase, "key_content": params.pop("key_pem", None), "node": params})
        if answer.get("refused"):
            raise pair.refused(answer["msg"])
        if answer.get("failed") or "answer" not in answer:
            raise AnsibleActionFail(
                f"{pair.host}: the module did not come through: {answer.get('msg') or answer.get('module_stderr')}")
        return answer["answer"]
