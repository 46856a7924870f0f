# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probe against real servers of every kind."""

import contextlib
import socket
import ssl
import threading

import pytest
from ansible_collections.mesos.security.plugins.module_utils._tls_hello import NotTls, ServerGreeting, client_hello
from ansible_collections.mesos.security.plugins.module_utils._tls_probe import ProbeFailed, probe
from ansible_collections.mesos.security.plugins.plugin_utils import _x509
from ansible_collections.mesos.security.tests.unit.plugins.pki import (
    authority,
    certificate,
    intermediate,
    key,
    key_pem,
    pem,
)
from hypothesis import given, settings
from hypothesis import strategies as st

V = ssl.TLSVersion


@contextlib.contextmanager
def serving(context=None, downgrade=False, talk=b"HTTP/1.0 200 OK\r\n\r\n"):
    """A server in a thread; *downgrade* looks at the first byte as libprocess does.  Yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(connection):
        with contextlib.suppress(OSError), connection:
            connection.settimeout(5)
            first = connection.recv(1, socket.MSG_PEEK)
            if context and not (downgrade and first == b"G"):
                connection = context.wrap_socket(connection, server_side=True)
            with connection:
                connection.recv(1000)
                connection.sendall(talk)

    def serve():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


@pytest.fixture
def context(tmp_path):
    """A maker of server contexts."""
    def make(lowest=V.TLSv1_2, highest=V.TLSv1_2, ciphers=None, client=ssl.CERT_NONE, chain=None, held=None):
        held = held or key("server", "rsa", 2048)
        (tmp_path / "key").write_text(key_pem(held))
        (tmp_path / "chain").write_text(chain or pem(certificate(held, addresses=("127.0.0.1",))))
        (tmp_path / "trust").write_text(pem(authority().certificate))
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(tmp_path / "chain", tmp_path / "key")
        made.minimum_version, made.maximum_version, made.verify_mode = lowest, highest, client
        if client != ssl.CERT_NONE:
            made.load_verify_locations(tmp_path / "trust")
        made.set_ciphers(ciphers or "ECDHE+AESGCM:AES128-SHA")
        return made
    return make


def ask(port, **given):
    return probe("127.0.0.1", port, 5.0, **given)


def accepted(answer):
    return [name for name, taken in answer["protocols"].items() if taken]


def test_plain_text_only():
    with serving() as port:
        answer = ask(port)
    assert (answer["plain"], answer["tls"], accepted(answer), answer["chain"]) == (True, False, [], [])
    assert answer["client_certificate"] == "unknown"


def test_tls_only_in_mesos_default_protocol(context):
    with serving(context()) as port:
        answer = ask(port)
    assert (answer["plain"], answer["tls"], accepted(answer)) == (False, True, ["TLSv1.2"])
    assert set(answer["ciphers"]["TLSv1.2"]) == {
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA"}
    assert answer["client_certificate"] == "no" and answer["default"]["protocol"] == "TLSv1.2"


def test_both_while_downgrade_is_supported(context):
    with serving(context(), downgrade=True) as port:
        answer = ask(port)
    assert answer["plain"] and answer["tls"]


@pytest.mark.parametrize("versions", [(V.TLSv1_2, V.TLSv1_2), (V.TLSv1_2, V.TLSv1_3), (V.TLSv1_3, V.TLSv1_3)])
@pytest.mark.parametrize("client, words", [
    (ssl.CERT_NONE, "no"), (ssl.CERT_OPTIONAL, "asked"), (ssl.CERT_REQUIRED, "required")])
def test_whether_a_client_certificate_is_wanted(context, versions, client, words):
    with serving(context(*versions, client=client)) as port:
        answer = ask(port, ciphers=False)
    if versions[0] == V.TLSv1_3 and words == "asked":
        words = "no"        # TLS 1.3 asks where only the ssl module could look, which does not tell
    assert (answer["client_certificate"], answer["ciphers"]) == (words, {})


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_protocols_are_seen_even_where_this_hosts_openssl_refuses_them(context):
    made = context(V.TLSv1, V.TLSv1_1, "ALL:@SECLEVEL=0")
    with serving(made) as port:
        answer = ask(port)
    assert accepted(answer) == ["TLSv1", "TLSv1.1"] and "AES128-SHA" in answer["ciphers"]["TLSv1"]


def test_tls_13_is_seen_with_its_ciphers_and_leaf(context):
    with serving(context(V.TLSv1_3, V.TLSv1_3)) as port:
        answer = ask(port)
    assert accepted(answer) == ["TLSv1.3"] and "TLS_AES_128_GCM_SHA256" in answer["ciphers"]["TLSv1.3"]
    assert len(answer["chain"]) == 1


def test_the_whole_chain_is_seen(context):
    held, between = key("server", "rsa", 2048), intermediate()
    leaf = certificate(held, between, addresses=("127.0.0.1",), end=50)
    with serving(context(chain=pem(leaf, between.certificate), held=held)) as port:
        answer = ask(port)
    assert "".join(answer["chain"]) == pem(leaf, between.certificate)


def test_an_ec_key_is_seen(context):
    held = key("server")
    with serving(context(chain=pem(certificate(held)), held=held)) as port:
        answer = ask(port)
    assert "ECDHE-ECDSA-AES128-GCM-SHA256" in answer["ciphers"]["TLSv1.2"]
    assert _x509.describe(_x509.certificates(answer["chain"][0])[0])["key"] == "ec 256"


@pytest.mark.parametrize("talk", [
    b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x16\x03\x03\x00\x02\x02", b"\x15\x03\x03\x00\x02\x02\x28"])
def test_a_server_of_another_kind_speaks_neither(talk):
    with serving(talk=talk) as port:
        answer = ask(port)
    assert (answer["plain"], answer["tls"], answer["default"]) == (False, False, None)


def test_nobody_there_is_said_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ProbeFailed, match=f"nothing listens on 127.0.0.1:{port}; see whether the process runs"):
        ask(port)


@pytest.mark.parametrize("name", ["nowhere.invalid", "a..b", "x" * 70 + ".example"])
def test_a_name_that_is_none_is_said(name):
    with pytest.raises(ProbeFailed, match=f"the name {name} cannot be resolved: .*; correct it or give an address"):
        probe(name, 5050)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_answer_breaks_the_reader(data):
    greeting = ServerGreeting()
    try:
        greeting.feed(data)
    except NotTls:
        return


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from([2, 11, 13, 14]))
def test_no_handshake_message_breaks_the_reader(body, kind):
    message = bytes([kind]) + len(body).to_bytes(3, "big") + body
    greeting = ServerGreeting()
    try:
        greeting.feed(b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message)
    except NotTls:
        return


def test_a_greeting_may_come_byte_by_byte(context):
    made = context()
    ours, theirs = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = made.wrap_bio(ours, theirs, server_side=True)
    ours.write(client_hello(0x0303, [0x002F]))
    with pytest.raises(ssl.SSLWantReadError):
        server.do_handshake()
    greeting = ServerGreeting()
    for byte in theirs.read():
        greeting.feed(bytes([byte]))
    assert (greeting.version, greeting.cipher, greeting.done, len(greeting.chain)) == (0x0303, 0x002F, True, 1)
