# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS greetings, written and read byte by byte: what a server answers before anything is encrypted.

PRIVATE to the collection.  Pure; standard library, Python 3.6.  The ssl module can neither offer what the host's policy
forbids, nor show a chain it has not verified, nor tell whether a client certificate was asked for; the first messages
of a handshake (RFC 5246 §7.4, RFC 8446 §4) can.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import struct

PROTOCOLS = (("SSLv3", 0x0300), ("TLSv1", 0x0301), ("TLSv1.1", 0x0302), ("TLSv1.2", 0x0303), ("TLSv1.3", 0x0304))
VERSIONS = dict(PROTOCOLS)
ALERT, HANDSHAKE = 21, 22
SERVER_HELLO, CERTIFICATE, CERTIFICATE_REQUEST, SERVER_DONE = 2, 11, 13, 14
RETRY = bytes(bytearray.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"))
"""The random of a ServerHello that asks for another key share (RFC 8446 §4.1.3)."""

CIPHERS_13 = {
    0x1301: "TLS_AES_128_GCM_SHA256", 0x1302: "TLS_AES_256_GCM_SHA384", 0x1303: "TLS_CHACHA20_POLY1305_SHA256"}
CIPHERS = {
    0xC02B: "ECDHE-ECDSA-AES128-GCM-SHA256", 0xC02F: "ECDHE-RSA-AES128-GCM-SHA256",
    0xC02C: "ECDHE-ECDSA-AES256-GCM-SHA384", 0xC030: "ECDHE-RSA-AES256-GCM-SHA384",
    0xCCA9: "ECDHE-ECDSA-CHACHA20-POLY1305", 0xCCA8: "ECDHE-RSA-CHACHA20-POLY1305",
    0xC023: "ECDHE-ECDSA-AES128-SHA256", 0xC027: "ECDHE-RSA-AES128-SHA256",
    0xC024: "ECDHE-ECDSA-AES256-SHA384", 0xC028: "ECDHE-RSA-AES256-SHA384",
    0xC009: "ECDHE-ECDSA-AES128-SHA", 0xC013: "ECDHE-RSA-AES128-SHA",
    0xC00A: "ECDHE-ECDSA-AES256-SHA", 0xC014: "ECDHE-RSA-AES256-SHA",
    0x009E: "DHE-RSA-AES128-GCM-SHA256", 0x009F: "DHE-RSA-AES256-GCM-SHA384", 0xCCAA: "DHE-RSA-CHACHA20-POLY1305",
    0x0067: "DHE-RSA-AES128-SHA256", 0x006B: "DHE-RSA-AES256-SHA256",
    0x0033: "DHE-RSA-AES128-SHA", 0x0039: "DHE-RSA-AES256-SHA",
    0x0032: "DHE-DSS-AES128-SHA", 0x0038: "DHE-DSS-AES256-SHA",
    0x009C: "AES128-GCM-SHA256", 0x009D: "AES256-GCM-SHA384", 0x003C: "AES128-SHA256", 0x003D: "AES256-SHA256",
    0x002F: "AES128-SHA", 0x0035: "AES256-SHA", 0x0041: "CAMELLIA128-SHA", 0x0084: "CAMELLIA256-SHA",
    0xC012: "ECDHE-RSA-DES-CBC3-SHA", 0x0016: "DHE-RSA-DES-CBC3-SHA", 0x000A: "DES-CBC3-SHA",
    0xC011: "ECDHE-RSA-RC4-SHA", 0x0005: "RC4-SHA", 0x0004: "RC4-MD5", 0x0096: "SEED-SHA",
    0x0018: "ADH-RC4-MD5", 0x0034: "ADH-AES128-SHA", 0x003A: "ADH-AES256-SHA", 0xC018: "AECDH-AES128-SHA",
    0x0001: "NULL-MD5", 0x0002: "NULL-SHA", 0x003B: "NULL-SHA256",
}
"""What is offered up to TLS 1.2, in OpenSSL's names."""

GROUPS = (0x001D, 0x0017, 0x0018, 0x0019, 0x0100)
SIGNATURES = (0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0202)


class NotTls(Exception):
    """The bytes are no TLS."""


def client_hello(version, ciphers, name=None):
    """Return the bytes of a ClientHello for one protocol version that offers these cipher numbers."""
    extensions = b""
    if version > 0x0300:
        extensions += _extension(10, _vector(b"".join(struct.pack("!H", group) for group in GROUPS)))
        extensions += _extension(11, b"\x01\x00")
        extensions += _extension(13, _vector(b"".join(struct.pack("!H", scheme) for scheme in SIGNATURES)))
        if name:
            extensions += _extension(0, _vector(b"\x00" + _vector(name.encode("idna"))))
    if version == 0x0304:
        extensions += _extension(43, b"\x02\x03\x04")
        extensions += _extension(51, _vector(struct.pack("!H", 0x001D) + _vector(os.urandom(32))))
    body = struct.pack("!H", min(version, 0x0303)) + os.urandom(32) + b"\x00"
    body += _vector(b"".join(struct.pack("!H", cipher) for cipher in ciphers)) + b"\x01\x00"
    body += _vector(extensions) if extensions else b""
    message = b"\x01" + struct.pack("!I", len(body))[1:] + body
    return struct.pack("!BHH", HANDSHAKE, min(version, 0x0301), len(message)) + message


def _vector(data):
    return struct.pack("!H", len(data)) + data


def _extension(number, data):
    return struct.pack("!H", number) + _vector(data)


class ServerGreeting:
    """What a server has answered so far: version, cipher, chain (DER), asks (for a client certificate), alert, done."""

    def __init__(self):
        self.version = self.cipher = self.alert = None
        self.chain, self.asks, self.done = [], False, False
        self._records, self._messages = b"", b""

    def feed(self, data):
        """Take more bytes; raises NotTls when they are none of TLS'."""
        self._records += data
        while len(self._records) >= 5 and not self.done:
            kind, version, length = struct.unpack("!BHH", self._records[:5])
            if kind not in (20, ALERT, HANDSHAKE, 23) or version >> 8 != 3:
                raise NotTls()
            if len(self._records) < 5 + length:
                return
            body, self._records = self._records[5:5 + length], self._records[5 + length:]
            if kind == ALERT:
                self.alert, self.done = bytearray(body)[-1] if body else 0, True
            elif kind == HANDSHAKE:
                self._messages += body
                try:
                    self._read_messages()
                except (IndexError, struct.error):
                    raise NotTls() from None
            elif self.version == 0x0304:
                self.done = True    # the rest is encrypted

    def _read_messages(self):
        while len(self._messages) >= 4 and not self.done:
            kind, length = bytearray(self._messages)[0], struct.unpack("!I", b"\0" + self._messages[1:4])[0]
            if len(self._messages) < 4 + length:
                return
            body, self._messages = self._messages[4:4 + length], self._messages[4 + length:]
            if kind == SERVER_HELLO:
                self._server_hello(body)
            elif kind == CERTIFICATE:
                self.chain = _certificates(body)
            elif kind == CERTIFICATE_REQUEST:
                self.asks = True
            elif kind == SERVER_DONE:
                self.done = True

    def _server_hello(self, body):
        session = bytearray(body)[34]
        self.version = struct.unpack("!H", body[:2])[0]
        self.cipher = struct.unpack("!H", body[35 + session:37 + session])[0]
        rest = body[40 + session:]
        while len(rest) >= 4:
            number, length = struct.unpack("!HH", rest[:4])
            if number == 43:
                self.version = struct.unpack("!H", rest[4:6])[0]
            rest = rest[4 + length:]
        self.done = self.version == 0x0304 or body[2:34] == RETRY


def _certificates(body):
    found, rest = [], body[3:]
    while len(rest) >= 3:
        length = struct.unpack("!I", b"\0" + rest[:3])[0]
        found.append(rest[3:3 + length])
        rest = rest[3 + length:]
    return found
