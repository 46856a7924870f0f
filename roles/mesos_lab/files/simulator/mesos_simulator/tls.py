# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS as libprocess speaks it: contexts, who is let in, and what is said when somebody is not.

Source: docs/mesos/security.md §1.3, §1.5.  Keys and certificates are read once, here.
"""

import asyncio
import ipaddress
import os
import socket
import ssl
import warnings

from .openssl import Context, OpenSslError, Unusable, describe
from .ssl_flags import FILE
from .transport import handshake, ready

PROTOCOLS = (
    ("enable_ssl_v3", "OP_NO_SSLv3"), ("enable_tls_v1_0", "OP_NO_TLSv1"), ("enable_tls_v1_1", "OP_NO_TLSv1_1"),
    ("enable_tls_v1_2", "OP_NO_TLSv1_2"), ("enable_tls_v1_3", "OP_NO_TLSv1_3"),
)


class Refused(OSError):
    """A handshake that did not succeed; the text is what libprocess prints."""


class TlsConfig:
    """Both sides' contexts and the rules that OpenSSL does not apply by itself."""

    def __init__(self, flags, log, environ):
        self.flags, self._log = flags, log
        self.support_downgrade = flags.support_downgrade
        try:
            self.server = self._context(ssl.PROTOCOL_TLS_SERVER, environ)
            self.client = self._context(ssl.PROTOCOL_TLS_CLIENT, None)
        except Unusable as error:
            log.exit_with(1, str(error), file=FILE)

    def _context(self, protocol, environ):
        """Return a context; what is said about it is said only when *environ* is given."""
        flags, server = self.flags, protocol == ssl.PROTOCOL_TLS_SERVER
        context = ssl.SSLContext(protocol)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        own = Context(context)
        if flags.verify_server_cert:
            self._step(own.trust, flags.ca_file, flags.ca_dir, failure="Could not load CA file and/or directory",
                       after=" -> " + (f"FILE: {flags.ca_file}" if flags.ca_file is not None else "")
                       + (f"DIR: {flags.ca_dir}" if flags.ca_dir is not None else ""))
            if environ is not None:
                self._tell_authorities(environ)
        self._step(own.use_certificate, flags.cert_file, failure=f"Could not load cert file '{flags.cert_file}'")
        self._step(own.use_key, flags.key_file, failure=f"Could not load key file '{flags.key_file}'")
        self._step(own.set_ciphers, flags.ciphers, failure=f"Could not set ciphers '{flags.ciphers}'")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)       # which protocols are wise is not ours to say
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.options &= ~ssl.OP_NO_SSLv3
            for flag, option in PROTOCOLS:
                if not getattr(flags, flag):
                    context.options |= getattr(ssl, option)
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
        if flags.ecdh_curves != "auto":
            self._step(own.set_curves, flags.ecdh_curves,
                       failure=f"Could not load ECDH curves '{flags.ecdh_curves}'")
        if server:
            whom = "client" if flags.require_client_cert else "none"
        else:
            whom = "server" if flags.verify_server_cert else "none"
            context.check_hostname = self.names_by_openssl
        own.verify(whom, flags.verification_depth, self._complain)
        return own

    def _step(self, call, *arguments, failure, after=""):
        try:
            call(*arguments)
        except OpenSslError as error:
            self._log.exit_with(1, f"{failure} (OpenSSL error #{error.number}): {error}{after}", file=FILE)

    def _tell_authorities(self, environ):
        flags, default = self.flags, ssl.get_default_verify_paths()
        if flags.ca_file is not None:
            self._log.info(FILE, f"Using CA file: {flags.ca_file}")
        if flags.ca_dir is not None:
            self._log.info(FILE, f"Using CA dir: {flags.ca_dir}")
        if flags.ca_file is None and flags.ca_dir is None:
            file = environ.get(default.openssl_cafile_env, default.openssl_cafile)
            directory = environ.get(default.openssl_capath_env, default.openssl_capath)
            self._log.info(FILE, f"Using default CA file '{file}' and/or directory '{directory}'")

    def _complain(self, depth, issuer, subject, error, text):
        self._log.warning(FILE, f"Error with certificate at depth: {depth}\nIssuer: {issuer}\nSubject: {subject}\n"
                                f"Error ({error}): {text}")

    @property
    def names_by_openssl(self):
        """Whether OpenSSL compares names during the handshake, which it does on the calling side only."""
        return self.flags.hostname_validation_scheme == "openssl" and self.flags.verify_server_cert

    # -- the listening side

    async def accept(self, sock, address):
        """Return *sock* after the handshake, or *sock* itself under downgrade.  Raises Refused."""
        if self.support_downgrade and not await _speaks_tls(sock):
            return sock
        await ready(sock)       # whoever is refused has spoken by then, and so sees a reset, not an end
        try:
            secure = await handshake(sock, self.server.context, server_side=True)
        except OSError as error:
            raise Refused(f"Failed to complete SSL connection for {_address(address)}: "
                          f"{_words(error)}") from error
        if self.flags.require_client_cert:
            await self._judge(secure, address[0], None)
        return secure

    # -- the calling side

    def check_target(self, host):
        """Refuse before connecting what the openssl scheme cannot verify.  Raises Refused."""
        if self.names_by_openssl and not self.flags.verify_ipadd and _is_ip(host):
            raise Refused("Failed to configure socket: No DNS name given and IP address verification is  disabled. "
                          "I cannot work like this :(")

    async def connect(self, sock, host, ip):
        """Return *sock* after the handshake with *host*.  Raises Refused."""
        try:
            secure = await handshake(sock, self.client.context, server_side=False,
                                     server_hostname=host if self.names_by_openssl else None)
        except ssl.SSLError as error:
            raise Refused("Failed connect: connection closed") from error
        except OSError as error:
            raise Refused(f"Failed connect, connection error: {_words(error)}") from error
        if self.flags.verify_server_cert:
            await self._judge(secure, ip, None if _is_ip(host) else host)
        return secure

    # -- names

    async def _judge(self, secure, ip, hostname):
        """Apply the legacy scheme to the peer's certificate.  Raises Refused, with *secure* closed."""
        if self.flags.hostname_validation_scheme == "openssl":
            return
        problem = wrong_name(secure.getpeercert(), hostname or await _reverse(ip), ip, self.flags.verify_ipadd)
        if problem:
            secure.close()
            raise Refused(problem)


