# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of mesos_component: from modes to a plan, and the plan to the node."""

from __future__ import annotations

from ansible.plugins.action import ActionBase
from ansible_collections.mesos.security.plugins.module_utils._component_options import ARGUMENTS
from ansible_collections.mesos.security.plugins.plugin_utils._component_plan import Unfit, plan_of


class ActionModule(ActionBase):
    """Computes what the node should be; the module of the same name makes it so."""

    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        self._supports_check_mode = True
        host = (task_vars or {}).get("inventory_hostname", "this host")
        _result, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        try:
            plan = plan_of(options)
        except Unfit as problem:
            return {"failed": True, "changed": False, "msg": f"{host}: {problem} Nothing was changed."}
        answer = self._execute_module(
            module_name="mesos.security.mesos_component",
            module_args={"component": options["component"], "plan": plan},
            task_vars=task_vars,
        )
        if answer.get("failed"):
            answer["msg"] = f"{host}: {answer.get('msg')}"
        return answer
