"""mesos_component on a node: foreign settings survive, ours come and go, a second run changes nothing."""

import json
import os

import pytest
from ansible_collections.mesos.security.plugins.module_utils import _environment_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LADDER = ("disabled", "prepared", "permissive", "required", "verified", "mutual")
FOREIGN = "# mine\nexport MESOS_LOG_DIR='/var/log/mesos'\nGLOG_v=1"


@pytest.fixture
def master(node):
    node.material("etc/tls")
    node.file("etc/mesos-master.env", FOREIGN, 0o640)
    return node


@pytest.fixture
def packaged(node):
    """A node with Mesosphere's packages."""
    node.material("etc/mesos/tls")
    node.file("etc/default/mesos", "LOGS=/var/log/mesos\nULIMIT=\"-n 8192\"\n")
    node.file("etc/default/mesos-master", "PORT=5050\nZK=`cat /etc/mesos/zk`\n")
    node.file("etc/default/mesos-slave", "MASTER=`cat /etc/mesos/zk`\n")
    node.file("etc/mesos-master/quorum", "1\n")
    node.file("etc/mesos-master/work_dir", "/var/lib/mesos\n")
    node.file("etc/mesos-slave/work_dir", "/var/lib/mesos\n")
    node.unit("mesos-master")
    node.unit("mesos-slave")
    return node


def env(node, component="master"):
    return (node.root / f"etc/mesos-{component}.env").read_text()


# -- laws ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["process", "mesosphere"])
@pytest.mark.parametrize("component", ["master", "agent"])
@pytest.mark.parametrize("mode", LADDER[2:])
def test_check_then_run_then_again_then_back(packaged, layout, component, mode):
    packaged.material("etc/tls")
    packaged.file(f"etc/mesos-{component}.env", FOREIGN, 0o640)
    before = packaged.snapshot()
    foretold = packaged.bring(component, mode, layout, check=True)
    assert foretold["changed"] and packaged.snapshot() == before

    done = packaged.bring(component, mode, layout)
    assert done["diff"] == foretold["diff"] and done["changed"]
    after = packaged.snapshot()
    assert after != before

    for check in (True, False):
        again = packaged.bring(component, mode, layout, check=check)
        assert not again["changed"] and again["diff"] == [] and packaged.snapshot() == after

    back = packaged.bring(component, "disabled", layout)
    assert back["changed"]
    restored = packaged.snapshot()
    assert {name: (rights, content) for name, (rights, _time, content) in restored.items()} == {
        name: (rights, content) for name, (rights, _time, content) in before.items()}


