"""mesos_component and the process: started clean, restarted only when stale, never another's."""

import json
import os
import re
import subprocess
import sys
import time

import pytest
from ansible_collections.mesos.security.plugins.module_utils import _component_run, _process


@pytest.fixture
def lab(node):
    node.material("etc/tls")
    return node


def alive(pid):
    return _process.look(pid, ["mesos-master", "mesos-agent"]) is not None


def test_check_then_start_then_again(lab):
    foretold = lab.bring("master", "required", process="current", check=True)
    assert foretold["process"] == "started" and foretold["changed"] and foretold["running"] is None
    done = lab.bring("master", "required", process="current", flags={"port": 5050})
    assert done["process"] == "started" and not done["stale"] and alive(done["running"]["pid"])
    assert done["running"]["program"] == "mesos-master"
    assert done["running"]["environment"]["LIBPROCESS_SSL_ENABLED"] == "true"
    assert done["running"]["flags"] == {"port": "5050"}
    again = lab.bring("master", "required", process="current", flags={"port": 5050})
    assert not again["changed"] and again["process"] == "kept" and again["running"] == done["running"]


def test_nothing_of_the_caller_leaks_in(lab, monkeypatch):
    for name in ("MESOS_PORT", "LIBPROCESS_PORT", "LIBPROCESS_SSL_ENABLED", "SSL_CERT_FILE", "PYTHONPATH", "SECRET"):
        monkeypatch.setenv(name, "1")
    pid = lab.bring("master", "disabled", process="current")["running"]["pid"]
    environ = _process.look(pid, ["mesos-master"]).environ
    assert set(environ) <= {"PATH", "LANG", "LC_CTYPE", "PWD", "SHLVL", "_", "OLDPWD"}


def test_it_runs_on_its_own(lab):
    pid = lab.bring("master", "disabled", process="current")["running"]["pid"]
    assert os.getsid(pid) == pid != os.getsid(0)
    assert os.readlink(f"/proc/{pid}/cwd") == str(lab.root)
    assert os.readlink(f"/proc/{pid}/fd/0") == "/dev/null"
    assert os.readlink(f"/proc/{pid}/fd/2") == str(lab.root / "log/mesos-master.log")
    assert (lab.root / "run/mesos-master.pid").read_text() == f"{pid}\n"


def test_kept_tells_what_is_stale_and_current_mends_it(lab):
    pid = lab.bring("master", "disabled", process="current")["running"]["pid"]
    kept = lab.bring("master", "required")
    assert kept["process"] == "kept" and kept["stale"] and kept["running"]["pid"] == pid
    assert "LIBPROCESS_SSL_ENABLED is true on disk and not set in the running process" in kept["stale_reasons"]
    foretold = lab.bring("master", "required", process="current", check=True)
    assert foretold["process"] == "restarted" and foretold["running"]["pid"] == pid
    done = lab.bring("master", "required", process="current")
    assert done["process"] == "restarted" and not done["stale"] and not alive(pid)


def test_what_was_taken_away_makes_stale_too(lab):
    lab.bring("master", "permissive", process="current")
    reasons = lab.bring("master", "required")["stale_reasons"]
    assert reasons == ["LIBPROCESS_SSL_SUPPORT_DOWNGRADE is not set on disk and true in the running process"]


@pytest.mark.parametrize("name, mode, stale", [
    ("node.pem", "required", True), ("node.key", "mutual", True), ("ca.pem", "verified", True),
    ("ca.pem", "required", False), ("node.pem", "disabled", False),
])  # fmt: skip
def test_a_newer_certificate_makes_stale_where_the_process_reads_it(lab, name, mode, stale):
    lab.bring("master", mode, process="current")
    later = time.time() + 5
    os.utime(lab.root / "etc/tls" / name, (later, later))
    answer = lab.bring("master", mode)
    assert answer["stale"] is stale
    assert not stale or f"{name} is newer than the running process" in answer["stale_reasons"][0]


def test_a_newer_executors_certificate_is_no_reason_to_restart_the_agent(lab):
    lab.bring("agent", "required", process="current")
    later = time.time() + 5
    os.utime(lab.root / "etc/tls/executor.pem", (later, later))
    assert not lab.bring("agent", "required")["stale"]


def test_restarted_restarts_in_any_case(lab):
    pids = {lab.bring("master", "disabled", process="restarted")["running"]["pid"] for _time in range(2)}
    assert len(pids) == 2


