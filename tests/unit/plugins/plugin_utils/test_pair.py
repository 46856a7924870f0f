# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pair from nothing to installed, renewed for each reason, kept by each policy; openssl looks at what came out."""

import os
import re
import stat

import pytest
from ansible_collections.mesos.security.plugins.module_utils import _keypair
from ansible_collections.mesos.security.plugins.plugin_utils import _ca_directory, _pair, _x509
from ansible_collections.mesos.security.tests.unit.plugins.pki import (
    NOW,
    World,
    authority,
    certificate,
    days,
    intermediate,
    key,
    key_pem,
    pem,
    run_command,
    run_openssl,
    snapshot,
)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@pytest.mark.parametrize("key_type, size, text", [
    ("rsa", 2048, r"Private-Key: \(2048 bit"), ("rsa", 3072, r"Private-Key: \(3072 bit"),
    ("ec", 256, "prime256v1"), ("ec", 384, "secp384r1"), ("ec", 521, "secp521r1")])
def test_check_run_again_and_openssl_agrees(world, key_type, size, text):
    options = world.options(key_type=key_type, key_size=size, addresses=["10.0.0.1", "2001:db8::1"])
    before = snapshot(world.root)
    verdict, _written = world.bring(options, check_mode=True)
    assert verdict.changed and verdict.reasons == ["there is no key and no certificate"]
    assert snapshot(world.root) == before
    verdict, written = world.bring(options)
    assert [os.path.basename(path) for path in written] == ["node.key", "node.pem", "ca.pem"]
    assert sorted(os.listdir(world.tls)) == ["ca.pem", "node.key", "node.pem"]
    assert [mode(os.path.join(world.tls, name)) for name in sorted(os.listdir(world.tls))] == [0o644, 0o600, 0o644]
    after = snapshot(world.root)
    for check_mode in (True, False):
        verdict, written = world.bring(options, check_mode)
        assert (verdict.changed, verdict.reasons, written, snapshot(world.root)) == (False, [], [], after)

    leaf, held, trust = (os.path.join(world.tls, name) for name in ("node.pem", "node.key", "ca.pem"))
    for purpose in ("sslserver", "sslclient"):
        for identity in (
                ("-verify_ip", "10.0.0.1"), ("-verify_ip", "2001:db8::1"), ("-verify_hostname", "node1.example")):
            assert run_openssl("verify", "-CAfile", trust, "-purpose", purpose, *identity, leaf) == (0, f"{leaf}: OK\n")
    assert run_openssl("verify", "-CAfile", trust, "-verify_ip", "10.0.0.2", leaf)[0] != 0
    assert re.search(text, run_openssl("pkey", "-in", held, "-noout", "-text")[1])
    assert run_openssl("pkey", "-in", held, "-pubout")[1] == run_openssl("x509", "-in", leaf, "-noout", "-pubkey")[1]
    assert "CN = node1.example" in run_openssl("x509", "-in", leaf, "-noout", "-subject", "-nameopt", "oneline")[1]


def test_executors_are_trusted_by_agents_and_by_nobody_else(world):
    world.bring(world.options())
    world.bring(world.options(purpose="executor"))
    leaf, held, agents = (os.path.join(world.tls, name) for name in ("executor.pem", "executor.key", "agent-ca.pem"))
    assert mode(held) == 0o644
    for purpose in ("sslserver", "sslclient"):
        for trusted in (leaf, os.path.join(world.tls, "node.pem")):
            assert run_openssl("verify", "-CAfile", agents, "-purpose", purpose, trusted)[0] == 0
        assert run_openssl("verify", "-CAfile", os.path.join(world.tls, "ca.pem"), "-purpose", purpose, leaf)[0] != 0
    issuer = _x509.certificates(world.read("executor-ca.pem", world.ca))[0]
    assert _x509.dates(_x509.certificates(world.read("executor.pem"))[0])[1] == _x509.dates(issuer)[1]


