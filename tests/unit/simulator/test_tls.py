# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can talk to whom, and what is said when not."""

import asyncio
import socket
import ssl

import pytest

pytest.importorskip("aiohttp")

from aiohttp import web  # noqa: E402

from mesos_simulator.libprocess import HttpFailure  # noqa: E402
from mesos_simulator.tls import wrong_name  # noqa: E402

NODE = {"subject": ((("commonName", "localhost"),),),
        "subjectAltName": (("DNS", "localhost"), ("IP Address", "127.0.0.1"))}
COMMON = {"subject": ((("commonName", "elsewhere"),),)}


@pytest.mark.parametrize(("certificate", "hostname", "verify_ipadd", "problem"), [
    (NODE, "localhost", False, None),
    (NODE, "127.0.0.1", True, None),
    (NODE, "127.0.0.1", False, "Presented Certificate Name: localhost does not match peer hostname name: 127.0.0.1"),
    ({"subject": COMMON["subject"], "subjectAltName": (("DNS", "*.example"),)}, "a.example", False,
     "Presented Certificate Name: elsewhere does not match peer hostname name: a.example"),
    (COMMON, "elsewhere", False, None),
    (COMMON, "Elsewhere", False, "Presented Certificate Name: elsewhere does not match peer hostname name: Elsewhere"),
    ({"subject": (), "subjectAltName": ()}, "x", False, "Could not verify presented certificate with hostname x"),
    ({}, "x", False, "Peer did not provide certificate"),
])
def test_names_by_the_legacy_scheme(certificate, hostname, verify_ipadd, problem):
    assert wrong_name(certificate, hostname, "127.0.0.1", verify_ipadd) == problem


def material(pki, name, **settings):
    return {"enabled": "true", "cert_file": f"{pki}/{name}.pem", "key_file": f"{pki}/{name}.key",
            "ca_file": f"{pki}/ca.pem", **settings}


def modes(pki):
    return {"plain": {}, "downgrade": material(pki, "node", support_downgrade="true"), "tls": material(pki, "node")}


async def meet(client, server):
    """Return (v0 message arrived, v1 answer or its failure) of *client* talking to *server*."""
    got = asyncio.Event()
    server.receive("master", "Ping", lambda sender, body: got.set())

    async def health(request):
        return web.Response(text=request.scheme)

    server.route("/health", health)
    await server.start()
    await client.start()
    client.send("agent", f"master@{server.address}", "Ping", {})
    try:
        await asyncio.wait_for(got.wait(), 1)
    except asyncio.TimeoutError:
        pass
    try:
        answer = (await client.http("GET", f"{client.scheme}://{server.address}/health")).text
    except HttpFailure as error:
        answer = error
    await asyncio.sleep(0.05)
    await client.stop()
    await server.stop()
    return got.is_set(), answer


@pytest.mark.parametrize(("caller", "called", "v0", "v1"), [
    ("plain", "plain", True, "http"), ("plain", "downgrade", True, "http"), ("plain", "tls", False, None),
    ("downgrade", "plain", True, None), ("downgrade", "downgrade", True, "https"), ("downgrade", "tls", True, "https"),
    ("tls", "plain", False, None), ("tls", "downgrade", True, "https"), ("tls", "tls", True, "https"),
])
def test_who_can_talk_to_whom(caller, called, v0, v1, pki, program):
    client, server = program(**modes(pki)[caller]), program(**modes(pki)[called])
    arrived, answer = asyncio.run(meet(client, server))
    assert arrived == v0
    assert isinstance(answer, HttpFailure) if v1 is None else answer == v1
    if v0 and v1:
        said = client.log.warnings() + server.log.warnings()
        assert [line for line in said if "downgraded" not in line] == []


def test_tls_to_a_plain_port_is_no_http(pki, program):
    client, server = program(**modes(pki)["tls"]), program()
    asyncio.run(meet(client, server))
    assert client.log.warnings() == [
        f"W process.cpp] Failed to send 'Ping' to '{server.address}', connect: Failed connect: connection closed"]
    assert all(line.endswith("': Decoder error") for line in server.log.lines) and len(server.log.lines) == 2


def test_a_plain_caller_of_a_tls_port_is_reset(pki, program):
    async def scenario():
        server = program(**modes(pki)["tls"])
        await server.start()
        reader, writer = await asyncio.open_connection(server.ip, server.port)
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()
        await server.stop()
        return server.log.warnings()

    (line,) = asyncio.run(scenario())
    assert line.startswith("W process.cpp] Failed to accept socket: Failed to complete SSL connection for 127.0.0.1:")
    assert line.endswith(": error:0A00009C:SSL routines::http request")


