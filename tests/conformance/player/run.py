# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Performs many cases side by side, each in a directory and on ports of its own."""

import concurrent.futures
import itertools
import os
import shutil
import tempfile
import time
import traceback
from typing import NamedTuple

from player.compare import Difference, differences, pending, up_to
from player.corpus import name_of
from player.perform import Performance
from player.programs import Implementation, Ports
from player.stage import PROGRAMS, Skipped, Stage
from player.tls import make_tls


class Result(NamedTuple):
    """What became of one case."""

    case: dict
    observed: dict
    differences: list
    seconds: float
    first_try: list  # the differences seen when it was performed before

    @property
    def name(self):
        return name_of(self.case)


class Replay:
    """Everything that the cases of one run share.

    base: the settings common to all cases; programs, implementation: where the programs are (see Implementation);
    tier: how much must hold; keep: whether the working directories stay.
    Raises Missing when there is no master or no agent to play on.
    """

    def __init__(self, base, programs=None, implementation=None, tier="shapes", keep=False):
        self.base, self.tier, self.keep = base, tier, keep
        self.scratch = tempfile.mkdtemp(prefix="mesos-conformance-")
        try:
            os.chmod(self.scratch, 0o755)
            self.implementation = Implementation(programs, implementation, self.scratch + "/bin")
            for program in PROGRAMS.values():
                self.implementation.find(program)
            self.ports, self.numbers = Ports(), itertools.count(1)
            make_tls(self.scratch + "/tls")
        except BaseException:
            shutil.rmtree(self.scratch, ignore_errors=True)
            raise

    def close(self):
        if self.keep:
            print("kept: " + self.scratch)
        else:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def perform(self, case, first_try=()):
        """Perform one case; ``first_try``: the differences seen when it was performed before."""
        directory = f"{self.scratch}/{next(self.numbers)}"
        started = time.monotonic()
        observed = {"steps": []}
        try:
            stage = Stage(self.base, self.implementation, self.ports, self.scratch + "/tls", directory)
            observed = Performance(case, stage).run(lambda observation: not pending(case, observation, self.tier))
            found = differences(case, observed)
        except Skipped as reason:
            observed, found = {"steps": [{"skipped": str(reason)}]}, []
        except Exception:  # a mistake of the player must not end the run
            found = [Difference("behaviour", "", "performed", traceback.format_exc())]
        if not self.keep:
            shutil.rmtree(directory, ignore_errors=True)
        return Result(case, observed, found, time.monotonic() - started, first_try)

    def fails(self, result):
        return bool(up_to(self.tier, result.differences))

    def perform_all(self, cases, jobs, unsettled):
        """Results as they come; what is ``unsettled(result)`` is repeated alone at the end."""
        failed = []
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            futures = [pool.submit(self.perform, case) for case in cases]
            try:
                for future in concurrent.futures.as_completed(futures):
                    result = future.result()
                    if unsettled(result):
                        failed.append(result)
                    else:
                        yield result
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        for result in failed:
            yield self.perform(result.case, result.differences)
