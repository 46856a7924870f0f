"""The middle: both are spoken, and nobody notices."""

import json

import pytest
from conftest import AGENT, MASTER, OURS, TLS

EXECUTORS = "executor_environment_variables"


def test_the_agent_is_in(master):
    assert master.agents(f"http://{MASTER}") == ["agent1.example"]


def test_plain_text_is_still_taken(master):
    for address in MASTER, AGENT:
        assert master.run(f"curl -sS --max-time 5 http://{address}/version").rc == 0


def test_tls_is_taken_and_verified_by_our_authority(master):
    for address in MASTER, AGENT:
        assert master.run(f"curl -sS --max-time 5 --cacert {OURS}/ca.pem https://{address}/version").rc == 0


def test_the_certificate_is_not_anybodys(master):
    said = master.run(f"curl -sS --max-time 5 https://{MASTER}/version")
    assert said.rc == 60, "the system's authorities do not know it"


@pytest.mark.parametrize("environment", [{}, TLS], ids=["plain", "tls"])
def test_both_kinds_of_frameworks_finish_a_task(master, environment):
    assert "TASK_FINISHED" in master.execute(environment)


def test_both_services_are_the_processes_they_were(lives):
    assert lives("plain-service", 100001)
    assert lives("encrypted-service", 100002)


def test_the_processes_have_the_variables(node):
    environment = node.environment()
    assert environment["LIBPROCESS_SSL_ENABLED"] == "true"
    assert environment["LIBPROCESS_SSL_SUPPORT_DOWNGRADE"] == "true"


def test_keys_are_for_their_owner_only(node):
    key = node.host.file(f"{OURS}/node.key")
    assert (key.user, oct(key.mode)) == ("root", "0o600")
    assert "PRIVATE KEY" not in node.host.file(f"{OURS}/node.pem").content_string


def test_the_executors_pair_is_another_one(agent):
    executor, node = agent.host.file(f"{OURS}/executor.key"), agent.host.file(f"{OURS}/node.key")
    assert executor.mode & 0o004, "every user's tasks read it"
    assert executor.sha256sum != node.sha256sum


def test_no_other_file_of_the_operators_was_touched_and_none_came(master, agent):
    ours = {"/etc/default/mesos-master"}, {"/etc/default/mesos-slave", "/etc/mesos-slave/" + EXECUTORS}
    for node, expected in zip((master, agent), ours, strict=True):
        before, now = node.operators_settings(), node.settings()
        assert now.keys() == before.keys()
        assert {path for path in now if now[path] != before[path]} == expected
        assert {path: now[path][:2] for path in now} == {path: before[path][:2] for path in now}


def test_the_operators_lines_stand_before_ours(master, agent):
    assert master.host.file("/etc/default/mesos-master").content_string.startswith(
        "# the operator's\nPORT=5050\nCLUSTER=exercises\n# BEGIN mesos.security")
    assert agent.host.file("/etc/default/mesos-slave").content_string.startswith(
        f'# the operator\'s\nMASTER="{MASTER}"\n# no newline at the end\n'
        "# BEGIN mesos.security (ended the line above)\n")


def test_executors_keep_what_the_operator_gave_them(agent):
    given = json.loads(agent.host.file("/etc/mesos-slave/" + EXECUTORS).content_string)
    assert given["OPERATOR"] == "was here"
    assert given["LIBPROCESS_SSL_KEY_FILE"] == f"{OURS}/executor.key"


def test_no_authoritys_key_is_on_a_node(node):
    keys = set(node.run("grep -rl 'PRIVATE KEY' /etc/mesos").stdout.split())
    assert f"{OURS}/node.key" in keys
    assert keys <= {f"{OURS}/node.key", f"{OURS}/executor.key"}
