# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources as Mesos' v1 JSON: arithmetic, and the three ways Mesos writes them.  Pure.

A resource is {"name", "type": "SCALAR"|"RANGES"|"SET", "scalar"|"ranges"|"set", "allocation_info"?, "reservations"?}.
Lists of them are never changed in place.
"""

import json
import re

from . import picojson, roles

KINDS = {"SCALAR": "scalar", "RANGES": "ranges", "SET": "set"}


class BadResources(ValueError):
    """A resource string that Mesos refuses; the message is Mesos'."""


def parse(text, default_role="*"):
    """Return the resources of ``cpus:1;mem(role):32;ports:[1-2, 4-5];set:{a,b}`` or of a JSON list.

    Raises BadResources, also for what only the API may say.
    """
    try:
        found = from_json(picojson.parse_as(list, text), default_role)
    except picojson.JsonError:
        found = from_simple_string(text, default_role)
    types = {}
    for resource in found:
        problem = problem_of(resource)
        if problem:
            raise BadResources(problem)
    for resource in found:
        if (resource.get("disk") or {}).get("persistence"):
            raise BadResources("Persistent volumes cannot be specified at the command line")
        if "revocable" in resource:
            raise BadResources("Revocable resources cannot be specified at the command line; do not include a "
                               "'revocable' key in the resources JSON")
        if any(entry["type"] == "DYNAMIC" for entry in resource.get("reservations", [])[-1:]):
            raise BadResources("Dynamic reservations cannot be specified at the command line; do not include a "
                               "reservation with DYNAMIC type in the resources JSON")
        if types.setdefault(resource["name"], resource["type"]) != resource["type"]:
            raise BadResources(f"Resources with the same name ('{resource['name']}') but different types are not "
                               "allowed")
    return [normal(resource) for resource in found]


def from_json(found, default_role):
    """Return the resources of a JSON list, each with its reservations instead of a role."""
    badly = "Some JSON resources were not formatted properly: "
    for resource in found:
        if not isinstance(resource, dict):
            raise BadResources(f"{badly}Expecting a JSON object")
        missing = [name for name in ("name", "type") if name not in resource]
        if missing:
            raise BadResources(f"{badly}Missing required fields: {', '.join(missing)}")
    return [reserved(resource if resource.get("reservations") else {"role": default_role} | resource)
            for resource in found]


def problem_of(resource):
    """Return why a resource is invalid, in Mesos' words, or None."""
    kind = KINDS.get(resource["type"])
    if not resource["name"]:
        return "Empty resource name"
    if kind is None:
        return "Unsupported resource type"
    if [key for key in KINDS.values() if key in resource] != [kind]:
        return f"Invalid {kind} resource"
    value = numbers(resource)
    if kind == "scalar" and value and round(value, 3) <= 0:
        return "Invalid scalar resource: value <= 0"
    if kind == "ranges":
        for number, (begin, end) in enumerate(value):
            if begin > end:
                return "Invalid ranges resource: begin > end"
            if any(begin <= other <= end for other, _end in value[number + 1:]):
                return "Invalid ranges resource: overlapping ranges"
    if kind == "set" and len(set(value)) < len(value):
        return "Invalid set resource: duplicated elements"
    for entry in resource.get("reservations", []):
        for field in ("type", "role"):
            if field not in entry:
                return f"Invalid reservation: 'Resource.ReservationInfo.{field}' field must be set."
        problem = roles.problem_of(entry["role"])
        if problem or entry["role"] == "*":
            return problem or 'Invalid reservation: role "*" cannot be reserved'
    return None


def from_simple_string(text, default_role):
    found = []
    for token in filter(None, text.split(";")):
        pair = [part for part in token.split(":") if part]
        if len(pair) != 2:
            raise BadResources(f"Bad value for resources, missing or extra ':' in {token}")
        name, role = pair[0].strip(), default_role
        if "(" in name:
            match = re.fullmatch(r"([^(]*)\(([^)]*)\).*", name)
            if not match:
                raise BadResources(f"Bad value for resources, mismatched parentheses in {token}")
            name, role = match[1].strip(), match[2].strip()
        try:
            value = parse_value(pair[1])
        except ValueError as error:
            raise BadResources(f"Failed to parse resource {name} value {pair[1]} error {error}") from None
        if value["type"] == "TEXT":
            raise BadResources(f"Bad type for resource {name} value {pair[1]} type TEXT")
        found.append(reserved({"name": name, "role": role} | value))
    return found


