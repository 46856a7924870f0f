# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the node: atomic, closed before they have content, several at once or none.

PRIVATE to the collection.  Standard library, Python 3.6.
"""

import errno
import grp
import os
import pwd
import stat
import tempfile
import time

KEEP = None
"""For a mode, owner or group: what the file has now; 0600 and the writer's own for a new file."""

STAGED = ".mesos.security-"
"""What staged files begin with.  A leading dot: programs that read every file of a directory pass over hidden ones."""

LEFT_BEHIND_SECONDS = 3600
LARGEST_ID = 2 ** 32 - 2

CAUSES = {
    errno.EACCES: "permission denied",
    errno.EPERM: "the operation is not permitted",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.ENOENT: "there is no such file or directory",
    errno.ENOTDIR: "a part of the path is a file, not a directory",
    errno.EISDIR: "there is a directory of that name",
    errno.ELOOP: "its symbolic links go round in a circle",
    errno.ETXTBSY: "it is in use",
}

WAYS_OUT = {
    errno.EACCES: "run as its owner or with become: true",
    errno.EISDIR: "move it away",
    errno.ENOTDIR: "move that file away, or correct the path",
    errno.ELOOP: "remove one of them",
}


class FileProblem(Exception):
    """A file that cannot be read or written as wanted; the message names path, cause and way out."""


def cause(error):
    """Return an OSError's reason as words of a sentence."""
    return CAUSES.get(error.errno, error.strerror or str(error))


def read(path, default=None):
    """Return the file's text (bytes outside UTF-8 kept by surrogateescape), or *default* where there is none.

    Raises FileProblem for a directory or an unreadable file.
    """
    if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
        # Opening a pipe would wait for a writer for ever.
        raise FileProblem("{0} is not a file (but a device, socket or pipe); move it away".format(path))
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        if os.path.islink(path):
            raise FileProblem("{0} is a symbolic link to {1}, which does not exist; remove the link or create its"
                              " target".format(path, os.readlink(path))) from None
        return default
    except OSError as error:
        raise FileProblem("{0} cannot be read: {1}; {2}".format(
            path, cause(error), WAYS_OUT.get(error.errno, "make that possible"))) from None


def owner_id(name):
    """Return the number of the user called *name* (or the number itself), None for None."""
    return _id(name, "user", lambda text: pwd.getpwnam(text).pw_uid)


def group_id(name):
    """Return the number of the group called *name* (or the number itself), None for None."""
    return _id(name, "group", lambda text: grp.getgrnam(text).gr_gid)


def _id(name, kind, look_up):
    if name is None:
        return None
    if str(name).isdecimal():
        if int(name) > LARGEST_ID:
            raise FileProblem("{0} is no number of a {1}; the largest is {2}".format(name, kind, LARGEST_ID))
        return int(name)
    try:
        return look_up(name)
    except KeyError:
        raise FileProblem("there is no {0} {1!r} on this host; create it first or name another".format(
            kind, name)) from None


def mode_bits(text):
    """Return 0o640 for "0640", "640", "0o640" or 0o640; None for None."""
    if text is None or isinstance(text, int):
        return text
    try:
        bits = int(str(text), 8)
    except ValueError:
        bits = -1
    if not 0 <= bits <= 0o7777:
        raise FileProblem("{0!r} is no file mode; write it in octal, like '0640'".format(text))
    return bits


def check_target(path):
    """Raise FileProblem unless a file at *path* could be written; touches nothing.  Missing directories are fine."""
    target = _follow(path)
    if os.path.isdir(target):
        raise FileProblem("{0} is a directory where a file should be; move it away".format(path))
    if os.path.exists(target) and not os.path.isfile(target):
        raise FileProblem("{0} is neither a file nor missing (a device, socket or pipe); move it away".format(path))
    directory = os.path.dirname(target) or "."
    while not os.path.lexists(directory):
        directory = os.path.dirname(directory) or "/"
    if not os.path.isdir(directory):
        raise FileProblem("{0} cannot be written: {1} is not a directory; move it away".format(path, directory))
    if os.statvfs(directory).f_flag & os.ST_RDONLY:
        raise FileProblem("{0} cannot be written: {1}; mount it writable".format(path, CAUSES[errno.EROFS]))
    if not os.access(directory, os.W_OK | os.X_OK):
        raise FileProblem("{0} cannot be written: no permission in {1}; run as its owner or with become: true".format(
            path, directory))


