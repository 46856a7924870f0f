# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which flags and variables a component runs with, by mode and Mesos version.

PRIVATE to the collection.  Pure; Python 3.10.  Source: docs/mesos/security.md §1.1-1.3, §1.6; docs/mesos/climb.md §0.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ansible_collections.mesos.security.plugins.plugin_utils._modes import LADDERS, Mode

OLDEST, NEWEST = (1, 4), (1, 12)
COMPONENTS = ("master", "agent", "executor", "client")
CIPHERS = "ECDHE+AESGCM:AES128-SHA"
"""Modern clients get the first half, peers with Mesos' own default list the second."""


@dataclass(frozen=True)
class Row:
    """One setting: which components have it, in which modes, and in which Mesos."""

    name: str  # a flag's name, or a whole variable name in capitals
    components: str  # the components' initials: (m)aster, (a)gent, (e)xecutor, (c)lient
    feature: str
    modes: str  # "required" = there only; "required+" = there and above
    value: str  # a constant, or {name} of a piece of material; what comes out empty is left out
    since: tuple[int, int] = OLDEST
    until: tuple[int, int] = NEWEST

    def holds(self, component: str, mode: Mode, version: tuple[int, int]) -> bool:
        lowest = self.modes.rstrip("+")
        height = LADDERS[self.feature].index(lowest)
        fits = mode.height >= height if self.modes.endswith("+") else mode.height == height
        return fits and component[0] in self.components and self.since <= version <= self.until


TABLE = (
    Row("LIBPROCESS_SSL_ENABLED", "maec", "tls", "permissive+", "true"),
    Row("LIBPROCESS_SSL_SUPPORT_DOWNGRADE", "mac", "tls", "permissive", "true"),
    # Neutral executors: whatever their agent becomes later, they can still reach it (docs/mesos/climb.md §0.3).
    Row("LIBPROCESS_SSL_SUPPORT_DOWNGRADE", "e", "tls", "permissive+", "true"),
    Row("LIBPROCESS_SSL_CERT_FILE", "mac", "tls", "permissive+", "{certificate}"),
    Row("LIBPROCESS_SSL_KEY_FILE", "mac", "tls", "permissive+", "{key}"),
    Row("LIBPROCESS_SSL_CERT_FILE", "e", "tls", "permissive+", "{executor_certificate}"),
    Row("LIBPROCESS_SSL_KEY_FILE", "e", "tls", "permissive+", "{executor_key}"),
    Row("LIBPROCESS_SSL_CIPHERS", "mac", "tls", "permissive+", "{ciphers}"),
    Row("LIBPROCESS_SSL_CIPHERS", "e", "tls", "permissive+", "{executor_ciphers}"),
    Row("LIBPROCESS_SSL_CA_FILE", "mc", "tls", "verified+", "{ca_certificate}"),
    Row("LIBPROCESS_SSL_CA_FILE", "a", "tls", "verified+", "{agent_ca_certificate}"),
    Row("LIBPROCESS_SSL_VERIFY_CERT", "mac", "tls", "verified+", "true", until=(1, 9)),
    Row("LIBPROCESS_SSL_VERIFY_SERVER_CERT", "mac", "tls", "verified+", "true", since=(1, 10)),
    Row("LIBPROCESS_SSL_VERIFY_IPADD", "mac", "tls", "verified+", "true"),
    Row("LIBPROCESS_SSL_HOSTNAME_VALIDATION_SCHEME", "mac", "tls", "verified+", "openssl", since=(1, 9)),
    Row("LIBPROCESS_SSL_REQUIRE_CERT", "mac", "tls", "mutual", "true", until=(1, 9)),
    Row("LIBPROCESS_SSL_REQUIRE_CLIENT_CERT", "mac", "tls", "mutual", "true", since=(1, 10)),
)

