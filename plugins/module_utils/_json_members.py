# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of a JSON object put in and taken out again without touching one other byte of its text.

PRIVATE to the collection.  Standard library, Python 3.6; pure.
Mesos takes executors' variables as such an object (docs/mesos/security.md §1.6), and operators have their own in it.
"""

import json
import re
from json.decoder import scanstring

_SPACE = re.compile(r"[ \t\r\n]*")


class NoObject(ValueError):
    """A text that is no JSON object with text values; the message says what it is instead."""


class _Member:
    def __init__(self, name, value, start, end):
        self.name, self.value, self.start, self.end = name, value, start, end


def _members(text):
    """Return (position after the opening brace, [_Member])."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoObject("is no JSON ({0})".format(error)) from None
    if not isinstance(whole, dict):
        raise NoObject("is JSON, but no object of names and texts")
    odd = sorted(name for name, value in whole.items() if not isinstance(value, str))
    if odd:
        raise NoObject("has a value that is no text, at {0}".format(", ".join(odd)))
    at = opened = text.index("{") + 1
    found = []
    while True:
        at = _SPACE.match(text, at).end()
        if text[at] == "}":
            return opened, found
        if text[at] == ",":
            at = _SPACE.match(text, at + 1).end()
        start = at
        name, at = scanstring(text, at + 1)
        at = _SPACE.match(text, text.index(":", at) + 1).end()
        value, at = scanstring(text, at + 1)
        found.append(_Member(name, value, start, at))


def members(text):
    """Return the object as {name: value}.  Raises NoObject."""
    return {member.name: member.value for member in _members(text)[1]}


def without(text, names):
    """Return *text* without the members called *names*."""
    opened, found = _members(text)
    for number in reversed(range(len(found))):
        if found[number].name not in names:
            continue
        if number:
            start, end = found[number - 1].end, found[number].end
        else:
            start, end = found[0].start, found[1].start if len(found) > 1 else found[0].end
        text = text[:start] + text[end:]
        del found[number]
        found = _members(text)[1]
    return text


def with_members(text, settings):
    """Return *text* with these members at its end, in place of any of the same names."""
    text = without(text, settings)
    opened, found = _members(text)
    if not settings:
        return text
    at = found[-1].end if found else opened
    new = ", ".join("{0}: {1}".format(json.dumps(name), json.dumps(value)) for name, value in settings.items())
    return text[:at] + (", " if found else "") + new + text[at:]
