# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Environment files as a shell sources them: read the assignments, keep a block of our own, leave the rest alone.

PRIVATE to the collection.  Standard library, Python 3.6; pure.  Source: docs/mesos/security.md §7.1.
"""

import re

BEGIN = "# BEGIN mesos.security"
END = "# END mesos.security"
MADE_FILE = " (made this file)"
ENDED_LINE = " (ended the line above)"
NOTE = "# ~ "

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
_PREFIXES = ("export", "declare", "typeset", "readonly", "local")
_KEYWORDS = ("if", "then", "elif", "else", "while", "until", "do", "{", "!", "time")
"""Words of a shell behind which a command, or an assignment, begins."""


class Unreadable(ValueError):
    """A file that no shell could source; the message names the line."""


class Assignment:
    """NAME=value as the file says it.

    value is None where only a shell could tell it ($x, $(command), `command`).
    first and last are line numbers from 1; alone tells that these lines hold nothing else.
    """

    def __init__(self, name, value, first, last):
        self.name, self.value, self.first, self.last, self.alone = name, value, first, last, True

    def __repr__(self):
        return "Assignment({0.name}={0.value!r}, lines {0.first}-{0.last})".format(self)


def quote(value):
    """Return *value* as one shell word that means exactly it."""
    return "'" + value.replace("'", "'\\''") + "'"


def parse(text):
    """Return the list of Assignment in *text*, in order (for a shell the last one of a name counts)."""
    return _Reader(text).statements()


def values(text):
    """Return {name: value or None} as a shell would end up with."""
    return {found.name: found.value for found in parse(text)}


class _Reader:
    def __init__(self, text):
        self.text, self.at, self.line = text, 0, 1
        self.shared = set()  # lines that hold something else than assignments

    def statements(self):
        found = []
        while self.at < len(self.text):
            found += self._statement()
        for number, below in enumerate(found[1:]):
            above = found[number]
            if below.first <= above.last:
                above.alone = below.alone = False
        for each in found:
            each.alone = each.alone and self.shared.isdisjoint(range(each.first, each.last + 1))
        return [assignment for assignment in found if assignment.name]

    def _statement(self):
        """Read up to an end of line or semicolon."""
        pending, exported, command = [], False, False
        while self.at < len(self.text):
            character = self.text[self.at]
            if character in " \t":
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self._join_lines()
            elif character == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif character == "\n":
                self.at, self.line = self.at + 1, self.line + 1
                break
            elif character in ";&|()<>":
                self.at += 1
                break
            else:
                first, start = self.line, self.at
                value = self._word()
                raw = self.text[start:self.at]
                named = _ASSIGNMENT.match(raw)
                if named and not command:
                    value = self._value(start, named, first) if value is not None else None
                    pending.append(Assignment(named.group(1), None if named.group(2) else value, first, self.line))
                elif raw in _PREFIXES and not pending:
                    exported = True
                elif not (exported and raw.startswith("-")):
                    self.shared.add(first)
                    command = command or not (exported or (raw in _KEYWORDS and not pending))
        if command:  # NAME=value command: lives for that command only
            for assignment in pending:
                assignment.name = ""
        return pending

    def _value(self, start, named, first):
        end, line = self.at, self.line
        self.at, self.line = start + named.end(), first
        value = self._word()
        self.at, self.line = end, line
        return value

    def _word(self):
        """Read one shell word; return its meaning, or None where it depends on a shell."""
        parts, known = [], True
        while self.at < len(self.text):
            character = self.text[self.at]
            if character in " \t\n;&|()<>":
                break
            if self.text.startswith("\\\n", self.at) or self.text[self.at:] == "\\":
                self._join_lines()
            elif character == "\\":
                parts.append(self.text[self.at + 1:self.at + 2])
                self.at += 2
            elif character == "'":
                parts.append(self._until("'", "single quote"))
            elif character == '"':
                known = self._double(parts) and known
            elif character in "$`":
                self._expansion()
                known = False
            else:
                parts.append(character)
                self.at += 1
        return "".join(parts) if known else None

    def _join_lines(self):
        """Pass over a backslash at a line's end; one at the end of the file would swallow what is put behind it."""
        if self.at + 2 >= len(self.text):
            raise Unreadable("line {0}: a backslash at the end of the file joins it with whatever is added; remove"
                             " it".format(self.line))
        self.at, self.line = self.at + 2, self.line + 1

    def _until(self, mark, what):
        end = self.text.find(mark, self.at + 1)
        if end < 0:
            raise Unreadable("line {0}: a {1} is never closed".format(self.line, what))
        inside = self.text[self.at + 1:end]
        self.at, self.line = end + 1, self.line + inside.count("\n")
        return inside

    def _double(self, parts):
        known, opened = True, self.line
        self.at += 1
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == '"':
                self.at += 1
                return known
            if character == "\\":
                follower = self.text[self.at + 1:self.at + 2]
                if follower == "\n":
                    self.line += 1
                else:
                    parts.append(follower if follower in ('"', "\\", "$", "`") else "\\" + follower)
                self.at += 2
            elif character in "$`":
                if character == "$" and self.text[self.at + 1:self.at + 2] in ('"', " ", ""):
                    parts.append("$")
                    self.at += 1
                else:
                    self._expansion()
                    known = False
            else:
                self.line += character == "\n"
                parts.append(character)
                self.at += 1
        raise Unreadable("line {0}: a double quote is never closed".format(opened))

    def _expansion(self):
        """Pass over $name, ${…}, $(…), `…` or $'…'."""
        if self.text[self.at] == "`":
            self._until("`", "backquote")
            return
        opening = self.text[self.at + 1:self.at + 2]
        closing = {"(": ")", "{": "}"}.get(opening)
        if closing is None:
            self.at += 1
            return
        depth, opened, position = 0, self.line, self.at + 1
        while position < len(self.text):
            character = self.text[position]
            depth += (character == opening) - (character == closing)
            self.line += character == "\n"
            position += 1
            if not depth:
                self.at = position
                return
        raise Unreadable("line {0}: ${1} is never closed".format(opened, opening))


