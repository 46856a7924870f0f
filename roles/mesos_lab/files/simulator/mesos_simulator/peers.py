# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calling side: connections to other programs, messages in order, and links that tell when a peer is gone."""

import asyncio
import os
import socket

from .http_client import words_of
from .transport import open_stream

IDLE = 5.0


class ConnectFailure(OSError):
    """A connection that could not be made; the text is what libprocess prints."""

    def __init__(self, text):
        super().__init__(text)


class Peers:
    """All outgoing connections of one Libprocess, one per address."""

    def __init__(self, owner):
        self._owner = owner
        self._open = {}

    def send(self, ip, port, name, request):
        self._peer(ip, port).put(name, request)

    def link(self, from_id, upid, on_exited):
        try:
            self._check(upid.ip)
        except OSError as error:            # known before anything is sent: messages do not wait for this link
            self.warn(f"Failed to link to '{upid.address}', connect: {error}")
            asyncio.get_running_loop().call_soon(on_exited, str(upid))
            return
        peer = self._open.get((upid.ip, upid.port))
        if peer and not peer.linking:       # one for messages only: it ends by itself, and a link has its own
            self.forget(peer)
        self._peer(upid.ip, upid.port, linking=True).links.setdefault((from_id, str(upid)), on_exited)

    def _check(self, ip):
        if self.tls and not self.tls.support_downgrade:
            self.tls.check_target(ip)

    def unlink(self, from_id, upid):
        peer = self._open.get((upid.ip, upid.port))
        if peer:
            peer.links.pop((from_id, str(upid)), None)

    def _peer(self, ip, port, *, linking=False):
        peer = self._open.get((ip, port))
        if peer is None:
            peer = self._open[ip, port] = Peer(self, ip, port, linking)
            peer.task = self._owner.spawn(peer.run())
        return peer

    def forget(self, peer):
        if self._open.get((peer.ip, peer.port)) is peer:
            del self._open[peer.ip, peer.port]

    async def stop(self):
        for peer in list(self._open.values()):
            peer.task.cancel()

    async def connect(self, host, port, *, secure):
        """Return (reader, writer).  Raises ConnectFailure, or tls.Refused."""
        if not secure:
            return open_stream((await self._connect_socket(host, port, "Failed to connect to {to}: "))[0])
        tls = self._owner.tls
        if tls is None:
            raise ConnectFailure("Failed to create socket: SSL is not enabled")
        tls.check_target(host)
        sock, ip = await self._connect_socket(host, port, "Failed connect, connection error: ")
        return open_stream(await tls.connect(sock, host, ip))

    async def _connect_socket(self, host, port, failure):
        """Return (socket, IP address).  Raises ConnectFailure whose text begins with *failure*."""
        loop = asyncio.get_running_loop()
        failure = failure.format(to=f"{host}:{port}")
        try:
            family, _, _, _, address = (await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))[0]
        except socket.gaierror as error:
            raise ConnectFailure(f"{failure}{error.strerror}") from error
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            await loop.sock_connect(sock, address)
        except OSError as error:
            sock.close()
            raise ConnectFailure(failure + os.strerror(error.errno)) from error
        return sock, address[0]

    def warn(self, text):
        self._owner.log.warning("process.cpp", text)

    @property
    def tls(self):
        return self._owner.tls


class Peer:
    """One address: messages wait here until they are written; links are told when it is over."""

    def __init__(self, peers, ip, port, linking):
        self._peers, self.ip, self.port, self.linking = peers, ip, port, linking
        self.links, self._waiting, self._wake = {}, [], asyncio.Event()
        self._first = None
        self.task = None

    def put(self, name, request):
        self._first = self._first or name
        self._waiting.append(request)
        self._wake.set()

    async def run(self):
        writer = None
        try:
            try:
                reader, writer = await self._connect()
            except OSError as error:
                self._failed(error)
                return
            gone = asyncio.ensure_future(self._drain(reader, writer))
            try:
                await self._write(writer, gone)
            finally:
                gone.cancel()
        finally:
            self._peers.forget(self)
            if writer:
                writer.close()
            for (_, upid), on_exited in list(self.links.items()):
                on_exited(upid)

    async def _connect(self):
        """Connect with TLS if that is on; under downgrade also without, as only a failed link tells."""
        tls = self._peers.tls
        try:
            return await self._peers.connect(self.ip, self.port, secure=tls is not None)
        except OSError as error:
            if tls is None or not tls.support_downgrade:
                raise
            if self.linking:
                self._failed(error)
        return await self._peers.connect(self.ip, self.port, secure=False)

    def _failed(self, error):
        """Say what failed; where nobody listens a link is given up before the message after it, which fails too."""
        sending = [f"send '{self._first}'"] if self._first and (not self.linking or self._peers.tls is None) else []
        for doing in ["link"] * self.linking + sending:
            self._peers.warn(f"Failed to {doing} to '{self.ip}:{self.port}', connect: {error}")

    async def _write(self, writer, gone):
        """Write what waits until the peer is gone, or nobody needs the connection for a while."""
        while not gone.done():
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            if batch:
                writer.write(b"".join(batch))
                try:
                    await writer.drain()
                except OSError:
                    return
                continue
            woken = asyncio.ensure_future(self._wake.wait())
            done, _ = await asyncio.wait({woken, gone}, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
            woken.cancel()
            if not done and not self.links and not self._waiting:
                return

    async def _drain(self, reader, writer):
        """Read (and ignore) answers until the connection ends."""
        number = writer.get_extra_info("socket").fileno()
        try:
            while await reader.read(65536):
                pass
        except OSError as error:
            self._peers.warn(f"Failed to recv on socket {number} to peer 'unknown': {words_of(error, writer)}")
