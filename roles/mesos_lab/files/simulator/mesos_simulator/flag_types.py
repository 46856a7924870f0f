# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a flag's value can be: how each type is read from text and written back.  Pure but for files that values name.

A parser takes the text and returns the value or raises BadValue with Mesos' words.
"""

import ipaddress
import os
import re

from . import picojson
from .glog import log

UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "secs": 10**9, "mins": 60 * 10**9, "hrs": 3600 * 10**9,
         "days": 86400 * 10**9, "weeks": 7 * 86400 * 10**9}
BYTE_UNITS = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}
LARGEST = {"uint16": 2**16, "int": 2**31, "size_t": 2**64}
DEPRECATED_FILE = (
    "Specifying an absolute filename to read a command line option out of without using 'file:// is deprecated and "
    "will be removed in a future release. Simply adding 'file://' to the beginning of the path should eliminate this "
    "warning.")


class BadValue(ValueError):
    """The text is no value of the type."""


class Duration(float):
    """Seconds that print as Mesos prints them; exact in `ns`."""

    def __new__(cls, ns):
        value = super().__new__(cls, ns / 10**9)
        value.ns = ns
        return value

    def __str__(self):
        names = list(UNITS)
        rank = max((place for place, name in enumerate(names) if self.ns >= UNITS[name]), default=0)
        if rank and self.ns % UNITS[names[rank]] and not self.ns % UNITS[names[rank - 1]]:
            rank -= 1
        return f"{self.ns / UNITS[names[rank]]:.15g}{names[rank]}"


class Bytes(int):
    """A number of bytes that prints with the largest unit that loses nothing."""

    def __str__(self):
        value, units = int(self), list(BYTE_UNITS)
        while value and not value % 1024 and len(units) > 1:
            value //= 1024
            units.pop(0)
        return f"{value}{units[0]}"


def parse_bool(text):
    if text not in ("true", "1", "false", "0"):
        raise BadValue("Expecting a boolean (e.g., true or false)")
    return text in ("true", "1")


def parse_duration(text):
    number, unit = re.fullmatch(r"([0-9.]*)(.*)", text, re.S).groups()
    if not unit:
        raise BadValue(f"Invalid duration '{text}'")
    value = parse_number(number)
    if unit not in UNITS:
        raise BadValue(f"Unknown duration unit '{unit}'; supported units are 'ns', 'us', 'ms', 'secs', 'mins', 'hrs', "
                       "'days', and 'weeks'")
    if value * UNITS[unit] > 2**63 - 1:
        raise BadValue("Argument out of the range that a Duration can represent due to int64_t's size limit")
    return Duration(int(value * UNITS[unit]))


def parse_bytes(text):
    number, unit = re.fullmatch(r"([0-9]*)(.*)", text, re.S).groups()
    if not unit:
        raise BadValue(f"Invalid bytes '{text}'")
    if unit[0] == ".":
        raise BadValue(f"Fractional bytes '{text}'")
    value = int(parse_number(number))
    if unit.upper() not in BYTE_UNITS:
        raise BadValue(f"Unknown bytes unit '{unit.upper()}'")
    return Bytes(value * BYTE_UNITS[unit.upper()])


def parse_number(text):
    """Return the number as stout's numify reads it."""
    try:
        return float(text)
    except ValueError:
        raise BadValue(f"Failed to convert '{text}' to number") from None


def parse_integer(kind):
    def parse(text):
        match = re.fullmatch(r"\s*([+-]?\d+)", text)
        value = int(match[1]) if match else None
        if value is not None and value < 0 and kind != "int":
            value += LARGEST[kind]
        if value is None or not -LARGEST["int"] <= value < LARGEST[kind] or (kind != "int" and value < 0):
            raise BadValue("Failed to convert into required type")
        return value
    return parse


def parse_double(text):
    if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        raise BadValue("Failed to convert into required type")
    return float(text)


def parse_path(text):
    return text[len("file://"):] if text.startswith("file://") else text


class Secret(str):
    """A value that may hold a password; it shows where it came from if that is a file."""

    path = None


def parse_secret(text):
    value = Secret(read_file(parse_path(text)) if text.startswith("file://") else text)
    if text.startswith("file://"):
        value.path = parse_path(text)
    return value


def parse_address(text):
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise BadValue(f"Failed to parse IP as either IPv4 or IPv6:{text}") from None


def parse_json(kind):
    def parse(text):
        if text.startswith("/"):
            log.warning("parse.hpp", DEPRECATED_FILE)
            text = read_file(text)
        try:
            return picojson.parse_as(kind, text)
        except picojson.JsonError as error:
            raise BadValue(str(error)) from None
    return parse


def read_file(path):
    """Return the text of a file that a value names."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()
    except OSError as error:
        raise BadValue(f"Error reading file '{path}': {os.strerror(error.errno)}") from None


def show_bool(value):
    return "true" if value else "false"


def show_json(value):
    import json

    return json.dumps(value, separators=(",", ":"), sort_keys=True)


class Type:
    """A type of flags; `fetches` is whether ``file://`` in front means the file's text."""

    def __init__(self, name, parse, show=str, fetches=True):
        self.name, self.parse, self.show, self.fetches = name, parse, show, fetches

    def load(self, text):
        """Return the value; raises BadValue."""
        if self.fetches and text.startswith("file://"):
            text = read_file(text[len("file://"):])
        return self.parse(text)


BOOL = Type("bool", parse_bool, show_bool)
STRING = Type("string", str)
DURATION = Type("Duration", parse_duration)
BYTES = Type("Bytes", parse_bytes)
UINT16 = Type("uint16", parse_integer("uint16"))
INT = Type("int", parse_integer("int"))
SIZE = Type("size_t", parse_integer("size_t"))
DOUBLE = Type("double", parse_double, lambda value: f"{value:.15g}")
PATH = Type("Path", parse_path, fetches=False)
SECRET = Type("SecurePathOrValue", parse_secret, lambda value: value.path or str(value), fetches=False)
ADDRESS = Type("IP", parse_address)
OBJECT = Type("JSON::Object", parse_json(dict), show_json)
ARRAY = Type("JSON::Array", parse_json(list), show_json)
