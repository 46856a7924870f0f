"""Files are replaced whole or not at all, closed before they have content, and every failure says what to do."""

import os
import stat
import subprocess

import pytest
from ansible_collections.mesos.security.plugins.module_utils import _files
from ansible_collections.mesos.security.plugins.module_utils._files import Batch, FileProblem


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def names(directory):
    return sorted(os.listdir(directory))


def test_a_new_file_is_0600(tmp_path):
    os.umask(os.umask(0))
    _files.write(str(tmp_path / "a"), "secret\n")
    assert mode(tmp_path / "a") == 0o600
    assert names(tmp_path) == ["a"]


def test_a_file_is_closed_before_it_has_content(tmp_path, monkeypatch):
    seen = []
    real = os.fdopen

    def watching(handle, *rest):
        found = os.fstat(handle)
        seen.append((stat.S_IMODE(found.st_mode), found.st_size))
        return real(handle, *rest)

    monkeypatch.setattr(os, "fdopen", watching)
    old = os.umask(0)
    try:
        _files.write(str(tmp_path / "a"), "secret\n", mode=0o644)
    finally:
        os.umask(old)
    assert seen == [(0o600, 0)]
    assert mode(tmp_path / "a") == 0o644


def test_an_existing_file_keeps_owner_and_mode(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o640)
    if os.getuid() == 0:
        os.chown(path, 12345, 54321)
    before = os.stat(path)
    _files.write(str(path), "new")
    after = os.stat(path)
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert path.read_text() == "new" and after.st_ino != before.st_ino


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    _files.write(str(tmp_path / "link"), "new")
    assert os.readlink(tmp_path / "link") == "real"
    assert (tmp_path / "real").read_text() == "new"


def test_bytes_that_are_no_text_come_back_unharmed(tmp_path):
    (tmp_path / "a").write_bytes(b"A='\xff\xfe'\r\n\0")
    _files.write(str(tmp_path / "b"), _files.read(str(tmp_path / "a")))
    assert (tmp_path / "b").read_bytes() == b"A='\xff\xfe'\r\n\0"


def test_staged_files_are_hidden_from_who_reads_every_file(tmp_path):
    with Batch() as batch:
        batch.write(str(tmp_path / "a"), "x")
        assert all(name.startswith(".") for name in names(tmp_path))


def test_a_batch_that_is_left_leaves_nothing(tmp_path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(RuntimeError), Batch() as batch:
        batch.write(str(tmp_path / "a"), "new")
        batch.remove(str(tmp_path / "a"))
        raise RuntimeError
    assert names(tmp_path) == ["a"] and (tmp_path / "a").read_text() == "old"


def test_one_unfit_file_keeps_all_others_as_they_were(tmp_path):
    (tmp_path / "a").write_text("old")
    (tmp_path / "b").mkdir()
    with pytest.raises(FileProblem), Batch() as batch:
        batch.write(str(tmp_path / "a"), "new")
        batch.write(str(tmp_path / "b"), "new")
        batch.commit()
    assert names(tmp_path) == ["a", "b"] and (tmp_path / "a").read_text() == "old"


def test_missing_directories_are_made(tmp_path):
    _files.write(str(tmp_path / "x/y/a"), "1")
    assert mode(tmp_path / "x") == 0o755 and mode(tmp_path / "x/y") == 0o755


def test_removing_what_is_gone_already_is_fine(tmp_path):
    with Batch() as batch:
        batch.remove(str(tmp_path / "a"))
        batch.commit()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 32 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting needs root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_leaves_the_old_file(small_disk):
    (small_disk / "a").write_text("old")
    (small_disk / "b").write_text("old")
    with pytest.raises(FileProblem, match="b cannot be written: the disk is full"), Batch() as batch:
        batch.write(str(small_disk / "a"), "new")
        batch.write(str(small_disk / "b"), "n" * 60000)
        batch.commit()
    assert names(small_disk) == ["a", "b"]
    assert (small_disk / "a").read_text() == (small_disk / "b").read_text() == "old"


def unfit_directory(tmp_path):
    (tmp_path / "a").mkdir()
    return tmp_path / "a", "is a directory where a file should be; move it away"


def unfit_parent(tmp_path):
    (tmp_path / "x").write_text("")
    return tmp_path / "x/a", "cannot be written: .*/x is not a directory; move it away"


def unfit_link(tmp_path):
    (tmp_path / "a").symlink_to("nowhere")
    return tmp_path / "a", "is a symbolic link to nowhere, which leads nowhere .*remove the link"


def unfit_loop(tmp_path):
    (tmp_path / "a").symlink_to("a")
    return tmp_path / "a", "its symbolic links go round in a circle.*remove the link"


def unfit_pipe(tmp_path):
    os.mkfifo(tmp_path / "a")
    return tmp_path / "a", "neither a file nor missing"


@pytest.mark.parametrize("unfit", [unfit_directory, unfit_parent, unfit_link, unfit_loop, unfit_pipe])
def test_an_unfit_target_is_named_and_nothing_is_left(tmp_path, unfit):
    path, words = unfit(tmp_path)
    before = names(tmp_path)
    for attempt in (_files.check_target, lambda path: _files.write(path, "x")):
        with pytest.raises(FileProblem, match=words) as problem:
            attempt(str(path))
        assert str(path) in str(problem.value)
    assert names(tmp_path) == before


def test_a_directory_one_may_not_write_in_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, _how: path != str(tmp_path))
    with pytest.raises(FileProblem, match="no permission in .*; run as its owner or with become: true"):
        _files.write(str(tmp_path / "a"), "x")
    assert names(tmp_path) == []