@given(st.lists(st.sampled_from(LADDER), min_size=1, max_size=4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_where_one_stands_does_not_depend_on_the_way(packaged, way):
    for mode in way:
        packaged.bring("agent", mode, "mesosphere")
    came, goal = packaged.texts(), way[-1]
    packaged.bring("agent", "disabled", "mesosphere")
    packaged.bring("agent", goal, "mesosphere")
    assert packaged.texts() == came


@pytest.mark.parametrize("mode", LADDER)
def test_foreign_settings_survive_byte_for_byte(master, mode):
    master.bring("master", mode)
    assert _environment_file.outside(env(master)) == FOREIGN
    assert (master.root / "etc/mesos-master.env").stat().st_mode & 0o777 == 0o640


# -- what is written ----------------------------------------------------------------------------------------------


def test_a_new_settings_file_is_for_its_owner_alone(node):
    node.material("etc/tls")
    node.bring("master", "required")
    assert (node.root / "etc/mesos-master.env").stat().st_mode & 0o777 == 0o600


def test_a_shell_reads_what_was_written(master, shell):
    master.bring("master", "required", flags={"work_dir": "/a b", "port": 5050, "authenticate_agents": False})
    names = ("LIBPROCESS_SSL_ENABLED", "LIBPROCESS_SSL_CIPHERS", "MESOS_WORK_DIR", "MESOS_PORT",
             "MESOS_AUTHENTICATE_AGENTS", "MESOS_LOG_DIR", "GLOG_v", "LIBPROCESS_SSL_SUPPORT_DOWNGRADE")  # fmt: skip
    assert shell(env(master), *names) == {
        "LIBPROCESS_SSL_ENABLED": "true", "LIBPROCESS_SSL_CIPHERS": "ECDHE+AESGCM:AES128-SHA",
        "MESOS_WORK_DIR": "/a b", "MESOS_PORT": "5050", "MESOS_AUTHENTICATE_AGENTS": "false",
        "MESOS_LOG_DIR": "/var/log/mesos", "GLOG_v": "1",
    }  # fmt: skip


def test_extra_settings_that_are_taken_from_the_inventory_go(master):
    master.bring("master", "disabled", flags={"quorum": 1}, environment={"LIBPROCESS_NUM_WORKER_THREADS": 4})
    assert "MESOS_QUORUM='1'" in env(master)
    master.bring("master", "disabled")
    assert env(master) == FOREIGN


def test_the_diff_has_a_line_for_each_setting(master):
    diff = master.bring("master", "permissive", check=True)["diff"]
    tls = master.root / "etc/tls"
    assert diff == [{
        "before_header": str(master.root / "etc/mesos-master.env"),
        "after_header": str(master.root / "etc/mesos-master.env"),
        "before": "",
        "after": "LIBPROCESS_SSL_ENABLED=true\nLIBPROCESS_SSL_SUPPORT_DOWNGRADE=true\n"
                 f"LIBPROCESS_SSL_CERT_FILE={tls}/node.pem\nLIBPROCESS_SSL_KEY_FILE={tls}/node.key\n"
                 "LIBPROCESS_SSL_CIPHERS=ECDHE+AESGCM:AES128-SHA\n",
    }]  # fmt: skip
    master.bring("master", "permissive")
    diff = master.bring("master", "required", check=True)["diff"][0]
    assert set(diff["before"].splitlines()) - set(diff["after"].splitlines()) == {
        "LIBPROCESS_SSL_SUPPORT_DOWNGRADE=true"}


def test_no_secret_shows(packaged):
    packaged.file("etc/mesos-slave/executor_environment_variables", '{"AWS_KEY": "hush", "TOKEN": "hush"}\n')
    answer = packaged.bring("agent", "required", "mesosphere", environment={"MY_PASSWORD": "hush"},
                            flags={"zk": "zk://user:hush@host:2181/mesos"})
    assert "hush" not in json.dumps(answer)
    assert "TOKEN=(not shown)" in json.dumps(answer) and "MY_PASSWORD=(not shown)" in json.dumps(answer)


def test_settings_of_other_features_stay_in_the_block(master):
    text = _environment_file.with_block(FOREIGN, {"LIBPROCESS_SSL_ENABLED": "true", "MESOS_OTHER": "kept"}, {})
    master.file("etc/mesos-master.env", text, 0o640)
    plan = master.plan("master", "disabled")
    plan["names"]["kept"] = ["MESOS_OTHER"]
    from ansible_collections.mesos.security.plugins.module_utils import _component_run

    _component_run.run(plan, False, None, {})
    assert _environment_file.inside(env(master))[0] == {"MESOS_OTHER": "kept"}


# -- executors ----------------------------------------------------------------------------------------------------


def test_executors_variables_join_those_of_the_operator(packaged):
    text = '{ "HADOOP_HOME": "/opt/hadoop",\n  "A": "b" }\n'
    path = packaged.file("etc/mesos-slave/executor_environment_variables", text)
    packaged.bring("agent", "required", "mesosphere")
    joined = json.loads(path.read_text())
    assert joined.pop("HADOOP_HOME") == "/opt/hadoop" and joined.pop("A") == "b"
    tls = packaged.root / "etc/mesos/tls"
    assert joined == {
        "LIBPROCESS_SSL_ENABLED": "true", "LIBPROCESS_SSL_SUPPORT_DOWNGRADE": "true",
        "LIBPROCESS_SSL_CERT_FILE": f"{tls}/executor.pem", "LIBPROCESS_SSL_KEY_FILE": f"{tls}/executor.key",
    }  # fmt: skip
    packaged.bring("agent", "disabled", "mesosphere")
    assert path.read_text() == text


def test_the_operators_later_changes_to_executors_variables_stay(packaged):
    path = packaged.file("etc/mesos-slave/executor_environment_variables", '{"A": "b"}')
    packaged.bring("agent", "required", "mesosphere")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"NEW": "1"}))
    packaged.bring("agent", "permissive", "mesosphere")
    packaged.bring("agent", "disabled", "mesosphere")
    assert json.loads(path.read_text()) == {"A": "b", "NEW": "1"}


