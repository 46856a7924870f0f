# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What libprocess gives a Mesos program: an HTTP server, v0 messages between processes, links, and a v1 HTTP client.

Source: docs/mesos/security.md §1.5; the wire is our own (JSON where Mesos has protobuf), the manners are libprocess'.
"""

import asyncio
import json as json_
import os
import socket
from inspect import isawaitable
from urllib.parse import unquote, urlsplit

from . import http_client
from .http_client import HttpFailure
from .peers import Peers
from .server import Server
from .upid import Upid

__all__ = ["HttpFailure", "Libprocess"]


class Libprocess:
    """One per program: its address, its routes, its peers."""

    def __init__(self, *, ip=None, port=None, advertise_ip=None, advertise_port=None, environ=os.environ, log=None):
        if log is None:
            from . import glog as log_
            log = getattr(log_, "log", log_)
        self.log = log
        from . import libprocess_flags, ssl_flags
        given = {"IP": ip, "PORT": port, "ADVERTISE_IP": advertise_ip, "ADVERTISE_PORT": advertise_port}
        settings = libprocess_flags.load({**environ, **{
            f"LIBPROCESS_{name}": str(value) for name, value in given.items() if value is not None}}, log)
        self.tls = ssl_flags.load(environ, log)
        self.scheme = "https" if self.tls else "http"
        if self.tls and self.tls.support_downgrade:
            log.warning("process.cpp", "Failed SSL connections will be downgraded to a non-SSL socket")
        self.ip = settings.ip or _own_address()
        self.port = settings.port or 0
        self.advertise_ip, self.advertise_port = settings.advertise_ip, settings.advertise_port
        self._routes, self._prefixes, self._receivers = {}, [], {}
        self._server = Server(self)
        self._peers = Peers(self)
        self._tasks = set()

    @property
    def address(self):
        """The "ip:port" that others reach this program at."""
        return f"{self.advertise_ip or self.ip}:{self.advertise_port or self.port}"

    # -- serving

    def bind(self):
        """Take the port now, before anything runs; a port or address that cannot be had is the end (SIGABRT)."""
        try:
            self.port = self._server.bind(self.ip, self.port)
        except OSError as error:
            self.log.fatal("process.cpp", f"Failed to initialize: Failed to bind on {self.ip}:{self.port}: "
                                          f"{os.strerror(error.errno)}")

    async def start(self):
        """Bind (unless done) and listen."""
        if not self._server.bound:
            self.bind()
        await self._server.start()

    def serve(self, listening):
        """Answer on a further, listening socket of the file system, too."""
        self.spawn(self._server.serve_plain(listening))

    async def stop(self):
        await self._server.stop()
        await self._peers.stop()
        for task in list(self._tasks):
            task.cancel()

    def route(self, path, handler, methods=None):
        """Answer *path* ("/a/b", or "/a/{tail:.*}" with all below it) with `await handler(request)`."""
        if path.endswith("/{tail:.*}"):
            self._prefixes.append((path[:-len("{tail:.*}")], handler, methods))
            self._prefixes.sort(key=lambda item: -len(item[0]))
        else:
            self._routes["/" + path.strip("/")] = (handler, methods)

    def unroute(self, path):
        self._routes.pop("/" + path.strip("/"), None)

    def find(self, raw_path):
        """Return (handler, methods, tail) for a path as it came over the wire, or None.

        As in libprocess empty segments do not count and only the first one, the process, is decoded.
        """
        first, *others = [part for part in raw_path.split("/") if part] or [""]
        path = "/" + "/".join([unquote(first), *others])
        if path in self._routes:
            return (*self._routes[path], "")
        for prefix, handler, methods in self._prefixes:
            if path.startswith(prefix) or path == prefix.rstrip("/"):
                return handler, methods, path[len(prefix):]
        return None

    # -- messages

    def receive(self, process_id, name, handler):
        """Call *handler*(sender, body) for each message *name* to *process_id*; a coroutine runs on its own."""
        self._receivers[process_id, name] = handler

    def deliver(self, process_id, name, sender, body):
        """Hand a message that arrived to its receiver; those to nobody are dropped, as libprocess does."""
        handler = self._receivers.get((process_id, name))
        result = handler(sender, body) if handler else None
        if isawaitable(result):
            self.spawn(result)
        return handler is not None

    def send(self, from_id, to_upid, name, body):
        """Send a message, in order per peer, over the link if there is one; a failure is only logged."""
        peer = Upid.parse(str(to_upid))
        sender = f"{from_id}@{self.address}"
        if peer.address == self.address:
            copy = json_.loads(json_.dumps(body))
            asyncio.get_running_loop().call_soon(self.deliver, peer.id, name, sender, copy)
            return
        self._peers.send(peer.ip, peer.port, name, http_client.encode(
            "POST", f"http://{peer.address}/{peer.id}/{name}", json=body,
            headers={"User-Agent": f"libprocess/{sender}", "Connection": "Keep-Alive"},
        ))

    def link(self, from_id, to_upid, on_exited):
        """Keep a connection to the peer; call *on_exited*(upid) once when it breaks or cannot be made."""
        self._peers.link(from_id, Upid.parse(str(to_upid)), on_exited)

    def unlink(self, from_id, to_upid):
        """Forget a link without calling anybody; the connection goes when it was the last one over it."""
        self._peers.unlink(from_id, Upid.parse(str(to_upid)))

    # -- the v1 client

    async def http(self, method, url, *, headers=None, json=None, data=None, stream=False):
        """Return the http_client.Response to a request; with *stream*, as soon as its headers are there.

        The scheme is the caller's and there is no downgrade.  Raises HttpFailure with Mesos' words.
        """
        connection = await self.connection(url)
        return await connection.request(method, url, headers=headers, json=json, data=data, stream=stream)

    async def connection(self, url):
        """Return an http_client.Connection to the host of *url*, for one request after the other.

        v1 schedulers and executors open two before they send anything: one for SUBSCRIBE, one for all other calls.
        Raises HttpFailure with `connecting` set.
        """
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        try:
            reader, writer = await self._peers.connect(
                parts.hostname, parts.port or (443 if secure else 80), secure=secure)
        except OSError as error:
            raise HttpFailure(str(error), connecting=True) from error
        return http_client.Connection(reader, writer)

    # -- helpers

    def spawn(self, coroutine):
        """Run *coroutine* beside everything else; keep it alive, and let errors be seen."""
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task):
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a message handler failed", "exception": task.exception(), "task": task})


def _own_address():
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        return "127.0.0.1"
