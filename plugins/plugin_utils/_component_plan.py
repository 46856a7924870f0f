# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of mesos_component to the plan that its module carries out on the node.

PRIVATE to the collection.  Pure; Python 3.10.
"""

from __future__ import annotations

import json

from ansible_collections.mesos.security.plugins.plugin_utils import _layouts, _modes, _settings

DOCUMENTED = """
{
  "layout": what _layouts.layout_of returns,
  "version": [major, minor] or None (then the node asks its program),
  "variants": [{"since": [major, minor], "environment": {…}, "executor": {…}}], oldest first: the node takes the last
              one that its version reaches,
  "environment": {…}, "flags": {…}: what the inventory adds, as texts,
  "names": {"managed": names we set, "kept": names of features left alone, "executor": names in executors' JSON,
            "off": what must be off where it is not wanted, "ssl": libprocess' own names, "wrong", "aliases"},
  "material": {piece: path} that must be there, "watched": [path] that the process reads once,
  "encrypted": whether TLS is on,
  "adopt": bool, "process": "kept" | "current" | "restarted" | "stopped"
}
"""


class Unfit(ValueError):
    """Options that cannot be carried out; the message is one or more sentences."""


def plan_of(options: dict, files: dict | None = None) -> dict:
    """Return the plan for these options (as the argument spec leaves them).

    files: {piece of _layouts.MATERIAL: path} for those that are not where the layout has them.  Raises Unfit.
    """
    try:
        features = _features(options)
        modes = {
            name: mode
            for name, mode in _modes.modes_of(options["level"] or 0, options["modes"]).items()
            if name in features
        }
        version = _settings.parse_version(options["version"]) if options["version"] else None
        layout = _layouts.layout_of(options["layout"], options["component"], options["root"], options["bin_dir"])
    except (_modes.UnknownMode, _settings.UnknownVersion, _layouts.UnknownLayout) as problem:
        raise Unfit(_sentence(problem)) from problem
    environment = {str(name): text_of(value) for name, value in options["environment"].items() if value is not None}
    flags = {str(name): text_of(value) for name, value in options["flags"].items() if value is not None}
    tls = modes.get("tls")
    executors = options["component"] == "agent" and options["executors"]
    layout["material"] |= files or {}
    if not executors:
        layout["material"]["agent_ca_certificate"] = layout["material"]["ca_certificate"]
    material = layout["material"] | {
        "ciphers": options["ciphers"],
        "executor_ciphers": "" if options["ciphers"] in ("", _settings.CIPHERS) else options["ciphers"],
    }
    variants = [_variant(options["component"], executors, modes, step, material) for step in _settings.VERSION_STEPS]
    problems = _settings.objections(environment, flags)
    problems += [contradiction for variant in variants
                 for contradiction in _settings.contradictions(environment | variant["environment"])]
    if any(character in options["ciphers"] for character in "'\n\r\0 "):
        problems.append(f"{options['ciphers']!r} is no list of ciphers; write OpenSSL's names with colons between")
    if problems:
        raise Unfit(" ".join(_sentence(problem) for problem in dict.fromkeys(problems)))
    others = [feature for feature in _modes.LADDERS if feature not in features]
    return {
        "layout": layout,
        "version": list(version) if version else None,
        "variants": variants,
        "environment": environment,
        "flags": flags,
        "names": {
            "managed": _settings.names_of(options["component"], features),
            "kept": _settings.names_of(options["component"], others),
            "executor": _settings.names_of("executor", features),
            "off": list(_settings.OFF_BY_DEFAULT),
            "ssl": list(_settings.SSL_VARIABLES),
            "wrong": _settings.WRONG_NAMES,
            "aliases": _settings.ALIASES,
        },
        "material": _needed(tls, options["component"], executors, layout["material"]),
        "watched": _watched(tls, options["component"], layout["material"]),
        "encrypted": bool(tls and tls.reaches("permissive")),
        "adopt": options["adopt"],
        "process": options["process"],
    }


def _features(options):
    """Return the features to manage; what nobody said a mode for is not taken for disabled."""
    names = options["features"]
    unknown = [name for name in names if name not in _modes.LADDERS]
    if unknown:
        raise _modes.UnknownMode(f"{unknown[0]!r} is no feature; features are {', '.join(_modes.LADDERS)}")
    unsaid = [name for name in names if name not in options["modes"]]
    if unsaid and options["level"] is None:
        raise _modes.UnknownMode(f"where {unsaid[0]} should stand is not said; set mesos_security_level (0 or 1)"
                                 f" or mesos_{unsaid[0]}_mode ({', '.join(_modes.LADDERS[unsaid[0]])})")
    return names


def _variant(component, executors, modes, version, material):
    return {
        "since": list(version),
        "environment": _settings.settings_of(component, modes, version, material),
        "executor": _settings.settings_of("executor", modes, version, material) if executors else {},
    }


def _needed(tls, component, executors, material):
    """Return the {piece: path} that must be on the node in this mode."""
    if tls is None or not tls.reaches("prepared"):
        return {}
    pieces = ["certificate", "key"]
    if tls.reaches("verified"):
        pieces.append("ca_certificate" if component == "master" else "agent_ca_certificate")
    pieces += ["executor_certificate", "executor_key"] if executors else []
    return {piece: material[piece] for piece in pieces}


def _watched(tls, component, material):
    """Return the paths the process itself reads, once, when it starts (executors read theirs when they start)."""
    if tls is None or not tls.reaches("permissive"):
        return []
    pieces = _needed(tls, component, False, material)
    return sorted(pieces.values())


def text_of(value) -> str:
    """Return a value from YAML as Mesos reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True)
    return str(value)


def _sentence(problem) -> str:
    """Return a problem as a sentence of its own."""
    text = str(problem).rstrip(".")
    return text + "."