def test_executors_variables_that_are_there_alike_stay_theirs(packaged):
    text = '{"LIBPROCESS_SSL_ENABLED": "true", "A": "b"}'
    path = packaged.file("etc/mesos-slave/executor_environment_variables", text)
    packaged.bring("agent", "required", "mesosphere")
    assert len(json.loads(path.read_text())) == 5
    packaged.bring("agent", "disabled", "mesosphere")
    assert path.read_text() == text


def test_executors_variables_that_differ_are_taken_over_when_told(packaged):
    path = packaged.file("etc/mesos-slave/executor_environment_variables", '{"LIBPROCESS_SSL_ENABLED": "false"}')
    packaged.bring("agent", "required", "mesosphere", adopt=True)
    assert json.loads(path.read_text())["LIBPROCESS_SSL_ENABLED"] == "true"


def test_executors_variables_from_the_environment_join_too(node):
    node.material("etc/tls")
    node.file("etc/mesos-agent.env", "MESOS_EXECUTOR_ENVIRONMENT_VARIABLES='{\"A\": \"b\"}'\n")
    node.bring("agent", "required")
    joined = json.loads(_environment_file.values(env(node, "agent"))["MESOS_EXECUTOR_ENVIRONMENT_VARIABLES"])
    assert joined["A"] == "b" and joined["LIBPROCESS_SSL_ENABLED"] == "true"


def test_agents_below_permissive_and_those_told_so_leave_executors_alone(packaged):
    path = packaged.root / "etc/mesos-slave/executor_environment_variables"
    packaged.bring("agent", "prepared", "mesosphere")
    assert not path.exists()
    packaged.bring("agent", "required", "mesosphere", executors=False)
    assert not path.exists()


def test_masters_know_nothing_of_executors(packaged):
    packaged.bring("master", "mutual", "mesosphere")
    assert "EXECUTOR" not in "".join(packaged.texts().values()).upper().replace("EXECUTOR.PEM", "")


# -- flag directories ---------------------------------------------------------------------------------------------


def test_flags_are_files_and_ours_are_known_later(packaged):
    packaged.bring("master", "disabled", "mesosphere", flags={"ip": "10.0.0.1", "authenticate_agents": False})
    assert (packaged.root / "etc/mesos-master/authenticate_agents").read_text() == "false\n"
    assert (packaged.root / "etc/mesos-master/ip").read_text() == "10.0.0.1\n"
    packaged.bring("master", "disabled", "mesosphere")
    assert sorted(os.listdir(packaged.root / "etc/mesos-master")) == ["quorum", "work_dir"]


def test_a_run_that_was_broken_off_is_finished_by_the_next(packaged, monkeypatch):
    before, goal = packaged.texts(), None
    packaged.bring("agent", "required", "mesosphere")
    goal = packaged.texts()
    packaged.bring("agent", "disabled", "mesosphere")
    real, calls, limit = os.rename, [], [0]

    def breaking(*arguments):
        if len(calls) == limit[0]:
            raise KeyboardInterrupt
        calls.append(arguments)
        real(*arguments)

    for start, end in (("disabled", "required"), ("required", "disabled")):
        for limit[0] in range(3):
            packaged.bring("agent", start, "mesosphere")
            calls.clear()
            with monkeypatch.context() as patch:
                patch.setattr(os, "rename", breaking)
                try:
                    packaged.bring("agent", end, "mesosphere")
                except KeyboardInterrupt:
                    pass
            packaged.bring("agent", end, "mesosphere")
            assert packaged.texts() == (goal if end == "required" else before)


