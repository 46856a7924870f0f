# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings as people may see them: names, and the values that are no secret.

PRIVATE to the collection.  Standard library, Python 3.6; pure.
"""

import json
import re

HIDDEN = "(not shown)"
_SECRET_NAME = re.compile(r"secret|passw|token|credential|private|(?:^|_)key$", re.IGNORECASE)
_PATH = re.compile(r"(file://)?/[^\s{}\"]*$")
_IN_URL = re.compile(r"(?<=://)[^/@\s]*@")
_EXECUTORS = "executor_environment_variables"


def value(name, text):
    """Return *text* or, where it is or could be a secret, HIDDEN; a URL's user part is hidden in any case."""
    if text is None:
        return "(known to the shell only)"
    if _SECRET_NAME.search(name) and not _PATH.match(text):
        return HIDDEN
    return _IN_URL.sub(HIDDEN + "@", text)


def environment(variables, names):
    """Return {name: shown value} of those variables whose name starts with one of *names*."""
    return {name: value(name, variables[name]) for name in sorted(variables) if name.startswith(names)}


def lines(settings, known=()):
    """Return "NAME=value" lines for a diff; of the executors' JSON, only the members in *known* show their value."""
    shown = []
    for name, text in settings.items():
        if name.lower().endswith(_EXECUTORS):
            shown += executors(name, text, known)
        else:
            shown.append("{0}={1}".format(name, value(name, text)))
    return shown


def executors(name, text, known):
    """Return the executors' variables, one line each."""
    try:
        variables = json.loads(text)
    except (TypeError, ValueError):
        return ["{0}={1}".format(name, HIDDEN)]
    if not isinstance(variables, dict):
        return ["{0}={1}".format(name, HIDDEN)]
    return ["{0}: {1}={2}".format(name, inner, value(inner, variables[inner]) if inner in known else HIDDEN)
            for inner in variables]


def diff(header, before, after):
    """Return one entry of a module's diff from two lists of lines."""
    return {"before_header": header, "after_header": header,
            "before": "".join(line + "\n" for line in before), "after": "".join(line + "\n" for line in after)}
