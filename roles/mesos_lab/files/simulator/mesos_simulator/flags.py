# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading of flags from arguments and MESOS_* variables, with the rules and errors of stout's flags.

``load("mesos-master", sys.argv, os.environ)`` returns Flags, or ends the program: with the help or the version, or
with what is wrong and status 1.  ``parse`` is the part without ending.
"""

import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import VERSION, flag_types
from .flag_types import BOOL, BadValue, Type
from .glog import quit_now

# program -> (its module of flag_tables, what its variables begin with, or None if it looks at none)
TABLES = {
    "mesos-master": ("master", "MESOS_"),
    "mesos-agent": ("agent", "MESOS_"),
    "mesos-slave": ("agent", "MESOS_"),
    "mesos-execute": ("execute", None),
    "mesos-executor": ("executor", None),
    "mesos-default-executor": ("executor", None),
    "mesos-resolve": ("resolve", None),
    "no-executor-framework": ("no_executor_framework", "MESOS_EXAMPLE_"),
    "test-framework": ("test_framework", "MESOS_EXAMPLE_"),
}


class FlagsError(ValueError):
    """Flags that cannot be loaded; the message is the one Mesos gives."""


@dataclass(frozen=True)
class Flag:
    """One row of a flag table.

    default: as it would be written on the command line; None if the flag is optional and has none.
    check: returns what is wrong with the loaded value (None without), or nothing.
    """

    name: str
    type: Type
    default: str | None
    help: str
    alias: str | None = None
    check: Callable[[Any], str | None] | None = None
    required: bool = False

    @property
    def full_help(self):
        if self.default is None:
            return self.help
        gap = "" if self.help.endswith("\n") or not self.help else " "
        return f"{self.help}{gap}(default: {self.type.show(self.type.load(self.default))})"


class Flags:
    """Loaded flags: attributes by canonical name, None where nothing was given and there is no default."""

    def __init__(self, table):
        self._table = {flag.name: flag for flag in table}
        self._loaded = {}       # canonical name -> name by which it was loaded
        self.warnings = []
        for flag in table:
            setattr(self, flag.name, None if flag.default is None else flag.type.load(flag.default))

    def loaded(self, name):
        """Whether the flag was given, by whichever name."""
        return name in self._loaded

    def as_json(self):
        """Return {name as given, else canonical: value as text}, as /flags shows them."""
        return {self._loaded.get(name, name): flag.type.show(getattr(self, name))
                for name, flag in sorted(self._table.items()) if getattr(self, name) is not None}

    def __str__(self):
        """The flags as the line «Flags at startup» prints them."""
        return " ".join(f'--{name}="{value}"' for name, value in self.as_json().items())

    def usage(self, program, message=None):
        """Return the help, one flag below the other in two columns."""
        left = {}
        for name, flag in sorted(self._table.items()):
            form = "--[no-]{}" if flag.type is BOOL else "--{}=VALUE"
            left[name] = "  " + ", ".join(form.format(one) for one in (name, flag.alias) if one)
        width = max(map(len, left.values())) + 5
        lines = [] if message is None else [message, ""]
        lines += [f"Usage: {program} [options]", ""]
        for name, text in left.items():
            first, *more = self._table[name].full_help.split("\n")
            lines += [text.ljust(width) + first] + [" " * width + line for line in more]
        return "\n".join(lines) + "\n"


def table_of(program):
    """Return the rows of a program's flag table."""
    return importlib.import_module(f".flag_tables.{TABLES[program][0]}", __package__).FLAGS


def given(argv, names, environ, prefix):
    """Return [(name, value or None)] in the order in which Mesos loads them.

    names: what variables are looked at for; others are ignored, other arguments are not.
    prefix: what variables begin with; None to look at none.
    """
    arguments = []
    for argument in argv[1:]:
        argument = argument.strip()
        if argument == "--":
            break
        if not argument.startswith("--"):
            continue
        name, equals, value = argument[2:].partition("=")
        arguments.append((name.lower(), value if equals else None))
    on_command_line = {name for name, _value in arguments}
    variables = {}
    for variable, value in environ.items() if prefix is not None else ():
        name = variable[len(prefix):].lower()
        bare = name[len("no-"):] if name.startswith("no-") else name
        if variable.startswith(prefix) and bare in names and name not in on_command_line:
            variables[name] = value
    return sorted([*arguments, *variables.items()], key=lambda pair: pair[0])


def parse(table, argv, environ, prefix="MESOS_"):
    """Return Flags and what is wrong with them (None if nothing); what stands before the error is loaded."""
    flags = Flags(table)
    canonical = {name: flag for flag in table for name in (flag.name, flag.alias) if name}
    try:
        for name, value in given(argv, canonical, environ, prefix):
            _load_one(flags, canonical, name, value)
        for flag in sorted(table, key=lambda row: row.name):
            if flag.required and not flags.loaded(flag.name):
                raise FlagsError(f"Flag '{flag.name}' is required, but it was not provided")
            problem = flag.check(getattr(flags, flag.name)) if flag.check else None
            if problem:
                raise FlagsError(problem)
    except FlagsError as error:
        return flags, str(error)
    return flags, None


def _load_one(flags, canonical, name, value):
    negated = name.startswith("no-")
    bare = name[len("no-"):] if negated else name
    flag = canonical.get(bare)
    if flag is None:
        raise FlagsError(f"Failed to load unknown flag '{bare}'" + (f" via '{name}'" if negated else ""))
    if flags.loaded(flag.name):
        raise FlagsError(f"Flag '{bare}' is already loaded via name '{flags._loaded[flag.name]}'")
    if flag.type is BOOL:
        if not value:
            value = "false" if negated else "true"
        elif negated:
            raise FlagsError(f"Failed to load boolean flag '{bare}' via '{name}' with value '{value}'")
    elif negated:
        raise FlagsError(f"Failed to load non-boolean flag '{bare}' via '{name}'")
    elif value is None:
        raise FlagsError(f"Failed to load non-boolean flag '{bare}': Missing value")
    try:
        setattr(flags, flag.name, flag.type.load(value))
    except BadValue as error:
        raise FlagsError(f"Failed to load flag '{bare}': Failed to load value '{value}': {error}") from None
    flags._loaded[flag.name] = bare
    if bare == flag.alias:
        flags.warnings.append(f"Loaded deprecated flag '{bare}'")


def load(program, argv, environ):
    """Return the program's Flags, or end it with help, version or error."""
    flags, problem = parse(table_of(program), argv, environ, TABLES[program][1])
    name = os.path.basename(argv[0])
    if getattr(flags, "help", False):
        print(flags.usage(name))
        quit_now(0)
    if getattr(flags, "version", False):
        print(f"mesos {VERSION}\nINFO This is the simulator of mesos.security, not Apache Mesos.")
        quit_now(0)
    if problem is not None:
        print(_refusal(program, name, flags, problem), file=sys.stderr)
        quit_now(1)
    return flags


def _refusal(program, name, flags, problem):
    shown = {"mesos-slave": "mesos-agent"}.get(program, program)
    if shown in ("mesos-master", "mesos-agent"):
        return f"{problem}\n\nSee `{shown} --help` for a list of supported flags."
    return flags.usage(name, problem)


__all__ = ["Flag", "Flags", "FlagsError", "flag_types", "load", "parse", "table_of"]
