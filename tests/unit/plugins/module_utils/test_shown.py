"""People see names, and values that are no secret."""

import pytest
from ansible_collections.mesos.security.plugins.module_utils import _shown


@pytest.mark.parametrize("name, text", [
    ("MESOS_CREDENTIAL", '{"principal": "p", "secret": "hush"}'), ("jwt_secret_key", "hush"), ("DB_PASSWORD", "hush"),
    ("TOKEN", "hush"), ("AWS_SECRET_ACCESS_KEY", "/hush with spaces"), ("api_key", "hush"),
])  # fmt: skip
def test_secrets_are_hidden(name, text):
    assert _shown.value(name, text) == "(not shown)"


@pytest.mark.parametrize("name, text", [
    ("MESOS_CREDENTIAL", "/etc/mesos/credential"), ("MESOS_CREDENTIALS", "file:///etc/mesos/credentials"),
    ("LIBPROCESS_SSL_KEY_FILE", "/etc/mesos/tls/node.key"), ("MESOS_WORK_DIR", "/var/lib/mesos"), ("GLOG_v", "1"),
])  # fmt: skip
def test_paths_and_plain_values_are_shown(name, text):
    assert _shown.value(name, text) == text


@pytest.mark.parametrize("text, shown", [
    ("zk://user:hush@h1:2181,h2:2181/mesos", "zk://(not shown)@h1:2181,h2:2181/mesos"), ("zk://h1/mesos", "zk://h1/mesos"),
])  # fmt: skip
def test_the_user_part_of_an_url_is_hidden(text, shown):
    assert _shown.value("zk", text) == shown


@pytest.mark.parametrize("text", ["not json", "[1]", "null", None])
def test_executors_variables_that_cannot_be_read_are_hidden(text):
    assert _shown.executors("X", text, ()) == ["X=(not shown)"]


def test_of_executors_variables_only_ours_show_their_value():
    text = '{"LIBPROCESS_SSL_ENABLED": "true", "THEIRS": "hush"}'
    assert _shown.lines({"MESOS_EXECUTOR_ENVIRONMENT_VARIABLES": text}, ["LIBPROCESS_SSL_ENABLED"]) == [
        "MESOS_EXECUTOR_ENVIRONMENT_VARIABLES: LIBPROCESS_SSL_ENABLED=true",
        "MESOS_EXECUTOR_ENVIRONMENT_VARIABLES: THEIRS=(not shown)",
    ]
