# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replay recorded cases against an implementation of the Mesos programs.

Performs the configuration and the steps of every case, compares what happens with what was recorded, and ends with 0
if every selected case holds at the tier asked for.
"""

import argparse
import os
import signal
import sys
import time

from player import explain
from player.compare import TIERS
from player.corpus import load_base, load_cases
from player.programs import Missing
from player.results import as_data, first_difference, print_summary, summary, write_json
from player.run import Replay


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("corpus", nargs="+", help="directory with AREA/CASE.json")
    add("--only", action="append", metavar="AREA[/GLOB]", help="select cases; repeatable")
    add("--jobs", type=int, default=2 * os.cpu_count(), help="cases side by side")
    add("--programs", metavar="DIR", help="directory of mesos-master, mesos-agent, … (default: PATH)")
    add("--implementation", metavar="FILE", help="JSON: programs, environment, launcher_dir, webui_dir")
    add("--tier", choices=TIERS, default=TIERS[-1], help="how much must hold")
    add("--report", metavar="FILE", help="write everything as JSON")
    add("--explain", metavar="CASE", help="perform one case and tell it")
    add("--keep", action="store_true", help="keep the working directories")
    add("--no-retry", action="store_true", help="do not repeat failing cases alone")
    add("-v", "--verbose", action="store_true", help="a line for every case")
    return parser.parse_args()


def play(replay, cases, options, unsettled):
    """Perform the cases and tell of each failure as it comes: all results.

    unsettled(result): whether a case is to be repeated alone, unless no repetition is wanted at all.
    """
    results = []
    repeated = (lambda _result: False) if options.no_retry else unsettled
    for result in replay.perform_all(cases, options.jobs, repeated):
        results.append(result)
        if replay.fails(result):
            print(first_difference(result))
        elif options.verbose:
            print(f"{result.name}: holds ({result.seconds:.1f} s)")
        sys.stdout.flush()
    return results


def main():
    options = parse_arguments()
    for number in (signal.SIGINT, signal.SIGTERM):  # perhaps ignored
        signal.signal(number, signal.default_int_handler)
    cases = load_cases(options.corpus, [options.explain] if options.explain else options.only)
    if not cases:
        raise SystemExit("no such case")
    try:
        replay = Replay(load_base(options.corpus), options.programs, options.implementation, options.tier, options.keep)
    except Missing as error:
        raise SystemExit(f"{error}: see --programs and --implementation") from None
    started = time.monotonic()
    try:
        if options.explain:
            result = replay.perform(*cases.values())
            print(explain.story(result.case, result.observed, result.differences))
            return 1 if replay.fails(result) else 0
        results = play(replay, cases.values(), options, replay.fails)
    finally:
        replay.close()
    table = summary(results)
    print_summary(table)
    if options.report:
        write_json(options.report, as_data(table, results, time.monotonic() - started))
    return 1 if any(map(replay.fails, results)) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