@pytest.mark.parametrize("change, words", [
    ({"addresses": ["10.0.0.1", "10.0.0.22"]}, "the certificate is not for the address 10.0.0.22"),
    ({"addresses": []}, "also for the address 10.0.0.1, which is no longer wanted"),
    ({"names": ["node1.example", "master.example"]}, "the certificate is not for master.example"),
    ({"common_name": "node1"}, "CN is 'node1.example', and 'node1' is wanted"),
    ({"renew_before": 364, "validity": 400}, "the certificate expires on .*, in 364 days|renewal is wanted 364"),
    ({"key_size": 384}, "the key has 256 bits, and 384 are wanted"),
    ({"key_type": "rsa", "key_size": 2048}, "the key is ec, and rsa is wanted"),
])
def test_each_reason_renews_once(world, change, words):
    world.bring(world.options())
    held = world.read("node.key")
    later = NOW + days(2)
    check, _written = world.bring(world.options(**change), check_mode=True, now=later)
    verdict, _written = world.bring(world.options(**change), now=later)
    assert verdict.changed and verdict.reasons == check.reasons and re.search(words, "; ".join(verdict.reasons))
    assert (world.read("node.key") == held) == ("key_size" not in change)
    assert not world.bring(world.options(**change), now=later)[0].changed


def test_another_authority_renews_and_the_new_trust_is_installed(world):
    world.bring(world.options())
    _ca_directory.save(world.ca, "node", authority("a new one"))
    verdict, written = world.bring(world.options())
    assert "is signed by CN=of nodes, not by an authority that is trusted here (CN=a new one)" in verdict.reasons[0]
    assert [os.path.basename(path) for path in written] == ["node.pem", "ca.pem"]


def test_further_trust_goes_into_the_bundle_and_signs_nothing(world):
    more = world.put("next.pem", pem(authority("next").certificate), directory=str(world.files))
    world.bring(world.options(trust=[more]))
    assert world.read("ca.pem") == pem(authority("of nodes").certificate, authority("next").certificate)
    verdict, _written = world.bring(world.options())
    assert verdict.reasons == [f"{world.tls}/ca.pem does not hold the authorities that are to be trusted"]


def test_a_key_without_certificate_is_used(world):
    world.put("node.key", key_pem(key()))
    verdict, written = world.bring(world.options())
    assert verdict.reasons == ["there is no certificate"] and world.read("node.key") == key_pem(key())


@pytest.mark.parametrize("text, words", [("", "is empty"), ("garbage", "holds no PEM certificate"),
                                         (pem(certificate(key("other"))), "is for another key")],
                         ids=["empty", "garbage", "foreign"])
def test_a_certificate_that_is_none_is_signed_again_for_the_same_key(world, text, words):
    world.put("node.key", key_pem(key()))
    world.put("node.pem", text, 0o644)
    verdict, _written = world.bring(world.options())
    assert re.search(words, verdict.reasons[0]) and world.read("node.key") == key_pem(key())
    assert not world.bring(world.options())[0].changed


def test_modes_are_set_right_without_signing_again(world):
    world.bring(world.options())
    leaf = world.read("node.pem")
    os.chmod(os.path.join(world.tls, "node.key"), 0o644)
    verdict, _written = world.bring(world.options())
    assert verdict.reasons == [f"{world.tls}/node.key has mode 0644, and 0600 is wanted"]
    assert mode(os.path.join(world.tls, "node.key")) == 0o600 and world.read("node.pem") == leaf


def test_never_leaves_an_unfit_pair_and_says_so(world):
    world.bring(world.options())
    before = snapshot(world.root)
    verdict, _written = world.bring(world.options(addresses=["10.0.0.9"], regenerate="never"))
    assert not verdict.changed and snapshot(world.root) == before
    assert "not for the address 10.0.0.9 (left alone: regenerate=never)" in "".join(verdict.warnings)


@pytest.mark.parametrize("policy", ["never", "fail", "renew", "always"])
def test_every_policy_makes_what_is_missing(world, policy):
    assert world.bring(world.options(regenerate=policy))[0].changed
    assert os.path.exists(os.path.join(world.tls, "node.pem"))


def test_always_makes_a_new_key_each_time_even_for_one_that_cannot_be_read(world):
    world.put("node.key", "garbage")
    world.bring(world.options(regenerate="always"))
    held = world.read("node.key")
    verdict, _written = world.bring(world.options(regenerate="always"))
    assert verdict.reasons == ["a new key is asked for (regenerate=always)"] and world.read("node.key") != held


