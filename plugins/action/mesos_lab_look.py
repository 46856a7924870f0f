# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mesos_lab_look: one look at a running cluster.  Documented in plugins/modules/mesos_lab_look.py."""

from __future__ import annotations

import json
import os
import shlex

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.mesos.security.plugins.module_utils import _lab_options
from ansible_collections.mesos.security.plugins.plugin_utils import _look

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "USER", "LOGNAME")


class ActionModule(ActionBase):
    """Looks, judges, and keeps the journal."""

    _requires_connection = False
    _supports_check_mode = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _validation, params = self.validate_argument_spec(_lab_options.LOOK, **_lab_options.LOOK_RULES)
        try:
            verdict = _look.judge(look(params), params["expect"], params["refuse"])
        except OSError as error:
            raise AnsibleActionFail(f"{command(params)}: {error}") from None
        if params["unchanged"]:
            before = last_seen(params["journal"], params["title"])
            if verdict["seen"] != before:
                verdict.update(ok=False, missing=before or ["(there was nothing before)"])
        told = {name: params[name] for name in ("step", "title", "expect", "refuse")}
        entry = told | verdict | {"command": command(params)}
        if params["journal"]:
            with open(params["journal"], "a", encoding="utf-8") as stream:
                stream.write(json.dumps(entry) + "\n")
        return result | {"changed": False} | entry


def command(params):
    """Return what a student would type to look for themselves."""
    if params["argv"]:
        program, *arguments = params["argv"]
        settings = [f"{name}={shlex.quote(str(value))}" for name, value in sorted(params["environment"].items())]
        return " ".join([*settings, shlex.join([os.path.basename(program), *arguments])])
    if params["url"]:
        words = ["curl", "-s", params["url"]]
        words += ["--cacert", params["ca_certificate"]] if params["ca_certificate"] else []
        words += ["-H", "Content-Type: application/json", "-d", params["body"]] if params["body"] else []
        return shlex.join(words)
    return shlex.join(["tail", params["log"]] if params["log"] else ["pgrep", "-af", params["process"]])


def look(params):
    """Return the text that is seen."""
    expect, refuse, seconds = params["expect"], params["refuse"], params["seconds"]
    if params["argv"]:
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {name: str(value) for name, value in (params["common"] | params["environment"]).items()}
        if not params["background"]:
            return _look.run(params["argv"], environment, seconds, expect, params["until"])
        _look.start(params["argv"], environment, params["background"])
        return _look.follow(params["background"], 0, seconds, expect, refuse)
    if params["url"]:
        return _look.fetch(params["url"], params["ca_certificate"], params["body"], seconds, expect, refuse)
    if params["log"]:
        return _look.follow(params["log"], params["offset"], seconds, expect, refuse)
    return _look.processes(params["process"], seconds, expect, refuse)


def last_seen(journal, title):
    """What the last look of this title saw, by the journal; None if there was none."""
    if not os.path.exists(journal):
        return None
    with open(journal, encoding="utf-8") as stream:
        entries = [json.loads(line) for line in stream]
    return next((entry["seen"] for entry in reversed(entries) if entry["title"] == title), None)
