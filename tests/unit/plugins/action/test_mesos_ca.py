# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An authority is made once, kept, judged, and never replaced by accident; openssl looks at it."""

import os
import stat

import pytest
from ansible_collections.mesos.security.plugins.action import mesos_ca
from ansible_collections.mesos.security.plugins.plugin_utils._authority import Authority
from ansible_collections.mesos.security.plugins.plugin_utils._ca_directory import CaTrouble, save
from ansible_collections.mesos.security.tests.unit.plugins.pki import (
    authority,
    certificate,
    encrypted_pem,
    key,
    key_pem,
    pem,
    run_openssl,
    snapshot,
)


def options(path, **given):
    defaults = {name: spec.get("default") for name, spec in mesos_ca.CA.items()}
    return defaults | {"path": str(path), "key_type": "ec"} | given


def bring(path, check_mode=False, **given):
    return mesos_ca.bring_about(options(path, **given), check_mode)


@pytest.mark.parametrize("purpose, name, subject", [
    ("node", "ca", "CN = Mesos authority"), ("executor", "executor-ca", "CN = Mesos executors' authority")])
def test_check_run_again_and_openssl_agrees(tmp_path, purpose, name, subject):
    path = tmp_path / "deep" / "pki"
    check = bring(path, check_mode=True, purpose=purpose)
    assert check["changed"] and snapshot(tmp_path) == {}
    made = bring(path, purpose=purpose)
    assert made["changed"] and made["reasons"] == check["reasons"] == [f"there is no authority {path}/{name}.pem"]
    modes = [stat.S_IMODE(os.stat(each).st_mode) for each in (path, path / f"{name}.key", path / f"{name}.pem")]
    assert modes == [0o700, 0o600, 0o644]
    after = snapshot(tmp_path)
    for check_mode in (True, False):
        again = bring(path, check_mode, purpose=purpose)
        assert (again["changed"], again["reasons"], again["warnings"], snapshot(tmp_path)) == (False, [], [], after)
        assert again["authority"] == made["authority"]

    text = run_openssl("x509", "-in", str(path / f"{name}.pem"), "-noout", "-text", "-nameopt", "oneline")[1]
    for words in (f"Subject: {subject}\n", "CA:TRUE", "Certificate Sign, CRL Sign", "sha256"):
        assert words.lower() in text.lower()
    assert run_openssl("verify", "-CAfile", str(path / f"{name}.pem"), str(path / f"{name}.pem"))[0] == 0
    assert run_openssl("x509", "-in", str(path / f"{name}.pem"), "-noout", "-pubkey") == run_openssl(
        "pkey", "-in", str(path / f"{name}.key"), "-pubout")


@pytest.mark.parametrize("key_type, size, text", [("rsa", None, "rsa 3072"), ("rsa", 2048, "rsa 2048"),
                                                  ("ec", None, "ec 256"), ("ec", 521, "ec 521")])
def test_keys_of_the_wanted_kind(tmp_path, key_type, size, text):
    assert bring(tmp_path / "pki", key_type=key_type, key_size=size)["authority"]["key"] == text


def test_two_authorities_share_a_directory(tmp_path):
    bring(tmp_path / "pki")
    bring(tmp_path / "pki", purpose="executor")
    assert sorted(os.listdir(tmp_path / "pki")) == ["ca.key", "ca.pem", "executor-ca.key", "executor-ca.pem"]


def test_other_wishes_do_not_replace_an_authority(tmp_path):
    bring(tmp_path / "pki")
    again = bring(tmp_path / "pki", common_name="Another", validity=10, key_type="rsa")
    assert not again["changed"] and again["authority"]["subject"] == "CN=Mesos authority"


def test_always_replaces_even_an_unfit_one(tmp_path):
    bring(tmp_path / "pki")
    (tmp_path / "pki" / "ca.pem").write_text("garbage")
    made = bring(tmp_path / "pki", regenerate="always")
    assert made["changed"] and made["reasons"] == ["a new authority is asked for (regenerate=always)"]
    assert not bring(tmp_path / "pki")["changed"]


def test_a_key_without_certificate_from_a_killed_run_is_used(tmp_path):
    bring(tmp_path / "pki")
    held = (tmp_path / "pki" / "ca.key").read_text()
    os.remove(tmp_path / "pki" / "ca.pem")
    assert bring(tmp_path / "pki")["changed"] and (tmp_path / "pki" / "ca.key").read_text() == held


