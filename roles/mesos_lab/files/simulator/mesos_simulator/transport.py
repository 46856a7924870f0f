# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An asyncio transport over a socket that this package handshook by itself.

asyncio's own TLS copies bytes out of the socket before OpenSSL sees them, so what a refused peer sees (a reset, an
alert, an end of file) would differ from Mesos.  Here OpenSSL works on the socket, as in Mesos.
"""

import asyncio
import socket
import ssl

CHUNK = 256 * 1024
HIGH_WATER = 256 * 1024


async def ready(sock, *, to_write=False):
    """Wait until *sock* can be read (or written)."""
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    add, remove = (loop.add_writer, loop.remove_writer) if to_write else (loop.add_reader, loop.remove_reader)
    number = sock.fileno()
    if number < 0:
        raise ConnectionResetError(104, "Connection reset by peer")
    add(number, lambda: future.done() or future.set_result(None))
    try:
        await future
    finally:
        remove(number)


async def handshake(sock, context, *, server_side, server_hostname=None):
    """Return *sock* as an SSLSocket after the handshake.  Raises ssl.SSLError or OSError; *sock* is closed then."""
    try:
        secure = context.wrap_socket(
            sock, server_side=server_side, server_hostname=server_hostname,
            do_handshake_on_connect=False, suppress_ragged_eofs=False,
        )
    except OSError:
        sock.close()
        raise
    try:
        while True:
            try:
                secure.do_handshake()
                return secure
            except ssl.SSLWantReadError:
                await ready(secure)
            except ssl.SSLWantWriteError:
                await ready(secure, to_write=True)
    except BaseException:
        secure.close()
        raise


class SocketTransport(asyncio.Transport):
    """Reads and writes a connected, non-blocking socket or SSLSocket for an asyncio protocol."""

    reader = None

    def __init__(self, sock, protocol, *, extra=None):
        super().__init__(extra=None)
        self._loop = asyncio.get_running_loop()
        self._sock, self._fd = sock, sock.fileno()
        self._secure = isinstance(sock, ssl.SSLSocket)
        self._protocol = protocol
        self._buffer = bytearray()
        self._closing = self._closed = self._paused = self._writer_paused = self._writing = False
        self._extra = {"socket": sock, "sockname": _name(sock.getsockname), "peername": _name(sock.getpeername)}
        if self._secure:
            self._extra.update(ssl_object=sock, sslcontext=sock.context, cipher=sock.cipher(),
                               peercert=sock.getpeercert() or None)
        self._extra.update(extra or {})
        if not self._secure and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        protocol.connection_made(self)
        if not self._closing:
            self._loop.add_reader(self._fd, self._read)
            if self._secure and sock.pending():
                self._loop.call_soon(self._read)

    # -- reading

    def _read(self):
        while not (self._closed or self._paused):
            try:
                data = self._sock.recv(CHUNK)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError, InterruptedError):
                return
            except ssl.SSLError:            # an alert, or no TLS at all: libevent calls that the end
                data = b""
            except OSError as error:
                self._finish(error)
                return
            if not data:
                self._loop.remove_reader(self._fd)
                keep = self._protocol.eof_received()
                if not keep or self._secure:
                    self.close()
                return
            if not self._closing:
                self._protocol.data_received(data)
            if not self._secure:
                return

    def pause_reading(self):
        if not (self._paused or self._closing):
            self._paused = True
            self._loop.remove_reader(self._fd)

    def resume_reading(self):
        if self._paused and not self._closing:
            self._paused = False
            self._loop.add_reader(self._fd, self._read)
            if self._secure:
                self._loop.call_soon(self._read)

    def is_reading(self):
        return not (self._paused or self._closing)

    # -- writing

    def write(self, data):
        if self._closing or not data:
            return
        self._buffer += data
        if not self._writing:
            self._flush()
        if len(self._buffer) > HIGH_WATER and not self._writer_paused:
            self._writer_paused = True
            self._protocol.pause_writing()

    def writelines(self, lines):
        self.write(b"".join(lines))

    def _flush(self):
        try:
            while self._buffer:
                del self._buffer[:self._sock.send(bytes(self._buffer[:CHUNK]))]
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError, InterruptedError):
            if not self._writing:
                self._writing = True
                self._loop.add_writer(self._fd, self._flush)
            return
        except OSError as error:
            self._finish(error)
            return
        if self._writing:
            self._writing = False
            self._loop.remove_writer(self._fd)
        if self._writer_paused:
            self._writer_paused = False
            self._protocol.resume_writing()
        if self._closing:
            self._finish(None)

    def can_write_eof(self):
        return False

    def write_eof(self):
        raise NotImplementedError("half-closed connections are not supported")

    def get_write_buffer_size(self):
        return len(self._buffer)

    def get_write_buffer_limits(self):
        return (0, HIGH_WATER)

    def set_write_buffer_limits(self, high=None, low=None):
        pass

    # -- the end

    def is_closing(self):
        return self._closing

    def set_protocol(self, protocol):
        self._protocol = protocol

    def get_protocol(self):
        return self._protocol

    def close(self):
        if self._closing:
            return
        self._closing = True
        self._loop.remove_reader(self._fd)
        if not self._buffer:
            self._finish(None)

    def abort(self):
        self._finish(None)

    def _finish(self, error):
        if self._closed:
            return
        self._closing = self._closed = True
        self._buffer.clear()
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        if self._secure and error is None:
            goodbye(self._sock)
        self._sock.close()
        self._loop.call_soon(self._protocol.connection_lost, error)


def goodbye(secure):
    """Tell the peer of a TLS connection that no more will come, without waiting for its answer."""
    try:
        secure.unwrap()
    except (OSError, ValueError):
        pass


def open_stream(sock):
    """Return (StreamReader, StreamWriter) over a connected, non-blocking socket or SSLSocket."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2 ** 26)
    protocol = asyncio.StreamReaderProtocol(reader)
    transport = SocketTransport(sock, protocol)
    transport.reader = reader       # the protocol holds it weakly; with it would go the task that waits for it
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


def _name(ask):
    try:
        return ask()
    except OSError:
        return None