def split(text):
    """Return (before, block lines or None, after) around our block; before + after are not ours.

    A line end that was ours to add is not part of *before*.
    """
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    begins = [number for number, line in enumerate(lines) if line.startswith(BEGIN)]
    ends = [number for number, line in enumerate(lines) if line.startswith(END)]
    if not begins and not ends:
        return text, None, ""
    if len(begins) != 1 or len(ends) != 1 or ends[0] < begins[0]:
        raise Unreadable("line {0}: the block between {1!r} and {2!r} is damaged; repair or remove it".format(
            (begins + ends)[0] + 1, BEGIN, END))
    before, after = "".join(lines[:begins[0]]), "".join(lines[ends[0] + 1:])
    if ENDED_LINE in lines[begins[0]] and before.endswith("\n"):
        before = before[:-1]
    return before, [line.rstrip("\n") for line in lines[begins[0]:ends[0] + 1]], after


def outside(text):
    """Return *text* without our block, as it was before us; line numbers of what follows it differ."""
    before, _block, after = split(text)
    return before + after


def inside(text):
    """Return ({name: value}, {note: text}) of our block; ({}, {}) where there is none."""
    _before, block, _after = split(text)
    lines = (block or ["", ""])[1:-1]
    notes = dict(line[len(NOTE):].partition(": ")[::2] for line in lines if line.startswith(NOTE))
    return values("\n".join(lines)), notes


def with_block(text, settings, notes):
    """Return the file's new text, None for no file: *text* (None: no file yet) with our block holding exactly that.

    settings: {name: value}, notes: {word: text}; both empty takes the block away and leaves what was there before it.
    """
    before, block, after = split(text or "")
    made = text is None or bool(block and MADE_FILE in block[0])
    if not settings and not notes:
        return None if made and not before + after else before + after
    begin = BEGIN + (MADE_FILE if made else "")
    if before and not before.endswith("\n"):
        before, begin = before + "\n", begin + ENDED_LINE
    lines = [begin]
    lines += ["{0}{1}: {2}".format(NOTE, word, notes[word]) for word in sorted(notes)]
    lines += ["{0}={1}".format(name, quote(value)) for name, value in settings.items()]
    return before + "\n".join(lines + [END]) + "\n" + after


def without_lines(text, assignments):
    """Return *text* without the lines of these assignments (each must be alone on its lines)."""
    gone = {line for found in assignments for line in range(found.first, found.last + 1)}
    return "".join(line for number, line in enumerate(text.split("\n"), 1) for line in [line + "\n"]
                   if number not in gone)[:-1] if gone else text


def without_names(text, names):
    """Return *text* without every assignment to these names.  Raises Unreadable for one that shares its line."""
    found = [assignment for assignment in parse(text) if assignment.name in names]
    shared = [assignment for assignment in found if not assignment.alone]
    if shared:
        raise Unreadable("line {0}: {1} shares its line with something else; give it a line of its own".format(
            shared[0].first, shared[0].name))
    return without_lines(text, found)
