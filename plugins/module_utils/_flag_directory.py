# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories in which every file is a flag, as the packages' init wrapper reads them.

PRIVATE to the collection.  Standard library, Python 3.6.  Source: docs/mesos/security.md §7.1.
"""

import os
import re

from ansible_collections.mesos.security.plugins.module_utils import _files

_OF_THE_WRAPPER = ("?no-logger",)
"""Files that tell the init wrapper itself something (to leave syslog alone) and never reach Mesos."""
_LEFTOVER = re.compile(r"~$|\.|^#|#$|[^A-Za-z0-9_?-]")


def read(directory):
    """Return {file name: text} of what the wrapper would make flags of; {} where there is no directory."""
    if directory is None or not os.path.isdir(directory):
        if directory and os.path.lexists(directory):
            raise _files.FileProblem("{0} is not a directory; move it away".format(directory))
        return {}
    try:
        names = sorted(os.listdir(directory))
    except OSError as error:
        raise _files.FileProblem("{0} cannot be listed: {1}".format(directory, _files.cause(error))) from None
    paths = {name: os.path.join(directory, name) for name in names
             if not name.startswith(".") and name not in _OF_THE_WRAPPER}
    return {name: _files.read(path) for name, path in paths.items() if os.path.isfile(path)}


def flag(name, text):
    """Return (flag, value) of one file: "?x" is ("x", "true"), "?no-x" ("x", "false"), else the text it holds."""
    if name.startswith("?no-"):
        return name[4:], "false"
    if name.startswith("?"):
        return name[1:], "true"
    return name, text.rstrip("\n")


def argument(name, text):
    """Return the argument the wrapper makes of one file."""
    return "--" + name[1:] if name.startswith("?") else "--{0}={1}".format(*flag(name, text))


def flags(files):
    """Return {flag: value} of the files of read()."""
    return dict(flag(name, text) for name, text in files.items())


def problems(directory, files, known=None):
    """Return a sentence for every file that would keep the program from starting.

    known: the flags the installed program has, or None when nobody asked it.
    """
    sentences, seen = [], {}
    for name, text in files.items():
        path = os.path.join(directory, name)
        called, _value = flag(name, text)
        if _LEFTOVER.search(called):
            sentences.append("{0} is no flag, but the init wrapper would make --{1} of it and Mesos would not start;"
                             " move it out of the directory".format(path, called))
        elif known is not None and called not in known:
            sentences.append("{0}: the installed program has no flag --{1} and would not start; move the file out of"
                             " the directory".format(path, called))
        elif called in seen:
            sentences.append("{0} and {1} give the flag --{2} twice, which keeps Mesos from starting; remove"
                             " one".format(seen[called], path, called))
        seen[called] = path
    return sentences