# -- refusals: the words, and nothing written -----------------------------------------------------------------------


@pytest.mark.parametrize("line, words", [
    ("LIBPROCESS_SSL_ENABLED=false", "sets LIBPROCESS_SSL_ENABLED to another value; remove the line or set mesos_comp"),
    ("LIBPROCESS_SSL_ENABLED=$(x)", "sets LIBPROCESS_SSL_ENABLED to something else"),
    ("LIBPROCESS_SSL_SUPPORT_DOWNGRADE=true", "sets LIBPROCESS_SSL_SUPPORT_DOWNGRADE to a value that this mode leaves"),
    ("LIBPROCESS_SSL_VERIFY_SERVER_CERT=1", "sets LIBPROCESS_SSL_VERIFY_SERVER_CERT to a value that this mode leaves"),
    ("LIBPROCESS_SSL_KEY_FILE=/old.key", "sets LIBPROCESS_SSL_KEY_FILE to another value"),
    ("SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", "libprocess takes SSL_CERT_FILE for LIBPROCESS_SSL_CERT_FILE"),
    ("LIBPROCESS_SSL_ENABLE_DOWNGRADE=true", "Mesos ignores .* write LIBPROCESS_SSL_SUPPORT_DOWNGRADE"),
    ("LIBPROCESS_SSL_VERIFY_DEPTH=3", "write LIBPROCESS_SSL_VERIFICATION_DEPTH"),
    ("LIBPROCESS_SSL_ECDH_CURVE=auto", "write LIBPROCESS_SSL_ECDH_CURVES"),
    ("MESOS_LIBPROCESS_SSL_ENABLED=true", "Mesos ignores MESOS_LIBPROCESS_SSL_ENABLED; write LIBPROCESS_SSL_ENABLED"),
    ("MESOS_PORT=1\nMESOS_AUTHENTICATE=true\nMESOS_AUTHENTICATE_FRAMEWORKS=true", "other name authenticate_frameworks"),
])  # fmt: skip
def test_a_conflicting_line_is_named_with_its_number(master, line, words):
    import re

    master.file("etc/mesos-master.env", "# one\n" + line + "\n")
    said = master.refuse("master", "required")
    assert re.search(words, said), said
    assert re.search(r"etc/mesos-master\.env, line [234]", said)


@pytest.mark.parametrize("line", [
    "LIBPROCESS_SSL_ENABLED=true", "LIBPROCESS_SSL_SUPPORT_DOWNGRADE=false", "LIBPROCESS_SSL_ECDH_CURVES=auto",
    "SSL_CERT_DIR=/etc/ssl/certs", "LIBPROCESS_SSL_ENABLE_TLS_V1_3=true", "LIBPROCESS_IP=10.0.0.1",
    "MESOS_AUTHENTICATE=true", "# LIBPROCESS_SSL_ENABLED=false",
])  # fmt: skip
def test_a_line_that_does_not_conflict_is_let_be(master, line):
    master.file("etc/mesos-master.env", line + "\n")
    master.bring("master", "required")
    assert env(master).startswith(line + "\n")


def test_line_numbers_are_right_behind_our_block(master):
    master.bring("master", "required")
    with open(master.root / "etc/mesos-master.env", "a") as stream:
        stream.write("LIBPROCESS_SSL_ENABLED=false\n")
    said = master.refuse("master", "required")
    assert f"line {len(env(master).splitlines())} sets LIBPROCESS_SSL_ENABLED" in said


