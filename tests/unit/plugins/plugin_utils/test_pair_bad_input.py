# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input: a sentence that names host, file, cause and way out, and nothing written."""

import errno
import os
import re
import subprocess
import tempfile

import pytest
from ansible_collections.mesos.security.plugins.plugin_utils import _ca_directory
from ansible_collections.mesos.security.plugins.plugin_utils._authority import Authority
from ansible_collections.mesos.security.plugins.plugin_utils._pair import Refused
from ansible_collections.mesos.security.tests.unit.plugins.pki import (
    BOTH,
    World,
    as_nobody,
    authority,
    certificate,
    encrypted_pem,
    intermediate,
    key,
    key_pem,
    pem,
    run_command,
    snapshot,
)
from cryptography.hazmat.primitives.asymmetric import rsa

CASES = {}
WAY_OUT = re.compile(
    r"\b(give|make|put|write|remove|move|name|correct|install|create|raise|lower|let|set|run|chmod|see|leave|trust)\b",
    re.I)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def case(words):
    """Take a function that spoils the world and returns options; *words* must be in what is said."""
    def take(function):
        assert function.__name__ not in CASES
        CASES[function.__name__] = (function, words)
        return function
    return take


# The authority on the controller

def ca_file(world, name):
    return os.path.join(world.ca, name)


def replace_ca(world, made, purpose="node"):
    os.remove(ca_file(world, _ca_directory.FILES[purpose][0]))
    _ca_directory.save(world.ca, purpose, made)
    return world.options(purpose=purpose)


@case("there is no authority {root}/none/ca.pem on the controller. Make it with mesos_ca")
def authority_missing(world):
    return world.options(ca=world.root + "/none")


@case("there is no authority {ca}/executor-ca.pem on the controller")
def executors_authority_missing(world):
    os.remove(ca_file(world, "executor-ca.pem"))
    return world.options(purpose="executor")


@case("has to be signed (there is no key and no certificate), and the authority's key {ca}/ca.key is not on the")
def authority_key_missing_when_a_signature_is_due(world):
    os.remove(ca_file(world, "ca.key"))
    return world.options()


@case("has to be signed (the certificate is not for the address 10.0.0.2), and the authority's key")
def authority_key_missing_when_a_renewal_is_due(world):
    world.bring(world.options())
    os.remove(ca_file(world, "ca.key"))
    return world.options(addresses=["10.0.0.1", "10.0.0.2"])


@case("{ca} has mode 0755: others than its owner can use it")
def authority_directory_readable_by_others(world):
    os.chmod(world.ca, 0o755)
    return world.options()


@case("{ca}/ca.key has mode 0640: others than its owner can use it")
def authority_key_readable_by_others(world):
    os.chmod(ca_file(world, "ca.key"), 0o640)
    return world.options()


@case("{ca}/ca.pem is no authority's certificate")
def certificate_that_is_no_authority(world):
    return replace_ca(world, Authority(certificate(), key()))


@case("{ca}/ca.pem expired on")
def authority_expired(world):
    return replace_ca(world, authority("old", 10, -20))


@case("{ca}/ca.pem is not valid before")
def authority_not_yet_valid(world):
    return replace_ca(world, authority("early", 100, 20))


@case("{ca}/ca.pem is for another key than the one beside it")
def authority_key_that_does_not_match(world):
    world.put("ca.key", key_pem(key("other")), directory=world.ca)
    return world.options()


@case("{ca}/ca.pem is empty")
def authority_certificate_empty(world):
    world.put("ca.pem", "", directory=world.ca)
    return world.options()


@case("{ca}/ca.pem holds no PEM certificate")
def authority_certificate_garbage(world):
    world.put("ca.pem", b"\x00\xff\xfe", directory=world.ca)
    return world.options()


@case("{ca}/ca.key holds no private key that can be read")
def authority_key_garbage(world):
    world.put("ca.key", "garbage", directory=world.ca)
    return world.options()


@case("{ca}/ca.key is encrypted")
def authority_key_encrypted(world):
    world.put("ca.key", encrypted_pem(authority("of nodes").key), directory=world.ca)
    return world.options()


@case("{ca}/ca.pem is a directory where a file should be")
def directory_in_place_of_the_authority(world):
    os.remove(ca_file(world, "ca.pem"))
    os.mkdir(ca_file(world, "ca.pem"))
    return world.options()


@case("{root}/files/x is no directory, and the authority lives in one")
def file_in_place_of_the_authority_directory(world):
    return world.options(ca=world.put("x", "", directory=str(world.files)))


