"""Run stages of the tests, two side by side where that is safe, and end with a table.

usage: stages.py check | test | STAGE...

A stage is a shell command.  Its output goes to build/logs/STAGE.log, and to the screen when the stage fails.
A stage that cannot run fails, and says what is missing: nothing is skipped.
"""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "logs"
SHOWN = 200     # lines of a failed stage's log on the screen, and those before that tell of errors
TELLING = re.compile(r"fatal: |failed: |\bERROR\b|^E  |^FAILED|Traceback")


@dataclass(frozen=True)
class Stage:
    """One thing that is tested."""

    name: str
    command: str
    groups: str = "check test"
    alone: bool = False       # measures time or loads both cores: nothing runs beside it
    limit: int = 600          # seconds


STAGES = (
    Stage("molecule", "tools/molecule.sh", "test", limit=1200),
    Stage("sanity", "tools/ansible-test.sh newest sanity", limit=900),
    Stage("ansible-lint", "ansible-lint"),
    Stage("units", "pytest -q -n 2 tests/unit"),
    Stage("ruff", "ruff check ."),
    Stage("yamllint", "yamllint --strict ."),
    Stage("python-3.6", "tools/python36.sh"),
    Stage("changelog", "antsibull-changelog lint"),
    Stage("docs", "python tools/reference_docs.py check"),
    Stage("sanity-2.16", "tools/ansible-test.sh 2.16 sanity", "test", limit=900),
    Stage("units-core", "tools/ansible-test.sh newest units", "test"),
    Stage("units-2.16", "tools/ansible-test.sh 2.16 units", "test"),
    Stage("archive", "tools/archive.sh", "test"),
    Stage("lab", "tools/lab_smoke.sh", "test", alone=True),
    Stage("conformance", "tools/conformance.sh", "test", alone=True),
    Stage("bench", "pytest -q -s tests/bench", "test", alone=True),
)


class Runner:
    """Runs stages; keeps {stage: (seconds, "passed" or what was wrong)}."""

    def __init__(self):
        self.results = {}
        self.running = set()
        self.lock = threading.Lock()
        self.stopped = False

    def run_all(self, stages):
        """Run those that bear company in two lanes, then the others one by one."""
        waiting = queue.SimpleQueue()
        for stage in stages:
            if not stage.alone:
                waiting.put(stage)
        lanes = [threading.Thread(target=self.drain, args=(waiting,)) for _ in range(2)]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        for stage in stages:
            if stage.alone:
                self.run(stage)

    def drain(self, waiting):
        while not self.stopped:
            try:
                self.run(waiting.get_nowait())
            except queue.Empty:
                return

    def run(self, stage):
        log = LOGS / f"{stage.name}.log"
        begun = time.monotonic()
        with log.open("wb") as output:
            # a session of its own, so that whatever a stage leaves behind ends with it
            process = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", stage.command], cwd=ROOT, env=environment(),
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )
            self.running.add(process)
            try:
                status = process.wait(stage.limit)
                verdict = "passed" if status == 0 else f"FAILED (status {status})"
            except subprocess.TimeoutExpired:
                verdict = f"FAILED (not over after {stage.limit} s)"
            end(process)
            self.running.discard(process)
        with self.lock:
            self.results[stage] = (time.monotonic() - begun, verdict)
            self.tell(stage, log.read_text(errors="replace").splitlines())

    def tell(self, stage, lines):
        seconds, verdict = self.results[stage]
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        if verdict == "passed":
            print(f"✓ {stage.name:13} {seconds:4.0f} s  {last[:120]}", flush=True)
            return
        telling = [line for line in lines[:-SHOWN] if TELLING.search(line)][:20]
        print(f"\n✗ {stage.name:13} {seconds:4.0f} s  {verdict}; the end of build/logs/{stage.name}.log:")
        print(*(f"  │ {line}" for line in [*telling, *lines[-SHOWN:]]), "", sep="\n", flush=True)

    def stop(self):
        self.stopped = True
        for process in list(self.running):
            end(process)


def end(process):
    """End the session that *process* leads."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            continue


def environment():
    """What stages see: the tools of .venv first, no colours in logs."""
    return {
        **os.environ,
        "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}",
        "ANSIBLE_NOCOLOR": "1", "NO_COLOR": "1", "PY_COLORS": "0", "TERM": "dumb", "COLUMNS": "160",
    }


def chosen(words):
    """Return the stages of a group, or those named."""
    names = {stage.name: stage for stage in STAGES}
    if words in (["check"], ["test"]):
        return [stage for stage in STAGES if words[0] in stage.groups.split()]
    unknown = [word for word in words if word not in names]
    if unknown or not words:
        sys.exit(f"stages: no stage {' '.join(unknown)!r}; there are: check, test, {', '.join(names)}")
    return [names[word] for word in words]


def main(words):
    stages = chosen(words)
    LOGS.mkdir(parents=True, exist_ok=True)
    runner = Runner()
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        runner.run_all(stages)
    finally:
        runner.stop()
    print(f"\n{'stage':14} {'seconds':>7}  result")
    for stage in stages:
        seconds, verdict = runner.results.get(stage, (0, "FAILED (not run)"))
        print(f"{stage.name:14} {seconds:7.0f}  {verdict}")
    print(f"{'all':14} {time.monotonic() - begun:7.0f}\n")
    passed = sum(verdict == "passed" for _, verdict in runner.results.values())
    print(f"{passed} passed, {len(stages) - passed} failed")
    return passed != len(stages)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
