# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison is strict where it must be and lenient where recordings differ themselves."""

import copy

import pytest
from player.compare import differences
from player.corpus import RECORDINGS, load_cases
from player.events import event_kind
from player.lines import Line

NOT_RECORDED = "a body of which only the presence was recorded"


@pytest.fixture(scope="module")
def cases():
    found = load_cases([RECORDINGS], None)
    assert len(found) > 500
    return found


def observation(case):
    """What an implementation that did exactly the recorded would give."""
    observed = {"steps": [], **copy.deepcopy(case["observed"])}
    for step in observed["steps"]:
        if "body_length_zero" in step.get("http", {}):
            empty = step["http"].pop("body_length_zero")
            step["http"]["body"] = "" if empty else NOT_RECORDED
    return observed


def test_a_recording_equals_itself(cases):
    assert [name for name, case in cases.items() if differences(case, observation(case))] == []


# Each spoils one thing and gives (tier, pointer) of it, or None if there is no such thing to spoil.


def spoil_outcome(observed):
    for number, step in enumerate(observed["steps"]):
        step["outcome"] = "spoilt"
        return "behaviour", f"/steps/{number}/outcome"


def spoil_state(observed):
    if "master_state" in observed:
        observed["master_state"] = "spoilt"
        return "behaviour", "/master_state"


def spoil_status(observed):
    for number, step in enumerate(observed["steps"]):
        if "http" in step:
            step["http"]["status"] += 1
            return "behaviour", f"/steps/{number}/http/status"


def spoil_header(observed):
    for number, step in enumerate(observed["steps"]):
        headers = step.get("http", {}).get("headers", {})
        if "WWW-Authenticate" in headers:
            headers["WWW-Authenticate"] = 'Basic realm="spoilt"'
            return "behaviour", f"/steps/{number}/http/headers/WWW-Authenticate"


def spoil_event_order(observed):
    for number, step in enumerate(observed["steps"]):
        events = step.get("events", [])
        if {event_kind(event) for event in events} > {"SUBSCRIBED", "OFFERS"}:
            events.reverse()
            return "behaviour", f"/steps/{number}/events"


def spoil_exit_code(observed):
    if observed.get("agent_exit_code") == 1:
        observed["agent_exit_code"] = 3
        return "behaviour", "/agent_exit_code"


def spoil_refusal(observed):
    for number, step in enumerate(observed["steps"]):
        http = step.get("http", {})
        if http.get("status", 200) >= 400 and http["body"] not in (None, "", NOT_RECORDED):
            http["body"] = "spoilt" if isinstance(http["body"], str) else {}
            return "words", f"/steps/{number}/http/body"


def spoil_error_event(observed):
    for number, step in enumerate(observed["steps"]):
        for position, event in enumerate(step.get("events", [])):
            if isinstance(event, str) and event.startswith("ERROR: "):
                step["events"][position] = "ERROR: spoilt"
                return "words", f"/steps/{number}/events"


def spoil_log(observed):
    log = observed.get("master_log", [])
    for position, line in enumerate(log):
        if "unauthenticated agents" in line:
            log[position] = "I master.cpp] spoilt"
            return "words", "/master_log"


def spoil_warnings(observed):
    log = observed.get("master_log", [])
    if log and "--- start 1" not in log and "more lines" not in log[-1]:
        log.append("W master.cpp] spoilt")
        return "words", "/master_log"


def spoil_body(observed):
    for number, step in enumerate(observed["steps"]):
        http = step.get("http", {})
        if http.get("status") == 200 and isinstance(http.get("body"), dict) and http["body"]:
            http["body"]["spoilt"] = True
            return "shapes", f"/steps/{number}/http/body/spoilt"


SPOILERS = [value for name, value in sorted(globals().items()) if name.startswith("spoil_")]


def picked_or_varies(case, pointer):
    """Whether the comparison leaves this out on purpose."""
    parts = pointer.split("/")
    if parts[1] == "steps" and "pick" in case["action"]["steps"][int(parts[2])] and "body" in parts:
        return True
    varies = [item for item in case.get("stability", {}).get("varies", []) if isinstance(item, str)]
    return any(pointer.startswith(item) or item.startswith(pointer) for item in varies)


