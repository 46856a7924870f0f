# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a key pair, checked and settled.  Pure; source: docs/mesos/security.md §1.3, §1.6, climb.md §E5."""

from __future__ import annotations

import os
from types import SimpleNamespace

from ansible_collections.mesos.security.plugins.plugin_utils._authority import size_of
from ansible_collections.mesos.security.plugins.plugin_utils._names import names_of

FILES = {
    "node": {"key": "node.key", "certificate": "node.pem", "ca_certificate": "ca.pem"},
    "executor": {"key": "executor.key", "certificate": "executor.pem", "ca_certificate": "agent-ca.pem"},
}
MODES = {"node": 0o600, "executor": 0o644}
DAYS = {"node": 365, "executor": None}
"""How long certificates last; None is as long as their authority (docs/mesos/climb.md §E5)."""

OPTIONS = {
    "path": {"type": "path"},
    "key": {"type": "path", "no_log": False},
    "certificate": {"type": "path"},
    "ca_certificate": {"type": "path"},
    "purpose": {"type": "str", "choices": list(FILES), "default": "node"},
    "names": {"type": "list", "elements": "str", "default": []},
    "addresses": {"type": "list", "elements": "str", "default": []},
    "common_name": {"type": "str"},
    "ca": {"type": "str"},
    "trust": {"type": "list", "elements": "str", "default": []},
    "validity": {"type": "int"},
    "renew_before": {"type": "int", "default": 30},
    "key_type": {"type": "str", "choices": ["rsa", "ec"], "default": "rsa"},
    "key_size": {"type": "int", "no_log": False},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw"},
    "regenerate": {"type": "str", "choices": ["never", "fail", "renew", "always"], "default": "renew"},
    "source_key": {"type": "path", "no_log": False},
    "source_certificate": {"type": "path"},
    "source_ca_certificate": {"type": "path"},
    "remote_src": {"type": "bool", "default": False},
}
"""The argument specification of mesos_keypair; mesos_component nests it."""

ON_CONTROLLER = ("source_key", "source_certificate", "source_ca_certificate")


def settle(given):
    """Return the options with defaults, as attributes, plus `files` {"key", "certificate", "ca_certificate": path}
    and `names` as Names.

    Raises ValueError (BadName among them) with a sentence about the first one that does not suit.
    """
    filled = {name: spec.get("default") for name, spec in OPTIONS.items()}
    filled |= {name: value for name, value in given.items() if value is not None}
    options = SimpleNamespace(**filled)
    options.names = names_of(options.names, options.addresses, options.common_name)
    options.files = _files(filled)
    options.mode = _mode(options.mode, MODES[options.purpose])
    if options.key_size or options.ca:
        options.key_size = size_of(options.key_type, options.key_size)
    _days(options)
    if bool(options.source_key) != bool(options.source_certificate):
        raise ValueError("source_key and source_certificate go together; give both or neither")
    if options.source_key and options.ca:
        raise ValueError("a pair is either signed by ca or taken from source_key and source_certificate; give one")
    return options


def on_this_controller(options, absolute):
    """Return the options with the controller's paths as *absolute* makes them."""
    out = dict(options)
    for name in ("ca",) if out.get("remote_src") else ("ca", *ON_CONTROLLER):
        if out.get(name):
            out[name] = absolute(out[name])
    out["trust"] = [absolute(path) for path in out.get("trust") or []]
    return out


def _files(options):
    files = {}
    for name, default in FILES[options["purpose"]].items():
        path = options[name] or (options["path"] and os.path.join(options["path"], default))
        if not path and name != "ca_certificate":
            raise ValueError(f"neither path nor {name} says where the {name} goes; give path")
        if path and not path.startswith("/"):
            raise ValueError(f"{path} is a relative path; write where it is from / on")
        if path and not path.isprintable():
            raise ValueError(f"the path {path!r} holds a line break or the like; correct it")
        files[name] = path and os.path.normpath(path)
    if len(set(files.values())) != len(files):
        raise ValueError("give key, certificate and ca_certificate a file each, not "
                         f"{', '.join(map(str, files.values()))}")
    return files


def _mode(given, default):
    if given is None:
        return default
    try:
        mode = given if isinstance(given, int) else int(str(given), 8)
    except ValueError:
        raise ValueError(f"mode {given!r} is no octal number; write it like '0600'") from None
    if mode & ~0o777 or mode & 0o133 or not mode & 0o400:
        raise ValueError(f"mode {mode:04o} does not suit a key: its owner must be able to read it, nobody else to "
                         "write it, and nobody to execute it; write it like '0600'")
    return mode


def _days(options):
    days = options.validity or DAYS[options.purpose]
    if options.validity is not None and not 1 <= options.validity <= 36500:
        raise ValueError(f"validity {options.validity} does not suit: it counts days; set 1 to 36500")
    if options.renew_before < 0:
        raise ValueError(f"renew_before {options.renew_before} does not suit: it counts days; set 0 or more")
    if options.ca and days is not None and days <= options.renew_before:
        raise ValueError(f"a certificate for {days} days would be due for renewal at once, {options.renew_before} days "
                         "before its end; raise validity or lower renew_before")
    options.validity = days
