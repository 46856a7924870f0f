# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""mesos_ca: the whole of it, on the controller.  Documented in plugins/modules/mesos_ca.py."""

from __future__ import annotations

import datetime
import os

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.mesos.security.plugins.module_utils._options import CA
from ansible_collections.mesos.security.plugins.plugin_utils import _ca_directory, _x509
from ansible_collections.mesos.security.plugins.plugin_utils._authority import make_authority, new_key, size_of

SIZES = {"rsa": 3072, "ec": 256}
TITLES = {"node": "Mesos authority", "executor": "Mesos executors' authority"}


class ActionModule(ActionBase):
    """Make an authority, or check the one that is there."""

    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(CA)
        options["path"] = self._loader.path_dwim(options["path"])
        try:
            result.update(bring_about(options, self._task.check_mode))
        except (_ca_directory.CaTrouble, ValueError) as error:
            raise AnsibleActionFail(f"controller: {error}. Nothing was changed.") from None
        return result


def bring_about(options, check_mode):
    """Return the result of one run; raises CaTrouble or ValueError when it cannot be done."""
    check(options)
    directory, purpose = options["path"], options["purpose"]
    certificate_path, key_path = _ca_directory.paths(directory, purpose)
    _ca_directory.guard(directory)
    renew = options["regenerate"] == "always"
    present = None if renew else _ca_directory.load(directory, purpose)
    if present is not None:
        return kept(present, options, certificate_path)
    reasons = ["a new authority is asked for (regenerate=always)"] if renew else [
        f"there is no authority {certificate_path}"]
    if check_mode:
        return {"changed": True, "reasons": reasons, "certificate": certificate_path,
                "diff": {"before": {}, "after": {"subject": f"CN={options['common_name']}"}}}
    with _ca_directory.alone(directory):
        present = None if renew else _ca_directory.load(directory, purpose)
        if present is not None:  # another run was faster
            return kept(present, options, certificate_path)
        key = None if renew else _ca_directory.load_key(key_path)
        authority = make_authority(options["common_name"], options["validity"],
                                   key or new_key(options["key_type"], options["key_size"]))
        _ca_directory.save(directory, purpose, authority)
    return result_of(None, authority, reasons, certificate_path)


def kept(present, options, certificate_path):
    """Return the result for an authority that stays as it is."""
    return result_of(present, present, [], certificate_path) | {
        "warnings": warnings(present, options, certificate_path)}


def check(options):
    """Settle defaults; raises ValueError for what no authority can have."""
    name = options["common_name"] or TITLES[options["purpose"]]
    if len(name) > 64 or not name.isprintable():
        raise ValueError(f"common_name {name!r} does not suit: a CN has at most 64 characters, all on one line")
    if options["validity"] < 1 or options["validity"] > 36500:
        raise ValueError(f"validity {options['validity']} does not suit: it counts days, 1 to 36500")
    options["common_name"] = name
    options["key_size"] = size_of(options["key_type"], options["key_size"] or SIZES[options["key_type"]])


def shown(authority):
    """Return what may be shown of an authority."""
    if authority is None:
        return {}
    about = _x509.describe(authority.certificate)
    return {"subject": authority.certificate.subject.rfc4514_string()} | {
        name: about[name] for name in ("not_before", "not_after", "key", "fingerprint")}


def result_of(before, after, reasons, certificate_path):
    """Return an Ansible result."""
    changed = before is not after
    return {"changed": changed, "reasons": reasons, "authority": shown(after), "certificate": certificate_path,
            "diff": {"before": shown(before), "after": shown(after)} if changed else []}


def warnings(authority, options, certificate_path):
    """Return sentences on an authority that is fit, but not for ever."""
    end = _x509.dates(authority.certificate)[1]
    left = (end - datetime.datetime.now(_x509.UTC)).days
    found = []
    if left < options["warn_before"]:
        found.append(f"{certificate_path} expires on {_x509.day(end)}, in {left} days; plan its replacement")
    if authority.key is None:
        found.append(f"{os.path.splitext(certificate_path)[0]}.key is not there, so nothing can be signed until it is")
    return found
