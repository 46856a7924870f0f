# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The node's half of a key pair: look at it, make a key and a signing request, install.  Python 3.6, standard library.

Nothing is judged here: the controller does that with what `examine` answers (plugin_utils/_pair.py).
The private key is made by the node's openssl program, is 0600 before it has content, and never leaves the node.

run is AnsibleModule.run_command or anything that takes (argv list, data=bytes, binary_data=True) and returns
(rc, out, err).  All functions raise KeypairError with a sentence that names the file, the cause and the way out.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import errno
import grp
import os
import pwd
import shutil
import stat

CERTIFICATE_MODE = 0o644
DIRECTORY_MODE = 0o755
CURVES = {256: "prime256v1", 384: "secp384r1", 521: "secp521r1"}


class KeypairError(Exception):
    """The node cannot do what it was asked; the message says why and what to do."""


def pending(key):
    """Return where a key waits until its certificate comes."""
    return os.path.join(os.path.dirname(key), "." + os.path.basename(key) + ".pending")


def examine(params, run, check_mode=False):
    """Return what is there: {"key": {...}, "certificate": {...}, "trust": {...}, "attributes": [...], "request": PEM}.

    params: key, certificate, trust (paths, trust may be None); mode, owner, group; key_type, key_size, common_name;
    prepare: a request is wanted, and a key when there is none; fresh_key: a new key in any case;
    source_key, source_certificate, source_trust: paths on this node to look at as well, or None.
    """
    ids = owner_ids(params.get("owner"), params.get("group"))
    for name in ("key", "certificate", "trust"):
        check_target(params.get(name))
    answer = {"key": look_at_key(params["key"], run), "certificate": look_at(params["certificate"]),
              "trust": look_at(params.get("trust")), "request": None, "pending": False}
    for name in ("source_key", "source_certificate", "source_trust"):
        if params.get(name):
            answer[name] = look_at_key(params[name], run) if name == "source_key" else look_at(params[name])
    answer["attributes"] = wrong_attributes(params, ids)
    if not params.get("prepare"):
        return answer
    waiting, key = pending(params["key"]), params["key"]
    fresh = params.get("fresh_key") or answer["key"]["state"] == "missing"
    if fresh and not check_mode:
        make_key(waiting, params["key_type"], params["key_size"], run)
        answer["key"], answer["pending"], key = look_at_key(waiting, run), True, waiting
    elif os.path.exists(waiting) and not check_mode:
        os.unlink(waiting)
    if answer["key"]["state"] == "good" and not (fresh and check_mode):
        try:
            answer["request"] = make_request(key, params["common_name"], run)
        except KeypairError:
            discard(params)
            raise
    return answer


def install(params, run, check_mode=False):
    """Put the pair in place and return the names of what changed (paths and attributes).

    params: as for examine, and certificate_pem, trust_pem (text, or None to leave the file alone);
    pending: the waiting key becomes the key; key_pem: text of a key from elsewhere; source_key: its path on this node.
    Everything is written beside its place first, so a full disk leaves the old pair as it was.
    """
    ids = owner_ids(params.get("owner"), params.get("group"))
    key_pem = params.get("key_pem")
    if key_pem is None and params.get("source_key"):
        key_pem = read(params["source_key"]).decode("utf-8")
    if params.get("pending"):
        key_pem = read(pending(params["key"])).decode("utf-8")
    wanted = [(params["key"], key_pem, params["mode"]), (params["certificate"], params.get("certificate_pem"),
              CERTIFICATE_MODE), (params.get("trust"), params.get("trust_pem"), CERTIFICATE_MODE)]
    wanted = [(path, text.encode("utf-8"), mode) for path, text, mode in wanted if path and text is not None]
    wanted = [(path, data, mode) for path, data, mode in wanted if look_at(path).get("content") != data.decode("utf-8")]
    changed = [path for path, _data, _mode in wanted] + wrong_attributes(params, ids)
    if check_mode:
        return changed
    put(wanted, ids)
    for path, mode in targets(params):
        set_attributes(path, mode, ids)
    discard(params)
    return changed


