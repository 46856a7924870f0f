# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Is this key and certificate still good for this node, and if not, why?

Pure; source: docs/mesos/security.md §1.3, §1.4, §1.6, docs/mesos/climb.md §E5.

Node pairs serve and connect, so both extended key usages are asked for.  Executor pairs need both too: the agent
connects to its executors and they connect to it.  What keeps them from the masters is not the usage but the issuer:
executors have an authority of their own, trusted by agents only (docs/mesos/security.md §1.6), because every task can
read its executor's key.
"""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import re
from dataclasses import dataclass

from ansible_collections.mesos.security.plugins.plugin_utils._names import Names
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

UTC = datetime.timezone.utc
PEM_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.S)
USAGES = {"serverAuth": ExtendedKeyUsageOID.SERVER_AUTH, "clientAuth": ExtendedKeyUsageOID.CLIENT_AUTH}
WEAK_HASHES = ("md5", "sha1")
SMALLEST_RSA = 2048


class BadPem(ValueError):
    """Text that should be certificates or a key and is not; the message says what it is instead."""


@dataclass(frozen=True)
class Wanted:
    """What a pair should be.

    names: Names; key_type: "rsa", "ec" or None for any; key_size: bits or None; renew_before: days;
    issued: True for certificates we sign (names must be exactly these), False for those from elsewhere;
    validity: days that a certificate may still last, None for any.
    """

    names: Names
    key_type: str | None = None
    key_size: int | None = None
    renew_before: int = 30
    issued: bool = True
    validity: int | None = None


def certificates(pem):
    """Return the certificates in PEM text or bytes, leaf first.  Raises BadPem for none or for damaged ones."""
    data = pem.encode() if isinstance(pem, str) else pem
    if not data.strip():
        raise BadPem("is empty")
    blocks = PEM_CERTIFICATE.findall(data)
    if not blocks:
        raise BadPem("holds a key, not a certificate" if b"PRIVATE KEY-----" in data else "holds no PEM certificate")
    try:
        return [x509.load_pem_x509_certificate(block) for block in blocks]
    except ValueError as error:
        raise BadPem("holds a damaged certificate") from error


def public_key(pem):
    """Return the public key in PEM text.  Raises BadPem."""
    try:
        return serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadPem("holds no public key that can be read") from error


def private_key(pem):
    """Return the private key in PEM bytes.  Raises BadPem."""
    if not pem.strip():
        raise BadPem("is empty")
    if b"ENCRYPTED" in pem:
        raise BadPem("is encrypted, and Mesos has no option for a passphrase")
    try:
        return serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadPem("holds no private key that can be read") from error


def pem_of(thing):
    """Return PEM text of a certificate, a list of them, or a public key."""
    if isinstance(thing, (list, tuple)):
        return "".join(pem_of(each) for each in thing)
    if isinstance(thing, x509.Certificate):
        return thing.public_bytes(serialization.Encoding.PEM).decode()
    return thing.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def fingerprint(thing):
    """Return the SHA-256 of a certificate or of a public key, as OpenSSL prints it."""
    if isinstance(thing, x509.Certificate):
        der = thing.public_bytes(serialization.Encoding.DER)
    else:
        der = thing.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return ":".join(f"{byte:02X}" for byte in hashlib.sha256(der).digest())


def dates(certificate):
    """Return (not before, not after) with time zone, on every release of cryptography."""
    if hasattr(certificate, "not_valid_after_utc"):
        return certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return certificate.not_valid_before.replace(tzinfo=UTC), certificate.not_valid_after.replace(tzinfo=UTC)


def day(moment):
    """Return a moment as people and diffs read it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def kind(key):
    """Return ("rsa", bits), ("ec", bits) or (its class name in lower case, None)."""
    if isinstance(key, rsa.RSAPublicKey):
        return "rsa", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "ec", key.key_size
    return type(key).__name__.lstrip("_").lower().replace("publickey", ""), None


def extension(certificate, which):
    """Return the value of an extension, or None."""
    try:
        return certificate.extensions.get_extension_for_class(which).value
    except x509.ExtensionNotFound:
        return None


def names_in(certificate):
    """Return the Names that a certificate is for; wildcards are given as they are."""
    alternatives = extension(certificate, x509.SubjectAlternativeName)
    dns = [name.lower() for name in alternatives.get_values_for_type(x509.DNSName)] if alternatives else []
    numbers = [str(number) for number in alternatives.get_values_for_type(x509.IPAddress)] if alternatives else []
    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Names(common[0].value if common else "", tuple(dns), tuple(numbers))


def is_authority(certificate):
    """Tell whether a certificate may sign others."""
    constraints = extension(certificate, x509.BasicConstraints)
    usage = extension(certificate, x509.KeyUsage)
    return bool(constraints and constraints.ca) and (usage is None or usage.key_cert_sign)


def signed_by(certificate, issuer):
    """Tell whether *issuer*'s key made *certificate*'s signature and the names fit."""
    if certificate.issuer != issuer.subject:
        return False
    key = issuer.public_key()
    signature, body, digest = (
        certificate.signature, certificate.tbs_certificate_bytes, certificate.signature_hash_algorithm)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            scheme = getattr(certificate, "signature_algorithm_parameters", None) or padding.PKCS1v15()
            key.verify(signature, body, scheme, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, body, ec.ECDSA(digest))
        else:
            key.verify(signature, body)
    except (InvalidSignature, TypeError, UnsupportedAlgorithm):
        return False
    return True