@pytest.mark.parametrize("spoil", SPOILERS, ids=lambda spoil: spoil.__name__)
def test_every_kind_of_difference_is_seen_at_its_tier(cases, spoil):
    spoilt, unnoticed = 0, []
    for name, case in cases.items():
        observed = observation(case)
        expected = spoil(observed)
        if not expected or picked_or_varies(case, expected[1]):
            continue
        spoilt += 1
        tier, pointer = expected
        found = differences(case, observed)
        if not any(item.tier == tier and item.pointer.startswith(pointer) for item in found):
            unnoticed.append(name)
    assert spoilt > 0
    assert unnoticed == []


CASE = {
    "action": {"steps": [{"do": "http", "path": "/state"}]},
    "observed": {
        "initial": {},
        "master_log": ["W a.cpp] one", "I a.cpp] chatter"],
        "steps": [{"outcome": "http_200", "http": {"status": 200, "body": {"role": "web", "n": 1, "on": True}}}],
    },
}


def changed(body=None, log=None, varies=()):
    observed = copy.deepcopy(CASE["observed"])
    observed["steps"][0]["http"]["body"].update(body or {})
    observed["master_log"] = log or observed["master_log"]
    found = differences(CASE | {"stability": {"varies": list(varies)}}, observed)
    return [(item.tier, item.pointer) for item in found]


def test_a_role_is_behaviour():
    assert ("behaviour", "/steps/0/http/body") in changed({"role": "other"})


def test_types_count():
    assert changed({"on": 1}) == [("shapes", "/steps/0/http/body/on")]
    assert changed({"n": 1.0}) == []


def test_what_varies_does_not_count():
    assert changed({"n": 2}, varies=["/steps/0/http/body/n"]) == []
    varies = [{"at": "/master_log", "lines": ["W a.cpp] one"]}]
    assert changed(log=["I a.cpp] chatter"], varies=varies) == []


def test_source_files_and_chatter_do_not_count():
    assert changed(log=["I x.py] more chatter", "W x.py] one"]) == []
    assert changed(log=["E a.cpp] one", "W a.cpp] one"]) == [("words", "/master_log")]


def test_lines_of_one_source_file_keep_their_order():
    case = copy.deepcopy(CASE)
    case["observed"]["master_log"] = ["W a.cpp] one", "W a.cpp] two"]
    observed = copy.deepcopy(case["observed"])
    observed["master_log"].reverse()
    assert [item.tier for item in differences(case, observed)] == ["words"]


def test_the_build_of_curl_does_not_count_but_what_it_says_does():
    recorded, seen = "curl: (35) OpenSSL/3.0.22: error:0A000418:SSL x", "curl: (35) OpenSSL/3.5.4: error:0A000418:SSL x"
    assert Line.of(recorded) == Line.of(seen)
    assert Line.of(recorded) != Line.of(seen.replace("418", "410"))


def pointers(step, recorded, seen):
    common = {"outcome": "done", "subscribe": {"status": 200}}
    case = {"action": {"steps": [step]}, "observed": {"initial": {}, "steps": [common | recorded]}}
    return [item.pointer for item in differences(case, {"initial": {}, "steps": [common | seen]})]


def test_heartbeats_offers_and_repeated_updates_are_a_matter_of_timing():
    step = {"do": "scheduler", "subscribe": {}}
    recorded = {
        "events": ["SUBSCRIBED", "OFFERS", "UPDATE TASK_RUNNING"],
        "calls": [{"call": "ACCEPT", "status": 202}],
    }
    seen = {
        "events": ["SUBSCRIBED", "HEARTBEAT", "OFFERS", "OFFERS", "UPDATE TASK_RUNNING", "UPDATE TASK_RUNNING"],
        "calls": recorded["calls"] + [{"call": "ACKNOWLEDGE", "status": 202}] * 2,
    }
    assert pointers(step, recorded, seen) == []
    seen["events"].append("UPDATE TASK_LOST")
    assert pointers(step, recorded, seen) == ["/steps/0/events"]


@pytest.mark.parametrize(
    ("program", "seen", "expected"),
    [("execute", -11, []), ("execute", 1, ["/steps/0/exit_code"]), ("v0", -11, ["/steps/0/exit_code"])],
)
def test_only_a_crash_of_mesos_execute_is_forgiven(program, seen, expected):
    assert pointers({"do": program}, {"exit_code": 0}, {"exit_code": seen}) == expected