def discard(params):
    """Forget a key that waits for a certificate which will not come."""
    if os.path.exists(pending(params["key"])):
        os.unlink(pending(params["key"]))


def look_at(path):
    """Return {"state": "missing" | "good" | "unfit", "content": text, "problem": sentence's end} for a public file."""
    if not path or not os.path.lexists(path):
        return {"state": "missing"}
    try:
        return {"state": "good", "content": read(path).decode("utf-8")}
    except UnicodeDecodeError:
        return {"state": "unfit", "problem": "is not text, so no PEM file"}


def look_at_key(path, run):
    """Return {"state": "missing" | "good" | "unfit", "public": PEM, "problem": sentence's end} for a private key."""
    if not os.path.lexists(path):
        return {"state": "missing"}
    data = read(path)
    if not data.strip():
        return {"state": "unfit", "problem": "is empty"}
    if b"ENCRYPTED" in data:
        return {"state": "unfit", "problem": "is encrypted, and Mesos has no option for a passphrase"}
    rc, out, dummy = run([openssl(), "pkey", "-in", path, "-pubout", "-passin", "pass:"], data=b"", binary_data=True)
    text = out.decode("utf-8", "replace") if isinstance(out, bytes) else out
    if rc != 0 or "BEGIN PUBLIC KEY" not in text:
        return {"state": "unfit", "problem": "holds no private key that openssl can read"}
    return {"state": "good", "public": text}


def make_key(path, key_type, size, run):
    """Make a private key at *path*, which is 0600 and empty before openssl fills it."""
    program = openssl()
    make_directory(os.path.dirname(path))
    if os.path.lexists(path):
        os.unlink(path)
    options = ["rsa_keygen_bits:%d" % size] if key_type == "rsa" else [
        "ec_paramgen_curve:" + CURVES[size], "ec_param_enc:named_curve"]
    argv = [program, "genpkey", "-algorithm", key_type.upper(), "-out", path]
    for option in options:
        argv += ["-pkeyopt", option]
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        rc, dummy, err = run(argv, data=b"", binary_data=True)
        if rc != 0 or not read(path).strip():
            raise KeypairError("%s: openssl could not make a key here: %s. Make room or correct the options, and run "
                               "again" % (path, last_line(err)))
    except (OSError, KeypairError) as error:
        if os.path.lexists(path):
            os.unlink(path)
        raise error if isinstance(error, KeypairError) else cannot_write(path, error)


def make_request(key, common_name, run):
    """Return a signing request (PEM) for a key; only its key and signature will count."""
    config = "[req]\nprompt = no\ndistinguished_name = name\n[name]\nCN = %s\n" % common_name
    argv = [openssl(), "req", "-new", "-sha256", "-key", key, "-config", "/dev/stdin", "-passin", "pass:"]
    rc, out, err = run(argv, data=config.encode("utf-8"), binary_data=True)
    text = out.decode("utf-8", "replace") if isinstance(out, bytes) else out
    if rc != 0 or "CERTIFICATE REQUEST" not in text:
        raise KeypairError("%s: openssl could not make a signing request with this key: %s" % (key, last_line(err)))
    return text


def openssl():
    """Return the path of the openssl program."""
    found = shutil.which("openssl", path=os.environ.get("PATH", "") + ":/usr/bin:/usr/local/bin:/usr/sbin:/sbin")
    if not found:
        raise KeypairError("the openssl program is not installed here, and keys and signing requests are made with it. "
                           "Install the package openssl and run again")
    return found


def last_line(err):
    """Return the last line of what a program said."""
    text = err.decode("utf-8", "replace") if isinstance(err, bytes) else (err or "")
    return (text.strip().splitlines() or ["it gave no reason"])[-1]