def test_stopped_stops_and_then_has_nothing_to_do(lab):
    pid = lab.bring("master", "disabled", process="current")["running"]["pid"]
    foretold = lab.bring("master", "disabled", process="stopped", check=True)
    assert foretold["changed"] and alive(pid)
    done = lab.bring("master", "disabled", process="stopped")
    assert done["process"] == "stopped" and done["running"] is None and not alive(pid)
    assert not (lab.root / "run/mesos-master.pid").exists()
    assert not lab.bring("master", "disabled", process="stopped")["changed"]


def test_executors_outlive_their_agent(lab):
    task = "import subprocess\nsubprocess.Popen(['sleep', '60'], start_new_session=True)\n"
    lab.script(lab.fake / "mesos-agent", task + (lab.fake / "mesos-agent").read_text())
    pid = lab.bring("agent", "disabled", process="current")["running"]["pid"]
    with open(f"/proc/{pid}/task/{pid}/children") as stream:
        executor = int(stream.read())
    try:
        lab.bring("agent", "disabled", process="restarted")
        with open(f"/proc/{executor}/stat") as stream:
            assert stream.read().rpartition(")")[2].split()[0] == "S"
    finally:
        os.kill(executor, 9)


def test_a_program_that_ends_at_once_says_its_last_words(lab):
    with pytest.raises(_component_run.NotRunning) as problem:
        lab.bring("master", "disabled", process="current", flags={"port": 1})
    words = _component_run.words(problem.value)
    assert re.search(r"mesos-master ended at once \(exit status 1\).  Its last words in .*mesos-master.log:", words)
    assert "EXIT with status 1: Failed to bind" in words and words.endswith("The settings on disk are the new ones.")
    assert not (lab.root / "run/mesos-master.pid").exists()
    assert lab.bring("master", "disabled", process="current")["process"] == "started"


@pytest.mark.parametrize("path", ["log/mesos-master.log", "run/mesos-master.pid"])
def test_a_directory_in_place_of_log_or_pid_file_starts_nothing(lab, path):
    (lab.root / path).mkdir(parents=True)
    with pytest.raises(_component_run.PROBLEMS, match=path + " .*directory") as problem:
        lab.bring("master", "required", process="current")
    written = (lab.root / "etc/mesos-master.env").exists()
    assert _component_run.words(problem.value).endswith("disk are the new ones." if written else "Nothing was changed.")
    assert not [pid for pid in os.listdir("/proc") if pid.isdigit() and _home(pid) == str(lab.root)]


def _home(pid):
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return None


def test_a_settings_file_for_a_shell_does_not_start_a_program(lab):
    lab.file("etc/mesos-master.env", "MESOS_ZK=`cat /etc/mesos/zk`\n")
    with pytest.raises(_component_run.NotRunning, match="leaves MESOS_ZK to a shell; write plain NAME='value' lines"):
        lab.bring("master", "disabled", process="current")


@pytest.fixture
def stranger():
    """A process that is no Mesos."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process.pid
    process.kill()
    process.wait()


@pytest.mark.parametrize("text", ["", "no number\n", "999999999\n", "0\n", "-1\n", "{stranger}\n", "1\n"])
def test_a_stale_pid_file_names_nobody(lab, stranger, text):
    lab.file("run/mesos-master.pid", text.format(stranger=stranger))
    assert lab.bring("master", "disabled", process="stopped")["process"] == "kept"
    assert os.path.exists(f"/proc/{stranger}")
    assert lab.bring("master", "disabled", process="current")["process"] == "started"


def test_a_number_given_again_to_another_master_does_not_count(lab, tmp_path):
    """Another root's master got the number that our dead one had."""
    other = subprocess.Popen([str(lab.bin / "mesos-master")], cwd=str(tmp_path))
    try:
        while not _process.listens(other.pid):
            time.sleep(0.01)
        path = lab.file("run/mesos-master.pid", f"{other.pid}\n")
        os.utime(path, (1, 1))
        assert lab.bring("master", "disabled")["running"] is None
        os.utime(path)
        assert lab.bring("master", "disabled")["running"]["pid"] == other.pid
    finally:
        other.kill()
        other.wait()


def test_the_start_is_known_to_a_tick(lab):
    before = time.time()
    started = lab.bring("master", "disabled", process="current")["running"]["started"]
    assert before - 0.05 <= started <= time.time() + 0.05


