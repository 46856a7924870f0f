# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs to talk to each other, and certificates for them: good ones, and every kind of bad one."""

import asyncio
import datetime
import ipaddress

import pytest

NOW = datetime.datetime.now(datetime.timezone.utc)
PREFIX = "LIBPROCESS_SSL_"


class Log:
    """A glog that remembers; ending the program raises."""

    class Ended(Exception):
        """The program under test called EXIT."""

    def __init__(self):
        self.lines = []

    def info(self, file, text):
        self.lines.append(f"I {file}] {text}")

    def warning(self, file, text):
        self.lines.append(f"W {file}] {text}")

    def error(self, file, text):
        self.lines.append(f"E {file}] {text}")

    def exit_with(self, status, text, file="main.cpp"):
        self.error(file, f"EXIT with status {status}: {text}")
        raise self.Ended(text)

    def warnings(self):
        return [line for line in self.lines if line[0] != "I"]


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def program():
    """Make a Libprocess on a free port of 127.0.0.1; settings are LIBPROCESS_SSL_ variables in lower case."""
    from mesos_simulator.libprocess import Libprocess

    def make(**settings):
        environ = {PREFIX + name.upper(): str(value) for name, value in settings.items()}
        return Libprocess(ip="127.0.0.1", port=0, environ=environ, log=Log())

    return make


@pytest.fixture
def eventually():
    async def wait(condition, seconds=5):
        for _ in range(int(seconds / 0.02)):
            if condition():
                return True
            await asyncio.sleep(0.02)
        return condition()

    return wait


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    """A directory of NAME.pem and NAME.key: ca, other-ca; node, cnonly, wrongname, expired, foreign, chained."""
    pytest.importorskip("cryptography")
    directory = tmp_path_factory.mktemp("pki")
    authorities = {name: _certificate(directory, name, common=name) for name in ("ca", "other-ca")}
    ca = authorities["ca"]
    _certificate(directory, "node", signer=ca, dns=["localhost"], ips=["127.0.0.1"])
    _certificate(directory, "cnonly", signer=ca)
    _certificate(directory, "wrongname", signer=ca, common="elsewhere.example", dns=["elsewhere.example"])
    _certificate(directory, "expired", signer=ca, dns=["localhost"], ips=["127.0.0.1"], days=(-20, -10))
    _certificate(directory, "foreign", signer=authorities["other-ca"], dns=["localhost"], ips=["127.0.0.1"])
    middle = _certificate(directory, "middle", signer=ca, common="middle", authority=True)
    _certificate(directory, "chained", signer=middle, dns=["localhost"], ips=["127.0.0.1"])
    chained = directory / "chained.pem"
    chained.write_bytes(chained.read_bytes() + (directory / "middle.pem").read_bytes())
    (directory / "garbage.pem").write_text("this is no certificate\n")
    return directory


def _certificate(directory, name, *, signer=None, common="localhost", dns=(), ips=(), days=(-1, 30), authority=False):
    """Write a certificate and its key; return both.  Without *signer* it is an authority of its own."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])
    issuer, issuer_key = (signer[0].subject, signer[1]) if signer else (subject, key)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + datetime.timedelta(days=days[0]))
        .not_valid_after(NOW + datetime.timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=authority or signer is None, path_length=None), critical=True)
    )
    names = [x509.DNSName(item) for item in dns] + [x509.IPAddress(ipaddress.ip_address(item)) for item in ips]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    certificate = builder.sign(issuer_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (directory / f"{name}.pem").write_bytes(certificate.public_bytes(pem))
    (directory / f"{name}.key").write_bytes(key.private_bytes(
        pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()))
    return certificate, key