def owner_ids(owner, group):
    """Return (uid, gid), -1 for what is to stay as it is."""
    try:
        uid = -1 if owner is None else int(owner) if str(owner).isdigit() else pwd.getpwnam(owner).pw_uid
    except KeyError:
        raise KeypairError("there is no user %s here. Create it, or name another owner" % owner)
    try:
        gid = -1 if group is None else int(group) if str(group).isdigit() else grp.getgrnam(group).gr_gid
    except KeyError:
        raise KeypairError("there is no group %s here. Create it, or name another group" % group)
    return uid, gid


def check_target(path):
    """Refuse a path where no file can be put."""
    if not path:
        return
    if os.path.isdir(path):
        raise KeypairError("%s is a directory, and a file has to go there. Remove it or name another path" % path)
    if os.path.lexists(path) and not os.path.exists(path):
        raise KeypairError("%s is a link to nowhere. Remove it or put the file where it points" % path)
    if os.path.exists(path) and not os.path.isfile(path):
        raise KeypairError("%s is no regular file. Remove it or name another path" % path)
    parent = os.path.dirname(path)
    while not os.path.lexists(parent):
        parent = os.path.dirname(parent)
    if not os.path.isdir(parent):
        raise KeypairError("%s: %s is no directory. Remove it or name another path" % (path, parent))
    if not os.access(parent, os.W_OK | os.X_OK):
        raise KeypairError("%s: %s is not writable for this user. Use become, or name another path" % (path, parent))


def targets(params):
    """Return the files that are ours with the mode each has."""
    modes = ((params["key"], params["mode"]), (params["certificate"], CERTIFICATE_MODE),
             (params.get("trust"), CERTIFICATE_MODE))
    return [(path, mode) for path, mode in modes if path and os.path.exists(path)]


def wrong_attributes(params, ids):
    """Return a sentence for every file whose mode, owner or group is not as wanted."""
    found = []
    for path, mode in targets(params):
        status = os.stat(path)
        if stat.S_IMODE(status.st_mode) != mode:
            found.append("%s has mode %04o, and %04o is wanted" % (path, stat.S_IMODE(status.st_mode), mode))
        if ids[0] not in (-1, status.st_uid):
            found.append("%s belongs to user id %d, and %s is wanted" % (path, status.st_uid, params["owner"]))
        if ids[1] not in (-1, status.st_gid):
            found.append("%s belongs to group id %d, and %s is wanted" % (path, status.st_gid, params["group"]))
    return found


def set_attributes(path, mode, ids):
    """Set mode, owner and group of a file."""
    try:
        os.chmod(path, mode)
        if ids != (-1, -1):
            os.chown(path, *ids)
    except OSError as error:
        raise cannot_write(path, error)


def make_directory(path):
    """Make a directory and those above it that are missing."""
    try:
        if not os.path.isdir(path):
            os.makedirs(path, DIRECTORY_MODE)
    except OSError as error:
        raise cannot_write(path, error)


def read(path):
    """Return a file's bytes."""
    try:
        with open(path, "rb") as handle:
            return handle.read()
    except OSError as error:
        raise KeypairError("%s cannot be read: %s. Use become, or correct the file" % (path, error.strerror))


def put(wanted, ids):
    """Write all of [(path, bytes, mode)] beside their places, then move them there; or none."""
    staged = []
    try:
        for path, data, mode in wanted:
            make_directory(os.path.dirname(path))
            beside = os.path.join(os.path.dirname(path), ".%s.%d.new" % (os.path.basename(path), os.getpid()))
            handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            staged.append((beside, path))
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if ids != (-1, -1):
                os.chown(beside, *ids)
            os.chmod(beside, mode)
        while staged:
            os.rename(*staged[0])
            staged.pop(0)
    except OSError as error:
        raise cannot_write(path, error)
    finally:
        for beside, dummy in staged:
            os.unlink(beside)


def cannot_write(path, error):
    """Return the KeypairError for an OSError while writing."""
    ways = {errno.ENOSPC: "Make room", errno.EDQUOT: "Make room", errno.EROFS: "Name a path on a writable file system"}
    way = ways.get(error.errno, "Use become, or name another path")
    return KeypairError("%s cannot be written: %s. %s, and run again" % (path, error.strerror, way))
