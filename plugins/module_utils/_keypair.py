# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The node's half of a key pair: look at it, make a key and a signing request, install.  Python 3.6, standard library.

Nothing is judged here: the controller does that with what `examine` answers (plugin_utils/_pair.py).
The private key is made by the node's openssl program, is 0600 before it has content, and never leaves the node.

run is AnsibleModule.run_command or anything that takes (argv list, data=bytes, binary_data=True) and returns
(rc, out, err).  `examine` and `install` raise KeypairError with a sentence that names the file, the cause and the way
out; then the pair that was there is as it was.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import shutil
import time

from ansible_collections.mesos.security.plugins.module_utils import _files

CERTIFICATE_MODE = 0o644
CURVES = {256: "prime256v1", 384: "secp384r1", 521: "secp521r1"}


class KeypairError(Exception):
    """The node cannot do what it was asked; the message says why and what to do."""


def pending(key):
    """Return where a key waits until its certificate comes."""
    return os.path.join(os.path.dirname(key), "." + os.path.basename(key) + ".pending")


def examine(params, run, check_mode=False):
    """Return {"key", "certificate", "trust": what is there, "attributes": [...], "request": PEM, "pending": bool}.

    "time" is this node's clock, "warnings" are sentences on what no correction is made of.
    params: key, certificate, trust (paths, trust may be None); mode of the key, owner, group (None: as they are);
    key_type, key_size, common_name;
    prepare: a request is wanted, and a key when there is none; fresh_key: a new key in any case;
    source_key, source_certificate, source_trust: paths on this node to look at as well, or None.
    """
    try:
        return _examine(params, run, check_mode)
    except _files.FileProblem as problem:
        raise KeypairError(_with_way_out(problem)) from None


def _examine(params, run, check_mode):
    ids = _ids(params)
    for name in ("key", "certificate", "trust"):
        if params.get(name):
            _files.check_target(params[name])
    answer = {"key": look_at_key(params["key"], run), "certificate": look_at(params["certificate"]),
              "trust": look_at(params.get("trust")), "attributes": _wrong_attributes(params, ids),
              "request": None, "pending": False, "time": time.time(),
              "warnings": _unreachable(params)}
    for name in ("source_key", "source_certificate", "source_trust"):
        if params.get(name):
            answer[name] = look_at_key(params[name], run) if name == "source_key" else look_at(params[name])
    if not params.get("prepare"):
        return answer
    fresh = params.get("fresh_key") or answer["key"]["state"] == "missing"
    if check_mode:
        fit = answer["key"]["state"] == "good" and not fresh
        answer["request"] = make_request(params["key"], params["common_name"], run) if fit else None
        return answer
    discard(params)
    if fresh:
        make_key(pending(params["key"]), params["key_type"], params["key_size"], run)
        answer["key"], answer["pending"] = look_at_key(pending(params["key"]), run), True
    if answer["key"]["state"] == "good":
        try:
            answer["request"] = make_request(
                pending(params["key"]) if fresh else params["key"], params["common_name"], run)
        except KeypairError:
            discard(params)
            raise
    return answer


def install(params, run, check_mode=False):
    """Put the pair in place and return what changed: paths, and sentences on attributes.

    params: as for examine, and certificate_pem, trust_pem (text, or None to leave the file alone);
    public: the key that the certificate is for, which must still be there;
    pending: the waiting key becomes the key; key_pem: text of a key from elsewhere; source_key: its path on this node.
    """
    try:
        return _install(params, run, check_mode)
    except _files.FileProblem as problem:
        if not check_mode:
            discard(params)
        raise KeypairError(_with_way_out(problem)) from None


def _install(params, run, check_mode):
    uid, gid = _ids(params)
    key_pem = params.get("key_pem")
    if params.get("pending"):
        key_pem = _files.read(pending(params["key"]))
    elif params.get("source_key"):
        key_pem = _files.read(params["source_key"])
    if params.get("public"):
        _require_key(pending(params["key"]) if params.get("pending") else params["key"], params["public"], run)
    wanted = ((params["key"], key_pem, params["mode"]),
              (params["certificate"], params.get("certificate_pem"), CERTIFICATE_MODE),
              (params.get("trust"), params.get("trust_pem"), CERTIFICATE_MODE))
    wanted = [each for each in wanted if each[0] and each[1] is not None and _files.read(each[0]) != each[1]]
    attributes = _wrong_attributes(params, (uid, gid))
    if not check_mode:
        with _files.Batch() as batch:
            for path, text, mode in wanted:
                batch.write(path, text, mode, uid, gid)
            batch.commit()
        for path, mode in _targets(params):
            _set_attributes(path, mode, uid, gid)
        discard(params)
    return [path for path, _text, _mode in wanted] + attributes


def discard(params):
    """Forget a key that waits for a certificate which will not come."""
    if os.path.lexists(pending(params["key"])):
        os.unlink(pending(params["key"]))


