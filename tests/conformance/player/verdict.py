# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold, what is known not to, and whether a run lives up to it.  Pure but for reading the one file."""

import collections
from dataclasses import dataclass

import yaml

from player.compare import TIERS
from player.corpus import matches


class Unfit(ValueError):
    """The file of requirements says something that cannot be; the message names the place."""


@dataclass(frozen=True)
class Requirement:
    """How many percent of some cases must hold at which tier."""

    name: str
    cases: tuple  # patterns: AREA, AREA/CASE or AREA/GLOB
    percent: dict  # {tier: percent}, only of tiers that are asked for


@dataclass(frozen=True)
class Shortfall:
    """A case that is known not to hold: from which tier on, and why."""

    tier: str
    reason: str


@dataclass(frozen=True)
class Expectations:
    """All that ``shortfalls.yml`` says."""

    requirements: tuple
    shortfalls: dict  # {case: Shortfall}

    @property
    def tier(self):
        """The highest tier that any requirement asks for."""
        return max((tier for item in self.requirements for tier in item.percent), key=TIERS.index)

    def patterns(self):
        return [pattern for item in self.requirements for pattern in item.cases]


@dataclass(frozen=True)
class Row:
    """One requirement and what became of it."""

    requirement: Requirement
    cases: int
    holding: dict  # {tier: number of cases}

    def percent(self, tier):
        return 100 * self.holding[tier] / self.cases

    def unmet(self):
        return [tier for tier, needed in self.requirement.percent.items() if self.percent(tier) < needed]


def read(path):
    """Return the Expectations that a file holds; raises Unfit."""
    with open(path, encoding="utf-8") as stream:
        data = yaml.safe_load(stream)
    if not isinstance(data, dict) or set(data) != {"required", "shortfalls"}:
        raise Unfit(f"{path}: it must have the keys required and shortfalls, and no others")
    requirements = tuple(requirement(path, item) for item in data["required"])
    if not any(item.percent for item in requirements):
        raise Unfit(f"{path}: nothing is required")
    return Expectations(
        requirements, {case: shortfall(path, case, item) for case, item in (data["shortfalls"] or {}).items()}
    )


def requirement(path, item):
    unknown = set(item) - {"name", "cases", *TIERS}
    if unknown or not {"name", "cases"} <= set(item):
        raise Unfit(f"{path}: a requirement has name, cases and percentages of {', '.join(TIERS)}: {item}")
    return Requirement(item["name"], tuple(item["cases"]), {tier: item[tier] for tier in TIERS if tier in item})


def shortfall(path, case, item):
    if not isinstance(item, dict) or set(item) != {"tier", "reason"} or item["tier"] not in TIERS:
        raise Unfit(f"{path}: {case}: a shortfall has a tier ({', '.join(TIERS)}) and a reason, nothing else")
    if not str(item["reason"] or "").strip():
        raise Unfit(f"{path}: {case}: the reason is missing; say why it does not hold at {item['tier']}")
    return Shortfall(item["tier"], item["reason"])


def as_expected(expectations, case, held):
    """Whether a case holds as far as it must, or falls short exactly where it is known to.

    held: how many tiers hold, from the first on.
    """
    known = expectations.shortfalls.get(case)
    if known:
        return TIERS.index(known.tier) == held
    return held > TIERS.index(expectations.tier)


def rows(expectations, held):
    """Return a Row per requirement that has cases; held: {case: how many tiers hold}."""
    found = []
    for item in expectations.requirements:
        mine = [tiers for case, tiers in held.items() if matches(case, item.cases)]
        if mine:
            holding = {tier: sum(tiers > number for tiers in mine) for number, tier in enumerate(TIERS)}
            found.append(Row(item, len(mine), holding))
    return found


def problems(expectations, held, recorded, whole):
    """Return a sentence for everything that is not as it must be.

    held: {case: how many tiers hold}; recorded: names of all cases there are; whole: whether all cases that are
    required were played (only then do percentages count).
    """
    found = []
    for row in rows(expectations, held) if whole else []:
        for tier in row.unmet():
            needed = row.requirement.percent[tier]
            found.append(
                f"{row.requirement.name}: {row.percent(tier):.1f} % of {row.cases} cases hold at {tier}, "
                f"{needed} % are required"
            )
    for case, tiers in sorted(held.items()):
        if as_expected(expectations, case, tiers):
            continue
        known = expectations.shortfalls.get(case)
        if known is None:
            found.append(f"{case} does not hold at {TIERS[tiers]}, and shortfalls.yml gives no reason")
        elif tiers > TIERS.index(known.tier):
            found.append(f"{case} holds at {known.tier} now: take it out of shortfalls.yml")
        else:
            found.append(f"{case} does not even hold at {TIERS[tiers]}; shortfalls.yml speaks of {known.tier}")
    for case in sorted(set(expectations.shortfalls) - set(recorded)):
        found.append(f"shortfalls.yml names {case}, which is not recorded: take it out")
    return found


def not_built(expectations, recorded):
    """Return {area: number of recorded cases that nothing is required of}."""
    left = (case.split("/")[0] for case in recorded if not matches(case, expectations.patterns()))
    return dict(sorted(collections.Counter(left).items()))
