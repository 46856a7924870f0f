"""The middle: both are spoken, and nobody notices."""

import pytest
from conftest import AGENT, MASTER, OURS, TLS


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


def test_executors_keep_what_the_operator_gave_them(agent):
    given = agent.host.file("/etc/mesos-slave/executor_environment_variables").content_string
    assert '"OPERATOR": "was here"' in given
    assert f'"LIBPROCESS_SSL_KEY_FILE": "{OURS}/executor.key"' in given


def test_no_authoritys_key_is_on_a_node(node):
    keys = set(node.run("grep -rl 'PRIVATE KEY' /etc/mesos").stdout.split())
    assert f"{OURS}/node.key" in keys
    assert keys <= {f"{OURS}/node.key", f"{OURS}/executor.key"}