def look_at(path):
    """Return {"state": "missing" | "good", "content": text} for a public file."""
    text = _files.read(path) if path else None
    if text is None:
        return {"state": "missing"}
    return {"state": "good", "content": text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")}


def look_at_key(path, run):
    """Return {"state": "missing" | "good" | "unfit", "public": PEM, "problem": sentence's end} for a private key."""
    text = _files.read(path)
    if text is None:
        return {"state": "missing"}
    if not text.strip():
        return {"state": "unfit", "problem": "is empty"}
    if "ENCRYPTED" in text:
        return {"state": "unfit", "problem": "is encrypted, and Mesos has no option for a passphrase"}
    rc, out, err = _openssl(run, ["pkey", "-in", path, "-pubout", "-passin", "pass:"])
    if rc != 0 or "BEGIN PUBLIC KEY" not in out:
        return {"state": "unfit", "problem": "holds no private key that openssl can read"}
    return {"state": "good", "public": out}


def make_key(path, key_type, size, run):
    """Make a private key at *path*, which is 0600 and empty before openssl fills it."""
    options = ["rsa_keygen_bits:%d" % size] if key_type == "rsa" else [
        "ec_paramgen_curve:" + CURVES[size], "ec_param_enc:named_curve"]
    argv = ["genpkey", "-algorithm", key_type.upper(), "-out", path]
    for option in options:
        argv += ["-pkeyopt", option]
    openssl()
    made = _files.ensure_directory(os.path.dirname(path))
    try:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise KeypairError("%s cannot be written: %s" % (path, _files.cause(error))) from None
        rc, _out, err = _openssl(run, argv)
        if rc == 0 and not os.path.lexists(path):
            raise KeypairError("%s was taken away while the key was made; see that no other run works on this host, and"
                               " run again" % path)
        if rc != 0 or "PRIVATE KEY" not in _files.read(path, ""):
            raise KeypairError("%s: openssl could not make a key here (%s); see that the disk has room and that"
                               " openssl can make %s keys of %d bits" % (path, err, key_type, size))
    except KeypairError:
        if os.path.lexists(path):
            os.unlink(path)
        if made:
            os.rmdir(os.path.dirname(path))
        raise


def _require_key(path, public, run):
    """Refuse a key that came while the certificate for the one before was signed; another run's it stays."""
    if look_at_key(path, run).get("public") != public:
        raise KeypairError("%s was replaced or removed while its certificate was signed; see that no other run works on"
                           " this host, and run again" % path)


def make_request(key, common_name, run):
    """Return a signing request (PEM) for a key; only its key and signature will count."""
    config = "[req]\nprompt = no\ndistinguished_name = name\n[name]\nCN = %s\n" % common_name
    argv = ["req", "-new", "-sha256", "-key", key, "-config", "/dev/stdin", "-passin", "pass:"]
    rc, out, err = _openssl(run, argv, config.encode("utf-8"))
    if rc != 0 or "CERTIFICATE REQUEST" not in out:
        raise KeypairError("%s: openssl could not make a signing request with this key (%s)" % (key, err))
    return out


def openssl():
    """Return the path of the openssl program."""
    found = shutil.which("openssl", path=os.environ.get("PATH", "") + ":/usr/bin:/usr/local/bin:/usr/sbin:/sbin")
    if not found:
        raise KeypairError("the openssl program is not installed on this host, and keys and signing requests are made"
                           " with it; install the package openssl")
    return found


def _openssl(run, arguments, data=b""):
    """Run openssl and return (rc, what it wrote, the last line of what it complained about)."""
    rc, out, err = run([openssl()] + arguments, data=data, binary_data=True)
    out, err = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text or "" for text in (out, err))
    said = [line for line in err.splitlines() if line.strip(" .+*-")]  # the rest shows that it works
    return rc, out, (said or ["it gave no reason"])[-1]


def _with_way_out(problem):
    """Return a FileProblem's sentence, and what to do when it does not say."""
    text = str(problem)
    return text if ";" in text else text + "; make that possible, or name another path, and run again"


def _ids(params):
    return _files.owner_id(params.get("owner")), _files.group_id(params.get("group"))


def _targets(params):
    """Return the files that are ours and there, with the mode each is to have."""
    modes = ((params["key"], params["mode"]), (params["certificate"], CERTIFICATE_MODE),
             (params.get("trust"), CERTIFICATE_MODE))
    return [(path, mode) for path, mode in modes if path and os.path.exists(path)]


def _wrong_attributes(params, ids):
    """Return a sentence for every file whose mode, owner or group is not as wanted."""
    found = []
    for path, wanted in _targets(params):
        mode, uid, gid = _files.rights(path)
        if wanted not in (None, mode):
            found.append("%s has mode %04o, and %04o is wanted" % (path, mode, wanted))
        if ids[0] not in (None, uid):
            found.append("%s belongs to user %d, and %s is wanted" % (path, uid, params["owner"]))
        if ids[1] not in (None, gid):
            found.append("%s belongs to group %d, and %s is wanted" % (path, gid, params["group"]))
    return found


def _unreachable(params):
    """Return a warning when a key that others are to read is in a directory that they cannot enter."""
    directory = os.path.dirname(params["key"])
    if not (params["mode"] or 0) & 0o004 or not os.path.isdir(directory) or os.stat(directory).st_mode & 0o001:
        return []
    return ["%s is meant for the users that run tasks, and they cannot enter %s; let them (chmod o+x), or name another"
            " path" % (params["key"], directory)]


def _set_attributes(path, mode, uid, gid):
    try:
        if mode is not None:
            os.chmod(path, mode)
        if uid is not None or gid is not None:
            os.chown(path, -1 if uid is None else uid, -1 if gid is None else gid)
    except OSError as error:
        raise _files.FileProblem("%s: its owner or mode cannot be set: %s; run as root or with become: true" % (
            path, _files.cause(error))) from None