@case("further.pem on the controller holds no PEM certificate")
def further_trust_garbage(world):
    return world.options(trust=[world.put("further.pem", "x", directory=str(world.files))])


# Options

@case("the name 'node1:5050' holds ':'")
def colon_in_a_name(world):
    return world.options(names=["node1:5050"])


@case("the name 'node 1' holds ' '")
def space_in_a_name(world):
    return world.options(names=["node 1"])


@case(r"the name 'node1\nCN = evil' holds '\n'")
def newline_in_a_name(world):
    return world.options(names=["node1\nCN = evil"])


@case("the name '*.example' has a wildcard, and Mesos compares names exactly")
def wildcard_name(world):
    return world.options(names=["*.example"])


@case("'::1' is an address, not a name; put it among the addresses")
def ipv6_among_the_names(world):
    return world.options(names=["::1"])


@case("'[::1]' is no IPv4 or IPv6 address; write it without brackets")
def ipv6_in_brackets(world):
    return world.options(addresses=["[::1]"])


@case("the address 'fe80::1%eth0' has a zone")
def ipv6_with_a_zone(world):
    return world.options(addresses=["fe80::1%eth0"])


@case("a CN can have 64; set a shorter common_name")
def name_too_long_for_a_cn(world):
    return world.options(names=["a" * 60 + ".example"])


@case("neither a name nor an address is given")
def nobody_to_sign_for(world):
    return world.options(names=[], addresses=[])


@case("tls/node.key is a relative path; write where it is from / on")
def relative_path(world):
    return world.options(path="tls")


@case("neither path nor key says where the key goes; give path")
def no_path(world):
    return world.options(path=None)


@case("give key, certificate and ca_certificate a file each, not /etc")
def one_file_for_two_things(world):
    return world.options(key="/etc/mesos/tls/x", certificate="/etc/mesos/tls/x")


@case("an rsa key of 1024 bits is not offered; set key_size to one of 2048, 3072, 4096")
def rsa_key_too_small(world):
    return world.options(key_type="rsa", key_size=1024)


@case("an ec key of 2048 bits is not offered; set key_size to one of 256, 384, 521")
def ec_key_of_an_rsa_size(world):
    return world.options(key_type="ec", key_size=2048)


@case("a certificate for 20 days would be due for renewal at once")
def validity_shorter_than_the_renewal_window(world):
    return world.options(validity=20)


@case("validity 0 does not suit: it counts days")
def validity_of_no_days(world):
    return world.options(validity=0)


@case("mode 0666 does not suit a key")
def key_that_others_may_write(world):
    return world.options(mode="0666")


@case("mode 'private' is no octal number")
def mode_that_is_no_number(world):
    return world.options(mode="private")


@case("source_key and source_certificate go together")
def source_key_alone(world):
    return world.options(ca=None, source_key="/k")


@case("a pair is either signed by ca or taken from source_key")
def two_sources(world):
    return world.options(source_key="/k", source_certificate="/c")


# The node

@case("{tls}/node.key is a directory where a file should be")
def directory_in_place_of_the_key(world):
    os.makedirs(world.tls + "/node.key")
    return world.options()


@case("{tls}/node.pem is a directory where a file should be")
def directory_in_place_of_the_certificate(world):
    os.makedirs(world.tls + "/node.pem")
    return world.options()


@case("{tls} is not a directory")
def file_in_place_of_the_directory(world):
    os.makedirs(os.path.dirname(world.tls))
    world.put("tls", "", directory=os.path.dirname(world.tls))
    return world.options()


@case("{tls}/node.key is a symbolic link to /nowhere/at/all")
def link_to_nowhere(world):
    os.makedirs(world.tls)
    os.symlink("/nowhere/at/all", world.tls + "/node.key")
    return world.options()


@case("the key {tls}/node.key holds no private key that openssl can read. Put the right key back")
def key_garbage(world):
    world.put("node.key", "garbage")
    return world.options()


@case("the key {tls}/node.key is empty")
def key_empty(world):
    world.put("node.key", "")
    return world.options()


@case("the key {tls}/node.key is encrypted, and Mesos has no option for a passphrase")
def key_encrypted(world):
    world.put("node.key", encrypted_pem(key()))
    return world.options()


@case("{tls}/node.key is neither a file nor missing")
def pipe_in_place_of_the_key(world):
    os.makedirs(world.tls)
    os.mkfifo(world.tls + "/node.key")
    return world.options()


