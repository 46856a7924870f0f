# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP client of v1 schedulers and executors: one request on one connection, answers whole or as a stream."""

import errno
import json as json_
import os
from urllib.parse import urlsplit

MAX_HEAD = 65536


class HttpFailure(Exception):
    """A request without an answer; the text is what Mesos prints.  `connecting`: it failed before it was sent."""

    def __init__(self, text, *, connecting=False):
        super().__init__(text)
        self.connecting = connecting


class Response:
    """Status, headers (names in lower case) and body of an answer; the body of a stream comes piece by piece."""

    def __init__(self, status, reason, headers, reader, writer):
        self.status, self.reason, self.headers = status, reason, headers
        self.body = b""
        self._reader, self._writer = reader, writer

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json_.loads(self.body)

    async def read(self, *, keep=False):
        """Return the whole body, and leave it in `body`; then close, unless *keep* and all is well."""
        try:
            self.body = b"".join([piece async for piece in self.chunks()])
        except BaseException:
            self.close()
            raise
        if not keep:
            self.close()
        return self.body

    async def chunks(self):
        """Yield the body as it arrives.  Raises HttpFailure when the connection breaks in the middle."""
        try:
            if self.headers.get("transfer-encoding", "").lower() == "chunked":
                while size := int((await self._line()).split(b";")[0], 16):
                    yield await self._reader.readexactly(size)
                    await self._line()
                await self._line()
            elif "content-length" in self.headers:
                if length := int(self.headers["content-length"]):
                    yield await self._reader.readexactly(length)
            elif self.status not in (204, 304):
                while piece := await self._reader.read(65536):
                    yield piece
        except (EOFError, ValueError, OSError) as error:
            raise HttpFailure(words_of(error, self._writer)) from error

    async def records(self):
        """Yield the records (bytes) of a RecordIO stream: length, newline, record."""
        buffer = b""
        async for piece in self.chunks():
            buffer += piece
            while (newline := buffer.find(b"\n")) >= 0:
                end = newline + 1 + int(buffer[:newline])
                if len(buffer) < end:
                    break
                yield buffer[newline + 1:end]
                buffer = buffer[end:]

    async def _line(self):
        line = await self._reader.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return line.strip()

    def close(self):
        self._writer.close()


def words_of(error, writer):
    """Return what Mesos says about a connection that failed while it was used."""
    if isinstance(error, (EOFError, ValueError)):
        return "Disconnected"
    text = error.strerror or os.strerror(errno.ECONNRESET)      # asyncio has words of its own for it
    return f"Failed recv, connection error: {text}" if writer.get_extra_info("sslcontext") else text


def encode(method, url, headers=None, json=None, data=None):
    """Return a request as bytes."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {"Host": parts.netloc.rpartition("@")[2]}
    if json is not None:
        data = json_.dumps(json).encode()
        fields.update({"Content-Type": "application/json", "Accept": "application/json"})
    fields.update(headers or {})
    body = data.encode() if isinstance(data, str) else data or b""
    if body or method not in ("GET", "HEAD"):
        fields["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body


class Connection:
    """A connection for requests one after the other."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer

    def close(self):
        self._writer.close()

    async def request(self, method, url, *, headers=None, json=None, data=None, stream=False, keep=False):
        """Return the Response, whole or, with *stream*, as soon as its headers are there.

        Unless *keep* the connection is closed after a whole answer.  Raises HttpFailure; then it is closed too.
        """
        try:
            self._writer.write(encode(method, url, headers, json, data))
            await self._writer.drain()
            response = await self._head()
        except (EOFError, ValueError, OSError) as error:
            self.close()
            raise HttpFailure(words_of(error, self._writer)) from error
        except BaseException:
            self.close()
            raise
        if not stream:
            await response.read(keep=keep)
        return response

    async def _head(self):
        status_line = await self._reader.readline()
        if not status_line.endswith(b"\n"):
            raise EOFError
        version, status, reason = (status_line.decode("latin-1").rstrip("\r\n").split(" ", 2) + [""])[:3]
        if not version.startswith("HTTP/"):
            raise ValueError(status_line)
        headers = {}
        while line := (await self._reader.readline()).decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        return Response(int(status), reason, headers, self._reader, self._writer)
