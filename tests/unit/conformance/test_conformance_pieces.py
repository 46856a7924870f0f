# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The player's small parts: placeholders, values out of JSON, processes, ports, outcomes of clients."""

import subprocess
import sys
from pathlib import Path

import pytest
from player import HOME, explain
from player.compare import who_appears
from player.corpus import RECORDINGS, load, load_cases, matches, paths_of
from player.http_client import pick
from player.normalize import Normalizer
from player.perform import framework_token
from player.programs import Implementation, Missing, Ports, processes_of, wait_until
from player.stage import Variables


def test_longer_paths_and_whole_numbers_become_placeholders_first():
    normalizer = Normalizer()
    normalizer.add("/some/x", "<RUN>")
    normalizer.add("/some/x/master", "<MASTER_WORK_DIR>")
    normalizer.add(15001, "<MASTER_PORT>")
    identifier = "0123abcd-0000-1111-2222-0123456789ab"
    text = (
        f"{identifier}-0001 {identifier}-S2 {identifier}-O3 {identifier} /some/x/master/y /some/x "
        "127.0.0.1:15001 115001 localhost:40000"
    )
    assert normalizer.text(text) == (
        "<FRAMEWORK_ID> <AGENT_ID> <OFFER_ID> <UUID> <MASTER_WORK_DIR>/y <RUN> "
        "127.0.0.1:<MASTER_PORT> 115001 localhost:<PORT>"
    )


def test_a_log_becomes_key_lines_each_once():
    text = (
        "W1121 08:00:00.000001   123 master.cpp:77] Refused\n"
        "I1121 08:00:00.000001   123 registrar.cpp:1] Noise\n"
        "W1121 08:00:01.000001   124 master.cpp:77] Refused\n"
        "plain\n"
    )
    assert Normalizer().log(text) == ["W master.cpp] Refused", "plain"]


def test_volatile_numbers_and_strings_of_json_become_placeholders():
    assert Normalizer().data({"start_time": 1.5, "n": 1, "uuid": "x"}) == {
        "start_time": "<NUMBER>",
        "n": 1,
        "uuid": "<UUID>",
    }


def test_who_appears_in_a_body():
    body = {"frameworks": [{"principal": "fw1", "roles": ["web"], "other": 1}]}
    assert who_appears(body) == ["1 frameworks", "principal fw1", "roles web"]


@pytest.mark.parametrize(
    ("expression", "value"), [("a[].b", [1, 2]), ("keys(c)", ["x", "y"]), ("len(a)", 2), ("a.z", None)]
)
def test_a_value_is_picked_out_of_json(expression, value):
    assert pick({"a": [{"b": 1}, {"b": 2}], "c": {"y": 1, "x": 2}}, expression) == value


def test_unknown_variables_stay_as_they_are():
    assert Variables(run="/run").fill({"x": ["{run}/y", "{z}"]}) == {"x": ["/run/y", "{z}"]}


def test_processes_are_found_by_a_path_of_their_environment():
    with subprocess.Popen(["sleep", "60"], env={"MESOS_SANDBOX": "/nowhere/70/sandbox"}) as process:
        try:
            wait_until(lambda: processes_of("/nowhere/70"), 5)  # the kernel shows it a moment after the start
            assert processes_of("/nowhere/70") == {process.pid: "sleep"}
            assert processes_of("/nowhere/7") == {}
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("text", "code", "connected", "token"),
    [
        ("x TASK_FAILED", 0, None, "task_failed"),
        ("", None, None, "not_connected"),
        ("", 1, None, "exit_1"),
        ("", -6, "Hello", "not_connected"),
        ("Hello", 1, "Hello", "registered"),
    ],
)
def test_the_outcome_of_a_framework(text, code, connected, token):
    assert framework_token(text, code, connected) == token


def test_two_runs_side_by_side_are_given_different_ports():
    one, other = Ports(), Ports()
    other.next = one.next
    assert not {one.take() for _ in range(20)} & {other.take() for _ in range(20)}


def test_a_port_given_back_is_free_for_others_but_does_not_come_up_at_once():
    one, other = Ports(), Ports()
    port = one.take()
    one.give_back([port])
    assert one.take() != port
    other.next = port - 1
    assert other.take() == port


def test_a_missing_program_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="there is no program mesos-master"):
        Implementation(None, None, str(tmp_path / "bin")).find("mesos-master")


def test_settings_of_the_surrounding_shell_do_not_reach_the_programs(tmp_path, monkeypatch):
    monkeypatch.setenv("LIBPROCESS_SSL_ENABLED", "true")
    monkeypatch.setenv("MESOS_PORT", "1")
    environment = Implementation(None, None, str(tmp_path / "bin")).environment
    assert not [name for name in environment if name.startswith(("LIBPROCESS_", "MESOS_"))]


def test_an_area_means_its_cases_and_a_pattern_means_what_it_matches():
    assert matches("tls/start-no-key", ["tls"])
    assert matches("exercises/0-insecure-run", ["exercises/0*"])
    assert not matches("exercises/1a-x", ["exercises/0*", "tls"])


def test_clusters_are_recorded_but_not_for_this_player():
    assert [path for path in paths_of([RECORDINGS]) if "/cluster/" in path]
    assert not [name for name in load_cases([RECORDINGS], None) if name.startswith("cluster/")]


def test_every_recording_lies_where_its_name_says():
    for path in map(Path, paths_of([RECORDINGS])):
        case = load(path)
        assert (case["area"], case["id"]) == (path.parent.name, path.stem)


def test_every_recorded_case_can_be_told():
    for case in load_cases([RECORDINGS], None).values():
        assert case["title"] in explain.story(case, {"steps": [], **case["observed"]}, [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--only", "nowhere"], "no such case"), (["--only", "startup"], "there is no program mesos-master")],
)
def test_a_run_that_cannot_be_says_why_and_fails(arguments, words, tmp_path):
    argv = [sys.executable, f"{HOME}/replay.py", RECORDINGS, *arguments]
    finished = subprocess.run(argv, capture_output=True, text=True, env={"PATH": str(tmp_path)})
    assert finished.returncode == 1
    assert words in finished.stderr
