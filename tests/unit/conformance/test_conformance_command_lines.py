# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both command lines, played on a few lines of shell in place of Mesos: right ones, wrong ones, exit status."""

import json
import subprocess
import sys

import pytest
from player import HOME
from player.corpus import RECORDINGS

CASE = "startup/master-unknown-flag"
RIGHT = """#!/bin/sh
echo "Failed to load unknown flag 'nonsense'" >&2
echo 'See `mesos-master --help` for a list of supported flags.' >&2
exit 1
"""
EXPECTATIONS = """
required: [{name: startup, cases: [startup], behaviour: 100, words: 97}]
shortfalls: {%s}
"""


@pytest.fixture
def play(tmp_path):
    """Play the case on a master that is the given script: (exit status, output, report)."""

    def run(script, program="replay.py", *arguments):
        programs = tmp_path / "programs"
        programs.mkdir()
        for name in ("mesos-master", "mesos-agent"):
            (programs / name).write_text(script)
            (programs / name).chmod(0o755)
        report = tmp_path / "report.json"
        argv = [sys.executable, f"{HOME}/{program}", RECORDINGS, "--only", CASE, "--programs", str(programs)]
        argv += ["--report", str(report), *arguments]
        finished = subprocess.run(argv, capture_output=True, text=True, timeout=60)
        assert report.exists(), finished.stderr
        return finished.returncode, finished.stdout, json.loads(report.read_text())

    return run


def test_a_master_that_does_the_recorded_holds(play):
    status, output, report = play(RIGHT, "replay.py", "-v")
    assert status == 0
    assert f"{CASE}: holds" in output
    assert report["cases"][CASE]["holds"] == ["behaviour", "words", "shapes"]


def test_other_words_fail_at_words_only(play):
    status, output, report = play(RIGHT.replace("unknown", "strange"), "replay.py", "--no-retry", "--tier", "words")
    assert status == 1
    assert f"{CASE}: [words] /master_log: expected Failed to load unknown flag 'nonsense'" in output
    assert report["cases"][CASE]["holds"] == ["behaviour"]
    assert report["summary"]["startup"] == {
        "cases": 1, "behaviour": 1, "retried": 0, "skipped steps": 0, "unstable": 0,
    }  # fmt: skip


def test_other_words_do_not_matter_at_behaviour(play):
    assert play(RIGHT.replace("unknown", "strange"), "replay.py", "--tier", "behaviour")[0] == 0


def test_another_exit_status_is_behaviour_and_is_tried_twice(play):
    status, _, report = play(RIGHT.replace("exit 1", "exit 2"), "replay.py", "--tier", "behaviour")
    case = report["cases"][CASE]
    assert status == 1
    assert case["holds"] == []
    assert case["first_try"] == case["differences"]


def with_shortfalls(tmp_path, text):
    path = tmp_path / "shortfalls.yml"
    path.write_text(EXPECTATIONS % text)
    return ["--expectations", str(path)]


def test_the_report_counts_names_what_is_not_built_and_passes(play, tmp_path):
    status, output, report = play(RIGHT, "report.py", *with_shortfalls(tmp_path, ""))
    assert status == 0
    assert report["problems"] == []
    assert "not built yet: acls, " in output
    assert "not built yet: cluster, " in output


@pytest.mark.parametrize(
    ("script", "shortfalls", "problem"),
    [
        (RIGHT.replace("unknown", "strange"), "", "does not hold at words, and shortfalls.yml gives no reason"),
        (RIGHT, CASE + ": {tier: words, reason: it says otherwise}", "holds at words now: take it out"),
    ],
)
def test_the_report_fails_over_a_missing_reason_and_over_a_stale_one(play, tmp_path, script, shortfalls, problem):
    status, output, report = play(script, "report.py", *with_shortfalls(tmp_path, shortfalls))
    assert status == 1
    assert [sentence for sentence in report["problems"] if problem in sentence]
    assert problem in output


def test_the_report_bears_a_shortfall_with_a_reason_and_tells_it(play, tmp_path):
    script = RIGHT.replace("unknown", "strange")
    known = with_shortfalls(tmp_path, CASE + ": {tier: words, reason: it says otherwise}")
    status, output, _ = play(script, "report.py", *known)
    assert status == 0
    assert f"falls short: {CASE} at words: it says otherwise" in output
