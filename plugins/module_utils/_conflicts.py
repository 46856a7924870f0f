# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What on a node stands against the wanted settings: each a sentence with the file, the cause and the way out.

PRIVATE to the collection.  Standard library, Python 3.6.  Source: docs/mesos/security.md §0, §1.1, §1.2, §2.1, §7.1.
"""

import os

from ansible_collections.mesos.security.plugins.module_utils import _environment_file, _flag_directory, _process

TRUE, FALSE = ("true", "1"), ("false", "0")


class Found:
    """One assignment outside our block, and where it stands."""

    def __init__(self, path, assignment, adoptable):
        self.path, self.name, self.value = path, assignment.name, assignment.value
        self.adoptable = adoptable
        self.place = "{0}, line {1}".format(path, assignment.first)


def reasons(component):
    """Return every reason why *component* (a _component.Component) must not be brought to its plan."""
    found = _found(component)
    return (_names(component, found) + _values(component, found) + _aliases(component, found)
            + _flag_files(component, found) + _unknown_flags(component) + _unit(component))


def warnings(component):
    """Return a sentence for what does no harm and not what one would think either."""
    known = {"LIBPROCESS_SSL_" + name for name in component.names["ssl"]} | set(component.names["wrong"])
    return ["{0}: libprocess has no variable {1} and drops it without a word".format(each.place, each.name)
            for each in _found(component) if each.name.startswith("LIBPROCESS_SSL_") and each.name not in known]


def material(pieces):
    """Return a sentence for each file of *pieces* ({what it is: path}) that is not there."""
    sentences = []
    for piece, path in sorted(pieces.items()):
        what = piece.replace("_", " ")
        if not os.path.isfile(path):
            sentences.append("{0} ({1}) {2}; make it with the role mesos_pki or the module mesos_keypair".format(
                path, what, "is not a file" if os.path.lexists(path) else "is missing, and this mode needs it"))
        elif not os.path.getsize(path):
            sentences.append("{0} ({1}) is empty; have it made again by the role mesos_pki, or put it back".format(
                path, what))
    return sentences


def _found(component):
    texts = [(path, text, False) for path, text in component.shared.items()]
    # Our block keeps its lines while we count, so that a message's line number is the file's.
    texts.append((component.path, component.text or "", True))
    found = []
    for path, text, own in texts:
        block = _block_lines(text) if own else ()
        try:
            assignments = _environment_file.parse(text)
        except _environment_file.Unreadable as error:
            raise _environment_file.Unreadable("{0}, {1}".format(path, error)) from None
        found += [Found(path, assignment, own) for assignment in assignments if assignment.first not in block]
    adopted = {assignment.name for assignment in component.adopted}
    return [each for each in found if not (each.adoptable and each.name in adopted)]


def _block_lines(text):
    before, block, _after = _environment_file.split(text)
    if block is None:
        return ()
    first = text[:text.index(block[0])].count("\n") + 1
    return range(first, first + len(block))


def _names(component, found):
    """Names that do nothing, or something else than one thinks."""
    sentences, names = [], component.names
    encrypted = component.plan["encrypted"]
    for each in found:
        if each.name in names["wrong"]:
            sentences.append("{0}: Mesos ignores {1}, whatever its documentation says; write {2}".format(
                each.place, each.name, names["wrong"][each.name]))
        elif each.name.startswith("MESOS_LIBPROCESS_"):
            sentences.append("{0}: Mesos ignores {1}; write {2} or remove the line".format(
                each.place, each.name, each.name[len("MESOS_"):]))
        elif each.name.startswith("SSL_") and each.name[4:] in names["ssl"]:
            if encrypted or (each.name == "SSL_ENABLED" and each.value in TRUE):
                sentences.append("{0}: libprocess takes {1} for LIBPROCESS_{1}, and tasks inherit it; remove the"
                                 " line".format(each.place, each.name))
    return sentences


def _values(component, found):
    """The same name with another value, or switched on where the mode leaves it out."""
    sentences = []
    variables = {"MESOS_" + flag.upper(): value for flag, value in component.flags.items()}
    wanted = dict(variables, **component.environment)
    off = set(component.names["off"]) & set(component.names["managed"])
    for each in found:
        if each.name in wanted:
            if each.value == wanted[each.name]:
                continue
            clash = "something else" if each.value is None else "another value"
            if each.value == wanted[each.name] + "\r":
                clash += ", since the line ends as on Windows (CR LF)"
        elif each.name in off and each.value not in FALSE:
            clash = "a value that this mode leaves out"
        else:
            continue
        sentences.append("{0} sets {1} to {2}; remove the line{3}".format(
            each.place, each.name, clash, " or set mesos_component_adopt: true" if each.adoptable else
            " (components share that file, so it is not taken over)"))
    return sentences


def _aliases(component, found):
    """A flag under its old and its new name keeps Mesos from starting."""
    sentences, places = [], {}
    for each in found:
        if each.name.startswith("MESOS_"):
            places.setdefault(each.name[len("MESOS_"):].lower(), each.place)
    for name in component.files:
        flag, _text = _flag_directory.flag(name, "")
        places.setdefault(flag, os.path.join(component.directory, name))
    for flag in component.flags:
        places.setdefault(flag, "the inventory (mesos_component_flags)")
    for alias, name in sorted(component.names["aliases"].items()):
        if alias in places and name in places:
            sentences.append("{0} gives the flag {1} and {2} its other name {3}; both at once keep Mesos from starting:"
                             " remove {1}".format(places[alias], alias, places[name], name))
    return sentences


def _flag_files(component, found):
    """Stray files, foreign values, and flags that the wrapper or the environment gives as well."""
    if component.directory is None:
        return []
    changed = component.files != component.new_files
    sentences = _flag_directory.problems(component.directory, component.files, _known(component) if changed else None)
    for flag, value in component.flags.items():
        sentences += ["{0} already gives the flag {1} another value; remove the file or set mesos_component_adopt:"
                      " true".format(os.path.join(component.directory, name), flag)
                      for name, present in sorted(component.foreign_files(flag).items())
                      if present != value and not component.plan["adopt"]]
    given = set(_flag_directory.flags(component.new_files))
    wrapper = component.layout["wrapper_variables"]
    for each in found:
        if each.name.startswith("MESOS_") and "?no-" + each.name[len("MESOS_"):].lower() in component.new_files:
            sentences.append("{0} sets {1}, and {2} says no to the same flag; Mesos would not start: remove one".format(
                each.place, each.name, os.path.join(component.directory, "?no-" + each.name[len("MESOS_"):].lower())))
        flag = wrapper.get(each.name)
        if flag in given:
            sentences.append("{0} sets {1}, of which the init wrapper makes --{2}, and {3} gives it again; Mesos would"
                             " not start: remove one".format(
                                 each.place, each.name, flag, os.path.join(component.directory, flag)))
    return sentences


def _known(component):
    return component.program.flags() | set(component.names["aliases"])


def _unknown_flags(component):
    """Flags the inventory newly gives, and the installed program does not have."""
    new = [flag for flag in component.flags
           if "MESOS_" + flag.upper() not in component.ours and flag not in component.our_flags]
    known = _known(component) if new else ()
    return ["{0} has no flag --{1}; correct mesos_component_flags".format(component.program.path, flag)
            for flag in sorted(new) if flag not in known]


def _unit(component):
    """Variables which the systemd unit itself sets, in the unit or a drop-in."""
    unit = component.layout["unit"]
    if not unit:
        return []
    properties = _process.unit_properties(unit)
    if properties.get("LoadState") == "not-found":
        return ["there is no systemd unit {0}; is Mesos installed from packages of this layout?".format(unit)]
    sentences = []
    for name, value in _environment_file.values(properties.get("Environment", "").replace("\n", " ")).items():
        clash = name in component.environment and value != component.environment[name]
        left_out = name in component.names["managed"] and name in component.names["off"] and (
            name not in component.environment and value in TRUE)
        if clash or left_out or (name.startswith("SSL_") and name[4:] in component.names["ssl"]):
            sentences.append("the unit {0} sets {1} itself (Environment=); remove it from the unit or its drop-in: see"
                             " systemctl cat {0}".format(unit, name))
    return sentences
