"""Labs stay out of each other's way, and leave nothing behind."""

import os
import subprocess
import sys

import pytest
from ansible_collections.mesos.security.plugins.plugin_utils import _lab


@pytest.fixture
def labs(tmp_path):
    return str(tmp_path / "labs")


def start_in(lab):
    """A process that got a path of the lab, in a session of its own like an executor."""
    environment = {**os.environ, "SANDBOX": os.path.join(os.path.realpath(lab), "agent")}
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], env=environment,
                            start_new_session=True)


def test_two_labs_have_nothing_in_common(labs):
    (first, ports), (second, others) = _lab.claim(labs, ["master", "agent"]), _lab.claim(labs, ["master", "agent"])
    assert first != second
    assert not set(ports.values()) & set(others.values())
    assert sorted(ports) == ["agent", "master"]


def test_a_lab_that_nobody_plays_gives_its_number_free(labs):
    lab, _ports = _lab.claim(labs, ["master"])
    described = _lab.describe(lab)
    described["player"] = [described["player"][0], -1]        # another process has the pid now
    with open(os.path.join(lab, "lab.json"), "w") as stream:
        stream.write(str(described).replace("'", '"'))
    assert _lab.claim(labs, ["master"])[0] == lab


def test_a_lab_whose_player_is_gone_stays_while_something_runs_in_it(labs):
    lab, _ports = _lab.claim(labs, ["master"])
    os.remove(os.path.join(lab, "lab.json"))
    process = start_in(lab)
    try:
        assert _lab.claim(labs, ["master"])[0] != lab
    finally:
        process.kill()
        process.wait()


def test_removing_a_lab_ends_what_runs_in_it_and_nothing_else(labs):
    (lab, _), (other, _) = _lab.claim(labs, ["master"]), _lab.claim(labs, ["master"])
    inside, outside = start_in(lab), start_in(other)
    try:
        assert len(_lab.remove(lab)) == 1
        assert inside.wait(5) is not None
        assert outside.poll() is None
        assert not os.path.exists(lab)
        assert os.path.exists(other)
    finally:
        outside.kill()
        outside.wait()


def test_the_own_process_and_its_parents_do_not_belong_to_a_lab(labs, monkeypatch):
    lab, _ports = _lab.claim(labs, ["master"])
    script = ("import os; from ansible_collections.mesos.security.plugins.plugin_utils import _lab;"
              f"print(_lab.processes_of({lab!r}))")
    environment = {**os.environ, "LAB": os.path.realpath(lab) + "/"}
    assert subprocess.check_output([sys.executable, "-c", script], env=environment).strip() == b"{}"


def test_a_directory_that_cannot_be_made_is_named_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(_lab.LabError, match="file/labs: .*; give another mesos_lab_directory"):
        _lab.claim(str(tmp_path / "file" / "labs"), ["master"])


def test_there_is_no_lab_where_there_is_no_directory(labs):
    assert _lab.directories(labs) == []
