"""What the installed program says of itself."""

import pytest
from ansible_collections.mesos.security.plugins.module_utils._program import Program, ProgramProblem


@pytest.fixture
def program(tmp_path):
    """A function that installs a script as a program and returns it."""

    def install(text, name="mesos-master"):
        (tmp_path / name).write_text("#!/bin/sh\n" + text)
        (tmp_path / name).chmod(0o755)
        return Program([name], str(tmp_path))

    return install


@pytest.mark.parametrize("text, version", [
    ("mesos 1.11.0", (1, 11)), ("mesos 1.12.0\nINFO not Apache Mesos 9.9", (1, 12)), ("mesos 1.4.0-rc1", (1, 4)),
])  # fmt: skip
def test_its_version_is_read(program, text, version):
    assert program(f"echo '{text}'").version() == version


def test_its_flags_are_those_of_the_help(program):
    text = "Usage: mesos-master [options]\n\n  --acls=VALUE   The --value (see --help) ...\n  --[no-]quiet   Be quiet\n"
    assert program(f"cat <<'END'\n{text}\nEND\n").flags() == {"acls", "quiet"}


def test_ssl_is_seen_in_the_agents_help_also_for_a_master(program):
    master = program("echo nothing")
    program("echo '  --[no-]authenticate_http_executors  x'", "mesos-slave")
    assert master.has_ssl() is True
    program("echo '  --work_dir=VALUE  x'", "mesos-slave")
    assert master.has_ssl() is False


@pytest.mark.parametrize("libraries, ssl", [
    ("libssl.so.1.1 => /lib/libssl.so.1.1", True), ("libevent_openssl-2.1.so => /x", True), ("libz.so => /x", False),
])  # fmt: skip
def test_without_an_agent_the_library_is_asked(program, monkeypatch, libraries, ssl):
    master = program("true")
    mesos = "/usr/lib/libmesos-1.11.0.so"
    answers = {master.path: f"libmesos-1.11.0.so => {mesos} (0x1)", mesos: libraries}
    monkeypatch.setattr(Program, "_run", lambda _self, argv: (0, answers[argv[1]]))
    assert master.has_ssl() is ssl


def test_where_nothing_can_tell_nothing_is_said(program, monkeypatch):
    master = program("true")
    monkeypatch.setattr(Program, "_run", lambda _self, argv: (1, ""))
    assert master.has_ssl() is None


def test_a_program_is_found_on_the_path_too(program, monkeypatch):
    monkeypatch.setenv("PATH", program("true").bin_dir)
    assert Program(["mesos-agent", "mesos-master"]).path.endswith("/mesos-master")


def test_a_file_that_cannot_be_executed_is_no_program(tmp_path):
    (tmp_path / "mesos-master").write_text("")
    found = Program(["mesos-master"], str(tmp_path))
    assert found.path is None
    assert f"mesos-master is not installed: it is not in {tmp_path}" in found.absence()


def test_a_program_that_hangs_is_not_waited_for_for_ever(program, monkeypatch):
    monkeypatch.setattr("ansible_collections.mesos.security.plugins.module_utils._program._SECONDS", 0.1)
    with pytest.raises(ProgramProblem, match="did not answer within 0.1 s"):
        program("exec sleep 5").version()


@pytest.mark.parametrize("script, words", [
    ("echo 'File \"/usr/lib/python3.11/x.py\", line 1.2'; echo 'SyntaxError: x'; exit 1",
     "--version ended with status 1: SyntaxError: x; is the installation complete"),
    ("exit 127", "ended with status 127: it said nothing"), ("echo 3.11", "does not tell a version"),
    ("printf '\\377\\376'", "does not tell a version"),
])  # fmt: skip
def test_a_program_that_fails_is_not_taken_at_its_word(program, script, words):
    with pytest.raises(ProgramProblem, match=words):
        program(script).version()


def test_a_help_without_flags_is_no_proof_of_a_build_without_ssl(program):
    with pytest.raises(ProgramProblem, match="--help lists no flags .'what'.; is this Mesos"):
        program("echo what", "mesos-agent").has_ssl()
