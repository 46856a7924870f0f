"""Settings follow from component, mode and version alone, and never defeat each other."""

import pytest
from ansible_collections.mesos.security.plugins.plugin_utils._modes import LADDERS, Mode
from ansible_collections.mesos.security.plugins.plugin_utils._settings import (
    CIPHERS,
    COMPONENTS,
    NEWEST,
    OLDEST,
    SSL_VARIABLES,
    TABLE,
    VERSION_STEPS,
    WRONG_NAMES,
    UnknownVersion,
    contradictions,
    names_of,
    objections,
    parse_version,
    settings_of,
)
from hypothesis import given
from hypothesis import strategies as st

MATERIAL = {
    "certificate": "/t/node.pem", "key": "/t/node.key", "ca_certificate": "/t/ca.pem",
    "agent_ca_certificate": "/t/agent-ca.pem", "executor_certificate": "/t/executor.pem",
    "executor_key": "/t/executor.key", "ciphers": CIPHERS, "executor_ciphers": "",
}  # fmt: skip
PREFIX = "LIBPROCESS_SSL_"

components = st.sampled_from(COMPONENTS)
tls_modes = st.sampled_from(LADDERS["tls"])
versions = st.integers(OLDEST[1], NEWEST[1]).map(lambda minor: (1, minor))


def tls(component, mode, version=(1, 12), **material):
    found = settings_of(component, {"tls": Mode.parse("tls", mode)}, version, MATERIAL | material)
    assert all(name.startswith(PREFIX) for name in found)
    return {name[len(PREFIX):]: value for name, value in found.items()}


@given(components, tls_modes, versions)
def test_no_mode_verifies_and_downgrades_at_once(component, mode, version):
    assert not contradictions(settings_of(component, {"tls": Mode.parse("tls", mode)}, version, MATERIAL))


@given(components, tls_modes, versions)
def test_every_variable_exists_in_that_version(component, mode, version):
    for name in tls(component, mode, version):
        assert SSL_VARIABLES[name] <= version


@given(components, tls_modes, versions)
def test_no_name_has_two_rows_at_once(component, mode, version):
    rung = Mode.parse("tls", mode)
    names = [row.name for row in TABLE if row.holds(component, rung, version)]
    assert len(names) == len(set(names))


@given(components, tls_modes, versions)
def test_settings_only_change_at_the_steps(component, mode, version):
    step = max(step for step in VERSION_STEPS if step <= version)
    assert tls(component, mode, version) == tls(component, mode, step)


@given(components, tls_modes, versions)
def test_all_that_is_set_is_among_the_names_we_manage(component, mode, version):
    assert set(settings_of(component, {"tls": Mode.parse("tls", mode)}, version, MATERIAL)) <= set(
        names_of(component, ["tls"]))


@given(components, versions, st.sampled_from(["disabled", "prepared"]))
def test_below_permissive_nothing_is_set(component, version, mode):
    assert tls(component, mode, version) == {}


@given(versions, st.sampled_from(LADDERS["tls"][2:]))
def test_executors_are_the_same_in_all_modes_that_encrypt(version, mode):
    assert tls("executor", mode, version) == {
        "ENABLED": "true", "SUPPORT_DOWNGRADE": "true", "CERT_FILE": "/t/executor.pem", "KEY_FILE": "/t/executor.key",
    }  # fmt: skip


def test_the_climb_of_a_master():
    permissive = {
        "ENABLED": "true", "SUPPORT_DOWNGRADE": "true", "CERT_FILE": "/t/node.pem", "KEY_FILE": "/t/node.key",
        "CIPHERS": CIPHERS,
    }  # fmt: skip
    required = {name: value for name, value in permissive.items() if name != "SUPPORT_DOWNGRADE"}
    verified = required | {
        "CA_FILE": "/t/ca.pem", "VERIFY_SERVER_CERT": "true", "VERIFY_IPADD": "true",
        "HOSTNAME_VALIDATION_SCHEME": "openssl",
    }  # fmt: skip
    assert tls("master", "permissive") == permissive
    assert tls("master", "required") == required
    assert tls("master", "verified") == verified
    assert tls("master", "mutual") == verified | {"REQUIRE_CLIENT_CERT": "true"}


def test_agents_trust_their_executors_authority_and_masters_do_not():
    assert tls("agent", "verified")["CA_FILE"] == "/t/agent-ca.pem"
    assert tls("master", "verified")["CA_FILE"] == "/t/ca.pem"


OLD, NEW = {"VERIFY_CERT", "REQUIRE_CERT"}, {"VERIFY_SERVER_CERT", "REQUIRE_CLIENT_CERT"}
SCHEME = {"HOSTNAME_VALIDATION_SCHEME"}


@pytest.mark.parametrize("version, there, not_there", [
    ((1, 4), OLD, NEW | SCHEME),
    ((1, 8), OLD, NEW | SCHEME),
    ((1, 9), OLD | SCHEME, NEW),
    ((1, 10), NEW | SCHEME, OLD),
    ((1, 12), NEW | SCHEME, OLD),
])  # fmt: skip
def test_mutual_has_each_versions_own_names(version, there, not_there):
    names = set(tls("agent", "mutual", version))
    assert there <= names and not not_there & names


