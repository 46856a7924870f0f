# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON as Mesos reads it: the same documents are refused, with the same words.  Pure."""

import re

_NUMBER = re.compile(r"[-+.eE0-9]*")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class JsonError(ValueError):
    """The document is none; the message is the one Mesos gives."""


def parse(text):
    """Return what the document says, as Python values; JSON's integers become int, its other numbers float.

    Raises JsonError for a syntax error or for anything but white space behind the value.
    """
    reader = _Reader(text)
    try:
        value = reader.value()
    except _Stop:
        raise JsonError(f"syntax error at line {reader.line()} near: {reader.rest_of_line()}") from None
    rest = text[reader.at:]
    if rest.strip(" \t\n\r\v\f"):
        raise JsonError(f"Parsed JSON included non-whitespace trailing characters: '{rest}'")
    return value


def parse_as(kind, text):
    """Like parse, for a document that must be a dict or a list."""
    value = parse(text)
    if not isinstance(value, kind):
        raise JsonError("Unexpected JSON type parsed")
    return value


class _Stop(Exception):
    """The reader stands where it could not go on."""


class _Reader:
    def __init__(self, text):
        self.text, self.at = text, 0

    def line(self):
        """The line of the next character; a line end with nothing behind it begins none."""
        return self.text.count("\n", 0, min(self.at, len(self.text) - 1)) + 1

    def rest_of_line(self):
        rest = self.text[self.at:].split("\n", 1)[0]
        return "".join(character for character in rest if character >= " ")

    def peek(self):
        return self.text[self.at:self.at + 1]

    def skip_space(self):
        while self.peek() and self.peek() in " \t\n\r":
            self.at += 1

    def accept(self, character):
        self.skip_space()
        if self.peek() != character:
            return False
        self.at += 1
        return True

    def expect(self, character):
        if not self.accept(character):
            raise _Stop

    def value(self):
        self.skip_space()
        first = self.peek()
        for word, value in (("null", None), ("false", False), ("true", True)):
            if first == word[0]:
                return self.word(word, value)
        if first == '"':
            self.at += 1
            return self.string()
        if first == "[":
            self.at += 1
            return self.array()
        if first == "{":
            self.at += 1
            return self.object()
        if first and first in "-0123456789":
            return self.number()
        raise _Stop

    def word(self, word, value):
        for character in word:
            if self.peek() != character:
                raise _Stop
            self.at += 1
        return value

    def number(self):
        text = _NUMBER.match(self.text, self.at)[0]
        self.at += len(text)
        try:
            return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)
        except ValueError:
            raise _Stop from None

    def string(self):
        result = []
        while True:
            character = self.peek()
            if not character or character < " ":
                raise _Stop
            self.at += 1
            if character == '"':
                return "".join(result)
            result.append(self.escape() if character == "\\" else character)

    def escape(self):
        kind = self.peek()
        self.at += len(kind)
        if kind in _ESCAPES and kind:
            return _ESCAPES[kind]
        if kind != "u":
            raise _Stop
        code = self.code_point()
        if 0xD800 <= code <= 0xDBFF:
            if self.text[self.at:self.at + 2] != "\\u":
                raise _Stop
            self.at += 2
            code = 0x10000 + ((code - 0xD800) << 10) + (self.code_point() - 0xDC00)
        if 0xDC00 <= code <= 0xDFFF or code > 0x10FFFF:
            raise _Stop
        return chr(code)

    def code_point(self):
        digits = re.match(r"[0-9a-fA-F]{0,4}", self.text[self.at:])[0]
        self.at += len(digits)
        if len(digits) < 4:
            raise _Stop
        return int(digits, 16)

    def array(self):
        values = []
        if self.accept("]"):
            return values
        while True:
            values.append(self.value())
            if not self.accept(","):
                break
        self.expect("]")
        return values

    def object(self):
        values = {}
        if self.accept("}"):
            return values
        while True:
            self.expect('"')
            name = self.string()
            self.expect(":")
            values[name] = self.value()
            if not self.accept(","):
                break
        self.expect("}")
        return values
