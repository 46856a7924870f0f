# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A throw-away public key infrastructure, good and bad certificates."""

import datetime
import ipaddress
import os
import shutil
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK = "127.0.0.1"
NOW = datetime.datetime.now(datetime.timezone.utc)


def make_tls(directory):
    """Everything the cases call ``{tls}/…``, in one flat directory."""
    os.makedirs(directory)
    maker = Maker(directory)
    ca = maker.authority("Recorder CA")
    other = maker.authority("Some Other CA")
    middle = maker.authority("Recorder Intermediate CA", ca)
    maker.write_certificates("ca.pem", ca[0])
    maker.write_certificates("otherca.pem", other[0])
    maker.write_certificates("bundle.pem", other[0], ca[0])

    maker.leaf("node", ca)
    maker.leaf("node2", ca)
    maker.leaf("dnsonly", ca, ips=())
    maker.leaf("cnonly", ca, dns=(), ips=())
    maker.leaf("iponly", ca, common="node.example", dns=())
    maker.leaf("wrongname", ca, common="elsewhere.example", dns=("elsewhere.example",), ips=("192.0.2.1",))
    maker.leaf("wrongname-ip", ca, common="elsewhere.example", dns=("elsewhere.example",))
    maker.leaf("expired", ca, valid=(-20, -10))
    maker.leaf("future", ca, valid=(10, 20))
    maker.leaf("othernode", other)
    maker.leaf("clientonly", ca, common="client", server=False)
    maker.leaf("ec", ca, key=ec.generate_private_key(ec.SECP256R1()))
    chained = maker.leaf("chain", middle)
    maker.write_certificates("chain-full.pem", chained, middle[0])

    secret = new_key()
    maker.leaf("secretkey", ca, key=secret)
    maker.write_key("encrypted.key", secret, password=b"throwaway")
    maker.write("garbage.pem", b"this is not a certificate\n")
    maker.write("empty.pem", b"")
    os.mkdir(maker.path("cadir"))
    shutil.copy(maker.path("ca.pem"), maker.path("cadir/ca.pem"))
    subprocess.run(
        ["openssl", "rehash", maker.path("cadir")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def new_key():
    return rsa.generate_private_key(65537, 2048)


def common_name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def builder(subject, issuer, key, first, last):
    day = datetime.timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + first * day)
        .not_valid_after(NOW + last * day)
    )


class Maker:
    """Makes certificates and writes them with their keys."""

    def __init__(self, directory):
        self.directory = directory

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as stream:
            stream.write(data)

    def write_key(self, name, key, password=None):
        encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        self.write(
            name,
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, encryption),
        )

    def write_certificates(self, name, *certificates):
        self.write(name, b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in certificates))

    def authority(self, common, signer=None):
        """A certificate authority: its certificate and key."""
        key = new_key()
        subject = common_name(common)
        issuer, issuer_key = (signer[0].subject, signer[1]) if signer else (subject, key)
        certificate = (
            builder(subject, issuer, key, -1, 30)
            .add_extension(x509.BasicConstraints(True, None), True)
            .sign(issuer_key, hashes.SHA256())
        )
        return certificate, key

    def leaf(
        self,
        label,
        signer,
        common="localhost",
        dns=("localhost",),
        ips=(LOOPBACK,),
        valid=(-1, 30),
        key=None,
        server=True,
    ):
        """LABEL.pem and LABEL.key; ``valid`` in days from now."""
        key = key or new_key()
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH]
        if server:
            usages.append(ExtendedKeyUsageOID.SERVER_AUTH)
        request = (
            builder(common_name(common), signer[0].subject, key, *valid)
            .add_extension(x509.BasicConstraints(False, None), True)
            .add_extension(x509.ExtendedKeyUsage(usages), False)
        )
        names = [x509.DNSName(name) for name in dns] + [x509.IPAddress(ipaddress.ip_address(ip)) for ip in ips]
        if names:
            request = request.add_extension(x509.SubjectAlternativeName(names), False)
        certificate = request.sign(signer[1], hashes.SHA256())
        self.write_key(label + ".key", key)
        self.write_certificates(label + ".pem", certificate)
        return certificate