def parse_value(text):
    """A value as Mesos reads it: a range, a set, a number or else TEXT; raises ValueError with Mesos' words."""
    text = "".join(text.split())
    if text.startswith("["):
        numbers_ = [piece for piece in re.split(r"[\[\]\-,]", text) if piece]
        if len(numbers_) % 2:
            raise ValueError('Expecting one or more "ranges"')
        for number in numbers_:
            if not number.isdigit():
                raise ValueError(f"Failed to convert '{number}' to number")
        pairs = zip(map(int, numbers_[::2]), map(int, numbers_[1::2]), strict=True)
        return {"type": "RANGES", "ranges": {"range": [{"begin": begin, "end": end} for begin, end in pairs]}}
    if text.startswith("{"):
        return {"type": "SET", "set": {"item": [item for item in re.split(r"[{},]", text) if item]}}
    for stray in "[{":
        if stray in text:
            raise ValueError(f"Unexpected '{stray}' found")
    try:
        return {"type": "SCALAR", "scalar": {"value": float(text)}}
    except ValueError:
        return {"type": "TEXT", "text": {"value": text}}


def parse_attributes(text):
    """Return the attributes of ``rack:a;cores:4;zones:[1-2]``; raises BadResources."""
    found = []
    for token in filter(None, re.split("[;\n]", text or "")):
        name, _colon, value = token.partition(":")
        if not name or not value:
            raise BadResources(f"Invalid attribute key:value pair '{token}'")
        try:
            found.append({"name": name} | parse_value(value))
        except ValueError as error:
            raise BadResources(f"Failed to parse attribute {name} text {value} error {error}") from None
        if found[-1]["type"] == "SET":
            raise BadResources(f"Bad type for attribute {name} text {value} type SET")
    return found


def reserved(resource):
    """The same with a list of reservations, if there are any, and no role."""
    resource = dict(resource)
    role = resource.pop("role", "*")
    reservation = resource.pop("reservation", None)
    if "reservations" not in resource and role != "*":
        resource["reservations"] = [
            {"role": role} | ({"type": "STATIC"} if reservation is None else {"type": "DYNAMIC"} | reservation)
        ]
    if not resource.get("reservations"):
        resource.pop("reservations", None)
    return resource


def normal(resource):
    """One resource in the form used inside: float scalars, reservations as a list, no role."""
    resource = reserved(resource)
    resource.setdefault("type", next((kind for kind, key in KINDS.items() if key in resource), "SCALAR"))
    if resource["type"] == "SCALAR":
        resource["scalar"] = {"value": float(resource.get("scalar", {}).get("value", 0))}
    return resource


def normalised(resources):
    return [normal(resource) for resource in resources or []]


def allocated(resources, role):
    """The same, allocated to a role; those that already are keep theirs."""
    return [resource if resource.get("allocation_info") else resource | {"allocation_info": {"role": role}}
            for resource in resources]


def unallocated(resources):
    return [{key: value for key, value in resource.items() if key != "allocation_info"} for resource in resources]


def kind_of(resource):
    """What must be equal for two resources to be added."""
    rest = {key: value for key, value in resource.items() if key not in ("scalar", "ranges", "set")}
    return json.dumps(rest, sort_keys=True)


# -- values ----------------------------------------------------------------


def numbers(resource):
    """The value as a comparable: a float, a list of pairs, or a list of names."""
    if resource["type"] == "SCALAR":
        return resource["scalar"]["value"]
    if resource["type"] == "RANGES":
        return [(piece["begin"], piece["end"]) for piece in resource["ranges"].get("range", [])]
    return list(resource["set"].get("item", []))


def with_numbers(resource, value):
    if resource["type"] == "SCALAR":
        return resource | {"scalar": {"value": round(value, 3)}}
    if resource["type"] == "RANGES":
        return resource | {"ranges": {"range": [{"begin": begin, "end": end} for begin, end in value]}}
    return resource | {"set": {"item": value}}


def merged(pairs):
    result = []
    for begin, end in sorted(pairs):
        if result and begin <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return result


