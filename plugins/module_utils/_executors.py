# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Executors that would not find back to their agent after it restarts with other settings.

An executor keeps the variables that it was started with.  Neither the agent's nor the master's API tells them, so they
are read where they are: in the environment of the processes.

PRIVATE to the collection.  Standard library, Python 3.6, Linux.  Source: docs/mesos/security.md §1.7; climb.md §E2.
"""

import os

from ansible_collections.mesos.security.plugins.module_utils import _process

TRUE = ("true", "1")
NAMED = 3       # executors that a sentence names


def warning(agent, environment):
    """Return the sentence about executors of a running agent that die when it restarts, or None.

    agent: _process.Running; environment: {name: value} that it would be restarted with.
    """
    encrypted = _is_on(environment, "ENABLED")
    if encrypted and _is_on(environment, "SUPPORT_DOWNGRADE"):
        return None
    lost = sorted(name for name, variables in _running(_work_dir(agent)).items()
                  if (not _is_on(variables, "ENABLED") if encrypted
                      else _is_on(variables, "ENABLED") and not _is_on(variables, "SUPPORT_DOWNGRADE")))
    if not lost:
        return None
    return ("{0} of this agent's executors {1} and will be killed when it restarts with these settings: {2}{3}."
            " Let their tasks turn over first, with tls at permissive".format(
                len(lost), "speak plain text only" if encrypted else "speak TLS only",
                ", ".join(lost[:NAMED]), " and others" if len(lost) > NAMED else ""))


def _is_on(variables, name):
    return variables.get("LIBPROCESS_SSL_" + name, "").lower() in TRUE


def _work_dir(agent):
    given = [word.partition("=")[2] for word in agent.argv if word.startswith("--work_dir=")]
    return given[-1] if given else agent.environ.get("MESOS_WORK_DIR", "")


def _running(work_dir):
    """Return {"framework/executor": variables} of the executors whose sandbox is below *work_dir*.

    Tasks inherit their executor's variables, so each executor is met more than once.
    """
    found = {}
    if not work_dir:
        return found
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            variables = _process.environment_of(pid)
        except OSError:       # ended meanwhile, or somebody else's
            continue
        here = variables.get("MESOS_DIRECTORY", "").startswith(os.path.join(work_dir, ""))
        if here and "MESOS_SLAVE_PID" in variables and "MESOS_EXECUTOR_ID" in variables:
            name = "{0}/{1}".format(variables.get("MESOS_FRAMEWORK_ID", "?"), variables["MESOS_EXECUTOR_ID"])
            found[name] = variables
    return found
