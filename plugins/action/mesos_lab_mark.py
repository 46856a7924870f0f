# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos_lab_mark: where logs end.  Documented in plugins/modules/mesos_lab_mark.py."""

from __future__ import annotations

import os

from ansible.plugins.action import ActionBase
from ansible_collections.mesos.security.plugins.module_utils import _lab_options


class ActionModule(ActionBase):
    """Measures."""

    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, params = self.validate_argument_spec(_lab_options.MARK)
        return result | {"changed": False, "offsets": {
            name: os.path.getsize(path) if os.path.exists(path) else 0 for name, path in params["logs"].items()}}