def describe(certificate):
    """Return what a diff may show of a certificate: names, dates, issuer, key, fingerprint."""
    names, (begin, end) = names_in(certificate), dates(certificate)
    key_type, bits = kind(certificate.public_key())
    return {
        "common_name": names.common_name, "names": list(names.dns), "addresses": list(names.addresses),
        "issuer": certificate.issuer.rfc4514_string(), "not_before": day(begin), "not_after": day(end),
        "key": f"{key_type} {bits}" if bits else key_type,
        "fingerprint": fingerprint(certificate),
    }


def judge(key, pem, trust, wanted, now=None):
    """Return the reasons, each a sentence, why a pair is not good; [] when it is.

    key: the node's public key as PEM text; pem: text of its certificate file (leaf first); trust: list of authorities
    that peers trust, or [] when unknown; wanted: Wanted; now: a moment, for tests.
    """
    now = now or datetime.datetime.now(UTC)
    try:
        held = public_key(key)
    except BadPem as error:
        return [f"the key {error}"]
    try:
        leaf, *between = certificates(pem)
    except BadPem as error:
        return [f"the certificate {error}"]
    return [
        *_key_reasons(held, wanted),
        *(["the certificate is for another key"] if fingerprint(held) != fingerprint(leaf.public_key()) else []),
        *_date_reasons(leaf, trust, wanted, now),
        *_name_reasons(names_in(leaf), wanted),
        *_usage_reasons(leaf),
        *_chain_reasons(leaf, between, trust, now),
    ]


def key_reasons(pem, wanted):
    """Return the reasons why a public key (PEM text) is not the wanted kind."""
    try:
        return list(_key_reasons(public_key(pem), wanted))
    except BadPem as error:
        return [f"the key {error}"]


def _key_reasons(held, wanted):
    key_type, bits = kind(held)
    if wanted.key_type and key_type != wanted.key_type:
        yield f"the key is {key_type}, and {wanted.key_type} is wanted"
    elif wanted.issued and wanted.key_size and bits != wanted.key_size:
        yield f"the key has {bits} bits, and {wanted.key_size} are wanted"
    elif key_type not in ("rsa", "ec"):
        yield f"the key is {key_type}, and Mesos' TLS 1.2 wants rsa or ec"
    elif key_type == "rsa" and bits < SMALLEST_RSA:
        yield f"the key has {bits} bits, and OpenSSL takes RSA keys from {SMALLEST_RSA}"


def _date_reasons(leaf, trust, wanted, now):
    begin, end = dates(leaf)
    if now < begin:
        yield f"the certificate is not valid before {day(begin)}; check both clocks if it should be"
    if now >= end:
        yield f"the certificate expired on {day(end)}"
    elif wanted.validity and end - now > datetime.timedelta(days=wanted.validity + 1):
        yield f"the certificate lasts {(end - now).days} days more, and {wanted.validity} are wanted"
    elif end - now < datetime.timedelta(days=wanted.renew_before):
        ends = [dates(issuer)[1] for issuer in trust if issuer.subject == leaf.issuer]
        if not ends or end < max(ends):     # one that lasts as long as its authority cannot be bettered
            yield (f"the certificate expires on {day(end)}, in {(end - now).days} days, "
                   f"and renewal is wanted {wanted.renew_before} days before")


def _name_reasons(found, wanted):
    names = wanted.names
    for name in names.dns:
        if name not in found.dns:
            star = "*." + name.partition(".")[2]
            yield f"the certificate is not for {name}" + (
                f"; it is for {star}, and Mesos compares names exactly" if star in found.dns else "")
    present = {ipaddress.ip_address(number) for number in found.addresses}
    for number in names.addresses:
        if ipaddress.ip_address(number) not in present:
            yield f"the certificate is not for the address {number}"
    if wanted.issued:
        for name in found.dns:
            if name not in names.dns:
                yield f"the certificate is also for {name}, which is no longer wanted"
        for number in found.addresses:
            if number not in names.addresses:
                yield f"the certificate is also for the address {number}, which is no longer wanted"
        if found.common_name != names.common_name:
            yield f"the certificate's CN is {found.common_name!r}, and {names.common_name!r} is wanted"


def _usage_reasons(leaf):
    usages = extension(leaf, x509.ExtendedKeyUsage)
    for name, oid in USAGES.items():
        if usages is not None and oid not in usages and ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE not in usages:
            yield f"the certificate's extended key usage lacks {name}"
    usage = extension(leaf, x509.KeyUsage)
    if usage is not None and not usage.digital_signature:
        yield "the certificate's key usage lacks digitalSignature"
    constraints = extension(leaf, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        yield "the certificate is an authority's, not a node's"
    digest = leaf.signature_hash_algorithm
    if digest is not None and digest.name in WEAK_HASHES:
        yield f"the certificate is signed with {digest.name}, which OpenSSL refuses"


def _chain_reasons(leaf, between, trust, now):
    if not trust:
        return
    last = leaf
    for issuer in between:
        if signed_by(last, issuer):
            if not is_authority(issuer):
                yield f"the certificate's issuer {issuer.subject.rfc4514_string()} is no authority"
            begin, end = dates(issuer)
            if not begin <= now < end:
                yield (f"the intermediate certificate {issuer.subject.rfc4514_string()} is valid from {day(begin)} to "
                       f"{day(end)} only")
            last = issuer
    if not any(signed_by(last, root) for root in trust):
        yield (f"the certificate is signed by {last.issuer.rfc4514_string()}, not by an authority that is trusted here "
               f"({'; '.join(root.subject.rfc4514_string() for root in trust)})")
