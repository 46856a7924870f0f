# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Authorities, keys and certificates of every kind for tests, and a node that is a directory."""

import contextlib
import datetime
import functools
import ipaddress
import os
import subprocess

from ansible_collections.mesos.security.plugins.module_utils import _keypair
from ansible_collections.mesos.security.plugins.plugin_utils import _authority, _ca_directory, _pair, _x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.datetime.now(_x509.UTC).replace(microsecond=0)
BOTH = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)


def days(number):
    return datetime.timedelta(days=number)


@functools.cache
def key(name="node", key_type="ec", size=256):
    """The same key for the same arguments."""
    return _authority.new_key(key_type, size)


@functools.cache
def authority(name="authority", validity=3650, begin=0):
    """An authority, EC for speed; *begin* in days from now."""
    return _authority.make_authority(name, validity, key(f"of {name}"), NOW + days(begin))


def key_pem(held):
    return _authority.key_pem(held).decode()


def encrypted_pem(held):
    return held.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                              serialization.BestAvailableEncryption(b"secret")).decode()


def public_pem(held):
    return _x509.pem_of(held.public_key())


def certificate(held=None, by=None, names=("node1.example",), addresses=("10.0.0.1",), common_name=None, begin=-1,
                end=365, usages=BOTH, ca=False, digest=None, key_usage=None):
    """A certificate with whatever is wrong that a test asks for; *by*: an Authority; begin, end: days from now."""
    held, by = held or key(), by or authority()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name or (names or addresses)[0])])
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(by.certificate.subject).public_key(held.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(NOW + days(begin)).not_valid_after(NOW + days(end))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([
            *(x509.DNSName(each) for each in names),
            *(x509.IPAddress(ipaddress.ip_address(each)) for each in addresses)]), critical=False))
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(usages)), critical=False)
    if key_usage:
        builder = builder.add_extension(key_usage, critical=True)
    return builder.sign(by.key, digest or hashes.SHA256())


def intermediate(name="between", by=None):
    """An authority that another one has signed."""
    held, by = key(f"of {name}"), by or authority()
    return _authority.Authority(certificate(held, by, names=(name,), addresses=(), ca=True), held)


def pem(*certificates):
    return _x509.pem_of(certificates)


def run_command(argv, data=None, binary_data=False):
    """AnsibleModule.run_command, as far as the node's half uses it."""
    done = subprocess.run(argv, input=data, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


def run_openssl(*arguments, data=None):
    """The independent tool; returns what it printed."""
    done = subprocess.run(["openssl", *arguments], input=data, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def snapshot(directory):
    """Everything below a directory: {path: (mode, content)}."""
    found = {}
    for where, folders, files in os.walk(directory):
        for name in folders + files:
            path = os.path.join(where, name)
            status = os.lstat(path)
            content = open(path, "rb").read() if os.path.isfile(path) else os.path.islink(path) and os.readlink(path)
            found[path] = (oct(status.st_mode), content)
    return found


@contextlib.contextmanager
def as_nobody():
    """Run as an ordinary user when the tests run as root."""
    if os.getuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


class World:
    """A controller's authority directory and a node's TLS directory, below one directory."""

    def __init__(self, root):
        self.root, self.ca, self.tls = str(root), str(root / "pki"), str(root / "node" / "tls")
        self.files = root / "files"
        self.files.mkdir()
        for purpose in ("node", "executor"):
            _ca_directory.save(self.ca, purpose, authority(f"of {purpose}s"))

    def options(self, **given):
        return {"path": self.tls, "ca": self.ca, "names": ["node1.example"], "addresses": ["10.0.0.1"],
                "key_type": "ec", "key_size": 256} | given

    def bring(self, options, check_mode=False, run=run_command, host="master1", now=None):
        """What the action plugin does, without Ansible.  Returns (Verdict, what the node changed)."""
        pair = _pair.pair_of(options, host, check_mode)
        try:
            verdict = pair.verdict(_keypair.examine(pair.question(), run, check_mode), now)
            if verdict.fresh_key and not check_mode:
                verdict = pair.verdict(_keypair.examine(pair.question(fresh_key=True), run, check_mode), now)
            written = []
            if verdict.install and not check_mode:
                written = _keypair.install(verdict.install, run, check_mode)
        except _keypair.KeypairError as error:
            raise pair.refused(str(error)) from None
        return verdict, written

    def put(self, name, text, mode=0o600, directory=None):
        """Write a file, into the TLS directory unless another is named; returns its path."""
        directory = directory or self.tls
        os.makedirs(directory, exist_ok=True)
        path = os.path.join(directory, name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
        return path

    def read(self, name, directory=None):
        with open(os.path.join(directory or self.tls, name), encoding="utf-8") as file:
            return file.read()