def _follow(path):
    """Return the file a symbolic link finally names; links stay links."""
    if not os.path.islink(path):
        return path
    try:
        os.stat(path)
    except OSError as error:
        raise FileProblem("{0} is a symbolic link to {1}, which leads nowhere ({2}); remove the link".format(
            path, os.readlink(path), cause(error))) from None
    return os.path.realpath(path)


def ensure_directory(path, mode=0o755, uid=None, gid=None):
    """Make the directory *path* and its missing parents (0755); an existing one stays as it is.

    Returns whether it was made.
    """
    if os.path.isdir(path):
        return False
    try:
        os.makedirs(os.path.dirname(path) or ".", 0o755, exist_ok=True)
        os.mkdir(path, 0o700)
        if uid is not None or gid is not None:
            os.chown(path, -1 if uid is None else uid, -1 if gid is None else gid)
        os.chmod(path, mode)
    except OSError as error:
        raise FileProblem("the directory {0} cannot be made: {1}".format(path, cause(error))) from None
    return True


class Batch:
    """Files that change together: everything is staged beside its target, then all is moved into place.

    A failure while staging leaves every target as it was.  Use as a context manager; leaving it without
    commit() drops what was staged.
    """

    def __init__(self):
        self._steps = []  # (staged file or None for a removal, target)

    def __enter__(self):
        return self

    def __exit__(self, *_unused):
        self.drop()

    def write(self, path, content, mode=KEEP, uid=KEEP, gid=KEEP, directory_mode=0o755):
        """Stage *content* (text or bytes) for *path*: 0600 from its first byte, its final rights before its name."""
        check_target(path)
        target = _follow(path)
        ensure_directory(os.path.dirname(target), directory_mode, uid, gid)
        data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
        staged = None
        try:
            _sweep(os.path.dirname(target))
            handle, staged = tempfile.mkstemp(prefix=STAGED, dir=os.path.dirname(target))
            self._steps.append((staged, target))
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            _set_rights(staged, target, mode, uid, gid)
        except OSError as error:
            self.drop()
            raise FileProblem("{0} cannot be written: {1}".format(path, cause(error))) from None

    def remove(self, path):
        """Stage the removal of the file *path*."""
        self._steps.append((None, path))

    def commit(self):
        """Bring everything staged into place, in the order in which it was staged."""
        while self._steps:
            staged, target = self._steps[0]
            try:
                if staged is None:
                    if os.path.lexists(target):
                        os.unlink(target)
                else:
                    os.rename(staged, target)
            except OSError as error:
                raise FileProblem("{0} cannot be replaced: {1}".format(target, cause(error))) from None
            self._steps.pop(0)
            _sync_directory(os.path.dirname(target))

    def drop(self):
        """Forget what was staged and not committed."""
        for staged, _target in self._steps:
            if staged is not None and os.path.lexists(staged):
                os.unlink(staged)
        self._steps = []


def write(path, content, mode=KEEP, uid=KEEP, gid=KEEP, directory_mode=0o755):
    """Replace one file atomically; see Batch.write."""
    with Batch() as batch:
        batch.write(path, content, mode, uid, gid, directory_mode)
        batch.commit()


def rights(path):
    """Return (mode bits, uid, gid) of the file a path leads to, or None where there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileProblem("{0} cannot be examined: {1}".format(path, cause(error))) from None
    return stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid


def _set_rights(staged, target, mode, uid, gid):
    present = rights(target)
    if present:
        mode = present[0] if mode is None else mode
        uid = present[1] if uid is None else uid
        gid = present[2] if gid is None else gid
        for name in os.listxattr(target):  # SELinux label, ACL
            try:
                os.setxattr(staged, name, os.getxattr(target, name))
            except OSError as error:
                if error.errno not in (errno.ENOTSUP, errno.EPERM, errno.EACCES):
                    raise
    now = os.stat(staged)
    if uid not in (None, now.st_uid) or gid not in (None, now.st_gid):
        os.chown(staged, -1 if uid is None else uid, -1 if gid is None else gid)
    os.chmod(staged, 0o600 if mode is None else mode)


def _sweep(directory):
    """Remove what a run that was killed has left behind long ago."""
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        if name.startswith(STAGED) and os.lstat(path).st_mtime < time.time() - LEFT_BEHIND_SECONDS:
            os.unlink(path)


def _sync_directory(path):
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        pass  # some file systems cannot; the rename has happened all the same
    finally:
        os.close(handle)