def test_a_missing_piece_of_material_is_named():
    with pytest.raises(KeyError, match="certificate"):
        settings_of("master", {"tls": Mode.parse("tls", "required")}, (1, 12), {})


def test_no_ciphers_leave_mesos_its_own():
    assert "CIPHERS" not in tls("master", "required", ciphers="")


def test_executors_follow_where_their_agent_has_other_ciphers():
    assert tls("executor", "required", executor_ciphers="AES256-SHA")["CIPHERS"] == "AES256-SHA"


@pytest.mark.parametrize("text, version", [
    ("1.11.0", (1, 11)), ("mesos 1.7.2", (1, 7)), ("1.12.0-dev", (1, 12)), ("1.4", (1, 4)), (1.9, (1, 9)),
])  # fmt: skip
def test_versions_are_read(text, version):
    assert parse_version(text) == version


@pytest.mark.parametrize("text", ["newest", "", "1", "v", "1.3.2", "0.28.0", "1.13.0", "2.0"])
def test_other_texts_are_no_version(text):
    with pytest.raises(UnknownVersion):
        parse_version(text)


@pytest.mark.parametrize("environment, flags, words", [
    ({"LIBPROCESS_SSL_ENABLE_DOWNGRADE": "true"}, {}, "Mesos ignores .*; the name is LIBPROCESS_SSL_SUPPORT_DOWNGRADE"),
    ({"LIBPROCESS_SSL_VERIFY_DEPTH": "2"}, {}, "the name is LIBPROCESS_SSL_VERIFICATION_DEPTH"),
    ({"LIBPROCESS_SSL_ECDH_CURVE": "auto"}, {}, "the name is LIBPROCESS_SSL_ECDH_CURVES"),
    ({"MESOS_LIBPROCESS_SSL_ENABLED": "true"}, {}, "Mesos ignores .*; the name is LIBPROCESS_SSL_ENABLED"),
    ({"SSL_ENABLED": "true"}, {}, "old spelling of LIBPROCESS_SSL_ENABLED"),
    ({"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"}, {}, "old spelling of LIBPROCESS_SSL_CERT_FILE"),
    ({"LIBPROCESS_SSL_ENABLED": "true"}, {}, "comes from mesos_tls_mode"),
    ({"LIBPROCESS_SSL_SUPPORT_DOWNGRADE": "true"}, {}, "comes from mesos_tls_mode"),
    ({"LIBPROCESS_SSL_PROTOCOLS": "x"}, {}, "libprocess has no variable LIBPROCESS_SSL_PROTOCOLS"),
    ({"MESOS_WORK_DIR": "/x"}, {}, "give it as flags: work_dir"),
    ({"A B": "x"}, {}, "'A B' is no name for an environment variable"),
    ({"1A": "x"}, {}, "is no name for an environment variable"),
    ({"GLOG_v": "1\n2"}, {}, "the value of GLOG_v holds a line break"),
    ({}, {"work_dir": "a\nb"}, "the value of work_dir holds a line break"),
    ({}, {"--work_dir": "/x"}, "'--work_dir' is no name for a flag"),
    ({}, {"work-dir": "/x"}, "'work-dir' is no name for a flag"),
    ({}, {"authenticate_slaves": "true", "authenticate_agents": "true"}, "are one; together they keep Mesos from"),
    ({}, {"credential": '{"principal": "p", "secret": "s"}'}, "the flag credential must be the path of a file"),
    ({}, {"jwt_secret_key": "hush"}, "the flag jwt_secret_key must be the path of a file"),
])  # fmt: skip
def test_unfit_extra_settings_are_named(environment, flags, words):
    import re

    found = objections(environment, flags)
    assert len(found) == 1 and re.search(words, found[0])


def test_a_secret_is_never_in_the_sentence_about_it():
    assert "hush" not in "".join(objections({}, {"jwt_secret_key": "hush", "credential": "hush"}))


def test_fit_extra_settings_pass():
    assert objections(
        {"LIBPROCESS_SSL_ENABLE_TLS_V1_3": "true", "GLOG_v": "1", "LIBPROCESS_ADVERTISE_IP": "10.0.0.1"},
        {"work_dir": "/var/lib/mesos", "credential": "file:///etc/mesos/credential", "credentials": "/etc/c"},
    ) == []


@pytest.mark.parametrize("verify", ["VERIFY_CERT", "VERIFY_SERVER_CERT", "REQUIRE_CERT", "REQUIRE_CLIENT_CERT"])
def test_verification_with_downgrade_is_refused_in_every_spelling(verify):
    found = contradictions({PREFIX + verify: "1", PREFIX + "SUPPORT_DOWNGRADE": "true"})
    assert len(found) == 1 and "take mode permissive" in found[0]


def test_a_wrong_name_is_never_a_right_one():
    assert not {name[len(PREFIX):] for name in WRONG_NAMES} & set(SSL_VARIABLES)
    assert {name[len(PREFIX):] for name in WRONG_NAMES.values()} <= set(SSL_VARIABLES)
