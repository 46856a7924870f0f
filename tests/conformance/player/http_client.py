# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP requests as the cases describe them."""

import base64
import http.client
import json
import re
import ssl
import urllib.parse

LOOPBACK = "127.0.0.1"
KEPT_HEADERS = [
    "WWW-Authenticate",
    "Content-Type",
    "Allow",
    "Location",
    "Mesos-Stream-Id",
    "Transfer-Encoding",
    "Connection",
    "Content-Disposition",
    "Cache-Control",
]
CONNECTION_ERRORS = (OSError, http.client.HTTPException)


def basic(user, password):
    pair = (f"{user}:{password}").encode()
    return "Basic " + base64.b64encode(pair).decode()


def client_context(tls):
    """A lenient TLS context, unless the case says what it must demand."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if not tls.get("python_defaults"):
        context.set_ciphers(tls.get("ciphers", "ALL:@SECLEVEL=1"))
    if tls.get("ca"):
        context.load_verify_locations(tls["ca"])
        context.verify_mode = ssl.CERT_REQUIRED
    if tls.get("cert"):
        context.load_cert_chain(tls["cert"], tls["key"])
    for attribute in ("minimum_version", "maximum_version"):
        if tls.get(attribute):
            setattr(context, attribute, getattr(ssl.TLSVersion, tls[attribute]))
    return context


def connect(scheme, port, tls, timeout):
    if scheme == "https":
        return http.client.HTTPSConnection(LOOPBACK, port, timeout=timeout, context=client_context(tls or {}))
    return http.client.HTTPConnection(LOOPBACK, port, timeout=timeout)


def request(port, step, timeout=20):
    """Perform an ``http`` step: the response and its content."""
    headers, body = {}, step.get("body")
    if step.get("auth"):
        headers["Authorization"] = basic(*step["auth"])
    if "authorization" in step:
        headers["Authorization"] = step["authorization"]
    if "json" in step:
        body = json.dumps(step["json"])
        headers |= {"Content-Type": "application/json", "Accept": "application/json"}
    if "form" in step:
        body = urllib.parse.urlencode(
            {name: value if isinstance(value, str) else json.dumps(value) for name, value in step["form"].items()}
        )
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    headers |= step.get("headers", {})
    connection = connect(step.get("scheme", "http"), port, step.get("tls"), timeout)
    try:
        connection.request(step.get("method", "GET"), step["path"], body, headers)
        response = connection.getresponse()
        content = response.read1(4000) if step.get("stream") else response.read()
        return response, content
    finally:
        connection.close()


def kept_headers(response, normalizer):
    return {
        name: normalizer.text(response.getheader(name)) for name in KEPT_HEADERS if response.getheader(name) is not None
    }


def describe_error(error, normalizer):
    """Class and text of a connection error, as recorded."""
    text = re.sub(r"^\[Errno (\d+)\] ", "", str(error))
    text = re.sub(r" \(_ssl\.c:\d+\)", "", text)
    return f"{type(error).__name__}: {normalizer.text(text)}"


def pick(data, expression):
    """A value out of JSON: ``a.b``, ``a[].b``, ``keys(a)``, ``len(a)``."""
    function = re.fullmatch(r"(keys|len|sorted)\((.*)\)", expression)
    if function:
        inner = pick(data, function[2]) if function[2] else data
        if inner is None:
            return None
        return len(inner) if function[1] == "len" else sorted(inner, key=str)
    return walk(data, [part for part in expression.split(".") if part])


def walk(value, parts):
    if not parts:
        return value
    name, rest = parts[0].removesuffix("[]"), parts[1:]
    if name:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    if parts[0].endswith("[]"):
        return [walk(item, rest) for item in value or []]
    return walk(value, rest)
