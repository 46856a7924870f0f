# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos_component: the controller's half; computes the plan, judges and signs certificates, lets the node do the rest.

Documented in plugins/modules/mesos_component.py.
"""

from __future__ import annotations

from ansible.plugins.action import ActionBase
from ansible_collections.mesos.security.plugins.module_utils._component_options import ARGUMENTS
from ansible_collections.mesos.security.plugins.plugin_utils import _component_pairs, _layouts
from ansible_collections.mesos.security.plugins.plugin_utils._component_plan import Unfit, plan_of
from ansible_collections.mesos.security.plugins.plugin_utils._pair import Refused
from ansible_collections.mesos.security.plugins.plugin_utils._pair_options import OPTIONS

SPEC = ARGUMENTS | {name: {"type": "dict", "options": OPTIONS} for name in _component_pairs.OPTIONS}


WARNING_DAYS = 30
"""How long before its end a certificate that others have put there begins to be spoken of."""


class ActionModule(ActionBase):
    """One call in steady state, or where there is no certificate to judge; else a second one that writes."""

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(SPEC)
        self.task_vars, self.check_mode = task_vars, self._task.check_mode
        self.host = (task_vars or {}).get("inventory_hostname", "this host")
        self.component = options["component"]
        try:
            return result | self._bring_about(options)
        except Unfit as problem:
            return result | {"failed": True, "changed": False, "msg": f"{self.host}: {problem} Nothing was changed."}
        except Refused as problem:  # names the host and says what happened
            return result | {"failed": True, "changed": False, "msg": str(problem)}

    def _bring_about(self, options):
        pairs = self._pairs(options)
        plan = plan_of(options, _component_pairs.files_of(pairs))
        found = _component_pairs.found_questions(plan, pairs)
        brought = _component_pairs.files_of(pairs)
        plan["material"] = {piece: path for piece, path in plan["material"].items() if piece not in brought}
        if not pairs and not found:
            answer = self._on_node(plan)
            answer.pop("pairs", None)
            return answer
        questions = found | {purpose: pair.question() for purpose, pair in pairs.items()}
        answer = self._on_node(plan, questions, look=True)
        if answer.get("failed"):
            return answer
        facts = answer.pop("pairs")
        warnings = self._judge(plan, found, facts)
        verdicts = {purpose: self._verdict(plan, purpose, pair, facts[purpose]) for purpose, pair in pairs.items()}
        answer = self._concluded(plan, answer, pairs, verdicts)
        answer["warnings"] = answer.get("warnings", []) + warnings
        return answer

    def _pairs(self, options):
        try:
            directory = _layouts.layout_of(options["layout"], self.component, options["root"])["tls_directory"]
        except _layouts.UnknownLayout as problem:
            raise Unfit(f"{problem}.") from problem
        return _component_pairs.wanted_pairs(options, directory, self._loader.path_dwim, self.host, self.check_mode)

    def _judge(self, plan, found, facts):
        """Return warnings on pairs that others have put there; raise Unfit for unfit ones."""
        sentences = _component_pairs.objections(plan, found, facts, self.component)
        if sentences:
            raise Unfit("; ".join(sentences) + ". Renew it with the role mesos_pki, or set mesos_tls_mode lower.")
        return [f"{self.host}: {sentence}"
                for sentence in _component_pairs.objections(plan, found, facts, self.component, WARNING_DAYS)]

    def _verdict(self, plan, purpose, pair, facts):
        verdict = pair.verdict(facts)
        if verdict.fresh_key and not self.check_mode:
            answer = self._on_node(plan, {purpose: pair.question(fresh_key=True)}, look=True)
            if answer.get("failed"):
                raise Refused(answer["msg"])
            verdict = pair.verdict(answer["pairs"][purpose])
        return verdict

    def _concluded(self, plan, answer, pairs, verdicts):
        """Return the result: of the look where nothing is to do, else of the call that does it."""
        renewed = {purpose: verdict for purpose, verdict in verdicts.items() if verdict.changed}
        if (renewed or answer["changed"]) and not self.check_mode:
            install = {purpose: verdict.install for purpose, verdict in verdicts.items() if verdict.install}
            keys = {purpose: params.pop("key_pem", None) for purpose, params in install.items()}
            # What the look has found out about the program need not be asked again.
            known = plan | {"version": [int(part) for part in answer["version"].split(".")], "has_ssl": True}
            answer = self._on_node(known, install=install, keys={name: key for name, key in keys.items() if key})
        elif self._would_be_stale(plan, answer, verdicts):
            answer["process"] = "restarted"
        answer.pop("pairs", None)
        if answer.get("failed"):
            return answer
        answer["changed"] = answer["changed"] or bool(renewed)
        answer["diff"] = [
            {"before": verdict.before, "after": verdict.after,
             "before_header": pairs[purpose].files["certificate"], "after_header": pairs[purpose].files["certificate"]}
            for purpose, verdict in renewed.items()
        ] + answer["diff"]
        answer["certificates"] = {purpose: verdict.after for purpose, verdict in verdicts.items()}
        answer["reasons"] = [reason for verdict in renewed.values() for reason in verdict.reasons]
        answer["warnings"] = answer.get("warnings", []) + [
            warning for verdict in verdicts.values() for warning in verdict.warnings]
        return answer

    @staticmethod
    def _would_be_stale(plan, answer, verdicts):
        """Whether new certificates alone would make a running process old."""
        renewed = "node" in verdicts and verdicts["node"].changed and plan["watched"]
        return bool(renewed) and answer["process"] == "kept" and answer["running"] and plan["process"] == "current"

    def _on_node(self, plan, questions=None, look=False, install=None, keys=None):
        arguments = {"component": self.component, "keys": keys or None,
                     "plan": plan | {"questions": questions or {}, "install": install or {}, "look": look}}
        answer = self._execute_module(
            module_name="mesos.security.mesos_component", module_args=arguments, task_vars=self.task_vars)
        answer.pop("invocation", None)
        if answer.get("failed"):
            if answer.pop("refused", False):
                answer.pop("exception", None)  # a refusal is no accident of the module
            said = answer.get("msg") or answer.get("module_stderr") or "the module did not come through"
            answer["msg"] = f"{self.host}: {said}"
        return answer