@pytest.mark.parametrize(("certificate", "settings", "failure", "complaint"), [
    ("node", {"verify_ipadd": "true"}, None, None),
    ("node", {"hostname_validation_scheme": "openssl", "verify_ipadd": "true"}, None, None),
    ("foreign", {}, "Failed connect: connection closed",
     "Issuer: /CN=other-ca\nSubject: /CN=localhost\nError (20): unable to get local issuer certificate"),
    ("expired", {}, "Failed connect: connection closed",
     "Issuer: /CN=ca\nSubject: /CN=localhost\nError (10): certificate has expired"),
    ("cnonly", {"hostname_validation_scheme": "openssl", "verify_ipadd": "true"}, "Failed connect: connection closed",
     "Issuer: /CN=ca\nSubject: /CN=localhost\nError (64): IP address mismatch"),
    ("node", {"hostname_validation_scheme": "openssl"},
     "Failed to configure socket: No DNS name given and IP address verification is  disabled. "
     "I cannot work like this :(", None),
    ("chained", {"verify_ipadd": "true"}, None, None),
])
def test_a_caller_verifies_whom_it_calls(certificate, settings, failure, complaint, pki, program):
    server = program(**material(pki, certificate))
    client = program(**material(pki, "node", verify_server_cert="true", **settings))
    arrived, answer = asyncio.run(meet(client, server))
    assert arrived == (failure is None)
    if failure is None:
        assert (answer, client.log.warnings()) == ("https", [])
        return
    assert str(answer) == failure
    complaints = [f"W openssl.cpp] Error with certificate at depth: 0\n{complaint}"] if complaint else []
    assert client.log.warnings() == [
        *complaints, f"W process.cpp] Failed to send 'Ping' to '{server.address}', connect: {failure}", *complaints]


def test_a_chain_that_is_too_long_is_refused(pki, program):
    server = program(**material(pki, "chained"))
    client = program(**material(pki, "node", verify_server_cert="true", verify_ipadd="true", verification_depth="0"))
    arrived, _ = asyncio.run(meet(client, server))
    assert not arrived
    assert "Error (22): certificate chain too long" in client.log.warnings()[0]


@pytest.mark.parametrize(("settings", "words"), [
    ({}, "peer did not return a certificate"),
    ({"certificate": "foreign"}, "certificate verify failed"),
    ({"certificate": "node"}, None),
])
def test_a_caller_must_show_a_certificate(settings, words, pki, program):
    async def scenario():
        server = program(**material(pki, "node", require_client_cert="true", verify_ipadd="true"))
        await server.start()
        context = ssl._create_unverified_context()
        context.set_ciphers("AES128-SHA")
        if settings:
            context.load_cert_chain(f"{pki}/{settings['certificate']}.pem", f"{pki}/{settings['certificate']}.key")
        loop = asyncio.get_running_loop()

        def call():
            with socket.create_connection((server.ip, server.port)) as sock, context.wrap_socket(sock) as secure:
                secure.sendall(b"GET / HTTP/1.0\r\n\r\n")
                return secure.recv(100)

        try:
            answer = await loop.run_in_executor(None, call)
        except OSError:
            answer = None
        await server.stop()
        return answer, server.log.warnings()

    answer, lines = asyncio.run(scenario())
    if words is None:
        assert (answer[:12], lines) == (b"HTTP/1.0 404", [])
    else:
        assert answer is None and lines[-1].endswith(words)


def test_long_answers_and_long_messages_arrive_whole(pki, program):
    size = 5_000_000

    async def scenario():
        client, server = program(**modes(pki)["tls"]), program(**modes(pki)["tls"])
        got = []
        server.receive("master", "Big", lambda sender, body: got.append(len(body["data"])))

        async def big(request):
            return web.Response(body=b"x" * size)

        server.route("/big", big)
        await server.start()
        await client.start()
        for _ in range(3):
            client.send("agent", f"master@{server.address}", "Big", {"data": "x" * size})
        answer = await client.http("GET", f"https://{server.address}/big")
        for _ in range(200):
            if len(got) == 3:
                break
            await asyncio.sleep(0.05)
        await client.stop()
        await server.stop()
        return len(answer.body), got

    assert asyncio.run(scenario()) == (size, [size] * 3)
