# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an agent may come back with another AgentInfo than it had, and what it says if not.  Pure but for the end."""

import json

from . import resources as res
from .flag_protos import DOMAIN_MESSAGE
from .protobuf import Message

_ID = Message.of(value="string!")
_RANGES = Message.of(range=(Message.of(begin="uint64", end="uint64"), "*"))
_SCALAR, _SET = Message.of(value="double"), Message.of(item="string*")
_VALUES = {"scalar": (_SCALAR, "?"), "ranges": (_RANGES, "?"), "set": (_SET, "?")}
_TYPE = ("SCALAR", "RANGES", "SET", "TEXT")
_RESERVATION = Message.of(type=("UNKNOWN", "STATIC", "DYNAMIC"), role="string", principal="string")
RESOURCE = Message.of(name="string", type=_TYPE, **_VALUES, reservations=(_RESERVATION, "*"))
ATTRIBUTE = Message.of(name="string", type=_TYPE, **_VALUES, text=(Message.of(value="string"), "?"))
AGENT_INFO = Message.of(
    hostname="string", resources=(RESOURCE, "*"), attributes=(ATTRIBUTE, "*"), id=(_ID, "?"), checkpoint="bool",
    port="int32", domain=(DOMAIN_MESSAGE, "?"))
NOT_PERMITTED = "Configuration change not permitted under `additive` policy: "
LINE = "-" * 60
WAY_OUT = """
If recovery failed due to a change in configuration and you want to
keep the current agent id, you might want to change the
`--reconfiguration_policy` flag to a more permissive value.

To restart this agent with a new agent id instead, do as follows:
rm -f {latest}
This ensures that the agent does not recover old live executors.

If you use the Docker containerizer and think that the Docker
daemon state is broken, you can try to clear it. But be careful:
these commands will erase all containers and images from this host,
not just those started by Mesos!
docker kill $(docker ps -q)
docker rm $(docker ps -a -q)
docker rmi $(docker images -q)

Finally, restart the agent."""


def problem_of_change(previous, current, policy):
    """Return why an agent that was *previous* may not be *current*, or None.  policy: "equal" or "additive"."""
    previous, current = ({"checkpoint": True} | info for info in (previous, current))
    if policy == "additive":
        return _problem_of_addition(previous, current)
    if _comparable(previous) == _comparable(current):
        return None
    texts = (f"{what} agent info:\n{AGENT_INFO.text(info)}\n\n{LINE}" for what, info in
             (("Old", previous), ("New", current)))
    return "\n".join(["Incompatible agent info detected. ", f"\n{LINE}", *texts])


def refuse(log, problem, latest):
    """End the agent that cannot recover; *latest* is the link that makes it recover."""
    log.exit_with(1, f"Failed to perform recovery: {problem}{WAY_OUT.format(latest=latest)}", file="slave.cpp")


def _comparable(info):
    def in_any_order(items):
        return sorted(json.dumps(item, sort_keys=True) for item in items or [])

    kept = {field.name: info.get(field.name) for field in AGENT_INFO.fields}
    return kept | {name: in_any_order(info.get(name)) for name in ("resources", "attributes")}


def _problem_of_addition(previous, current):
    if previous["hostname"] != current["hostname"]:
        return f"{NOT_PERMITTED}Hostname changed from {previous['hostname']} to {current['hostname']}"
    if previous["port"] != current["port"]:
        return f"{NOT_PERMITTED}Port changed from {previous['port']} to {current['port']}"
    if previous.get("domain") and previous["domain"] != current.get("domain"):
        texts = [DOMAIN_MESSAGE.text(info.get("domain") or {}) for info in (previous, current)]
        return f"{NOT_PERMITTED}Domain changed from {texts[0]} to {texts[1]}"
    for name, kind in (("resources", "resource"), ("attributes", "attribute")):
        for item in previous.get(name) or []:
            problem = _problem_of_item(kind, item, current.get(name) or [])
            if problem:
                return "Configuration change not permitted under 'additive' policy" + problem
    return None


def _problem_of_item(kind, item, others):
    match = next((other for other in others if other["name"] == item["name"]
                  and other.get("reservations") == item.get("reservations")), None)
    if match is None:
        if kind == "resource":
            return f". Resource not found: {item['name']}:{_shown(item)}"
        return f": Couldn't find attribute {item['name']}={_shown(item)}"
    if match["type"] != item["type"]:
        return f": Type of {kind} '{item['name']}' changed from {item['type']} to {match['type']}"
    old, new, sort = _value(item), _value(match), _SORTS[item["type"]]
    if item["type"] in ("RANGES", "SET"):
        if not res.without(old, new) if item["type"] == "RANGES" else set(old) <= set(new):
            return None
        return (f": Previous value of {sort} {kind} '{item['name']}' ({_shown(item)}) not included in current "
                f"{_shown(match)}")
    if old == new or kind == "resource" and old < new:
        return None
    verb = "decreased" if kind == "resource" else "changed"
    return f": Value of {sort} {kind} '{item['name']}' {verb} from {_shown(item)} to {_shown(match)}"


_SORTS = {"SCALAR": "scalar", "RANGES": "range", "SET": "set", "TEXT": "text"}


def _value(item):
    return item["text"]["value"] if item["type"] == "TEXT" else res.numbers(item)


def _shown(item):
    value = _value(item)
    if item["type"] == "RANGES":
        return "[" + ", ".join(f"{begin}-{end}" for begin, end in value) + "]"
    if item["type"] == "SET":
        return "{" + ", ".join(value) + "}"
    return value if item["type"] == "TEXT" else f"{value:g}"
