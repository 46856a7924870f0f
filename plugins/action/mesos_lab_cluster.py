# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos_lab_cluster: labs on this machine.  Documented in plugins/modules/mesos_lab_cluster.py."""

from __future__ import annotations

import os

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.mesos.security.plugins.module_utils import _lab_options
from ansible_collections.mesos.security.plugins.plugin_utils import _lab


class ActionModule(ActionBase):
    """Claims, lists or removes."""

    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, params = self.validate_argument_spec(_lab_options.CLUSTER)
        act = {"claimed": claimed, "listed": listed, "absent": absent}[params["state"]]
        try:
            return result | act(params, self._task.check_mode)
        except _lab.LabError as error:
            raise AnsibleActionFail(str(error)) from None


def claimed(params, check_mode):
    if check_mode:
        return {"changed": True}
    directory, ports = _lab.claim(params["directory"], params["components"])
    return {"changed": True, "lab": {"directory": directory, "ports": ports}}


def listed(params, _check_mode):
    return {"changed": False, "labs": [
        {"directory": lab, "ports": _lab.describe(lab)["ports"], "processes": sorted(_lab.processes_of(lab).values())}
        for lab in _lab.directories(params["directory"])
    ]}


def absent(params, check_mode):
    labs = [lab for lab in _lab.directories(params["directory"])
            if params["number"] in (None, int(os.path.basename(lab)))]
    end = _lab.commands_of if check_mode else _lab.remove
    return {"changed": bool(labs), "ended": [command for lab in labs for command in end(lab)]}