def test_tls_that_somebody_else_switched_on_is_not_called_disabled(master):
    master.file("etc/mesos-master.env", "LIBPROCESS_SSL_ENABLED=true\n")
    assert "LIBPROCESS_SSL_ENABLED to a value that this mode leaves out" in master.refuse("master", "disabled")
    master.file("etc/mesos-master.env", "SSL_ENABLED=true\n")
    assert "libprocess takes SSL_ENABLED" in master.refuse("master", "disabled")


def test_adopting_takes_the_lines_over(master):
    master.file("etc/mesos-master.env", "LIBPROCESS_SSL_ENABLED=false\n# x\nLIBPROCESS_SSL_KEY_FILE=/old\nA=1\n")
    answer = master.bring("master", "required", adopt=True)
    assert _environment_file.outside(env(master)) == "# x\nA=1\n"
    assert "LIBPROCESS_SSL_KEY_FILE=/old\n" in answer["diff"][0]["before"]
    assert not master.bring("master", "required", adopt=True)["changed"]
    master.bring("master", "disabled")
    assert env(master) == "# x\nA=1\n"


def test_a_line_that_holds_something_else_too_is_not_taken_over(master):
    master.file("etc/mesos-master.env", "A=1 LIBPROCESS_SSL_ENABLED=false\n")
    said = master.refuse("master", "required", adopt=True)
    assert "etc/mesos-master.env, line 1: LIBPROCESS_SSL_ENABLED shares its line with something else" in said


def test_adopting_a_flag_takes_its_variable_over_too(packaged):
    packaged.file("etc/default/mesos-master", "MESOS_QUORUM=3\nA=1\n")
    (packaged.root / "etc/mesos-master/quorum").unlink()
    assert "line 1 sets MESOS_QUORUM" in packaged.refuse("master", "disabled", "mesosphere", flags={"quorum": 2})
    packaged.bring("master", "disabled", "mesosphere", flags={"quorum": 2}, adopt=True)
    assert _environment_file.outside(packaged.texts()["etc/default/mesos-master"]) == "A=1\n"
    assert packaged.texts()["etc/mesos-master/quorum"] == "2\n"


def test_a_shared_file_is_not_taken_over(packaged):
    packaged.file("etc/default/mesos", "LIBPROCESS_SSL_ENABLED=0\n")
    for adopt in (False, True):
        said = packaged.refuse("master", "required", "mesosphere", adopt=adopt)
        assert "etc/default/mesos, line 1 sets LIBPROCESS_SSL_ENABLED" in said and "share that file" in said


@pytest.mark.parametrize("missing, mode, component", [
    ("node.pem", "prepared", "master"), ("node.key", "permissive", "master"), ("node.pem", "required", "agent"),
    ("ca.pem", "verified", "master"), ("agent-ca.pem", "verified", "agent"), ("executor.pem", "permissive", "agent"),
    ("executor.key", "mutual", "agent"),
])  # fmt: skip
def test_a_mode_without_its_material_is_refused(node, missing, mode, component):
    node.material("etc/tls")
    (node.root / "etc/tls" / missing).unlink()
    said = node.refuse(component, mode)
    assert f"etc/tls/{missing} (" in said
    assert "is missing, and this mode needs it; make it with the role mesos_pki" in said


def test_material_that_is_empty_or_a_directory_is_refused(node):
    node.material("etc/tls")
    node.file("etc/tls/node.pem", "")
    (node.root / "etc/tls/node.key").unlink()
    (node.root / "etc/tls/node.key").mkdir()
    said = node.refuse("master", "required")
    assert "node.pem (certificate) is empty" in said and "node.key (key) is not a file" in said


def test_prepared_writes_no_setting(master):
    assert not master.bring("master", "prepared")["changed"]