# -- under systemd ------------------------------------------------------------------------------------------------


@pytest.fixture
def packaged(node, monkeypatch):
    """A packaged node whose unit runs a program; yields a function that starts it as the wrapper does."""
    node.material("etc/mesos/tls")
    node.file("etc/default/mesos-master", "LIBPROCESS_IP=127.0.0.1\n")
    node.file("etc/mesos-master/quorum", "1\n")
    node.unit("mesos-master")
    monkeypatch.setattr(_process, "START_SECONDS", 1)
    started = []

    def start(*arguments, **environ):
        command = [str(node.bin / "mesos-master"), *arguments]
        process = subprocess.Popen(command, env={"PATH": "/usr/bin:/bin"} | environ)
        started.append(process)
        while not _process.listens(process.pid):
            time.sleep(0.01)
        node.unit("mesos-master", MainPID=str(process.pid))
        return process.pid

    node.start = start
    yield node
    for process in started:
        process.kill()
        process.wait()


def deeds(node):
    path = node.fake / "systemctl.log"
    lines = path.read_text().splitlines() if path.exists() else []
    return [line for line in lines if not line.startswith("show")]


def test_a_unit_that_runs_with_what_is_on_disk_is_left_alone(packaged):
    pid = packaged.start("--quorum=1", "--ip=127.0.0.1", LIBPROCESS_IP="127.0.0.1", MESOS_OF_THE_UNIT="x")
    answer = packaged.bring("master", "disabled", "mesosphere", process="current")
    assert answer["running"]["pid"] == pid and answer["stale_reasons"] == [] and not answer["changed"]
    assert deeds(packaged) == []


HOME = {"LIBPROCESS_IP": "127.0.0.1"}


@pytest.mark.parametrize("arguments, environ, reason", [
    (("--quorum=2",), HOME, "--quorum on disk differs from the running process"),
    (("--quorum=1", "--acls=x"), HOME, "--acls is given to the running process and no longer on disk"),
    (("--quorum=1",), {"LIBPROCESS_IP": "10.0.0.1"}, "LIBPROCESS_IP is 127.0.0.1 on disk and 10.0.0.1 in the running"),
    (("--quorum=1",), {}, "LIBPROCESS_IP is 127.0.0.1 on disk and not set"),
    (("--quorum=1",), HOME | {"LIBPROCESS_SSL_ENABLED": "true"}, "LIBPROCESS_SSL_ENABLED is not set on disk"),
])  # fmt: skip
def test_a_unit_that_runs_with_something_else_is_restarted(packaged, arguments, environ, reason):
    packaged.start(*arguments, **environ)
    answer = packaged.bring("master", "disabled", "mesosphere", process="current")
    assert len(answer["stale_reasons"]) == 1 and reason in answer["stale_reasons"][0]
    assert answer["process"] == "restarted" and deeds(packaged) == ["restart mesos-master"]


def test_check_mode_gives_systemd_no_orders(packaged):
    assert packaged.bring("master", "required", "mesosphere", process="restarted", check=True)["process"] == "started"
    assert deeds(packaged) == []


def test_a_unit_that_does_not_come_up_says_where_to_look(packaged):
    with pytest.raises(_component_run.NotRunning, match="1 s later no mesos-master runs; see journalctl --unit mesos"):
        packaged.bring("master", "disabled", "mesosphere", process="current")


def test_a_unit_that_systemd_cannot_start_says_why(packaged):
    packaged.fake.joinpath("broken").touch()
    with pytest.raises(_component_run.NotRunning, match="start mesos-master failed with status 1: Job failed"):
        packaged.bring("master", "disabled", "mesosphere", process="current")


def test_no_systemd_is_a_plain_sentence(packaged, monkeypatch):
    monkeypatch.setenv("PATH", str(packaged.root))
    assert "systemctl cannot be run" in packaged.refuse("master", "required", "mesosphere")


def test_no_secret_of_the_running_process_shows(packaged):
    packaged.start("--quorum=1", "--zk=zk://u:hush@h/x", '--credential={"principal":"p","secret":"hush"}',
                   LIBPROCESS_IP="127.0.0.1", MESOS_JWT_SECRET_KEY="hush", LIBPROCESS_TOKEN="hush")
    answer = packaged.bring("master", "disabled", "mesosphere")
    assert "hush" not in json.dumps(answer)
    assert answer["running"]["flags"]["zk"] == "zk://(not shown)@h/x"