@pytest.mark.parametrize("error, words", [
    ("EROFS", "the file system is read-only"), ("EDQUOT", "the quota is used up"), ("EACCES", "permission denied"),
])  # fmt: skip
def test_what_the_system_says_becomes_words(tmp_path, monkeypatch, error, words):
    import errno

    def fail(*_unused):
        raise OSError(getattr(errno, error), "x")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(FileProblem, match="a cannot be written: " + words):
        _files.write(str(tmp_path / "a"), "x")
    assert names(tmp_path) == []


@pytest.mark.parametrize("look_up, kind", [(_files.owner_id, "user"), (_files.group_id, "group")])
def test_a_missing_user_or_group_is_named(look_up, kind):
    with pytest.raises(FileProblem, match=f"there is no {kind} 'no-such-name' on this host; create it first"):
        look_up("no-such-name")
    assert look_up("0") == 0 and look_up("root") == 0 and look_up(None) is None


@pytest.mark.parametrize("text", ["0640", "640", "0o640", 0o640])
def test_modes_are_octal(text):
    assert _files.mode_bits(text) == 0o640
    assert _files.mode_bits(None) is None


@pytest.mark.parametrize("text", ["rw-r-----", "0888", "", "-1", "777777"])
def test_other_modes_are_refused(text):
    with pytest.raises(FileProblem, match="is no file mode; write it in octal, like '0640'"):
        _files.mode_bits(text)


def test_reading_a_directory_or_a_dangling_link_says_so(tmp_path):
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(FileProblem, match="cannot be read: there is a directory of that name"):
        _files.read(str(tmp_path))
    with pytest.raises(FileProblem, match="is a symbolic link to nowhere, which does not exist"):
        _files.read(str(tmp_path / "link"))
    assert _files.read(str(tmp_path / "none"), "default") == "default"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(str(tmp_path / "pipe"))
    with pytest.raises(FileProblem, match="pipe is not a file .*; move it away"):
        _files.read(str(tmp_path / "pipe"))


@pytest.mark.parametrize("number, words", [("99999999999999", "is no number of a group"), ("²", "there is no group")])
def test_what_no_group_can_have_as_its_number_is_refused(number, words):
    with pytest.raises(FileProblem, match=words):
        _files.group_id(number)


def test_what_a_killed_run_left_is_swept_after_an_hour(tmp_path):
    for name, age in ((".mesos.security-old", 4000), (".mesos.security-new", 10), (".other", 4000)):
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (os.stat(tmp_path / name).st_mtime - age,) * 2)
    _files.write(str(tmp_path / "a"), "x")
    assert names(tmp_path) == [".mesos.security-new", ".other", "a"]
