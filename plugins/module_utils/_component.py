# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A master or agent on its node: what its settings are, what they should be, and whether the process runs with them.

PRIVATE to the collection.  Standard library, Python 3.6.  The controller's half is plugins/action/mesos_component.py;
what it sends (the plan) is described there.
"""

import os

from ansible_collections.mesos.security.plugins.module_utils import (
    _conflicts,
    _environment_file,
    _files,
    _flag_directory,
    _json_members,
    _process,
    _program,
    _shown,
)

EXECUTORS = "executor_environment_variables"
OUR_FLAGS = "flag files"
OUR_MEMBERS = "members of " + EXECUTORS


class Unfit(Exception):
    """The node or what it was given is not fit; .reasons are sentences, nothing was written."""

    def __init__(self, reasons):
        super(Unfit, self).__init__("\n".join(reasons))
        self.reasons = reasons


def variable(flag):
    """Return the environment variable that stands for a flag."""
    return "MESOS_" + flag.upper()


class Component:
    """One look at the node, and the new text of every file it takes to bring it to the plan."""

    def __init__(self, plan):
        self.plan, self.layout, self.names = plan, plan["layout"], plan["names"]
        self.path, self.directory = self.layout["environment_file"], self.layout["flag_directory"]
        self.program = _program.Program(self.layout["programs"], self.layout["bin_dir"])
        if self.program.path is None:
            raise Unfit([self.program.absence()])
        self.shared = {path: _files.read(path, "") for path in self.layout["shared_files"]}
        self.text = _files.read(self.path)
        self.files = _flag_directory.read(self.directory)
        self.outside, self.ours, self.notes = self._parts()
        self.our_flags = self.notes.get(OUR_FLAGS, "").split()
        self.our_members = self.notes.get(OUR_MEMBERS, "").split()
        self._want()

    def _parts(self):
        try:
            outside = _environment_file.outside(self.text or "")
            _environment_file.parse(outside)
            return (outside,) + _environment_file.inside(self.text or "")
        except _environment_file.Unreadable as error:
            raise Unfit(["{0}, {1}".format(self.path, error)]) from None

    # -- what should be -------------------------------------------------------------------------------------------

    def _want(self):
        """Compute settings and notes for our block, and the flag directory's files."""
        variant = self._variant()
        kept = set(self.names["kept"])
        settings = {name: text for name, text in self.ours.items() if name in kept}
        self.executors = variant["executor"]
        self.flags = dict(self.plan["flags"])
        self.environment = dict(self.plan["environment"], **variant["environment"])
        new_files, notes = dict(self.files), {}
        if self.directory:
            ours = self._flag_files(new_files)
            ours += self._executors_file(new_files, notes)
            if ours:
                notes[OUR_FLAGS] = " ".join(sorted(ours))
        else:
            settings.update((variable(flag), self.flags[flag]) for flag in sorted(self.flags))
            if self.executors:
                before = self._outside_value(variable(EXECUTORS)) or "{}"
                settings[variable(EXECUTORS)] = self._merged(before, self.path)[0]
        settings.update(self.environment)
        self.settings, self.new_files, self.new_notes = settings, new_files, notes
        self.adopted = self._adopted()
        self.new_text = _environment_file.with_block(self._without_adopted(), settings, notes)

    def _variant(self):
        version = self.version = tuple(self.plan["version"] or self.program.version())
        fitting = [variant for variant in self.plan["variants"] if tuple(variant["since"]) <= version]
        if not fitting:
            raise Unfit(["{0} is Mesos {1}.{2}, which is older than what is covered; install a newer one".format(
                self.program.path, *version)])
        return fitting[-1]

    def foreign_files(self, flag):
        """Return {file name: value} of files that give this flag and are not ours (?x and ?no-x give it as well)."""
        given = {name: _flag_directory.flag(name, text) for name, text in self.files.items()}
        return {name: value for name, (called, value) in given.items()
                if called == flag and (name != flag or flag not in self.our_flags)}

    def _flag_files(self, new_files):
        """Put the wanted flags among the directory's files; return those that are ours."""
        ours = []
        for flag in self.our_flags:
            new_files.pop(flag, None)
        for flag, text in self.flags.items():
            foreign = self.foreign_files(flag)
            if text in foreign.values():
                continue
            for name in foreign:
                new_files.pop(name, None)
            new_files[flag] = text + "\n"
            ours.append(flag)
        return ours

    def _executors_file(self, new_files, notes):
        """Put our members in the flag's file; return [the flag] where the whole file is ours, else []."""
        made = EXECUTORS in self.our_flags
        before = "{}" if made else self.files.get(EXECUTORS)
        if before is not None and self.our_members:
            path = os.path.join(self.directory, EXECUTORS)
            before = self._parsed(path, _json_members.without, before, self.our_members)
        if not self.executors:
            if before is not None and not made:
                new_files[EXECUTORS] = before
            return []
        ours = before is None or made
        if ours:
            before = self._outside_value(variable(EXECUTORS)) or "{}"
        text, members = self._merged(before, os.path.join(self.directory, EXECUTORS))
        if not ours and members:
            notes[OUR_MEMBERS] = " ".join(members)
        new_files[EXECUTORS] = text + "\n" if ours else text
        return [EXECUTORS] if ours else []

    def _merged(self, text, path):
        """Return (the text with our members, those which are ours); what is there alike already stays theirs."""
        foreign, new = self._parsed(path, _json_members.members, text), self.executors
        if not self.plan["adopt"]:
            new = {name: value for name, value in new.items() if foreign.get(name) != value}
            taken = sorted(set(new) & set(foreign))
            if taken:
                raise Unfit(["{0}: {1} already has another {2}; take it out or set mesos_component_adopt: true".format(
                    path, EXECUTORS, ", ".join(taken))])
        return self._parsed(path, _json_members.with_members, text, new), new

    def _parsed(self, path, function, text, *others):
        if text.strip().startswith(("/", "file://")):
            raise Unfit(["{0}: {1} is given as a file ({2}); put the JSON itself there, or its members cannot be"
                         " joined with ours".format(path, EXECUTORS, text.strip())])
        try:
            return function(text, *others)
        except _json_members.NoObject as error:
            raise Unfit(["{0}: the present {1} {2}; Mesos could not start with it: repair it first".format(
                path, EXECUTORS, error)]) from None

    def _outside_value(self, name):
        """Return what other lines than ours give this variable, None for nothing."""
        found = {}
        for text in list(self.shared.values()) + [self.outside]:
            found.update(_environment_file.values(text))
        if name in found and found[name] is None:
            raise Unfit(["{0} is put together by the shell in {1}; write it out, or it cannot be joined with"
                         " ours".format(name, self.path)])
        return found.get(name)

    def _adopted(self):
        """Return the outside lines which the inventory takes over."""
        if not self.plan["adopt"]:
            return []
        mine = set(self.settings) | set(self.names["managed"]) | {variable(flag) for flag in self.flags}
        return [found for found in _environment_file.parse(self.outside) if found.name in mine
                and found.name != variable(EXECUTORS)]

    def _without_adopted(self):
        if self.text is None or not self.adopted:
            return self.text
        before, block, after = _environment_file.split(self.text)
        names = {found.name for found in self.adopted}
        try:
            parts = [_environment_file.without_names(part, names) for part in (before, after)]
        except _environment_file.Unreadable as error:
            raise Unfit(["{0}, {1}".format(self.path, error)]) from None
        middle = "".join(line + "\n" for line in block or [])
        return parts[0] + ("\n" if middle and parts[0] and not parts[0].endswith("\n") else "") + middle + parts[1]

    # -- may it be ------------------------------------------------------------------------------------------------

    def refuse(self):
        """Raise Unfit with every reason why nothing may be written."""
        reasons = _conflicts.reasons(self) + _conflicts.material(self.plan["material"])
        for path, _text in self.changes():
            try:
                _files.check_target(path)
            except _files.FileProblem as error:
                reasons.append(str(error))
        if reasons:
            raise Unfit(reasons)

    # -- what differs ---------------------------------------------------------------------------------------------

    def changes(self):
        """Return [(path, new text or None)] in an order that may be broken off anywhere.

        Our block tells which flag files are ours, so it is written before they come and after they are gone.
        """
        gone, come = [], []
        for name in sorted(set(self.files) | set(self.new_files)):
            if self.files.get(name) != self.new_files.get(name):
                leaving = name not in self.new_files or (name == EXECUTORS and not self.executors)
                (gone if leaving else come).append((os.path.join(self.directory, name), self.new_files.get(name)))
        block = [(self.path, self.new_text)] if self.new_text != self.text else []
        return gone + block + come

    def diff(self):
        """Return the entries of a diff: our names and those values that are no secret."""
        entries = []
        for path, _text in self.changes():
            if path == self.path:
                before = dict([(found.name, found.value) for found in self.adopted], **self.ours)
                entries.append(_shown.diff(path, _shown.lines(before, self.names["executor"]),
                                           _shown.lines(self.settings, self.names["executor"])))
            else:
                name = os.path.basename(path)
                sides = [_shown.lines({name: side[name].rstrip("\n")}, self.names["executor"]) if name in side else []
                         for side in (self.files, self.new_files)]
                entries.append(_shown.diff(path, *sides))
        return entries

    def write(self, install):
        """Bring every file to its new text, all or none.

        install brings the certificates: when the settings have found room, and before they name them.
        """
        with _files.Batch() as batch:
            for path, text in self.changes():
                if text is None:
                    batch.remove(path)
                else:
                    batch.write(path, text, mode=None if os.path.exists(path) else self._new_mode(path))
            install()
            batch.commit()

    def _new_mode(self, path):
        return 0o600 if path == self.path else 0o644

    # -- what a process started now would have --------------------------------------------------------------------

    def effective_environment(self):
        """Return {name: value} of the files as they will be; value None where only a shell can tell."""
        found = {}
        for text in list(self.shared.values()) + [self.new_text or ""]:
            found.update(_environment_file.values(text))
        return found

    def running(self):
        """Return the Running of this component, or None."""
        if self.layout["unit"]:
            return _process.by_unit(self.layout["unit"], self.layout["programs"])
        return _process.by_pid_file(self.layout["pid_file"], self.layout["programs"], self.layout["root"])
