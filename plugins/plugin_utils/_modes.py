# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a feature can stand, and what each level means.

PRIVATE to the collection.  Pure; Python 3.10.  Source: docs/mesos/security.md §1.5, §2.4; docs/mesos/climb.md §E1.
"""

from __future__ import annotations

from dataclasses import dataclass

LADDERS = {
    "tls": ("disabled", "prepared", "permissive", "required", "verified", "mutual"),
    "agent_authn": ("disabled", "offered", "presented", "required"),
    "framework_authn": ("disabled", "offered", "presented", "required"),
    "authorization": ("disabled", "permissive", "strict"),
    "http_authn": ("disabled", "offered", "readwrite", "all"),
}

BUILT = ("tls",)
"""The features this release can set; the others have their ladder and no settings yet."""

LEVELS = (
    {},
    {"tls": "required"},
    {"tls": "required", "agent_authn": "required"},
    {"tls": "required", "agent_authn": "required", "framework_authn": "required"},
    {"tls": "required", "agent_authn": "required", "framework_authn": "required", "authorization": "permissive"},
    {
        "tls": "required",
        "agent_authn": "required",
        "framework_authn": "required",
        "authorization": "permissive",
        "http_authn": "all",
    },
    {
        "tls": "verified",
        "agent_authn": "required",
        "framework_authn": "required",
        "authorization": "strict",
        "http_authn": "all",
    },
)


class UnknownMode(ValueError):
    """A feature, mode or level that does not exist; the message lists those that do."""


class NotYetBuilt(UnknownMode):
    """A mode that exists and that this release cannot bring about; the message says which it can."""


@dataclass(frozen=True, order=True)
class Mode:
    """One feature's place on its ladder; modes of one feature compare by height."""

    feature: str
    height: int

    @classmethod
    def parse(cls, feature: str, name: str) -> Mode:
        """Return the mode called *name*.

        Raises UnknownMode for a feature without a ladder or a name that is not on it.
        """
        ladder = LADDERS.get(feature)
        if ladder is None:
            raise UnknownMode(f"{feature!r} is no feature; features are {', '.join(LADDERS)}")
        if name not in ladder:
            raise UnknownMode(f"{feature} has no mode {name!r}; its modes are {', '.join(ladder)}")
        return cls(feature, ladder.index(name))

    @property
    def name(self) -> str:
        return LADDERS[self.feature][self.height]

    def reaches(self, name: str) -> bool:
        """Whether this mode is *name* or stands above it."""
        return self >= Mode.parse(self.feature, name)


def modes_of(level: int = 0, overrides: dict[str, str] | None = None) -> dict[str, Mode]:
    """Return {feature: Mode} for a security level 0-6, with single features overridden by name.

    Raises UnknownMode for what does not exist, NotYetBuilt for what this release cannot do.
    """
    if isinstance(level, bool) or level not in range(len(LEVELS)):
        raise UnknownMode(f"there is no security level {level!r}; levels are 0 to {len(LEVELS) - 1}")
    names = {feature: ladder[0] for feature, ladder in LADDERS.items()} | LEVELS[level] | (overrides or {})
    modes = {feature: Mode.parse(feature, name) for feature, name in names.items()}
    missing = [f"{mode.feature} {mode.name}" for mode in modes.values() if mode.feature not in BUILT and mode.height]
    if missing:
        raise NotYetBuilt(
            f"this release cannot bring about {', '.join(missing)}; it has {', '.join(BUILT)}: use level 0 or 1"
            f" and mesos_tls_mode ({', '.join(LADDERS['tls'])})"
        )
    return modes
