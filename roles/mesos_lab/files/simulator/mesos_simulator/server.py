# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listening side: accepts, handshakes, refuses with libprocess' words, and tells messages from other HTTP.

Messages are read here, so that an executor, which gets nothing else, starts without loading aiohttp.
"""

import asyncio
import json
import socket
import weakref

from .transport import SocketTransport

LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\r\n")
HEAD_END = b"\r\n\r\n"
MAX_HEAD = 65536
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


class Server:
    """The listener of one Libprocess."""

    def __init__(self, owner):
        self.owner = owner
        self._socket = self._web = self._accepting = None
        self._greeting, self.connections = set(), weakref.WeakSet()

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
        self._socket.listen(1024)
        self._accepting = asyncio.ensure_future(self._accept())

    async def stop(self):
        if self._accepting:
            self._accepting.cancel()
        for task in list(self._greeting):
            task.cancel()
        if self._socket:
            self._socket.close()
        for transport in list(self.connections):
            transport.close()
        await asyncio.sleep(0)

    async def http(self):
        """Return a protocol for one connection of anything but messages."""
        if self._web is None:
            from .web_server import WebServer

            self._web = WebServer(self.owner)
        return await self._web.protocol()

    async def _accept(self):
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, address = await loop.sock_accept(self._socket)
            except OSError as error:
                self._refused(error)
                await asyncio.sleep(0.1)
                continue
            sock.setblocking(False)
            task = asyncio.ensure_future(self._greet(sock, address))
            self._greeting.add(task)
            task.add_done_callback(self._greeting.discard)

    async def serve_plain(self, listening):
        """Accept on a further socket, in the file system: never with TLS."""
        listening.setblocking(False)
        while True:
            sock, _address = await asyncio.get_running_loop().sock_accept(listening)
            sock.setblocking(False)
            SocketTransport(sock, Gate(self))

    async def _greet(self, sock, address):
        """Bring a new connection to where HTTP starts, or refuse it."""
        try:
            if self.owner.tls:
                sock = await self.owner.tls.accept(sock, address)
            SocketTransport(sock, Gate(self))
        except OSError as error:
            self._refused(error)

    def _refused(self, error):
        self.owner.log.warning("process.cpp", f"Failed to accept socket: {error}")

    def undecodable(self, transport):
        """End a connection that does not speak HTTP (TLS to a plain port), as libprocess' decoder does."""
        ip, port = (transport.get_extra_info("peername") or ("unknown", 0))[:2]
        number = transport.get_extra_info("socket").fileno()
        self.owner.log.warning("process.cpp", f"Failed to recv on socket {number} to peer '{ip}:{port}': Decoder error")
        transport.close()


class Gate(asyncio.Protocol):
    """Looks at the first request of a connection and passes the connection on."""

    def __init__(self, server):
        self._server, self._head = server, b""

    def connection_made(self, transport):
        self._transport = transport
        self._server.connections.add(transport)

    def data_received(self, data):
        self._head += data
        if self._head[0] not in LETTERS:
            self._server.undecodable(self._transport)
        elif HEAD_END in self._head or len(self._head) > MAX_HEAD:
            if sender_of(self._head.partition(HEAD_END)[0]):
                protocol = Messages(self._server)
                self._transport.set_protocol(protocol)
                protocol.connection_made(self._transport)
                protocol.data_received(self._head)
            else:
                self._transport.pause_reading()
                self._server.owner.spawn(self._to_http())

    async def _to_http(self):
        protocol = await self._server.http()
        if not self._transport.is_closing():
            self._transport.set_protocol(protocol)
            protocol.connection_made(self._transport)
            self._transport.resume_reading()
            protocol.data_received(self._head)


class Messages(asyncio.Protocol):
    """Reads messages, POST /process/name with a libprocess as User-Agent, and hands them to their receivers."""

    def __init__(self, server):
        self._server, self._buffer = server, b""

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        self._buffer += data
        while HEAD_END in self._buffer:
            head, _, rest = self._buffer.partition(HEAD_END)
            try:
                process_id, name, length = target_of(head)
                if len(rest) < length:
                    return
                body = json.loads(rest[:length]) if length else {}
            except ValueError:
                self._server.undecodable(self._transport)
                return
            self._buffer = rest[length:]
            self._transport.write(ACCEPTED)
            self._server.owner.deliver(process_id, name, sender_of(head), body)


def header_of(head, name):
    """Return the value of a header in the head of a request (bytes), or ""."""
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip().decode("latin-1")
    return ""


def sender_of(head):
    """Return the address of the process that sends a message, or "" if the request is no message."""
    agent = header_of(head, b"user-agent")
    return agent[len("libprocess/"):] if agent.startswith("libprocess/") and head.startswith(b"POST ") else ""


def target_of(head):
    """Return (process, message name, length of the body) of a message.  Raises ValueError if it is none."""
    _, path, _ = head.partition(b"\r\n")[0].decode("latin-1").split(" ", 2)
    process_id, _, name = path.strip("/").partition("/")
    return process_id, name, int(header_of(head, b"content-length") or 0)
