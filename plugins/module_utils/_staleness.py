# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a running process still has the settings and certificates that are on disk, and if not, why.

PRIVATE to the collection.  Standard library, Python 3.6; pure but for the files' times.
"""

import os

from ansible_collections.mesos.security.plugins.module_utils import _flag_directory, _shown

PREFIXES = ("LIBPROCESS_", "MESOS_", "SSL_")
JOINED = {"attributes", "resources"}
"""Flags that the init wrapper also puts together from a directory of small files."""
TICK = 0.05
"""How far a start's time may be off; a program needs longer than that until it reads its files."""


def reasons(running, environment, directory_files, layout, managed, material):
    """Return a sentence for everything in which *running* (a _process.Running) is behind the disk; [] when it is not.

    environment: {name: value or None (only a shell can tell)} of the environment files;
    directory_files: {file name: text} of the flag directory; managed: the names we set;
    material: paths of keys and certificates.
    """
    return (_variables(running.environ, environment, managed, whole=layout["unit"] is None)
            + _arguments(running.argv, directory_files, layout) + _newer(running.started, material))


def _variables(present, wanted, managed, whole):
    """whole: the process has no variables of Mesos but those of the files (a unit may add its own)."""
    sentences = []
    names = {name for name in wanted if name.startswith(PREFIXES)}
    names |= {name for name in present if name.startswith(PREFIXES) and (whole or name in managed)}
    for name in sorted(names):
        if name in wanted and wanted[name] is None:
            continue
        on_disk, in_process = wanted.get(name), present.get(name)
        if on_disk != in_process:
            sentences.append("{0} is {1} on disk and {2} in the running process".format(
                name, _said(name, on_disk), _said(name, in_process)))
    return sentences


def _said(name, value):
    if value is None:
        return "not set"
    if name.lower().endswith("executor_environment_variables") or len(value) > 100:
        return "set to something else"
    return _shown.value(name, value)


def _arguments(argv, files, layout):
    if layout["flag_directory"] is None:
        return []
    wanted = {_flag_directory.argument(name, text) for name, text in files.items()}
    from_wrapper = set(layout["wrapper_variables"].values()) | JOINED
    flags = {name: word for word in argv if word.startswith("--")
             for name in [word[2:].partition("=")[0]] if name not in from_wrapper}
    sentences = ["--{0} on disk differs from the running process".format(word[2:].partition("=")[0])
                 for word in sorted(wanted) if word not in argv]
    named = {word[2:].partition("=")[0] for word in wanted}
    sentences += ["--{0} is given to the running process and no longer on disk".format(name)
                  for name in sorted(set(flags) - named)]
    return sentences


def _newer(started, paths):
    sentences = []
    for path in sorted(paths):
        try:
            if os.stat(path).st_mtime > started + TICK:
                sentences.append("{0} is newer than the running process, which reads it only once".format(path))
        except OSError:
            continue
    return sentences
