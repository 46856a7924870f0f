# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two programs talk: routes, messages in order, links that break."""

import asyncio
import gc
import socket

import pytest

pytest.importorskip("aiohttp")

from aiohttp import web  # noqa: E402

from mesos_simulator.libprocess import HttpFailure  # noqa: E402


async def pair(left, right):
    await left.start()
    await right.start()


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def test_routes_answer_by_path_as_libprocess_reads_paths(program):
    async def scenario():
        server = program()

        async def state(request):
            return web.json_response({"tail": request.match_info["tail"]})

        server.route("/master/state", state)
        server.route("/files/{tail:.*}", state)
        await server.start()
        base = f"http://{server.address}"
        answers = {}
        for path in ("/master/state", "//master//state/", "/%6Daster/state", "/master/%73tate", "/files/a/b", "/x"):
            answers[path] = await server.http("GET", base + path)
        await server.stop()
        return answers

    answers = asyncio.run(scenario())
    assert {path: answer.status for path, answer in answers.items()} == {
        "/master/state": 200, "//master//state/": 200, "/%6Daster/state": 200, "/master/%73tate": 404,
        "/files/a/b": 200, "/x": 404,
    }
    assert answers["/files/a/b"].json() == {"tail": "a/b"}
    assert "server" not in answers["/x"].headers


def test_messages_arrive_in_order_with_their_sender(program, eventually):
    async def scenario():
        left, right = program(), program()
        got = []
        right.receive("slave(1)", "Ping", lambda sender, body: got.append((sender, body["n"])))
        await pair(left, right)
        for number in range(50):
            left.send("master", f"slave(1)@{right.address}", "Ping", {"n": number})
        assert await eventually(lambda: len(got) == 50)
        await left.stop()
        await right.stop()
        return left.address, got

    address, got = asyncio.run(scenario())
    assert got == [(f"master@{address}", number) for number in range(50)]


def test_a_link_tells_once_that_the_peer_is_gone(program, eventually):
    async def scenario():
        left, right = program(), program()
        gone = []
        await pair(left, right)
        left.link("master", f"slave(1)@{right.address}", gone.append)
        await asyncio.sleep(0.2)
        assert gone == []
        await right.stop()
        assert await eventually(lambda: gone)
        await asyncio.sleep(0.2)
        await left.stop()
        return gone, f"slave(1)@{right.address}"

    gone, upid = asyncio.run(scenario())
    assert gone == [upid]


def test_a_peer_that_is_not_there_is_logged_and_exits_the_link(program, eventually):
    async def scenario():
        left, port, gone = program(), free_port(), []
        await left.start()
        left.link("a", f"b@127.0.0.1:{port}", gone.append)
        assert await eventually(lambda: gone)
        left.send("a", f"b@127.0.0.1:{port}", "Hello", {})
        assert await eventually(lambda: len(left.log.lines) == 2)
        with pytest.raises(HttpFailure, match="Connection refused") as failure:
            await left.http("GET", f"http://127.0.0.1:{port}/")
        assert failure.value.connecting
        await left.stop()
        return port, left.log.lines

    port, lines = asyncio.run(scenario())
    words = f"127.0.0.1:{port}', connect: Failed to connect to 127.0.0.1:{port}: Connection refused"
    assert lines == [f"W process.cpp] Failed to link to '{words}",
                     f"W process.cpp] Failed to send 'Hello' to '{words}"]


def test_a_stream_comes_record_by_record(program):
    async def scenario():
        server = program()

        async def stream(request):
            response = web.StreamResponse()
            await response.prepare(request)
            for record in (b"one", b"three"):
                await response.write(b"%d\n%s" % (len(record), record))
            return response

        server.route("/api/v1", stream)
        await server.start()
        response = await server.http("POST", f"http://{server.address}/api/v1", json={}, stream=True)
        records = [record async for record in response.records()]
        response.close()
        await server.stop()
        return records

    assert asyncio.run(scenario()) == [b"one", b"three"]


def test_a_connection_serves_one_request_after_the_other(program):
    async def scenario():
        server = program()

        async def echo(request):
            return web.Response(text=f"{request.transport.get_extra_info('peername')[1]} {await request.text()}")

        server.route("/echo", echo)
        await server.start()
        connection = await server.connection(f"http://{server.address}/")
        answers = [(await connection.request("POST", f"http://{server.address}/echo", data=text, keep=True)).text
                   for text in ("one", "two")]
        await server.stop()
        with pytest.raises(HttpFailure, match="Disconnected|reset"):
            await connection.request("POST", f"http://{server.address}/echo", data="three")
        return [answer.split() for answer in answers]

    (port, one), (same, two) = asyncio.run(scenario())
    assert (one, two, same) == ("one", "two", port)


def test_a_stream_that_nobody_else_holds_is_not_collected(program):
    got = []

    async def listen(server):
        response = await server.http("GET", f"http://{server.address}/stream", stream=True)
        async for record in response.records():
            got.append(record)

    async def scenario():
        server, go = program(), asyncio.Event()

        async def stream(request):
            response = web.StreamResponse()
            await response.prepare(request)
            await go.wait()
            await response.write(b"4\nlate")
            return response

        server.route("/stream", stream)
        await server.start()
        asyncio.ensure_future(listen(server))
        await asyncio.sleep(0.2)
        gc.collect()
        go.set()
        await asyncio.sleep(0.2)
        await server.stop()

    asyncio.run(scenario())
    assert got == [b"late"]
