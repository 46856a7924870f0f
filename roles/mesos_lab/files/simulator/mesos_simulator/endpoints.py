# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every Mesos program serves beside its own endpoints: /version, /metrics, /files, /logging, /help, …."""

import os
import socket
import stat

from aiohttp import web

from . import http_api, state
from .cluster import VERSION

PERFTOOLS = "Perftools is disabled. To enable perftools, configure libprocess with --enable-perftools.\n"


def serve(lib, *, metrics, files):
    """Route everything; ``metrics()`` returns {name: number}, ``files`` is a Files."""
    async def version(request):
        return http_api.ok(state.version(), request)

    async def snapshot(request):
        return http_api.ok(dict(sorted(metrics().items())), request)

    async def stats(request):
        return http_api.ok(system_stats(), request)

    async def no_profiler(request):
        return http_api.text(400, PERFTOOLS)

    async def toggle(request):
        if request.method == "POST" or "level" in request.query:
            return logging_answer(request)
        return http_api.text(200, "0\n")

    async def page(request):
        return web.Response(text="<html><body>This is a simulator of Apache Mesos "
                                 f"{VERSION}; the help of the real one is not in it.</body></html>",
                            content_type="text/html", charset=None)

    async def processes(request):
        return http_api.ok([], request)

    lib.route("/version", version)
    lib.route("/metrics/snapshot", snapshot)
    lib.route("/system/stats.json", stats)
    lib.route("/profiler/start", no_profiler)
    lib.route("/profiler/stop", no_profiler)
    lib.route("/logging/toggle", toggle)
    lib.route("/__processes__", processes)
    lib.route("/help/{tail:.*}", page)
    files.serve(lib)


def logging_answer(request):
    level, span = request.query.get("level"), request.query.get("duration")
    if level is None and span is None:
        return http_api.text(200, "0\n")
    if level is None:
        return http_api.text(400, "Expecting 'level=value' in query.\n")
    if span is None:
        return http_api.text(400, "Expecting 'duration=value' in query.\n")
    if not level.lstrip("-").isdigit():
        return http_api.text(400, f"Invalid level '{level}'.\n")
    return http_api.text(200)


def system_stats():
    one, five, fifteen = os.getloadavg()
    page = os.sysconf("SC_PAGE_SIZE")
    return {"avg_load_1min": one, "avg_load_5min": five, "avg_load_15min": fifteen,
            "cpus_total": os.cpu_count(), "mem_total_bytes": os.sysconf("SC_PHYS_PAGES") * page,
            "mem_free_bytes": os.sysconf("SC_AVPHYS_PAGES") * page}


def system_metrics():
    stats = system_stats()
    return {"system/cpus_total": float(stats["cpus_total"]), "system/load_1min": stats["avg_load_1min"],
            "system/load_5min": stats["avg_load_5min"], "system/load_15min": stats["avg_load_15min"],
            "system/mem_free_bytes": float(stats["mem_free_bytes"]),
            "system/mem_total_bytes": float(stats["mem_total_bytes"])}


class Files:
    """The virtual files of /files: attached names and what they stand for."""

    def __init__(self, log_dir=None, program=None, name=None):
        self.attached = {}
        if log_dir:
            self.attached[name] = os.path.join(log_dir, f"{program}.INFO")

    def attach(self, path, name):
        self.attached[name] = path

    def detach(self, path):
        self.attached = {name: target for name, target in self.attached.items() if target != path}

    def resolve(self, name):
        """The real path of a virtual one, or None."""
        name = "/" + name.strip("/")
        for known in sorted(self.attached, key=len, reverse=True):
            base = "/" + known.strip("/")
            if name == base or name.startswith(base + "/"):
                target = os.path.realpath(self.attached[known])
                path = os.path.realpath(target + name[len(base):])
                if path == target or path.startswith(target + "/"):
                    return path if os.path.exists(path) else None
        return None

    def serve(self, lib):
        async def debug(request):
            return http_api.ok(dict(sorted(self.attached.items())), request)

        for name in ("browse", "read", "download"):
            for suffix in ("", ".json"):
                lib.route(f"/files/{name}{suffix}", self.guarded(getattr(self, name)))
        lib.route("/files/debug", debug)
        lib.route("/files/debug.json", debug)

    def guarded(self, handler):
        async def answer(request):
            name = request.query.get("path")
            if not name:
                return http_api.text(400, "Expecting 'path=value' in query.\n")
            path = self.resolve(name)
            if path is None:
                return web.Response(status=404, headers={"Content-Type": "text/plain; charset=utf-8"})
            return handler(request, name, path)
        return answer

    def browse(self, request, name, path):
        if not os.path.isdir(path):
            return http_api.ok([], request)
        return http_api.ok([file_info(name.rstrip("/") + "/" + entry, os.path.join(path, entry))
                            for entry in sorted(os.listdir(path))], request)

    def read(self, request, name, path):
        if os.path.isdir(path):
            return http_api.text(400, "Cannot read a directory.\n")
        try:
            offset, length = int(request.query.get("offset", -1)), int(request.query.get("length", -1))
        except ValueError as error:
            return http_api.text(400, f"Failed to parse offset or length: {error}.\n")
        size = os.path.getsize(path)
        if offset == -1:
            return http_api.ok({"data": "", "offset": size}, request)
        with open(path, "rb") as stream:
            stream.seek(offset)
            data = stream.read(min(length, 16 * 4096) if length >= 0 else 16 * 4096)
        return http_api.ok({"data": data.decode("utf-8", "replace"), "offset": offset}, request)

    def download(self, request, name, path):
        if os.path.isdir(path):
            return http_api.text(400, "Cannot download a directory.\n")
        with open(path, "rb") as stream:
            return web.Response(body=stream.read(), headers={
                "Content-Type": "application/octet-stream",
                "Content-Disposition": f"attachment; filename={os.path.basename(path)}"})


def file_info(name, path):
    status = os.lstat(path)
    return {"path": name, "nlink": status.st_nlink, "size": status.st_size, "mtime": status.st_mtime,
            "mode": stat.filemode(status.st_mode), "uid": owner(status.st_uid), "gid": group(status.st_gid)}


def owner(number):
    import pwd
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def group(number):
    import grp
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def host_name(ip, lookup=True):
    """The name a program gives itself: the reverse name of its address, or the address."""
    if not lookup:
        return ip
    try:
        return socket.gethostbyaddr(ip)[0]
    except OSError:
        return ip
