# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an address accepts: plain text, protocols, ciphers; what it shows: its chain; what it asks for.

PRIVATE to the collection.  Standard library, Python 3.6.  Source: docs/mesos/security.md §1.1, §1.5.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import ipaddress
import socket
import ssl

from ansible_collections.mesos.security.plugins.module_utils._tls_hello import (
    CIPHERS,
    CIPHERS_13,
    PROTOCOLS,
    VERSIONS,
    NotTls,
    ServerGreeting,
    client_hello,
)

REQUEST = b"GET /health HTTP/1.0\r\nConnection: close\r\n\r\n"


class ProbeFailed(Exception):
    """The address cannot be asked; the message says why and what to look at."""


def probe(host, port, timeout=5.0, ciphers=True):
    """Return what host:port accepts:

    {"plain": bool, "tls": bool, "protocols": {name: bool}, "ciphers": {name: [OpenSSL's names]}, "chain": [PEM],
    "client_certificate": "no" | "asked" | "required" | "unknown" (no TLS), "default": {"protocol", "cipher"} or None}.
    Raises ProbeFailed when nothing can be reached there.
    """
    plain = speaks_plain(host, port, timeout)
    greetings = {}
    for name, version in PROTOCOLS:
        greetings[name] = greet(host, port, timeout, version, sorted(CIPHERS_13 if name == "TLSv1.3" else CIPHERS))
    accepted = [name for name, greeting in greetings.items() if greeting]
    chain = next((greetings[name].chain for name in reversed(accepted) if greetings[name].chain), [])
    answer = {
        "plain": plain, "tls": bool(accepted),
        "protocols": {name: greetings[name] is not None for name, _version in PROTOCOLS},
        "ciphers": {}, "client_certificate": "unknown", "default": None}
    if accepted:
        shaken = handshake(host, port, timeout)
        chain = chain or ([shaken["certificate"]] if shaken["certificate"] else [])
        asks = any(greeting.asks for greeting in greetings.values() if greeting)
        wants = shaken["demanded"] if accepted[-1] == "TLSv1.3" else asks and not shaken["completed"]
        answer["client_certificate"] = "required" if wants else "asked" if asks else "no"
        answer["default"] = shaken["default"]
    if ciphers:
        answer["ciphers"] = {name: accepted_ciphers(host, port, timeout, name) for name in accepted}
    answer["chain"] = [ssl.DER_cert_to_PEM_cert(der) for der in chain]
    return answer


def connect(host, port, timeout):
    """Return a connected socket; raises ProbeFailed."""
    try:
        return socket.create_connection((host, port), timeout)
    except ConnectionRefusedError:
        raise ProbeFailed("nothing listens on %s; see whether the process runs and on which address" % at(
            host, port)) from None
    except (socket.gaierror, UnicodeError) as error:
        raise ProbeFailed("the name %s cannot be resolved: %s; correct it or give an address" % (
            host, getattr(error, "strerror", None) or "it is no host name")) from None
    except socket.timeout:
        raise ProbeFailed("%s did not take a connection within %g s; look for a firewall or raise the timeout" % (
            at(host, port), timeout)) from None
    except OSError as error:
        raise ProbeFailed("%s cannot be reached: %s" % (at(host, port), error.strerror or error)) from None


def at(host, port):
    """Return host:port as people write it."""
    return "[%s]:%d" % (host, port) if ":" in host else "%s:%d" % (host, port)


def server_name(host):
    """Return the name to greet a server with, None for an address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    return None


def speaks_plain(host, port, timeout):
    """Tell whether an HTTP request in plain text is answered."""
    with connect(host, port, timeout) as sock:
        try:
            sock.sendall(REQUEST)
            return sock.recv(5) == b"HTTP/"
        except OSError:
            return False


def greet(host, port, timeout, version, ciphers):
    """Return the ServerGreeting to a ClientHello, None when the server does not take this version and ciphers."""
    greeting = ServerGreeting()
    with connect(host, port, timeout) as sock:
        try:
            sock.sendall(client_hello(version, ciphers, server_name(host)))
            while not greeting.done:
                data = sock.recv(16384)
                if not data:
                    break
                greeting.feed(data)
        except (OSError, NotTls):
            pass
    return greeting if greeting.version == version and greeting.alert is None else None


def accepted_ciphers(host, port, timeout, protocol):
    """Return the names of the ciphers a server takes, those it prefers first if it has a preference."""
    names = CIPHERS_13 if protocol == "TLSv1.3" else CIPHERS
    left, found = sorted(names), []
    while left:
        greeting = greet(host, port, timeout, VERSIONS[protocol], left)
        if greeting is None or greeting.cipher not in left:
            break
        left.remove(greeting.cipher)
        found.append(names[greeting.cipher])
    return found


def handshake(host, port, timeout):
    """Finish a handshake without a client certificate.

    Returns {"completed": whether it worked, "demanded": whether the server said that it insists on one,
    "certificate": DER of its own or None, "default": what came out}.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if hasattr(ssl, "PROTOCOL_TLS_CLIENT") else ssl.PROTOCOL_TLS)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for offer in ("ALL:@SECLEVEL=0", "ALL"):
        try:
            context.set_ciphers(offer)
            break
        except ssl.SSLError:
            continue
    out = {"completed": False, "demanded": False, "certificate": None, "default": None}
    with connect(host, port, timeout) as sock:
        try:
            with context.wrap_socket(sock, server_hostname=server_name(host)) as secure:
                out["certificate"] = secure.getpeercert(binary_form=True)
                out["default"] = {"protocol": secure.version(), "cipher": secure.cipher()[0]}
                if secure.version() == "TLSv1.3":
                    listen_for_a_refusal(secure, timeout)
                secure.sendall(REQUEST)
                secure.recv(1)
                out["completed"] = True
        except ssl.SSLError as error:
            out["demanded"] = is_demand(error)
        except ConnectionError:     # the refusal itself can be lost when our request crosses it
            out["demanded"] = out["default"] is not None
        except OSError:
            pass
    return out


def listen_for_a_refusal(secure, timeout):
    """Wait a moment for what a TLS 1.3 server says after the handshake when it wants a certificate; raises SSLError."""
    secure.settimeout(min(0.3, timeout))
    try:
        secure.recv(1)
    except socket.timeout:
        pass
    secure.settimeout(timeout)


def is_demand(error):
    """Tell whether an SSLError is a server's way to say that it wants a client certificate."""
    reason = (getattr(error, "reason", None) or str(error)).upper()
    return any(word in reason for word in ("CERTIFICATE_REQUIRED", "HANDSHAKE_FAILURE", "CERTIFICATE REQUIRED"))
