"""Run stages of the tests, two side by side where that is safe, and end with a table.

usage: stages.py GROUP|STAGE...

A stage is a shell command; its whole output goes to build/logs/STAGE.log and is printed when the stage
fails.  A stage that cannot run fails: nothing is skipped.
"""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "logs"


@dataclass(frozen=True)
class Stage:
    """One thing that is tested."""

    name: str
    command: str
    groups: str              # of "check test"
    alone: bool = False      # measures time or loads both cores: nothing runs beside it
    limit: int = 600         # seconds


CORES = "2.16 newest"
STAGES = (
    Stage("ruff", "ruff check . && ruff format --check --diff tools", "check test"),
    Stage("yamllint", "yamllint --strict .", "check test"),
    Stage("ansible-lint", "ansible-lint", "check test"),
    Stage("python36", "tools/python36.sh", "check test"),
    Stage("units", "pytest -q -n 2 tests/unit", "check test"),
    Stage("sanity-2.19", "tools/ansible-test.sh 2.19 sanity", "check test"),
    Stage("sanity-2.16", "tools/ansible-test.sh 2.16 sanity", "test"),
    Stage("units-2.19", "tools/ansible-test.sh 2.19 units", "test"),
    Stage("units-2.16", "tools/ansible-test.sh 2.16 units", "test"),
    Stage("changelog", "antsibull-changelog lint", "check test"),
    Stage("docs", "python tools/reference_docs.py check", "check test"),
    Stage("archive", "tools/archive.sh", "test"),
    Stage("molecule", "tools/molecule.sh", "test", limit=1200),
    Stage("conformance", "tools/conformance.sh", "test", alone=True),
    Stage("lab", "tools/lab_smoke.sh", "test", alone=True),
    Stage("bench", "pytest -q tests/bench", "test", alone=True),
)


class Runner:
    """Runs stages and keeps [(stage, seconds, passed)]."""

    def __init__(self):
        self.results = []
        self.lock = threading.Lock()

    def run(self, stage):
        log = LOGS / f"{stage.name}.log"
        started = time.monotonic()
        with log.open("wb") as out:
            process = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", stage.command],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )
            try:
                status = process.wait(stage.limit)
            except subprocess.TimeoutExpired:
                process.terminate()
                status = f"no end after {stage.limit} s"
        seconds = time.monotonic() - started
        with self.lock:
            self.results.append((stage, seconds, status == 0))
            self.tell(stage, seconds, status, log)

    def tell(self, stage, seconds, status, log):
        if status == 0:
            print(f"✓ {stage.name}  {seconds:.0f} s", flush=True)
            return
        print(f"✗ {stage.name}  {seconds:.0f} s  (status {status})", flush=True)
        print("\n".join("    " + line for line in log.read_text(errors="replace").splitlines()[-200:]), flush=True)