def wrong_name(certificate, hostname, ip, verify_ipadd):
    """Return why a verified certificate (as ssl's getpeercert has it) is not the peer's, or None.  Pure.

    The legacy scheme: an equal DNS name or, with *verify_ipadd*, an equal IPv4 address, else the common name.
    """
    if not certificate:
        return "Peer did not provide certificate"
    for kind, value in certificate.get("subjectAltName", ()):
        if kind == "DNS" and value == hostname:
            return None
        if kind == "IP Address" and verify_ipadd and ":" not in value and value == ip:
            return None
    for name, value in (pair for part in certificate.get("subject", ()) for pair in part):
        if name == "commonName":
            if value == hostname:
                return None
            return f"Presented Certificate Name: {value} does not match peer hostname name: {hostname}"
    return f"Could not verify presented certificate with hostname {hostname}" + (
        f" and IP {ip}" if verify_ipadd else "")


async def _speaks_tls(sock):
    """Peek at the first bytes of a connection, as libprocess does, without taking them."""
    while True:
        await ready(sock)
        try:
            head = sock.recv(6, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            continue
        except OSError:
            return False
        if len(head) < 3:
            return False
        if head[0] & 0x80 and head[2] == 1:             # an SSL 2 hello
            return True
        return len(head) == 6 and head[0] == 22 and head[1] == 3 and head[5] == 1


async def _reverse(ip):
    """Return the name of an address; without one, the address itself."""
    loop = asyncio.get_running_loop()
    try:
        return (await loop.run_in_executor(None, socket.getnameinfo, (ip, 0), 0))[0]
    except OSError:
        return ip


def _words(error):
    if isinstance(error, ssl.SSLError):
        return describe(error)
    return os.strerror(error.errno) if error.errno else str(error)


def _address(address):
    return f"[{address[0]}]:{address[1]}" if ":" in address[0] else f"{address[0]}:{address[1]}"


def _is_ip(host):
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