@case("there is no group 'mesos-tasks' on this host; create it first or name another")
def group_missing(world):
    return world.options(group="mesos-tasks")


@case("there is no user 'mesos-nobody' on this host")
def owner_missing(world):
    return world.options(owner="mesos-nobody")


@case("unfit: the certificate is not for the address 10.0.0.9. Let it be renewed with regenerate=renew")
def unfit_under_fail(world):
    world.bring(world.options())
    return world.options(addresses=["10.0.0.1", "10.0.0.9"], regenerate="fail")


@case("the key has 256 bits, and 521 are wanted")
def another_key_under_fail(world):
    world.bring(world.options())
    return world.options(key_size=521, regenerate="fail")


# Pairs from elsewhere

def foreign(world, held=None, chain=None, trust=None, **given):
    files = str(world.files)
    options = {"path": world.tls, "names": ["node1.example"], "addresses": ["10.0.0.1"],
               "source_key": world.put("k.key", key_pem(key()) if held is None else held, directory=files),
               "source_certificate": world.put(
                   "c.pem", pem(certificate()) if chain is None else chain, directory=files),
               "source_ca_certificate": world.put(
                   "a.pem", pem(authority().certificate) if trust is None else trust, directory=files)}
    return options | given


@case("{root}/files/k.key on the controller is encrypted, and Mesos has no option for a passphrase")
def foreign_key_encrypted(world):
    return foreign(world, encrypted_pem(key()))


@case("{root}/files/k.key on the controller holds no private key")
def foreign_key_garbage(world):
    return foreign(world, "garbage")


@case("{root}/files/k.key on the controller is empty")
def foreign_key_empty(world):
    return foreign(world, "")


@case("/nowhere/k.key cannot be read: No such file or directory")
def foreign_key_missing(world):
    return foreign(world, source_key="/nowhere/k.key")


@case("{root}/files/c.pem on the controller is empty")
def foreign_certificate_empty(world):
    return foreign(world, chain="")


@case("{root}/files/c.pem on the controller holds a key, not a certificate")
def foreign_key_in_place_of_the_certificate(world):
    return foreign(world, chain=key_pem(key()))


@case("{root}/files/c.pem is unfit for this node: the certificate is for another key")
def foreign_key_that_does_not_match(world):
    return foreign(world, key_pem(key("other")))


@case("the certificate expired on")
def foreign_certificate_expired(world):
    return foreign(world, chain=pem(certificate(begin=-100, end=-1)))


@case("the certificate is not valid before")
def foreign_certificate_not_yet_valid(world):
    return foreign(world, chain=pem(certificate(begin=3)))


@case("the certificate expires on .*, in 9 days, and renewal is wanted 30 days before")
def foreign_certificate_about_to_expire(world):
    return foreign(world, chain=pem(certificate(end=10)))


@case("the certificate is not for node1.example; it is for *.example, and Mesos compares names exactly")
def foreign_wildcard(world):
    return foreign(world, chain=pem(certificate(names=("*.example",))))


@case("extended key usage lacks clientAuth")
def foreign_certificate_for_servers_only(world):
    return foreign(world, chain=pem(certificate(usages=BOTH[:1])))


@case("is signed by CN=between, not by an authority that is trusted here")
def foreign_chain_without_its_intermediate(world):
    return foreign(world, chain=pem(certificate(by=intermediate())))


@case("the key has 1024 bits, and OpenSSL takes RSA keys from 2048")
def foreign_key_too_small(world):
    short = rsa.generate_private_key(65537, 1024)
    return foreign(world, key_pem(short), pem(certificate(short)))


@case("{root}/files/a.pem on the controller holds no PEM certificate")
def foreign_trust_garbage(world):
    return foreign(world, trust="garbage")


@case("{root}/files/k.key is not there. Put a fitting key there")
def key_missing_on_the_node(world):
    options = foreign(world, remote_src=True)
    os.remove(options["source_key"])
    return options


@case("{root}/files/a.pem holds no PEM certificate")
def trust_garbage_on_the_node(world):
    return foreign(world, trust="garbage", remote_src=True)


@case("{tls}/node.key is not there. Put a fitting key there, or name an authority (ca) that signs one")
def nothing_in_place_and_nobody_to_sign(world):
    return world.options(ca=None)


@case("{tls}/ca.pem is empty")
def trust_in_place_empty(world):
    world.put("node.key", key_pem(key()))
    world.put("node.pem", pem(certificate()))
    world.put("ca.pem", "")
    return world.options(ca=None)


