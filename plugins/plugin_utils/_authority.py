# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make an authority and let it sign.  Pure; source: docs/mesos/security.md §1.3, §1.6, docs/mesos/climb.md §E5."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass

from ansible_collections.mesos.security.plugins.plugin_utils._x509 import (
    UTC,
    dates,
    day,
    fingerprint,
    is_authority,
    kind,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SKEW = datetime.timedelta(hours=1)
CURVES = {256: ec.SECP256R1, 384: ec.SECP384R1, 521: ec.SECP521R1}
SIZES = {"rsa": (2048, 3072, 4096), "ec": tuple(CURVES)}


class CannotSign(ValueError):
    """Why an authority cannot give a signature; the message says what to do."""


@dataclass(frozen=True)
class Authority:
    """An authority as it is on disk: its certificate, its private key or None when that is kept elsewhere."""

    certificate: x509.Certificate
    key: object = None


def size_of(key_type, size=None):
    """Return the key size to use; raises ValueError for one that is not offered."""
    if key_type not in SIZES:
        raise ValueError(f"key_type {key_type!r} is not offered; set {' or '.join(SIZES)}")
    if size is None:
        return SIZES[key_type][0]
    if size not in SIZES[key_type]:
        raise ValueError(f"an {key_type} key of {size} bits is not offered; set key_size to one of "
                         f"{', '.join(map(str, SIZES[key_type]))}")
    return size


def new_key(key_type, size=None):
    """Return a new private key."""
    size = size_of(key_type, size)
    return rsa.generate_private_key(65537, size) if key_type == "rsa" else ec.generate_private_key(CURVES[size]())


def key_pem(key):
    """Return a private key as unencrypted PKCS#8 PEM bytes."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def make_authority(common_name, validity, key, now=None):
    """Return an Authority with a self-signed certificate for *validity* days around *key*."""
    now = (now or datetime.datetime.now(UTC)).replace(microsecond=0)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = _builder(name, name, key.public_key(), now - SKEW, now + datetime.timedelta(days=validity), identifier)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    return Authority(builder.sign(key, hashes.SHA256()), key)


def objections(authority, now=None):
    """Return the reasons, each a sentence's end, why this is no authority to sign with; [] when it is one."""
    now = now or datetime.datetime.now(UTC)
    begin, end = dates(authority.certificate)
    reasons = []
    if not is_authority(authority.certificate):
        reasons.append("is no authority's certificate (basicConstraints CA and keyCertSign are missing)")
    if now < begin:
        reasons.append(f"is not valid before {day(begin)}")
    if now >= end:
        reasons.append(f"expired on {day(end)}")
    if authority.key is not None and fingerprint(authority.key.public_key()) != fingerprint(
            authority.certificate.public_key()):
        reasons.append("is for another key than the one beside it")
    return reasons


def end_of(authority, validity, now=None):
    """Return when a certificate signed now ends: after *validity* days (None: at the latest), or with its authority."""
    now = (now or datetime.datetime.now(UTC)).replace(microsecond=0)
    last = dates(authority.certificate)[1]
    return last if validity is None else min(last, now + datetime.timedelta(days=validity))


def sign(authority, request, names, validity, now=None):
    """Return a leaf certificate for the key in *request* (a CSR as PEM text).

    Of the request only the key is taken; who it is for is *names*, decided here.  Raises CannotSign.
    """
    now = (now or datetime.datetime.now(UTC)).replace(microsecond=0)
    try:
        csr = x509.load_pem_x509_csr(request.encode())
    except ValueError as error:
        raise CannotSign("what the node sent is no signing request") from error
    if not csr.is_signature_valid:
        raise CannotSign("the signing request is not signed by the key it is for")
    if authority.key is None:
        raise CannotSign("the authority's key is not here")
    ca, key = authority.certificate, csr.public_key()
    begin = max(now - SKEW, dates(ca)[0])
    builder = _builder(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names.common_name)]), ca.subject, key,
        begin, end_of(authority, validity, now), x509.SubjectKeyIdentifier.from_public_key(key))
    alternatives = [x509.DNSName(name) for name in names.dns]
    alternatives += [x509.IPAddress(ipaddress.ip_address(number)) for number in names.addresses]
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    for value, critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(digital_signature=True, key_encipherment=kind(key)[0] == "rsa"), True),
        (x509.ExtendedKeyUsage(both), False),
        (x509.SubjectAlternativeName(alternatives), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.public_key()), False),
    ):
        builder = builder.add_extension(value, critical=critical)
    return builder.sign(authority.key, hashes.SHA256())


def _builder(subject, issuer, key, begin, end, identifier):
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
        .serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(end)
        .add_extension(identifier, critical=False)
    )


def _usage(**given):
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})