VERSION_STEPS = tuple(
    sorted({row.since for row in TABLE} | {(row.until[0], row.until[1] + 1) for row in TABLE if row.until < NEWEST})
)
"""Where the table changes: between two of these all versions have the same settings."""

SSL_VARIABLES = {
    "ENABLED": OLDEST, "SUPPORT_DOWNGRADE": OLDEST, "CERT_FILE": OLDEST, "KEY_FILE": OLDEST,
    "VERIFY_CERT": OLDEST, "REQUIRE_CERT": OLDEST, "VERIFY_SERVER_CERT": (1, 10), "REQUIRE_CLIENT_CERT": (1, 10),
    "VERIFY_IPADD": OLDEST, "VERIFICATION_DEPTH": OLDEST, "CA_FILE": OLDEST, "CA_DIR": OLDEST,
    "CIPHERS": OLDEST, "ECDH_CURVES": OLDEST, "HOSTNAME_VALIDATION_SCHEME": (1, 9),
    "ENABLE_SSL_V3": OLDEST, "ENABLE_TLS_V1_0": OLDEST, "ENABLE_TLS_V1_1": OLDEST, "ENABLE_TLS_V1_2": OLDEST,
    "ENABLE_TLS_V1_3": (1, 8),
}  # fmt: skip
"""Every variable libprocess knows, without its prefix, and since which Mesos."""

WRONG_NAMES = {
    "LIBPROCESS_SSL_ENABLE_DOWNGRADE": "LIBPROCESS_SSL_SUPPORT_DOWNGRADE",
    "LIBPROCESS_SSL_VERIFY_DEPTH": "LIBPROCESS_SSL_VERIFICATION_DEPTH",
    "LIBPROCESS_SSL_ECDH_CURVE": "LIBPROCESS_SSL_ECDH_CURVES",
}
"""Names that Mesos' own documentation spreads and that Mesos drops without a word → the real ones."""

OFF_BY_DEFAULT = tuple(
    f"LIBPROCESS_SSL_{name}"
    for name in (
        "ENABLED", "SUPPORT_DOWNGRADE", "VERIFY_CERT", "REQUIRE_CERT",
        "VERIFY_SERVER_CERT", "REQUIRE_CLIENT_CERT", "VERIFY_IPADD",
    )
)  # fmt: skip
"""What must not be switched on from elsewhere where a mode leaves it out."""

ALIASES = {
    "authenticate_slaves": "authenticate_agents",
    "authenticate": "authenticate_frameworks",
    "authenticate_http": "authenticate_http_readwrite",
    "slave_ping_timeout": "agent_ping_timeout",
    "max_slave_ping_timeouts": "max_agent_ping_timeouts",
    "slave_removal_rate_limit": "agent_removal_rate_limit",
    "slave_reregister_timeout": "agent_reregister_timeout",
    "recovery_slave_removal_limit": "recovery_agent_removal_limit",
    "slave_subsystems": "agent_subsystems",
    "executor_secret_key": "jwt_secret_key",
    "user_sorter": "role_sorter",
    "allowed_capabilities": "effective_capabilities",
}
"""Deprecated names of flags → their canonical ones; both at once is fatal."""

SECRET_FLAGS = ("credential", "credentials", "http_credentials", "jwt_secret_key", "executor_secret_key")


class UnknownVersion(ValueError):
    """A text that is no Mesos version, or one the table does not cover."""


def parse_version(text: str) -> tuple[int, int]:
    """Return (major, minor) of "1.11.0", "1.12.0-dev", "mesos 1.7.2".

    Raises UnknownVersion for other texts and for versions outside OLDEST..NEWEST.
    """
    found = re.search(r"(?<![\d.])(\d+)\.(\d+)(?:\.\d+)?", str(text))
    if not found:
        raise UnknownVersion(f"{text!r} is no Mesos version; write it like 1.11.0")
    version = (int(found[1]), int(found[2]))
    if not OLDEST <= version <= NEWEST:
        raise UnknownVersion(f"Mesos {text} is not covered; versions 1.{OLDEST[1]} to 1.{NEWEST[1]} are")
    return version


