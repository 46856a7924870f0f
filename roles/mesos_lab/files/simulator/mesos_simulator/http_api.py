# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP as Mesos speaks it: routes with and without the process' prefix, refusals in its words, RecordIO streams."""

import asyncio
import json

from aiohttp import web

PROTOBUF, JSON = "application/x-protobuf", "application/json"
LISTEN_PAUSE = 0.1      # seconds between looks whether the peer of a stream is still there


def text(status, body="", headers=None):
    """A plain answer; without a body also without a type, as libprocess does."""
    if not body:
        return web.Response(status=status, headers=headers)
    return web.Response(status=status, body=body.encode(),
                        headers={"Content-Type": "text/plain; charset=utf-8", **(headers or {})})


def ok(data, request=None):
    """JSON, or JSONP where the query asks for it."""
    body = json.dumps(data, separators=(",", ":"))
    callback = request.query.get("jsonp") if request is not None else None
    if callback:
        return web.Response(body=f"{callback}({body});".encode(), headers={"Content-Type": "text/javascript"})
    return web.Response(body=body.encode(), headers={"Content-Type": JSON})


class Refusal(Exception):
    """An answer that ends the handling of a request."""

    def __init__(self, status, body):
        super().__init__(body)
        self.response = text(status, body)


class Endpoints:
    """The routes of one process ("master", "slave(1)", "files", …).

    ``realm`` names who must authenticate for it: "readonly", "readwrite", or None for everybody.
    """

    def __init__(self, lib, process):
        self.lib, self.process = lib, process
        self.paths = {}

    def add(self, path, handler, methods=None, *, realm=None, bare=True):
        """Serve /process/path, and /path where ``bare``: libprocess hands what names no process to the main one."""
        async def answer(request):
            try:
                if methods and request.method not in methods:
                    return method_not_allowed(request.method, methods)
                return await handler(request)
            except Refusal as refusal:
                return refusal.response

        self.paths[path] = realm
        self.lib.route(f"/{self.process}/{path}".rstrip("/"), answer)
        if bare:
            self.lib.route("/" + path, answer)


def method_not_allowed(method, allowed):
    listed = ", ".join(f"'{name}'" for name in allowed)
    return text(405, f"405 Method Not Allowed. Expecting one of {{ {listed} }}, but received '{method}'.",
                {"Allow": ", ".join(allowed)})


async def read_call(request, kind):
    """The v1 call in a request's body; ``kind`` is what it is checked as, like ``master::Call``.  Raises Refusal."""
    content_type = request.headers.get("Content-Type")
    if content_type is None:
        raise Refusal(400, "Expecting 'Content-Type' to be present")
    if content_type == PROTOBUF:
        raise Refusal(415, "This is a simulator of Mesos: it understands application/json only, not "
                           "application/x-protobuf")
    if content_type != JSON:
        raise Refusal(415, f"Expecting 'Content-Type' of {JSON} or {PROTOBUF}")
    if not accepts_json(request.headers.get("Accept")):
        raise Refusal(406, f"Expecting 'Accept' to allow '{PROTOBUF}' or '{JSON}'")
    body = (await request.read()).decode("utf-8", "replace")
    try:
        call = json.loads(body)
    except ValueError as error:
        line, rest = getattr(error, "lineno", 1), body[getattr(error, "pos", 0):]
        raise Refusal(400, f"Failed to parse body into JSON: syntax error at line {line} near: {rest}") from None
    if not isinstance(call, dict) or not isinstance(call.get("type"), str):
        raise Refusal(400, f"Failed to validate {kind}: Expecting 'type' to be present")
    return call


async def read_json(request):
    """The JSON of a request without a type of call, None for no body.  Raises Refusal."""
    body = (await request.read()).decode("utf-8", "replace")
    try:
        return json.loads(body) if body.strip() else None
    except ValueError:
        raise Refusal(400, f"Failed to parse body into JSON: syntax error at line 1 near: {body}") from None


def accepts_json(accept):
    if not accept:
        return True
    kinds = [part.split(";")[0].strip() for part in accept.split(",")]
    return any(kind in (JSON, PROTOBUF, "*/*", "application/*") for kind in kinds)


def record(event):
    """An event as RecordIO has it."""
    body = json.dumps(event, separators=(",", ":")).encode()
    return b"%d\n%s" % (len(body), body)


class EventStream:
    """An answer without end: events go out as records until either side closes."""

    def __init__(self, request, headers=None, heartbeat=None):
        self.request, self.heartbeat = request, heartbeat
        self.headers = {"Content-Type": JSON, **(headers or {})}
        self.waiting, self.wake, self.closed, self.beating = [], asyncio.Event(), False, None

    def send(self, event):
        self.waiting.append(record(event))
        self.wake.set()

    def close(self):
        """End the answer once what waits is written."""
        self.closed = True
        self.stop_heartbeats()
        self.wake.set()

    def start_heartbeats(self, at_once=True):
        self.stop_heartbeats()
        if self.heartbeat and not self.closed:
            if at_once:
                self.send({"type": "HEARTBEAT"})
            self.beating = asyncio.get_running_loop().call_later(self.heartbeat, self.start_heartbeats)

    def stop_heartbeats(self):
        if self.beating:
            self.beating.cancel()
            self.beating = None

    async def run(self):
        """Serve until closed or until the peer is gone; returns the response."""
        transport = self.request.transport
        response = web.StreamResponse(headers=self.headers)
        response.enable_chunked_encoding()
        try:
            await response.prepare(self.request)
            while transport is not None and not transport.is_closing():
                self.wake.clear()
                if self.waiting:
                    batch, self.waiting = b"".join(self.waiting), []
                    await response.write(batch)
                elif self.closed:
                    await response.write_eof()
                    break
                else:
                    await woken(self.wake)
        except (OSError, RuntimeError):
            pass
        self.closed = True
        self.stop_heartbeats()
        return response


async def woken(event):
    try:
        await asyncio.wait_for(event.wait(), LISTEN_PAUSE)
    except asyncio.TimeoutError:
        pass