def without(pairs, removed):
    for low, high in removed:
        pieces = []
        for begin, end in pairs:
            if high < begin or end < low:
                pieces.append((begin, end))
                continue
            if begin < low:
                pieces.append((begin, low - 1))
            if high < end:
                pieces.append((high + 1, end))
        pairs = pieces
    return pairs


def plus_value(one, two):
    if isinstance(one, float):
        return one + two
    if one and isinstance(one[0], tuple) or two and isinstance(two[0], tuple):
        return merged(one + two)
    return one + [item for item in two if item not in one]


def minus_value(one, two):
    if isinstance(one, float):
        return one - two
    if one and isinstance(one[0], tuple):
        return without(one, two)
    return [item for item in one if item not in two]


# -- lists -----------------------------------------------------------------


def empty(resource):
    value = numbers(resource)
    return value < 0.0005 if isinstance(value, float) else not value


def add(*lists):
    """The sum; the order is that of first appearance."""
    total = {}
    for resource in (resource for part in lists for resource in part):
        kind = kind_of(resource)
        if kind in total:
            resource = with_numbers(resource, plus_value(numbers(total[kind]), numbers(resource)))
        total[kind] = resource
    return [resource for resource in total.values() if not empty(resource)]


def subtract(left, right):
    total = {kind_of(resource): resource for resource in add(left)}
    for resource in right:
        kind = kind_of(resource)
        if kind in total:
            total[kind] = with_numbers(resource, minus_value(numbers(total[kind]), numbers(resource)))
    return [resource for resource in total.values() if not empty(resource)]


def contains(left, right):
    have = {kind_of(resource): numbers(resource) for resource in add(left)}
    for resource in add(right):
        kind, wanted = kind_of(resource), numbers(resource)
        if kind not in have:
            return False
        if isinstance(wanted, float):
            if wanted > have[kind] + 0.0005:
                return False
        elif minus_value(wanted, have[kind]):
            return False
    return True


def quantity(resources, name):
    return sum(resource["scalar"]["value"] for resource in resources
               if resource["name"] == name and resource["type"] == "SCALAR")


def role_of(resource):
    """The role a resource is reserved for, ``*`` if for none."""
    reservations = resource.get("reservations")
    return reservations[-1]["role"] if reservations else "*"


# -- the ways Mesos writes them --------------------------------------------


def text(resources):
    """As in log lines: ``cpus(allocated: *):0.1; mem(allocated: *):32``."""
    return "; ".join(name_text(resource) + ":" + value_text(resource) for resource in resources)


def name_text(resource):
    words = resource["name"]
    if resource.get("allocation_info"):
        words += f"(allocated: {resource['allocation_info']['role']})"
    if resource.get("reservations"):
        parts = [",".join([entry.get("type", "STATIC"), entry["role"], *filter(None, [entry.get("principal")])])
                 for entry in resource["reservations"]]
        words += "(reservations: [" + ",".join(f"({part})" for part in parts) + "])"
    return words


def value_text(resource):
    value = numbers(resource)
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if resource["type"] == "RANGES":
        return "[" + ", ".join(f"{begin}-{end}" for begin, end in value) + "]"
    return "{" + ", ".join(value) + "}"


def as_json(resources):
    """As in log lines about launching: compact, keys in order."""
    return json.dumps(resources, sort_keys=True, separators=(",", ":"))


def model(resources, defaults=True):
    """As in /state: {"cpus": 1.0, "ports": "[31000-31100]"}."""
    result = {"cpus": 0.0, "disk": 0.0, "gpus": 0.0, "mem": 0.0} if defaults else {}
    for resource in add(plain(resources)):
        value = numbers(resource)
        result[resource["name"]] = value if isinstance(value, float) else value_text(resource)
    return result


def plain(resources):
    """Without who they are reserved for or allocated to."""
    return [{key: value for key, value in resource.items() if key in ("name", "type", "scalar", "ranges", "set")}
            for resource in resources]


def outward(resources, refined=False):
    """As in the API: for clients without RESERVATION_REFINEMENT the role is named as it was before."""
    if refined:
        return resources
    result = []
    for resource in resources:
        resource = dict(resource)
        reservations = resource.pop("reservations", None)
        resource["role"] = reservations[-1]["role"] if reservations else "*"
        if reservations and reservations[-1].get("type") == "DYNAMIC":
            resource["reservation"] = {key: value for key, value in reservations[-1].items()
                                       if key not in ("type", "role")}
        result.append(resource)
    return result