def test_a_certificate_that_lasts_as_long_as_its_authority_is_not_renewed_for_ever(world):
    _ca_directory.save(world.ca, "executor", authority("ends soon", 20))
    options = world.options(purpose="executor", renew_before=30)
    world.bring(options)
    assert not world.bring(options)[0].changed


def test_a_node_is_warned_when_its_authority_ends_first(world):
    _ca_directory.save(world.ca, "node", authority("ends soon", 100))
    verdict, _written = world.bring(world.options())
    assert "sooner than the 365 days asked for; a new authority is due" in "".join(verdict.warnings)


def test_a_key_that_waits_from_a_killed_run_is_not_used(world):
    waiting = world.put(".node.key.pending", key_pem(key()))
    world.bring(world.options())
    assert not os.path.exists(waiting) and world.read("node.key") != key_pem(key())


@pytest.mark.parametrize("waiting", [".node.key.pending", "node.key"])
def test_a_key_that_another_run_has_put_there_meanwhile_gets_no_certificate_of_ours(world, monkeypatch, waiting):
    if waiting == "node.key":
        world.bring(world.options())
        os.remove(f"{world.tls}/node.pem")
    install = _keypair.install

    def overtaken(params, run, check_mode):
        world.put(waiting, run_openssl("genpkey", "-algorithm", "ed25519")[1])
        return install(params, run, check_mode)

    monkeypatch.setattr(_keypair, "install", overtaken)
    with pytest.raises(_pair.Refused, match=f"^master1: .*{waiting} was replaced or removed .* run again"):
        world.bring(world.options())
    assert not os.path.exists(f"{world.tls}/node.pem")


def test_a_waiting_key_that_another_run_has_taken_away_is_not_blamed_on_openssl(world):
    def taken_away(argv, **more):
        done = run_command(argv, **more)
        if "genpkey" in argv:
            os.remove(f"{world.tls}/.node.key.pending")
        return done

    with pytest.raises(_pair.Refused, match="was taken away while the key was made; see that no other run"):
        world.bring(world.options(), run=taken_away)


def test_a_pair_from_the_controller_is_installed_once_and_its_key_sent_once(world):
    between, files = intermediate(), str(world.files)
    options = {"path": world.tls, "names": ["node1.example"], "addresses": ["10.0.0.1"],
               "source_key": world.put("k", key_pem(key()), directory=files),
               "source_certificate": world.put("c", pem(certificate(by=between), between.certificate), directory=files),
               "source_ca_certificate": world.put("ca", pem(authority().certificate), directory=files)}
    verdict, written = world.bring(options)
    assert len(written) == 3 and world.read("node.key") == key_pem(key())
    assert run_openssl("verify", "-CAfile", f"{world.tls}/ca.pem", "-untrusted", f"{world.tls}/node.pem",
                       f"{world.tls}/node.pem")[0] == 0
    assert not world.bring(options)[0].changed
    world.put("c", pem(certificate(by=between, end=300), between.certificate), directory=files)
    verdict, written = world.bring(options)
    assert written == [f"{world.tls}/node.pem"] and not verdict.install.get("key_pem")


def test_a_pair_from_the_node_is_installed_and_its_key_stays_there(world):
    files = str(world.files)
    options = {"path": world.tls, "names": ["node1.example"], "remote_src": True,
               "source_key": world.put("k", key_pem(key()), directory=files),
               "source_certificate": world.put("c", pem(certificate()), directory=files),
               "source_ca_certificate": world.put("ca", pem(authority().certificate), directory=files)}
    verdict, _written = world.bring(options)
    assert verdict.install["source_key"] and "key_pem" not in verdict.install
    assert world.read("node.key") == key_pem(key()) and not world.bring(options)[0].changed


def test_a_pair_in_place_is_judged_and_left_alone(world):
    world.put("node.key", key_pem(key()))
    world.put("node.pem", pem(certificate()), 0o644)
    world.put("ca.pem", pem(authority().certificate), 0o644)
    verdict, _written = world.bring({"path": world.tls, "names": ["node1.example"]})
    assert not verdict.changed and verdict.after["common_name"] == "node1.example"


