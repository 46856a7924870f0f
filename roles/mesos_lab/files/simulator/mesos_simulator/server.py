# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listening side: accepts, handshakes, refuses with libprocess' words, and serves HTTP with aiohttp."""

import asyncio
import json
import socket

from aiohttp import web

from .transport import SocketTransport

LIMIT = 2 ** 30
METHODS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\r\n")


class Server:
    """The listener of one Libprocess."""

    def __init__(self, owner):
        self._owner = owner
        self._socket = self._runner = self._accepting = None
        self._greeting = set()

    @property
    def bound(self):
        return self._socket is not None

    def bind(self, ip, port):
        """Return the port that was taken.  Raises OSError."""
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((ip, port))
        return self._socket.getsockname()[1]

    async def start(self):
        application = web.Application(client_max_size=LIMIT)
        application.router.add_route("*", "/{path:.*}", self._dispatch)
        application.on_response_prepare.append(_plain_headers)
        self._runner = web.AppRunner(application, handle_signals=False, access_log=None, keepalive_timeout=86400)
        await self._runner.setup()
        self._socket.listen(1024)
        self._accepting = asyncio.ensure_future(self._accept())

    async def stop(self):
        if self._accepting:
            self._accepting.cancel()
        for task in list(self._greeting):
            task.cancel()
        if self._socket:
            self._socket.close()
        if self._runner:
            self._runner.server.pre_shutdown() if hasattr(self._runner.server, "pre_shutdown") else None
            await self._runner.server.shutdown(0)

    async def _accept(self):
        loop = asyncio.get_running_loop()
        while True:
            sock, address = await loop.sock_accept(self._socket)
            sock.setblocking(False)
            task = asyncio.ensure_future(self._greet(sock, address))
            self._greeting.add(task)
            task.add_done_callback(self._greeting.discard)

    async def _greet(self, sock, address):
        """Bring a new connection to where HTTP starts, or refuse it."""
        try:
            if self._owner.tls:
                sock = await self._owner.tls.accept(sock, address)
        except OSError as error:
            self._owner.log.warning("process.cpp", f"Failed to accept socket: {error}")
            return
        SocketTransport(sock, Gate(self._runner.server(), self._owner.log))

    async def _dispatch(self, request):
        found = self._owner.find(request.rel_url.raw_path)
        if found is None:
            return await self._message(request)
        handler, methods, tail = found
        if methods and request.method not in methods:
            return web.Response(status=405, headers={"Allow": ", ".join(methods)})
        request.match_info["tail"] = tail
        return await handler(request)

    async def _message(self, request):
        """POST /process/name from a libprocess is a message; everything else here is unknown."""
        process_id, _, name = request.path.strip("/").partition("/")
        agent = request.headers.get("User-Agent", "")
        if request.method != "POST" or not agent.startswith("libprocess/"):
            return web.Response(status=404)
        body = await request.read()
        self._owner.deliver(process_id, name, agent[len("libprocess/"):], json.loads(body) if body else {})
        return web.Response(status=202)


class Gate(asyncio.Protocol):
    """Closes a connection that does not begin like HTTP (TLS to a plain port), as libprocess' decoder does."""

    def __init__(self, http, log):
        self._http, self._log = http, log

    def connection_made(self, transport):
        self._transport = transport
        self._http.connection_made(transport)

    def data_received(self, data):
        if data[0] not in METHODS:
            ip, port = self._transport.get_extra_info("peername")[:2]
            number = self._transport.get_extra_info("socket").fileno()
            self._log.warning("process.cpp", f"Failed to recv on socket {number} to peer '{ip}:{port}': Decoder error")
            self._transport.close()
            return
        self._transport.set_protocol(self._http)
        self._http.data_received(data)

    def eof_received(self):
        return self._http.eof_received()

    def connection_lost(self, error):
        self._http.connection_lost(error)

    def pause_writing(self):
        self._http.pause_writing()

    def resume_writing(self):
        self._http.resume_writing()


async def _plain_headers(request, response):
    """Leave out what libprocess does not send."""
    response.headers.pop("Server", None)
    if isinstance(response, web.Response) and not response.body:
        response.headers.pop("Content-Type", None)
