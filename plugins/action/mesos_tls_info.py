# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""mesos_tls_info: the host asks, the controller reads the certificates.

Documented in plugins/modules/mesos_tls_info.py.
"""

from __future__ import annotations

import datetime

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.mesos.security.plugins.module_utils._options import TLS_INFO
from ansible_collections.mesos.security.plugins.plugin_utils import _ca_directory, _x509
from ansible_collections.mesos.security.plugins.plugin_utils._names import BadName, Names, is_address, names_of


class ActionModule(ActionBase):
    """Ask from the task's host, judge here."""

    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(TLS_INFO)
        asker = (task_vars or {}).get("inventory_hostname", "this host")
        if options["addresses"] is None:
            options["addresses"] = [options["host"]] if is_address(options["host"]) else []
        try:
            trust = authorities(self._loader.path_dwim(options["ca"])) if options["ca"] else []
            given = (options["names"], options["addresses"])
            names = names_of(*given) if any(given) else Names("")
        except (BadName, _ca_directory.CaTrouble) as error:
            raise AnsibleActionFail(f"{asker}: {error}") from None
        answer = self._execute_module(
            module_name="mesos.security.mesos_tls_info", module_args=options, task_vars=task_vars)
        if answer.get("failed"):
            answer["msg"] = f"{asker}: {answer.get('msg')}"
            return result | answer
        return result | answer | seen(answer["pem"], trust, names, options["renew_before"])


def authorities(path):
    """Return the certificates in a file on the controller; raises CaTrouble."""
    try:
        return _x509.certificates(_ca_directory.read(path))
    except _x509.BadPem as error:
        raise _ca_directory.CaTrouble(f"{path} on the controller {error}. Name a file with PEM certificates") from None


def seen(pem, trust, names, renew_before, now=None):
    """Return what the certificates tell: {"certificate", "chain", "days_left", "problems"}."""
    if not pem:
        return {"certificate": {}, "chain": [], "days_left": None, "problems": []}
    try:
        chain = _x509.certificates("".join(pem))
    except _x509.BadPem as error:
        return {"certificate": {}, "chain": [], "days_left": None, "problems": [f"the server's answer {error}"]}
    leaf, now = chain[0], now or datetime.datetime.now(_x509.UTC)
    wanted = _x509.Wanted(names, renew_before=renew_before, issued=False)
    return {
        "certificate": _x509.describe(leaf), "chain": [_x509.describe(each) for each in chain],
        "days_left": (_x509.dates(leaf)[1] - now).days,
        "problems": _x509.judge(_x509.pem_of(leaf.public_key()), "".join(pem), trust, wanted, now),
    }