@pytest.mark.parametrize("name, words", [
    ("credential.bak", "is no flag, but the init wrapper would make --credential.bak of it"),
    ("work_dir~", "is no flag"), ("work_dir.rpmnew", "is no flag"), ("#x#", "is no flag"),
    ("no_such_flag", "the installed program has no flag --no_such_flag"),
    ("?no-work_dir", "give the flag --work_dir twice"),
])  # fmt: skip
def test_a_stray_file_among_the_flags_is_refused(packaged, name, words):
    packaged.file(f"etc/mesos-slave/{name}", "x")
    assert words in packaged.refuse("agent", "required", "mesosphere")


def test_hidden_files_and_directories_are_no_flags(packaged):
    packaged.file("etc/mesos-slave/.hidden.bak")
    packaged.file("etc/mesos-slave/attributes/rack", "1")
    packaged.bring("agent", "required", "mesosphere")


def test_what_tells_the_init_wrapper_itself_something_is_no_flag(packaged):
    packaged.file("etc/mesos-slave/?no-logger", "")
    answer = packaged.bring("agent", "required", "mesosphere")
    assert not answer["stale"]
    assert (packaged.root / "etc/mesos-slave/?no-logger").exists()


def test_a_flag_that_is_given_twice_is_refused(packaged):
    said = packaged.refuse("master", "disabled", "mesosphere", flags={"port": 5051})
    assert "mesos-master, line 1 sets PORT, of which the init wrapper makes --port" in said


def test_a_flag_with_another_value_is_refused_until_adopted(packaged):
    said = packaged.refuse("master", "disabled", "mesosphere", flags={"quorum": 2})
    assert "etc/mesos-master/quorum already gives the flag quorum another value" in said
    packaged.bring("master", "disabled", "mesosphere", flags={"quorum": 2}, adopt=True)
    assert (packaged.root / "etc/mesos-master/quorum").read_text() == "2\n"


@pytest.mark.parametrize("name, text", [("quorum", "2"), ("?authenticate_agents", ""), ("?no-authenticate_agents", "")])
def test_a_flag_that_somebody_gives_alike_stays_theirs(packaged, name, text):
    path = packaged.file(f"etc/mesos-master/{name}", text)
    flags = {"quorum": 2} if text else {"authenticate_agents": "no" not in name}
    packaged.bring("master", "permissive", "mesosphere", flags=flags)
    packaged.bring("master", "disabled", "mesosphere")
    assert path.read_text() == text and "flag files" not in "".join(packaged.texts().values())


def test_a_flag_given_in_another_spelling_is_refused_until_adopted(packaged):
    path = packaged.file("etc/mesos-master/?authenticate_agents", "")
    said = packaged.refuse("master", "disabled", "mesosphere", flags={"authenticate_agents": False})
    assert "etc/mesos-master/?authenticate_agents already gives the flag authenticate_agents another value" in said
    packaged.bring("master", "disabled", "mesosphere", flags={"authenticate_agents": False}, adopt=True)
    assert not path.exists() and (packaged.root / "etc/mesos-master/authenticate_agents").read_text() == "false\n"


def test_a_variable_and_a_no_to_the_same_flag_are_refused(packaged):
    packaged.file("etc/mesos-master/?no-authenticate_agents", "")
    packaged.file("etc/default/mesos-master", "MESOS_AUTHENTICATE_AGENTS=true\n")
    assert "says no to the same flag; Mesos would not start" in packaged.refuse("master", "required", "mesosphere")


def test_a_flag_the_program_does_not_have_is_refused(packaged):
    for layout in ("mesosphere", "process"):
        said = packaged.refuse("master", "disabled", layout, flags={"quorumm": 2})
        assert "has no flag --quorumm; correct mesos_component_flags" in said


def test_alias_and_canonical_name_across_file_and_inventory_are_refused(packaged):
    packaged.file("etc/mesos-master/authenticate_slaves", "true")
    said = packaged.refuse("master", "disabled", "mesosphere", flags={"authenticate_agents": True})
    assert "both at once keep Mesos from starting" in said