def settings_of(component: str, modes: dict, version: tuple[int, int], material: dict[str, str]) -> dict[str, str]:
    """Return {setting name: value} for one component, in the table's order.

    component: "master", "agent", "executor" or "client"; modes: {feature: Mode};
    version: (major, minor) of the running Mesos; material: {name: text} of what the values mention,
    where an empty text leaves the setting out.
    Raises KeyError(name) for a piece of material that a wanted setting needs and that is not there.
    """
    settings = {
        row.name: row.value.format_map(material)
        for row in TABLE
        if row.feature in modes and row.holds(component, modes[row.feature], version)
    }
    return {name: value for name, value in settings.items() if value}


def names_of(component: str, features) -> list[str]:
    """Return every name that some mode of *features* sets on *component*, in any version, in the table's order."""
    return list(dict.fromkeys(row.name for row in TABLE if component[0] in row.components and row.feature in features))


def objections(environment: dict[str, str], flags: dict[str, str]) -> list[str]:
    """Return why these extra settings must not be given beside the modes, one sentence each; [] when they may."""
    sentences = []
    for name, value in environment.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            sentences.append(f"{name!r} is no name for an environment variable")
        elif name in WRONG_NAMES:
            sentences.append(f"Mesos ignores {name}, whatever its documentation says; the name is {WRONG_NAMES[name]}")
        elif name.startswith("MESOS_LIBPROCESS_"):
            sentences.append(f"Mesos ignores {name}; the name is {name[len('MESOS_'):]}")
        elif name.startswith("SSL_") and name[len("SSL_"):] in SSL_VARIABLES:
            sentences.append(f"{name} is libprocess' old spelling of LIBPROCESS_{name} and leaks into tasks; use that")
        elif name in names_of("master", LADDERS):
            sentences.append(f"{name} comes from mesos_tls_mode and the certificates' paths; set the mode instead")
        elif name.startswith("LIBPROCESS_SSL_") and name[len("LIBPROCESS_SSL_"):] not in SSL_VARIABLES:
            sentences.append(f"libprocess has no variable {name} and would drop it without a word")
        elif name.startswith("MESOS_"):
            sentences.append(f"{name} is a flag: give it as flags: {name[len('MESOS_'):].lower()}")
        sentences += _unwritable(name, value)
    for name, value in flags.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            sentences.append(f"{name!r} is no name for a flag; write it without dashes, like work_dir")
        elif ALIASES.get(name) in flags:
            sentences.append(f"the flags {name} and {ALIASES[name]} are one; together they keep Mesos from starting")
        elif name in SECRET_FLAGS and not re.match(r"(file://)?/", value):
            sentences.append(f"the flag {name} must be the path of a file, or its content shows in ps and in logs")
        sentences += _unwritable(name, value)
    return sentences


def _unwritable(name, value):
    if any(character in value for character in "\0\n\r"):
        return [f"the value of {name} holds a line break or NUL, which a settings file cannot carry"]
    return []


def contradictions(environment: dict[str, str]) -> list[str]:
    """Return the sentences against a TLS environment whose parts defeat each other; [] for a sound one."""
    on = {name for name, value in environment.items() if value.lower() in ("true", "1")}
    verifying = sorted(on & {f"LIBPROCESS_SSL_{name}" for name in (
        "VERIFY_CERT", "VERIFY_SERVER_CERT", "REQUIRE_CERT", "REQUIRE_CLIENT_CERT")})  # fmt: skip
    if verifying and "LIBPROCESS_SSL_SUPPORT_DOWNGRADE" in on:
        return [
            f"{verifying[0]} together with LIBPROCESS_SSL_SUPPORT_DOWNGRADE verifies nobody: whoever fails the check"
            " is let in as plain text; take mode permissive (no verification) or verified (no downgrade)"
        ]
    return []
