# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes of a Libprocess, served by aiohttp; loaded when the first request arrives."""

import asyncio

from aiohttp import web

LIMIT = 2 ** 30


class WebServer:
    """Makes one aiohttp protocol per connection; all of them end in the routes of *owner*."""

    def __init__(self, owner):
        self._owner = owner
        application = web.Application(client_max_size=LIMIT)
        application.router.add_route("*", "/{path:.*}", self._dispatch)
        application.on_response_prepare.append(_plain_headers)
        self._runner = web.AppRunner(application, handle_signals=False, access_log=None, keepalive_timeout=86400)
        self._setup = None

    async def protocol(self):
        if self._setup is None:
            self._setup = asyncio.ensure_future(self._runner.setup())
        await asyncio.shield(self._setup)
        return self._runner.server()

    async def _dispatch(self, request):
        found = self._owner.find(request.rel_url.raw_path)
        if found is None:
            return web.Response(status=404, body=b"404 Not Found.",
                                headers={"Content-Type": "text/plain; charset=utf-8"})
        handler, methods, tail = found
        if methods and request.method not in methods:
            return web.Response(status=405, headers={"Allow": ", ".join(methods)})
        request.match_info["tail"] = tail
        return await handler(request)


async def _plain_headers(request, response):
    """Leave out what libprocess does not send; the date comes first, as there."""
    headers = response.headers
    headers.pop("Server", None)
    if isinstance(response, web.Response) and not response.body \
            and headers.get("Content-Type") == "application/octet-stream":
        del headers["Content-Type"]
    others = [(name, value) for name, value in headers.items() if name != "Date"]
    date = headers.get("Date")
    headers.clear()
    headers.extend(([("Date", date)] if date else []) + others)
