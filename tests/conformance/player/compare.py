# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares an observation with a recorded one, tier by tier.

``behaviour``: what programs branch on; ``words``: texts that a person or a
tool matches on; ``shapes``: complete bodies.  Whatever varied between two
recordings of the case is left out.
"""

import collections
import itertools
import json
import re
from typing import Any, NamedTuple

from player.events import asked, call_kind, essential, event_kind, is_subsequence, parse, parse_record
from player.lines import CUT_LOG, LATE, PLAIN_EXECUTOR, Line, by_start, connecting

TIERS = ("behaviour", "words", "shapes")
COMPONENTS = ("master", "agent")
BEHAVIOUR_HEADERS = ("WWW-Authenticate", "Location", "Content-Type", "Mesos-Stream-Id")
CUT_TEXTS = (60, 100, 120, 150, 200, 1000, 2000)  # limits of the recorder
STATUS = re.compile(r"(HTTP/\S+ )?\d{3}\b")
IDENTITIES = {"principal", "role", "roles"}
BUILD = {"git_branch", "git_sha", "git_tag"}  # only in builds from git
COLLECTIONS = {"frameworks", "completed_frameworks", "slaves", "agents", "tasks", "completed_tasks", "executors"}


class Difference(NamedTuple):
    """Where, and at which tier, the observation is not what was recorded."""

    tier: str
    pointer: str
    expected: Any
    got: Any


def differences(case, observed):
    """What differs from the recording, lowest tier first."""
    comparison = Comparison(case.get("stability", {}).get("varies", []))
    comparison.whole(case, observed)
    return sorted(comparison.found, key=lambda item: TIERS.index(item.tier))


def up_to(tier, found):
    """The differences that count if this tier is asked for."""
    return [item for item in found if TIERS.index(item.tier) <= TIERS.index(tier)]


def pending(case, observed, tier):
    """Whether states or lines of master and agent may still come right."""
    comparison = Comparison(case.get("stability", {}).get("varies", []))
    comparison.components(case, observed)
    return any(item.expected is not None for item in up_to(tier, comparison.found))


class Comparison:
    """Collects differences, except where recordings vary themselves."""

    def __init__(self, varies):
        self.ignored = [item for item in varies if isinstance(item, str)]
        self.ignored_lines = {item["at"]: set(item["lines"]) for item in varies if isinstance(item, dict)}
        self.updates = collections.defaultdict(lambda: (set(), set()))
        self.found = []

    def varies(self, pointer):
        return any(pointer == item or pointer.startswith(item + "/") for item in self.ignored)

    def varies_within(self, pointer):
        return any(item.startswith(pointer) for item in self.ignored)

    def equal(self, tier, pointer, expected, got):
        if expected != got and not self.varies(pointer):
            self.found.append(Difference(tier, pointer, expected, got))

    # -- the whole --------------------------------------------------------

    def whole(self, case, observed):
        recorded = case["observed"]
        self.equal("behaviour", "/initial", recorded["initial"], observed["initial"])
        steps = zip(case["action"].get("steps", []), recorded.get("steps", []), observed["steps"], strict=False)
        for number, (step, expected, got) in enumerate(steps):
            if got["outcome"] != "skipped":
                self.step(f"/steps/{number}", step, expected, got)
        self.components(case, observed)

    def step(self, pointer, step, expected, got):
        self.equal("behaviour", pointer + "/outcome", expected["outcome"], got["outcome"])
        if "error" in expected and "error" in got:
            self.equal("behaviour", pointer + "/error", error_family(expected["error"]), error_family(got["error"]))
            if error_family(expected["error"]) == "SSLError":
                self.equal("words", pointer + "/error", expected["error"], got["error"])
        for key in ("protocol", "cipher"):
            self.equal("behaviour", f"{pointer}/{key}", expected.get(key), got.get(key))
        for key in ("processes", "received"):
            self.equal("words", f"{pointer}/{key}", expected.get(key), got.get(key))
        if "http" in expected and "http" in got:
            self.http(pointer + "/http", step, expected["http"], got["http"])
        if "subscribe" in expected and "subscribe" in got:
            self.answer(pointer + "/subscribe", expected["subscribe"], got["subscribe"])
            self.text(
                "words", pointer + "/subscribe/body", expected["subscribe"].get("body"), got["subscribe"].get("body")
            )
        if "events" in expected and "events" in got:
            self.session(pointer, step, expected, got)
        if "exit_code" in expected and "exit_code" in got:
            self.process(pointer, step, expected, got)

    # -- HTTP -------------------------------------------------------------

    def answer(self, pointer, expected, got):
        self.equal("behaviour", pointer + "/status", expected["status"], got["status"])
        headers = [part.get("headers", {}) for part in (expected, got)]
        for name in sorted(headers[0] | headers[1]):
            self.equal(
                "behaviour" if name in BEHAVIOUR_HEADERS else "shapes",
                f"{pointer}/headers/{name}",
                headers[0].get(name),
                headers[1].get(name),
            )

    def http(self, pointer, step, expected, got):
        self.answer(pointer, expected, got)
        self.equal("shapes", pointer + "/jsonp", expected.get("jsonp"), got.get("jsonp"))
        pointer += "/body"
        good = 200 <= expected["status"] < 300
        tier = "behaviour" if "pick" in step else "shapes" if good else "words"
        if good and ("__processes__" in step["path"] or "metrics" in step["path"] and expected.get("body_truncated")):
            return  # which actors and counters there are yet
        if "body_length_zero" in expected:
            self.equal(tier, pointer, expected["body_length_zero"], got["body"] in ("", None))
        elif expected.get("body_truncated"):
            self.beginning(tier, pointer, expected["body"], got["body"])
        else:
            if good and not self.varies_within(pointer):
                self.equal("behaviour", pointer, who_appears(expected["body"]), who_appears(got["body"]))
            self.data(tier, pointer, expected["body"], got["body"])

    def beginning(self, tier, pointer, expected, got):
        """JSON of which the beginning was recorded as text."""
        if not isinstance(got, str):
            got = json.dumps(got)
        expected, got = (text.split(', "git_')[0] for text in (expected, got))
        self.equal(tier, pointer, expected, got[: len(expected)])

    def text(self, tier, pointer, expected, got):
        """Texts, of which the recorder may have cut the recorded one."""
        if expected and got and len(expected) in CUT_TEXTS:
            got = got[: len(expected)]
        self.equal(tier, pointer, expected, got)

    def data(self, tier, pointer, expected, got):
        """JSON data: same keys, same types, same values."""
        if isinstance(expected, dict) and isinstance(got, dict):
            for key in sorted((expected | got).keys() - BUILD):
                self.data(tier, f"{pointer}/{key}", expected.get(key, "<ABSENT>"), got.get(key, "<ABSENT>"))
        elif isinstance(expected, list) and isinstance(got, list):
            if len(expected) != len(got):
                self.equal(tier, pointer, expected, got)
                return
            for number, (left, right) in enumerate(zip(expected, got, strict=False)):
                self.data(tier, f"{pointer}/{number}", left, right)
        elif isinstance(expected, str) and isinstance(got, str):
            self.text(tier, pointer, expected, got)
        elif isinstance(expected, bool) != isinstance(got, bool):
            self.equal(tier, pointer, repr(expected), repr(got))
        else:
            self.equal(tier, pointer, expected, got)

    # -- scheduler sessions -----------------------------------------------

    def session(self, pointer, step, expected, got):
        handle = step.get("handle", "s")
        if "subscribe" in step:
            self.updates.pop(handle, None)
        recorded_updates, seen_updates = self.updates[handle]
        self.sequence(
            pointer + "/events",
            event_kind,
            essential(self.steady(pointer + "/events", expected), recorded_updates),
            essential(got["events"], seen_updates),
        )
        self.sequence(
            pointer + "/calls", call_kind, asked(self.steady(pointer + "/calls", expected)), asked(got.get("calls", []))
        )
        self.frames(pointer + "/first_frames", expected.get("first_frames", []), got.get("first_frames", []))

    def steady(self, pointer, expected):
        """The recorded events or calls that did not vary."""
        items = expected.get(pointer.rpartition("/")[2], [])
        return [item for number, item in enumerate(items) if not self.varies(f"{pointer}/{number}")]

    def sequence(self, pointer, kind, expected, got):
        """Events or calls: the same kinds in the same order.

        Where some varied, the others must be among those seen.
        """
        kinds = [[kind(item) for item in items] for items in (expected, got)]
        if self.varies_within(pointer) and is_subsequence(*kinds):
            return
        self.equal("behaviour", pointer, *kinds)
        if kinds[0] == kinds[1]:
            for number, (left, right) in enumerate(zip(expected, got, strict=False)):
                whole = isinstance(left, dict) and "type" in left
                self.data("shapes" if whole else "words", f"{pointer}/{number}", left, right)

    def frames(self, pointer, expected, got):
        """First records of the stream, as far as they were kept whole."""
        seen = {record["type"]: record for record in map(parse_record, got) if record}
        for number, frame in enumerate(expected):
            record = parse_record(frame)
            if record and record["type"] in seen:
                self.data("shapes", f"{pointer}/{number}", record, seen[record["type"]])

    # -- processes and their lines ----------------------------------------

    def process(self, pointer, step, expected, got):
        codes = expected["exit_code"], got["exit_code"]
        crash = step["do"] == "execute" and any(code is not None and code < 0 for code in codes)
        named = expected["outcome"] in step.get("tokens", ())
        if not (crash or named or step.get("connect_only") or self.varies(pointer + "/still_running")):
            self.equal("behaviour", pointer + "/exit_code", *codes)
        if "stdout" not in expected or named:
            return
        if step.get("argv", [""])[0] == "curl":
            self.equal(
                "behaviour",
                pointer + "/stdout",
                *([line for line in part["stdout"] if STATUS.match(line)] for part in (expected, got)),
            )
        for name in ("stdout", "stderr"):
            where, lines = f"{pointer}/{name}", expected[name]
            if step.get("all_lines") and name == "stdout":
                self.all_lines(where, lines, got[name])
                continue
            if step.get("connect_only"):
                lines = connecting(lines)
            self.lines(
                where,
                where,
                lines,
                got[name],
                extra=step["do"] in ("execute", "v0") and expected["outcome"] != "registered",
            )

    def all_lines(self, pointer, expected, got):
        """The whole output: JSON, or lines in any order."""
        data = [parse("\n".join(lines)) for lines in (expected, got)]
        if data[0] is not None:
            self.data("shapes", pointer, *data)
        else:
            self.equal("words", pointer, sorted(expected), sorted(got))

    def components(self, case, observed):
        """State, exit code and log of master and agent."""
        recorded, hasty = case["observed"], any(step.get("connect_only") for step in case["action"].get("steps", []))
        for what in COMPONENTS:
            for key in (what + "_state", what + "_exit_code"):
                self.equal("behaviour", "/" + key, recorded.get(key), observed.get(key))
            if any(step["outcome"] == "skipped" for step in observed["steps"]):
                continue  # its lines are missing too
            pointer = f"/{what}_log"
            expected, got = (by_start(item.get(what + "_log", [])) for item in (recorded, observed))
            self.equal("behaviour", pointer, f"{len(expected)} starts", f"{len(got)} starts")
            for number, (left, right) in enumerate(zip(expected, got, strict=False), 1):
                where = pointer + (f" (start {number})" if len(expected) > 1 else "")
                if hasty and what == "agent":  # perhaps no executor yet
                    left = [line for line in left if not PLAIN_EXECUTOR.search(line)]
                self.lines(pointer, where, left, right, extra=True)

    def lines(self, pointer, where, expected, got, extra):
        """Key lines as a set; those of one source file in order.

        ``extra``: whether additional lines count; never those of level I.
        """
        ignored = {Line.of(text) for text in self.ignored_lines.get(pointer, ())}
        extra = extra and not any(map(CUT_LOG.match, expected))
        expected, got = ([Line.of(text) for text in lines if not CUT_LOG.match(text)] for lines in (expected, got))
        expected = [line for line in expected if line.matters() and line not in ignored]
        for line in expected:
            if line not in got:
                self.equal("words", where, str(line), None)
        for file in {line.file for line in expected}:
            present = [line for line in expected if line.file == file and line in got]
            for one, two in itertools.pairwise(present):
                if got.index(one) > got.index(two):
                    self.equal("words", where, f"{one}\n{two}", f"{two}\n{one}")
        if extra:
            for line in got:
                if (
                    line.matters()
                    and line.level != "I"
                    and line not in expected
                    and line not in ignored
                    and not LATE.search(line.text)
                ):
                    self.equal("words", where, None, str(line))


def error_family(error):
    name = error.split(":")[0]
    if name in ("RemoteDisconnected", "ConnectionResetError", "SSLEOFError", "BrokenPipeError", "IncompleteRead"):
        return "closed"
    return name


def who_appears(body):
    """Principals, roles and numbers of things that a body tells of."""
    found = set()

    def walk(value, key):
        if isinstance(value, dict):
            for name, item in value.items():
                walk(item, name)
        elif isinstance(value, list):
            if key in COLLECTIONS:
                found.add(f"{len(value)} {key}")
            for item in value:
                walk(item, key)
        elif key in IDENTITIES:
            found.add(f"{key} {value}")

    walk(body, None)
    return sorted(found)
