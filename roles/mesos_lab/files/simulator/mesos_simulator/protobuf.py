# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages as Mesos reads them from JSON and prints them: tables of fields instead of protobuf.  Pure.

A message's type is a Message; its value is a dict of the fields that are set, in the order of their numbers.
"""

from dataclasses import dataclass
from typing import Any

from . import picojson

INTEGERS = ("int32", "int64", "uint32", "uint64")
NUMBERS = ("double", *INTEGERS)


class MessageError(ValueError):
    """The JSON is no such message; the message is the one Mesos gives."""


@dataclass(frozen=True)
class Field:
    """kind: "string", "bool", a number's type, a tuple of an enum's names, a Message, or None for any JSON."""

    name: str
    kind: Any
    label: str = "optional"


@dataclass(frozen=True)
class Message:
    """Fields in the order of their numbers."""

    fields: tuple[Field, ...]

    @classmethod
    def of(cls, **fields):
        """Message.of(name="string!", values="string*"): ``!`` is required, ``*`` repeated; tuples (kind, mark) too."""
        made = []
        for name, kind in fields.items():
            mark = ""
            if isinstance(kind, str) and kind[-1] in "!*":
                kind, mark = kind[:-1], kind[-1]
            elif isinstance(kind, tuple) and len(kind) == 2 and kind[1] in ("!", "*", "?"):
                kind, mark = kind
            made.append(Field(name, kind, {"!": "required", "*": "repeated"}.get(mark, "optional")))
        return cls(tuple(made))

    def read(self, value):
        """Return the message that the JSON says; unknown keys are dropped.

        Raises MessageError for a value of the wrong type, then for required fields that are missing.
        """
        message = self._read(value)
        missing = list(self._missing(message))
        if missing:
            raise MessageError("Missing required fields: " + ", ".join(missing))
        return message

    def text(self, message, indent=""):
        """Return the message as protobuf's text format has it."""
        lines = []
        for field in self.fields:
            values = message.get(field.name, [])
            for value in values if field.label == "repeated" else [values] if field.name in message else []:
                lines.append(_text_of(field, value, indent))
        return "".join(lines)

    def _read(self, value):
        known = {field.name: field for field in self.fields}
        found = {}
        for name in sorted(set(value) & set(known)):
            _put(found, known[name], value[name])
        return {field.name: found[field.name] for field in self.fields if field.name in found}

    def _missing(self, message, path=""):
        for field in self.fields:
            if field.label == "required" and field.name not in message:
                yield path + field.name
        for field in self.fields:
            if isinstance(field.kind, Message) and field.name in message:
                inner = message[field.name]
                if field.label == "repeated":
                    for number, one in enumerate(inner):
                        yield from field.kind._missing(one, f"{path}{field.name}[{number}].")
                else:
                    yield from field.kind._missing(inner, f"{path}{field.name}.")


def _put(found, field, value):
    """Set the field, or add to it, as the JSON value says."""
    if value is None:
        return
    if isinstance(value, list) and field.kind is not None:
        if field.label != "repeated":
            raise MessageError(f"Not expecting a JSON array for field '{field.name}'")
        for one in value:
            _put(found, field, one)
        return
    read = _value(field, value)
    if read is None:
        return
    if field.label == "repeated":
        found.setdefault(field.name, []).append(read)
    elif isinstance(field.kind, Message):
        found[field.name] = {**found.get(field.name, {}), **read}
    else:
        found[field.name] = read


def _value(field, value):
    kind = field.kind
    if kind is None:
        return value
    if isinstance(value, str) and kind in (*NUMBERS, "bool"):
        value = _from_string(field, value)
    if isinstance(value, dict) and isinstance(kind, Message):
        return kind._read(value)
    if isinstance(value, str) and kind == "string":
        return value
    if isinstance(value, str) and isinstance(kind, tuple):
        if value not in kind and field.label == "required":
            raise MessageError(f"Failed to find enum for '{value}'")
        return value if value in kind else None
    if isinstance(value, bool) and kind == "bool":
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and kind in NUMBERS:
        return float(value) if kind == "double" else int(value)
    raise MessageError(f"Not expecting a JSON {_type_name(value)} for field '{field.name}'")


def _from_string(field, text):
    """A number or a boolean that is written as a string."""
    if field.kind == "double" and text in ("Infinity", "-Infinity"):
        return float(text)
    kind, name = (bool, "boolean") if field.kind == "bool" else ((int, float), "number")
    try:
        value = picojson.parse_as(kind, text)
        if name == "number" and isinstance(value, bool):
            raise picojson.JsonError("Unexpected JSON type parsed")
    except picojson.JsonError as error:
        raise MessageError(f"Failed to parse '{text}' as a JSON {name} for field '{field.name}': {error}") from None
    return value


def _type_name(value):
    for kind, name in ((bool, "boolean"), (str, "string"), (dict, "object")):
        if isinstance(value, kind):
            return name
    return "number"


def _text_of(field, value, indent):
    if isinstance(field.kind, Message):
        return f"{indent}{field.name} {{\n{field.kind.text(value, indent + '  ')}{indent}}}\n"
    if field.kind == "string":
        value = '"' + _escaped(value) + '"'
    elif isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, float):
        value = f"{value:.15g}"
    return f"{indent}{field.name}: {value}\n"


def _escaped(text):
    special = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "'": "\\'", "\\": "\\\\"}
    plain = []
    for character in text:
        if character in special:
            plain.append(special[character])
        elif " " <= character <= "~":
            plain.append(character)
        else:
            plain.append("".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape")))
    return "".join(plain)
