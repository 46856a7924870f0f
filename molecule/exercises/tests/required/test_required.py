"""Level 1: plain text is refused, TLS is let in."""

from conftest import AGENT, MASTER, OURS, TLS


def test_the_agent_is_in(master):
    assert master.agents(f"--cacert {OURS}/ca.pem https://{MASTER}") == ["agent1.example"]


def test_plain_requests_are_refused(master):
    for address in MASTER, AGENT:
        assert master.run(f"curl -sS --max-time 5 http://{address}/version").rc in (52, 56)


def test_a_plain_framework_is_refused(master):
    said = master.execute({}, seconds=4)
    assert "Request for call type SUBSCRIBE failed: Connection reset by peer" in said
    assert "Subscribed with ID" not in said


def test_a_framework_that_speaks_tls_is_let_in(master):
    said = master.execute(TLS)
    assert "Subscribed with ID" in said
    assert "TASK_FINISHED" in said


def test_old_protocols_are_refused(master):
    for protocol, taken in ("tls1", False), ("tls1_1", False), ("tls1_2", True):
        said = master.run(
            f"openssl s_client -connect {MASTER} -{protocol} -cipher 'ALL:@SECLEVEL=0' </dev/null 2>&1").stdout
        assert ("Cipher is (NONE)" not in said) == taken, f"{protocol}: {said}"


def test_the_encrypted_service_is_the_process_it_was(lives):
    assert lives("encrypted-service", 100002)


def test_the_plain_one_is_gone_since_nobody_turned_it_over(lives):
    assert not lives("plain-service", 100001)


def test_downgrade_is_off(node):
    environment = node.environment()
    assert environment["LIBPROCESS_SSL_ENABLED"] == "true"
    assert "LIBPROCESS_SSL_SUPPORT_DOWNGRADE" not in environment
