# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events and calls of a scheduler session: what kind they are, and which of them are no matter of timing."""

import json
import re


def event_kind(event):
    """Type, and for updates state, reason and source."""
    if isinstance(event, str):
        return event.split(": ")[0]
    words = [event["type"]]
    if event["type"] == "UPDATE":
        status = event["update"]["status"]
        words += [status[key] for key in ("state", "reason", "source") if status.get(key)]
    return " ".join(words)


def call_kind(call):
    return "{} {}".format(call["call"], call["status"])


def essential(events, updates):
    """Without what is a matter of timing: heartbeats, later offers, updates
    sent again (those in ``updates``, to which the new ones are added)."""
    kept, offered = [], False
    for event in events:
        kind = event_kind(event)
        if kind == "HEARTBEAT" or kind == "OFFERS" and offered or kind in updates:
            continue
        offered = offered or kind == "OFFERS"
        if kind.startswith("UPDATE"):
            updates.add(kind)
        kept.append(event)
    return kept


def asked(calls):
    """Calls that the script asked for, or acknowledgements that failed."""
    return [call for call in calls if call_kind(call) != "ACKNOWLEDGE 202"]


def is_subsequence(part, whole):
    remaining = iter(whole)
    return all(item in remaining for item in part)


def parse_record(frame):
    """The data of ``LENGTH\\n{…}``, or None if it was cut."""
    return parse(frame.partition("\\n")[2])


def parse(text):
    """JSON with unquoted placeholders, or None."""
    try:
        return json.loads(re.sub(r"(:\s*)(<[A-Z_]+>)", r'\1"\2"', text))
    except ValueError:
        return None
