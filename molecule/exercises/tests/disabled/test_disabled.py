"""Level 0: everybody is let in, and nothing of ours is left."""

from conftest import AGENT, MASTER, TLS


def test_the_agent_is_in(master):
    assert master.agents(f"http://{MASTER}") == ["agent1.example"]


def test_a_plain_framework_is_let_in(master):
    said = master.execute({})
    assert "Subscribed with ID" in said
    assert "TASK_FINISHED" in said


def test_nobody_speaks_tls(master):
    for address in MASTER, AGENT:
        assert master.run(f"curl -sSk --max-time 5 https://{address}/version").rc == 35


def test_a_framework_that_speaks_tls_finds_nobody(master):
    assert "Subscribed with ID" not in master.execute(TLS, seconds=4)


def test_no_process_has_a_variable_of_ours(node):
    assert not [name for name in node.environment() if name.startswith("LIBPROCESS_SSL_")]


def test_the_operators_files_are_as_they_were_and_no_other_is_there(node):
    assert node.settings() == node.operators_settings()


def test_the_running_service_was_not_touched(lives, remembered):
    if remembered("encrypted-service"):
        assert lives("encrypted-service", 100002)
    else:
        assert lives("plain-service", 100001)