@pytest.mark.parametrize("text, words", [
    ("not json", "is no JSON"), ('{"A": 1}', "has a value that is no text, at A"), ("[]", "no object"),
    ("file:///etc/executors.json", "is given as a file"),
    ('{"LIBPROCESS_SSL_ENABLED": "false"}', "already has another LIBPROCESS_SSL_ENABLED"),
])  # fmt: skip
def test_executors_variables_that_cannot_be_joined_are_refused(packaged, text, words):
    packaged.file("etc/mesos-slave/executor_environment_variables", text)
    assert words in packaged.refuse("agent", "required", "mesosphere")


@pytest.mark.parametrize("text, words", [
    ("A='x\n", "line 1: a single quote is never closed"), ("# BEGIN mesos.security\n", "is damaged"),
])  # fmt: skip
def test_a_settings_file_no_shell_could_read_is_refused(master, text, words):
    master.file("etc/mesos-master.env", text)
    assert words in master.refuse("master", "required")


def test_a_unit_that_sets_our_variables_is_refused(packaged):
    packaged.unit("mesos-master", Environment="LIBPROCESS_SSL_ENABLED=false A=b")
    said = packaged.refuse("master", "required", "mesosphere")
    assert "the unit mesos-master sets LIBPROCESS_SSL_ENABLED itself" in said


def test_a_layout_that_is_not_installed_is_refused(node):
    node.material("etc/mesos/tls")
    assert "there is no systemd unit mesos-slave" in node.refuse("agent", "required", "mesosphere")


def test_a_component_that_is_not_installed_is_refused(node):
    (node.bin / "mesos-agent").unlink()
    said = node.refuse("agent", "disabled")
    assert f"mesos-agent or mesos-slave is not installed: it is not in {node.bin}; install Mesos first" in said


def test_a_binary_without_ssl_is_refused(master):
    for name in ("mesos-master", "mesos-agent"):
        path = master.bin / name
        master.script(path, path.read_text().replace("'[no-]authenticate_http_executors'", ""))
    for component in ("master", "agent"):
        if component == "agent":
            master.material("etc/tls")
        assert "was built without SSL and would ignore every LIBPROCESS_SSL_ variable" in master.refuse(
            component, "permissive")
    master.bring("master", "disabled")


def test_a_program_that_tells_no_version_is_refused_unless_we_know_it(master):
    master.script(master.bin / "mesos-master", "#!/bin/sh\necho hello\n")
    assert "does not tell a version ('hello'); set mesos_version" in master.refuse("master", "required")
    assert master.bring("master", "required", version="1.9.0", check=True)["version"] == "1.9"


def test_a_version_older_than_the_table_is_refused(master):
    master.script(master.bin / "mesos-master", "#!/bin/sh\necho mesos 1.2.3\n")
    assert "is Mesos 1.2, which is older than what is covered" in master.refuse("master", "required")


def test_a_program_that_cannot_run_is_refused(master):
    master.script(master.bin / "mesos-master", "#!/no/such/interpreter\n")
    assert "mesos-master cannot be run: there is no such file or directory" in master.refuse("master", "required")


def test_a_directory_in_place_of_the_settings_file_is_refused(node):
    node.material("etc/tls")
    (node.root / "etc/mesos-master.env").mkdir()
    assert "there is a directory of that name" in node.refuse("master", "required")


def test_a_file_in_place_of_the_flag_directory_is_refused(packaged):
    import shutil

    shutil.rmtree(packaged.root / "etc/mesos-slave")
    packaged.file("etc/mesos-slave")
    assert "is not a directory; move it away" in packaged.refuse("agent", "required", "mesosphere")


def test_all_reasons_come_at_once(master):
    master.file("etc/mesos-master.env", "LIBPROCESS_SSL_ENABLED=false\nSSL_KEY_FILE=/x\n")
    (master.root / "etc/tls/node.pem").unlink()
    assert len(master.refuse("master", "required").splitlines()) == 4