def test_a_key_kept_elsewhere_is_a_warning(tmp_path):
    bring(tmp_path / "pki")
    os.remove(tmp_path / "pki" / "ca.key")
    assert bring(tmp_path / "pki")["warnings"] == [
        f"{tmp_path}/pki/ca.key is not there, so nothing can be signed until it is"]


def test_an_authority_near_its_end_is_a_warning(tmp_path):
    save(str(tmp_path / "pki"), "node", authority("soon", 80))
    assert "in 79 days; plan its replacement" in bring(tmp_path / "pki")["warnings"][0]


def test_no_key_is_in_what_comes_out(tmp_path):
    made = bring(tmp_path / "pki")
    secret = "".join((tmp_path / "pki" / "ca.key").read_text().splitlines()[1:-1])
    assert "PRIVATE" not in repr(made) and secret[20:60] not in repr(made)


@pytest.mark.parametrize("spoil, words", [
    (lambda path: os.chmod(path, 0o750), "has mode 0750: others than its owner can use it.*chmod 0700"),
    (lambda path: os.chmod(path / "ca.key", 0o644), "ca.key has mode 0644: others than its owner can use it"),
    (lambda path: (path / "ca.pem").write_text(""), "ca.pem is empty. Put the authority's certificate back"),
    (lambda path: (path / "ca.pem").write_text("x"), "ca.pem holds no PEM certificate"),
    (lambda path: (path / "ca.key").write_text(""), "ca.key is empty. Put the authority's key back"),
    (lambda path: (path / "ca.key").write_text("x"), "ca.key holds no private key that can be read"),
    (lambda path: (path / "ca.key").write_text(encrypted_pem(key())), "ca.key is encrypted"),
    (lambda path: (path / "ca.key").write_text(key_pem(key("other"))), "ca.pem is for another key than the one beside"),
    (lambda path: (path / "ca.pem").write_text(pem(certificate())), "ca.pem is no authority's certificate"),
    (lambda path: save(str(path), "node", authority("old", 10, -20)), "ca.pem expired on .* Put a fitting certificate"),
    (lambda path: save(str(path), "node", authority("early", 10, 5)), "ca.pem is not valid before"),
    (lambda path: save(str(path), "node", Authority(certificate(), key())), "is no authority's certificate"),
    (lambda path: (os.remove(path / "ca.pem"), os.mkdir(path / "ca.pem")), "ca.pem is a directory where a file should"),
    (lambda path: (os.remove(path / "ca.key"), os.mkdir(path / "ca.key")), "ca.key is a directory where a file should"),
])
@pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check"])
def test_an_unfit_authority_is_refused_and_left_as_it_is(tmp_path, spoil, words, check_mode):
    path = tmp_path / "pki"
    save(str(path), "node", authority())
    spoil(path)
    before = snapshot(tmp_path)
    with pytest.raises(CaTrouble, match=f"^{path}.*{words}" if "has mode 0750" not in words else words):
        bring(path, check_mode)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("given, words", [
    ({"common_name": "x" * 65}, "a CN has at most 64 characters"),
    ({"common_name": "two\nlines"}, "all on one line"),
    ({"validity": 0}, "it counts days, 1 to 36500"),
    ({"key_size": 1024}, "an ec key of 1024 bits is not offered; set key_size to one of 256, 384, 521"),
])
def test_what_no_authority_can_have_is_refused(tmp_path, given, words):
    with pytest.raises(ValueError, match=words):
        bring(tmp_path / "pki", **given)
    assert snapshot(tmp_path) == {}


def test_a_place_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CaTrouble, match="file is not a directory; move it away. Make that possible, or name another"):
        bring(tmp_path / "file" / "pki")
    with pytest.raises(CaTrouble, match="file is no directory, and the authority lives in one"):
        bring(tmp_path / "file")


def test_of_two_runs_at_once_the_first_one_makes_the_authority(tmp_path, monkeypatch):
    path, alone, first = tmp_path / "pki", mesos_ca._ca_directory.alone, []

    def overtaken(directory):
        monkeypatch.setattr(mesos_ca._ca_directory, "alone", alone)
        first.append(bring(path))
        return alone(directory)

    monkeypatch.setattr(mesos_ca._ca_directory, "alone", overtaken)
    second = bring(path)
    assert first[0]["changed"] and not second["changed"]
    assert second["authority"] == first[0]["authority"]
