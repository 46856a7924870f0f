# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory on the controller that holds the authorities: opened only when nobody else can read it.

ca.pem and ca.key sign nodes; executor-ca.pem and executor-ca.key sign executors and are trusted by agents only
(docs/mesos/security.md §1.6).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat

from ansible_collections.mesos.security.plugins.module_utils import _files
from ansible_collections.mesos.security.plugins.plugin_utils._authority import Authority, key_pem, objections
from ansible_collections.mesos.security.plugins.plugin_utils._x509 import BadPem, certificates, pem_of, private_key

FILES = {"node": ("ca.pem", "ca.key"), "executor": ("executor-ca.pem", "executor-ca.key")}


class CaTrouble(Exception):
    """The authority cannot be used; the message names the file, the cause and the way out."""


def paths(directory, purpose):
    """Return (certificate, key) paths of the authority for a purpose."""
    return tuple(os.path.join(directory, name) for name in FILES[purpose])


def guard(directory):
    """Refuse a directory that others can look into; a missing one is fine."""
    if not os.path.lexists(directory):
        return
    if not os.path.isdir(directory):
        raise CaTrouble(f"{directory} is no directory, and the authority lives in one. Name another path")
    _private(directory, 0o700)


def _private(path, wanted):
    status = os.stat(path)
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise CaTrouble(
            f"{path} has mode {mode:04o}: others than its owner can use it, so the authority may be known to them. "
            f"If you are sure it is not: chmod {wanted:04o} {path}; otherwise make a new authority")
    if os.geteuid() not in (0, status.st_uid):
        raise CaTrouble(f"{path} belongs to user {status.st_uid}, not to you. Run as its owner, or name another path")


def read(path):
    """Return a file's bytes."""
    try:
        with open(path, "rb") as handle:
            return handle.read()
    except IsADirectoryError:
        raise CaTrouble(f"{path} is a directory where a file should be. Remove it or name another path") from None
    except OSError as error:
        raise CaTrouble(f"{path} cannot be read: {error.strerror}. Correct the path or its mode") from None


def load(directory, purpose="node"):
    """Return the Authority for a purpose, None when there is nothing of it.  Raises CaTrouble for an unfit one.

    Its key is None when only the certificate is there (the key is kept elsewhere).
    """
    certificate_path, key_path = paths(directory, purpose)
    guard(directory)
    if not os.path.lexists(certificate_path):
        return None
    try:
        certificate = certificates(read(certificate_path))[0]
    except BadPem as error:
        raise CaTrouble(f"{certificate_path} {error}. Put the authority's certificate back, or make a new authority "
                        "with regenerate=always") from None
    authority = Authority(certificate, load_key(key_path))
    for reason in objections(authority):
        raise CaTrouble(f"{certificate_path} {reason}. Put a fitting certificate and key there, or make a new "
                        "authority with regenerate=always")
    return authority


def load_key(path):
    """Return the private key at *path*, None when there is none."""
    if not os.path.lexists(path):
        return None
    if os.path.isfile(path):
        _private(path, 0o600)
    try:
        return private_key(read(path))
    except BadPem as error:
        raise CaTrouble(f"{path} {error}. Put the authority's key back (unencrypted), or make a new authority with "
                        "regenerate=always") from None


@contextlib.contextmanager
def alone(directory):
    """Make the directory, and wait until no other run makes an authority in it: the later one would overrule the first.
    """
    try:
        _files.check_target(os.path.join(directory, FILES["node"][0]))
        _files.ensure_directory(directory, 0o700)
        handle = os.open(directory, os.O_RDONLY)
    except _files.FileProblem as problem:
        raise CaTrouble(f"{problem}. Make that possible, or name another path") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def save(directory, purpose, authority):
    """Write an authority: the directory 0700, the key 0600, both files or none."""
    certificate_path, key_path = paths(directory, purpose)
    try:
        with _files.Batch() as batch:
            batch.write(key_path, key_pem(authority.key), 0o600, directory_mode=0o700)
            batch.write(certificate_path, pem_of(authority.certificate), 0o644, directory_mode=0o700)
            batch.commit()
    except _files.FileProblem as problem:
        raise CaTrouble(f"{problem}. Make that possible, or name another path") from None
