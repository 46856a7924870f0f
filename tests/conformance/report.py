# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Play the recordings of the areas that are built, and say whether all holds that must.

What must hold, and which case is known not to and why, stands in shortfalls.yml beside this file.  Ends with 0 if every
requirement is met, every shortfall has a reason, and no listed shortfall holds.
"""

import argparse
import os
import signal
import sys
import time

from player import HOME, verdict
from player.compare import TIERS
from player.corpus import RECORDINGS, load_base, load_cases, matches, names_of
from player.programs import Missing
from player.results import as_data, holds, skipped, summary, write_json
from player.run import Replay
from replay import play

REPORT = os.path.join(os.path.dirname(os.path.dirname(HOME)), "build", "conformance.json")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("corpus", nargs="*", default=[RECORDINGS], help="directory with AREA/CASE.json (default: the recordings here)")
    add("--programs", metavar="DIR", help="directory of mesos-master, mesos-agent, … (default: PATH)")
    add("--implementation", metavar="FILE", help="JSON: programs, environment, launcher_dir, webui_dir")
    add("--only", action="append", metavar="AREA[/GLOB]", help="of the areas that are built, only these; repeatable")
    add("--jobs", type=int, default=4 * os.cpu_count(), help="cases side by side: mostly they wait")
    add("--expectations", metavar="FILE", default=os.path.join(HOME, "shortfalls.yml"))
    add("--report", metavar="FILE", default=REPORT, help="everything as JSON (default: build/conformance.json)")
    add("--no-retry", action="store_true", help="do not repeat unexpected results alone: quicker while building")
    add("-v", "--verbose", action="store_true", help="a line for every case")
    return parser.parse_args()


def print_table(rows):
    """A line per requirement: cases, how many hold at each tier, what is required, whether it is met."""
    print(f"\n{'area':<20}{'cases':>6}" + "".join(f"{tier:>18}" for tier in TIERS) + "  required")
    for row in rows:
        counts = "".join(f"{row.holding[tier]:>9} {row.percent(tier):>6.1f} %" for tier in TIERS)
        needed = ", ".join(f"{tier} {percent} %" for tier, percent in row.requirement.percent.items())
        mark = "✗" if row.unmet() else "✓"
        print(f"{row.requirement.name:<20}{row.cases:>6}{counts}  {needed} {mark}")


def print_rest(expectations, results, unbuilt):
    """What the table does not tell: shortfalls with their reasons, steps left out, areas not built yet."""
    played = {result.name for result in results}
    for case, known in sorted(expectations.shortfalls.items()):
        if case in played:
            print(f"falls short: {case} at {known.tier}: {known.reason}")
    for result in results:
        for reason in skipped(result):
            print(f"step left out: {result.name}: {reason}")
    for area, number in unbuilt.items():
        print(f"not built yet: {area}, {number} cases")


def main():
    options = parse_arguments()
    for number in (signal.SIGINT, signal.SIGTERM):  # perhaps ignored
        signal.signal(number, signal.default_int_handler)
    expectations = verdict.read(options.expectations)
    required = load_cases(options.corpus, expectations.patterns())
    cases = {name: case for name, case in required.items() if not options.only or matches(name, options.only)}
    if not cases:
        raise SystemExit("no such case in the areas that are built")
    try:
        replay = Replay(load_base(options.corpus), options.programs, options.implementation, expectations.tier)
    except Missing as error:
        raise SystemExit(f"{error}: see --programs and --implementation") from None
    started = time.monotonic()
    try:
        # What falls short where it is known to is not repeated.
        results = play(replay, cases.values(), options, lambda result: not verdict.as_expected(
            expectations, result.name, holds(result)))
    finally:
        replay.close()
    return conclude(expectations, results, names_of(options.corpus), len(cases) == len(required), started, options)


def conclude(expectations, results, recorded, whole, started, options):
    """Print and write what came out: the exit status."""
    held = {result.name: holds(result) for result in results}
    rows, unbuilt = verdict.rows(expectations, held), verdict.not_built(expectations, recorded)
    wrong = verdict.problems(expectations, held, recorded, whole)
    print_table(rows)
    print_rest(expectations, results, unbuilt)
    for sentence in wrong:
        print("✗ " + sentence)
    seconds = time.monotonic() - started
    data = as_data(summary(results), results, seconds)
    data |= {
        "problems": wrong,
        "not built yet": unbuilt,
        "shortfalls": {case: known.reason for case, known in expectations.shortfalls.items()},
    }
    os.makedirs(os.path.dirname(os.path.abspath(options.report)), exist_ok=True)
    write_json(options.report, data)
    share = ", ".join(
        f"{row.requirement.name} " + "/".join(f"{row.percent(tier):.1f}" for tier in row.requirement.percent)
        for row in rows
    )
    print(f"{len(results)} cases in {seconds:.0f} s, % at each required tier: {share}; {len(wrong)} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except verdict.Unfit as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("interrupted")
