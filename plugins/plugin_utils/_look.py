# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look at a running cluster: what is seen, and whether it is what should be seen.

PRIVATE to the collection.  Python 3.10, Linux.
"""

import contextlib
import json
import os
import re
import signal
import ssl
import subprocess
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit, urlunsplit

PAUSE = 0.1
FEW_LINES = 4       # shown of an output in which nothing was recognised


def judge(text, expect, refuse):
    """Compare an output with the patterns it should and must not show.

    Returns ``{"ok": bool, "seen": [line], "missing": [pattern], "unwanted": [line]}``; patterns are regular
    expressions that are looked for line by line, and ``seen`` are the lines that matched, each once, in their order.
    """
    lines = text.splitlines()
    recognised = [line for line in lines if any(re.search(pattern, line) for pattern in expect)]
    unwanted = [line for line in lines if any(re.search(pattern, line) for pattern in refuse)]
    missing = [pattern for pattern in expect if not any(re.search(pattern, line) for line in lines)]
    shown = [line for line in lines if line in recognised or line in unwanted] or lines[-FEW_LINES:]
    return {
        "ok": not missing and not unwanted,
        "seen": list(dict.fromkeys(shown)),
        "missing": missing,
        "unwanted": list(dict.fromkeys(unwanted)),
    }


def is_decided(text, expect, until):
    """Whether more waiting cannot change anything: all that is expected is there, or the last words are."""
    verdict = judge(text, expect, [])
    return (bool(expect) and not until and not verdict["missing"]) or bool(until and re.search(until, text))


def run(argv, environment, seconds, expect, until):
    """Run a program until it ends, its output is decided or the time is over; return its output.

    A program that is still running then is ended, with everything it started.
    """
    process = subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    os.set_blocking(process.stdout.fileno(), False)
    collected, deadline = b"", time.time() + seconds
    while True:
        ended = process.poll() is not None
        collected += process.stdout.read() or b""
        text = collected.decode("utf-8", "replace")
        if ended or time.time() > deadline or (until and is_decided(text, expect, until)):
            break
        time.sleep(PAUSE)
    if not ended:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    process.stdout.close()
    return text


def start(argv, environment, log):
    """Start a program that goes on after the look, with its output in a file; return its pid."""
    with open(log, "wb") as output:
        process = subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True)
    return process.pid


def follow(path, offset, seconds, expect, refuse):
    """Return what a file holds after *offset* as soon as it shows all that is expected, or when the time is over.

    Where nothing is expected, or something must not be seen, the whole time is waited.
    """
    deadline = time.time() + seconds
    while True:
        try:
            with open(path, "rb") as stream:
                stream.seek(offset)
                text = stream.read().decode("utf-8", "replace")
        except FileNotFoundError:
            text = ""
        if time.time() > deadline or (not refuse and is_decided(text, expect, None)):
            return text
        time.sleep(PAUSE)


def processes(pattern, seconds, expect, refuse):
    """Return ``pid command line`` of the processes that match, as soon as those expected are there and no others."""
    deadline = time.time() + seconds
    while True:
        text = "\n".join(_command_lines(pattern))
        verdict = judge(text, expect, refuse)
        if verdict["ok"] or time.time() > deadline:
            return text
        time.sleep(PAUSE)


def _command_lines(pattern):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as stream:
                    line = stream.read().replace(b"\0", b" ").decode("utf-8", "replace").strip()
            except OSError:
                continue
            if re.search(pattern, line):
                found.append(f"{name} {line}")
    return found


def fetch(url, ca_certificate, body, seconds, expect, refuse):
    """Ask a URL (POST where there is a body) until the answer is decided; return status line and indented answer.

    A connection that cannot be made is an answer too: its error is returned as text.  The server's certificate is
    verified by *ca_certificate*, or by the system's authorities.
    """
    deadline = time.time() + seconds
    while True:
        text = _answer(url, ca_certificate, body)
        if time.time() > deadline or (is_decided(text, expect, None) and not judge(text, [], refuse)["unwanted"]):
            return text
        time.sleep(PAUSE * 5)


def _answer(url, ca_certificate, body):
    parts = urlsplit(url)
    headers = {"Accept": "application/json"}
    if body:
        headers["Content-Type"] = "application/json"
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca_certificate)
        connection = HTTPSConnection(parts.netloc, timeout=5, context=context)
    else:
        connection = HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request("POST" if body else "GET", urlunsplit(("", "") + parts[2:]) or "/", body, headers)
        response = connection.getresponse()
        status, reason, content = response.status, response.reason, response.read()
    except (OSError, HTTPException) as error:
        return f"no answer: {error}"
    finally:
        connection.close()
    text = content.decode("utf-8", "replace")
    with contextlib.suppress(ValueError):
        text = json.dumps(json.loads(text), indent=1)
    return f"HTTP {status} {reason}\n{text}"
