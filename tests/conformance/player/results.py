# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came out of a run: per case, per area, as text and as JSON."""

import collections
import json
import os

from player import explain
from player.compare import TIERS

BRIEF = 160


def holds(result):
    """How many tiers hold, from the first on."""
    return min((TIERS.index(item.tier) for item in result.differences), default=len(TIERS))


def skipped(result):
    return [step["skipped"] for step in result.observed["steps"] if "skipped" in step]


def brief(expected, got):
    """Both values on one line, long ones from where they part."""
    texts = [explain.one_line(value) for value in (expected, got)]
    start = max(0, len(os.path.commonprefix(texts)) - BRIEF // 2)
    if max(map(len, texts)) <= BRIEF:
        start = 0
    shown = (
        ("…" if start else "") + text[start : start + BRIEF] + ("…" if len(text) > start + BRIEF else "")
        for text in texts
    )
    return "expected {} got {}".format(*shown)


def first_difference(result):
    """One line that tells where a case left its recording."""
    first = result.differences[0]
    return f"{result.name}: [{first.tier}] {first.pointer}: {brief(first.expected, first.got)}"


def summary(results):
    """Per area: how many cases hold at each tier."""
    table = collections.defaultdict(collections.Counter)
    for result in results:
        for area in (result.case["area"], "total"):
            row = table[area]
            row["cases"] += 1
            row["retried"] += bool(result.first_try)
            row["skipped steps"] += len(skipped(result))
            row["unstable"] += "unstable" in result.case
            for tier in TIERS[: holds(result)]:
                row[tier] += 1
    return {area: dict(table[area]) for area in sorted(table, key=lambda area: (area == "total", area))}


def print_summary(table):
    columns = ["cases", *TIERS, "retried", "skipped steps", "unstable"]
    print(f"{'area':<16}" + "".join(f"{name:>14}" for name in columns))
    for area, row in table.items():
        print(f"{area:<16}" + "".join(f"{row.get(name, 0):>14}" for name in columns))


def as_data(table, results, seconds):
    """Everything about a run, fit for JSON."""
    return {
        "seconds": round(seconds),
        "summary": table,
        "cases": {
            result.name: {
                "holds": list(TIERS[: holds(result)]),
                "seconds": round(result.seconds, 1),
                "skipped": skipped(result),
                **({"unstable": result.case["unstable"]} if "unstable" in result.case else {}),
                "differences": [item._asdict() for item in result.differences],
                "first_try": [item._asdict() for item in result.first_try],
            }
            for result in results
        },
    }


def write_json(path, data):
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(data, stream, indent=1, ensure_ascii=False)
        stream.write("\n")