def check(error, words, world, host="master1"):
    text = str(error.value)
    words = words.format(root=world.root, ca=world.ca, tls=world.tls)
    assert text.startswith(f"{host}: ") and text.endswith("Nothing was changed.")
    assert re.search(re.escape(words).replace(r"\.\*", ".*"), text), f"{words!r} is not in {text!r}"
    assert WAY_OUT.search(text.removesuffix("Nothing was changed.")), f"no way out in {text!r}"
    assert "PRIVATE" not in text


@pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_bad_input_is_refused_in_a_sentence_and_nothing_is_written(world, name, check_mode):
    spoil, words = CASES[name]
    options = spoil(world)
    before = snapshot(world.root)
    if check_mode and name in ("authority_missing", "executors_authority_missing"):
        assert world.bring(options, check_mode=True)[0].warnings      # an earlier task would have made it
    else:
        with pytest.raises(Refused) as error:
            world.bring(options, check_mode)
        check(error, words, world)
    assert snapshot(world.root) == before


def test_there_are_enough_cases():
    assert len(CASES) >= 60


def test_without_openssl_nothing_can_be_made(world, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda *_given, **_named: None)
    before = snapshot(world.root)
    with pytest.raises(Refused) as error:
        world.bring(world.options())
    check(error, "the openssl program is not installed on this host", world)
    assert snapshot(world.root) == before


def test_openssl_that_fails_is_quoted(world):
    def run(argv, **given):
        return (1, b"", b"first\nalgorithm switched off\n") if argv[1] == "genpkey" else run_command(argv, **given)

    before = snapshot(world.root)
    with pytest.raises(Refused) as error:
        world.bring(world.options(), run=run)
    check(error, "openssl could not make a key here (algorithm switched off)", world)
    left = snapshot(world.root)
    left.pop(os.path.dirname(world.tls), None)      # the directory above may stay
    assert left == before


def test_openssl_that_gives_no_request_leaves_no_key_behind(world):
    def run(argv, **given):
        return (1, b"", b"no config\n") if argv[1] == "req" else run_command(argv, **given)

    with pytest.raises(Refused) as error:
        world.bring(world.options(), run=run)
    check(error, "openssl could not make a signing request with this key (no config)", world)
    assert not [path for path, (_mode, content) in snapshot(world.tls).items() if content]


def test_a_directory_that_cannot_be_written_is_named(world):
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o555)
        with pytest.raises(Refused) as error, as_nobody_on_the_node():
            world.bring(world.options(path=directory + "/tls"))
        check(error, f"{directory}/tls/node.key cannot be written: no permission in {directory}; run as its owner or "
              "with become: true", world)
        assert snapshot(directory) == {}
        os.chmod(directory, 0o755)


class as_nobody_on_the_node:
    """The node's half runs as an ordinary user, the controller's as before."""

    def __enter__(self):
        from ansible_collections.mesos.security.plugins.module_utils import _keypair
        self.module, self.examine = _keypair, _keypair.examine

        def examine(*given):
            with as_nobody():
                return self.examine(*given)

        _keypair.examine = examine

    def __exit__(self, *_unused):
        self.module.examine = self.examine


@pytest.mark.parametrize("when", ["first", "renewal"])
def test_a_full_disk_changes_nothing(world, monkeypatch, when):
    if when == "renewal":
        world.bring(world.options())
    before = snapshot(world.root)

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Refused) as error:
        world.bring(world.options(addresses=["10.0.0.3"]))
    check(error, "cannot be written: the disk is full; make that possible, or name another path, and run again", world)
    left = {path: seen for path, seen in snapshot(world.root).items() if seen[1]}
    assert left == {path: seen for path, seen in before.items() if seen[1]}


@pytest.fixture
def small_disk(tmp_path):
    """A file system with room for two pages."""
    directory = tmp_path / "small"
    directory.mkdir()
    if os.getuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(directory)],
                                     capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small tmpfs")
    yield directory
    subprocess.run(["umount", str(directory)], check=True)


@pytest.mark.parametrize("pages", [0, 1])
def test_a_really_full_disk_changes_nothing(world, small_disk, pages):
    (small_disk / "tls").mkdir()
    (small_disk / "filler").write_bytes(b"x" * 4096 * (2 - pages))
    before = snapshot(small_disk)
    with pytest.raises(Refused, match=f"master1: {small_disk}/tls/.* (the disk is full|see that the disk has room)"):
        world.bring(world.options(path=str(small_disk / "tls")))
    assert snapshot(small_disk) == before