def test_nothing_that_is_shown_holds_a_key(world):
    world.bring(world.options())
    secret = "".join(world.read("node.key").splitlines()[1:-1])[20:60]
    verdict, _written = world.bring(world.options(addresses=["10.0.0.7"]))
    assert secret not in repr(verdict) and "PRIVATE" not in repr(verdict)


def test_no_key_is_in_the_arguments_of_a_program(world):
    seen = []

    def run(argv, **given):
        seen.append(argv)
        return run_command(argv, **given)

    world.bring(world.options(), run=run)
    assert {argv[1] for argv in seen} == {"genpkey", "pkey", "req"} and "PRIVATE" not in repr(seen)


def test_a_new_key_is_closed_before_openssl_writes_it(world):
    modes = []

    def run(argv, **given):
        if argv[1] == "genpkey":
            path = argv[argv.index("-out") + 1]
            modes.append((mode(path), os.path.getsize(path)))
        return run_command(argv, **given)

    world.bring(world.options(), run=run)
    assert modes == [(0o600, 0)]


def test_ec_and_ipv6_come_with_a_warning(world):
    verdict, _written = world.bring(world.options(addresses=["::1"]))
    assert "peers that run with Mesos' default ciphers cannot connect" in verdict.warnings[1]
    assert "legacy host name check knows IPv4 addresses only" in verdict.warnings[0]


def test_a_check_before_there_is_an_authority_says_so_and_goes_on(world, tmp_path):
    verdict, _written = world.bring(world.options(ca=str(tmp_path / "none")), check_mode=True)
    assert verdict.changed and "without check mode this fails unless an earlier task makes it" in verdict.warnings[0]


def test_a_shorter_validity_is_applied_at_once_and_a_longer_one_at_renewal(world):
    world.bring(world.options())
    verdict, _written = world.bring(world.options(validity=90))
    assert verdict.reasons == ["the certificate lasts 364 days more, and 90 are wanted"]
    assert not world.bring(world.options(validity=365))[0].changed


def test_a_check_shows_no_fingerprint_that_will_never_be(world):
    world.bring(world.options())
    verdict, _written = world.bring(world.options(addresses=["10.0.0.7"]), check_mode=True)
    assert verdict.after["addresses"] == ["10.0.0.7"] and "fingerprint" not in verdict.after


@pytest.mark.parametrize("apart, words", [(-7200, "120 minutes behind"), (660, "11 minutes ahead of"), (200, None)])
def test_a_clock_that_is_wrong_is_a_warning(world, apart, words):
    pair = _pair.pair_of(world.options(key_type="rsa", key_size=None), "master1")
    facts = _keypair.examine(pair.question(), run_command)
    facts["time"] += apart
    assert pair.verdict(facts).warnings == (
        [f"the clock of master1 is {words} the controller's; set both right"] if words else [])


def test_a_directory_that_tasks_cannot_enter_is_a_warning(world):
    os.makedirs(world.tls, 0o700)
    warning = f"{world.tls}/executor.key is meant for the users that run tasks, and they cannot enter {world.tls}"
    assert warning in "".join(world.bring(world.options(purpose="executor"))[0].warnings)
    assert warning not in "".join(world.bring(world.options())[0].warnings)
    os.chmod(world.tls, 0o711)
    assert warning not in "".join(world.bring(world.options(purpose="executor"))[0].warnings)


def test_what_others_look_after_is_looked_at_only(world):
    world.bring(world.options())
    seen = _keypair.examine({"key": f"{world.tls}/node.key", "certificate": f"{world.tls}/node.pem", "trust": None,
                             "mode": None, "prepare": False}, run_command)
    assert (seen["key"]["state"], seen["attributes"], seen["request"]) == ("good", [], None)


def test_steady_state_is_one_question(world):
    world.bring(world.options())
    pair = _pair.pair_of(world.options(), "master1")
    verdict = pair.verdict(_keypair.examine(pair.question(), run_command))
    assert verdict.install is None and not verdict.fresh_key
