"""The top: both sides show a certificate of the authority."""

import pytest
from conftest import AGENT, MASTER, OURS, TLS, VERIFY

FOREIGN = {"LIBPROCESS_SSL_CERT_FILE": "/tmp/foreign.pem", "LIBPROCESS_SSL_KEY_FILE": "/tmp/foreign.key"}


@pytest.fixture(scope="module", autouse=True)
def _a_foreign_pair(master):
    master.host.check_output(
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=stranger -keyout /tmp/foreign.key -out /tmp/foreign.pem"
        " 2>/dev/null")


def test_the_agent_is_in(master):
    assert master.agents(f"--cacert {OURS}/ca.pem --cert {OURS}/node.pem --key {OURS}/node.key https://{MASTER}") == [
        "agent1.example"]


def test_nobody_is_let_in_without_a_certificate(master):
    assert master.run(f"curl -sS --max-time 5 --cacert {OURS}/ca.pem https://{MASTER}/version").rc != 0


def test_plain_requests_are_refused(master):
    for address in MASTER, AGENT:
        assert master.run(f"curl -sS --max-time 5 http://{address}/version").rc in (52, 56)


def test_a_foreign_certificate_is_refused(master):
    said = master.run(
        f"curl -sS --max-time 5 --cacert {OURS}/ca.pem --cert /tmp/foreign.pem --key /tmp/foreign.key"
        f" https://{MASTER}/version")
    assert said.rc != 0
    assert "Subscribed with ID" not in master.execute(TLS | VERIFY | FOREIGN, seconds=4)


def test_the_master_tells_why(master):
    assert "Error with certificate at depth" in master.log()


def test_a_framework_that_trusts_another_authority_stays_away(master):
    theirs = VERIFY | {"LIBPROCESS_SSL_CA_FILE": "/tmp/foreign.pem"}
    assert "Subscribed with ID" not in master.execute(TLS | theirs, seconds=4)


def test_the_executors_certificate_opens_agents_and_not_the_master(agent):
    """It can be read by every task, so it must not be worth more than an executor needs."""
    for address, opens in (AGENT, True), (MASTER, False):
        said = agent.run(
            f"curl -sS --max-time 5 --cacert {OURS}/ca.pem --cert {OURS}/executor.pem --key {OURS}/executor.key"
            f" https://{address}/version")
        assert (said.rc == 0) == opens, f"{address}: {said.stderr}"


def test_a_framework_of_our_authority_is_let_in(master):
    assert "TASK_FINISHED" in master.execute(TLS | VERIFY)


def test_the_encrypted_service_is_the_process_it_was(lives):
    assert lives("encrypted-service", 100002)


def test_both_sides_are_verified(node):
    environment = node.environment()
    assert environment["LIBPROCESS_SSL_VERIFY_SERVER_CERT"] == "true"
    assert environment["LIBPROCESS_SSL_REQUIRE_CLIENT_CERT"] == "true"
