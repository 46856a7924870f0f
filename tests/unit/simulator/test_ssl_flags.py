# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LIBPROCESS_SSL_* is read, and spoken about, as by Mesos."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesos_simulator import ssl_flags
from mesos_simulator.ssl_flags import BadFlag, SslFlags, parse, read

BOOLEANS = sorted(name for name, field in SslFlags.__dataclass_fields__.items() if field.type is bool)


@given(st.sampled_from(BOOLEANS), st.sampled_from([("true", True), ("1", True), ("false", False), ("0", False)]))
def test_a_boolean_has_four_spellings(name, case):
    text, value = case
    assert getattr(parse({name: text}), name) is value


@given(st.sampled_from(BOOLEANS), st.text().filter(lambda text: text not in ("true", "false", "1", "0", "")))
def test_no_other_spelling_is_a_boolean(name, text):
    with pytest.raises(BadFlag, match="Expecting a boolean"):
        parse({name: text})


def test_names_of_the_documentation_that_do_not_exist_are_dropped():
    values, mismatches = read({"LIBPROCESS_SSL_ENABLE_DOWNGRADE": "true", "LIBPROCESS_SSL_VERIFY_DEPTH": "x",
                               "MESOS_LIBPROCESS_SSL_ENABLED": "true", "LIBPROCESS_SSL_ENABLED": "false"})
    assert (values, mismatches) == ({"enabled": "false"}, [])


def test_the_new_prefix_wins_and_a_difference_is_named():
    values, mismatches = read({"SSL_CERT_FILE": "/old", "LIBPROCESS_SSL_CERT_FILE": "/new", "SSL_KEY_FILE": "/key"})
    assert (values, mismatches) == ({"cert_file": "/new", "key_file": "/key"}, ["cert_file"])


def test_a_wrong_value_is_fatal_even_when_tls_is_off(log):
    with pytest.raises(log.Ended):
        ssl_flags.load({"LIBPROCESS_SSL_ENABLED": "false", "LIBPROCESS_SSL_VERIFICATION_DEPTH": "two"}, log)
    assert log.lines == [
        "E openssl.cpp] EXIT with status 1: Failed to load flags from environment variables prefixed by "
        "LIBPROCESS_SSL_ or SSL_ (deprecated): Failed to load flag 'verification_depth': "
        "Failed to load value 'two': Failed to convert into required type"]


def test_tls_that_is_off_says_nothing(log):
    assert ssl_flags.load({"LIBPROCESS_SSL_KEY_FILE": "/nowhere"}, log) is None
    assert log.lines == []


@pytest.mark.parametrize(("settings", "words"), [
    ({}, "SSL requires key! NOTE: Set path with LIBPROCESS_SSL_KEY_FILE"),
    ({"KEY_FILE": "/k"}, "SSL requires certificate! NOTE: Set path with LIBPROCESS_SSL_CERT_FILE"),
    ({"KEY_FILE": "/k", "CERT_FILE": "/c", "HOSTNAME_VALIDATION_SCHEME": "strict"},
     "Unknown value for hostname_validation_scheme: strict"),
    ({"KEY_FILE": "/k", "CERT_FILE": "/nowhere.pem"},
     "Could not load cert file '/nowhere.pem' (OpenSSL error #2147483650): "
     "error:80000002:system library::No such file or directory"),
    ({"KEY_FILE": "{pki}/ca.key", "CERT_FILE": "{pki}/node.pem"},
     "Could not load key file '{pki}/ca.key' (OpenSSL error #92274804): "
     "error:05800074:x509 certificate routines::key values mismatch"),
    ({"KEY_FILE": "{pki}/node.key", "CERT_FILE": "{pki}/node.pem", "CIPHERS": "NONSENSE"},
     "Could not set ciphers 'NONSENSE' (OpenSSL error #167772345): error:0A0000B9:SSL routines::no cipher match"),
    ({"KEY_FILE": "{pki}/node.key", "CERT_FILE": "{pki}/node.pem", "ECDH_CURVES": "P-256:NONSENSE"},
     "Could not load ECDH curves 'P-256:NONSENSE' (OpenSSL error #168296710): "
     "error:0A080106:SSL routines::passed invalid argument"),
    ({"KEY_FILE": "/k", "CERT_FILE": "/c", "CA_FILE": "{pki}/garbage.pem", "CA_DIR": "/d", "VERIFY_SERVER_CERT": "1"},
     "Could not load CA file and/or directory (OpenSSL error #92274824): error:05800088:x509 certificate routines::"
     "no certificate or crl found -> FILE: {pki}/garbage.pemDIR: /d"),
])
def test_what_ends_a_program(settings, words, pki, log):
    environ = {f"LIBPROCESS_SSL_{name}": value.format(pki=pki) for name, value in settings.items()}
    with pytest.raises(log.Ended) as ended:
        ssl_flags.load({**environ, "LIBPROCESS_SSL_ENABLED": "true"}, log)
    assert str(ended.value) == words.format(pki=pki)


def test_requiring_clients_implies_verifying_servers(pki, log):
    tls = ssl_flags.load({
        "LIBPROCESS_SSL_ENABLED": "1", "LIBPROCESS_SSL_SUPPORT_DOWNGRADE": "1", "LIBPROCESS_SSL_REQUIRE_CERT": "1",
        "LIBPROCESS_SSL_CERT_FILE": f"{pki}/node.pem", "LIBPROCESS_SSL_KEY_FILE": f"file://{pki}/node.key",
        "LIBPROCESS_SSL_CA_FILE": f"{pki}/ca.pem",
    }, log)
    assert tls.flags.require_client_cert and tls.flags.verify_server_cert
    assert log.lines == [f"{line[0]} openssl.cpp] {line[2:]}" for line in (
        "W Failed SSL connections will be downgraded to a non-SSL socket",
        "W Usage of LIBPROCESS_SSL_REQUIRE_CERT is deprecated; it was renamed to LIBPROCESS_SSL_REQUIRE_CLIENT_CERT",
        "W TLS certificate verification was enabled by setting one of LIBPROCESS_SSL_VERIFY_CERT or "
        "LIBPROCESS_SSL_REQUIRE_CERT, but can be bypassed because TLS downgrades are enabled.",
        "I CA directory path unspecified! NOTE: Set CA directory path with LIBPROCESS_SSL_CA_DIR=<dirpath>",
        "I Will require client certificates for incoming TLS connections.",
        "I LIBPROCESS_SSL_REQUIRE_CERT implies server certificate verification.\n"
        "LIBPROCESS_SSL_VERIFY_CERT set to true",
        "I Will verify server certificates for outgoing TLS connections.",
        "I Using 'legacy' scheme for hostname validation",
        f"I Using CA file: {pki}/ca.pem",
    )]
