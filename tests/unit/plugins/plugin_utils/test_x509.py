# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pair is good, or every reason why not is named."""

import re

import pytest
from ansible_collections.mesos.security.plugins.plugin_utils import _authority, _x509
from ansible_collections.mesos.security.plugins.plugin_utils._names import Names, names_of
from ansible_collections.mesos.security.plugins.plugin_utils._x509 import BadPem, Wanted, judge
from ansible_collections.mesos.security.tests.unit.plugins.pki import (
    BOTH,
    NOW,
    authority,
    certificate,
    days,
    intermediate,
    key,
    pem,
    public_pem,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NAMES = Names("node1.example", ("node1.example",), ("10.0.0.1",))
WANTED = Wanted(NAMES)
FOREIGN = Wanted(NAMES, issued=False)


def reasons(leaf=None, wanted=WANTED, held=None, trust=None, chain=()):
    trust = [authority().certificate] if trust is None else trust
    return judge(public_pem(held or key()), pem(leaf or certificate(), *chain), trust, wanted, NOW)


def request(held, name="anybody"):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(held, hashes.SHA256())
    return built.public_bytes(serialization.Encoding.PEM).decode()


some_names = st.lists(st.sampled_from(["a.example", "b.example", "c.example"]), unique=True, min_size=1)
some_numbers = st.lists(st.sampled_from(["10.0.0.1", "10.0.0.2", "2001:db8::1"]), unique=True)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some_names, some_numbers, some_names, some_numbers)
def test_what_we_sign_is_good_for_these_names_and_for_no_others(names, addresses, others, other_addresses):
    signed_for, wanted = names_of(names, addresses), names_of(others, other_addresses)
    leaf = _authority.sign(authority(), request(key()), signed_for, 365, NOW)
    assert reasons(leaf, Wanted(signed_for)) == []
    same = set(names) == set(others) and set(addresses) == set(other_addresses) and names[0] == others[0]
    assert (reasons(leaf, Wanted(wanted)) == []) == same
    covered = set(others) <= set(names) and set(other_addresses) <= set(addresses)
    assert (reasons(leaf, Wanted(wanted, issued=False)) == []) == covered


def test_of_a_request_only_the_key_is_taken():
    leaf = _authority.sign(authority(), request(key(), "evil.example"), NAMES, 365, NOW)
    assert _x509.names_in(leaf) == NAMES


def test_a_signature_ends_with_its_authority():
    short = authority("short", 100)
    leaf = _authority.sign(short, request(key()), NAMES, 365, NOW)
    assert _x509.dates(leaf)[1] == _x509.dates(short.certificate)[1]
    assert reasons(leaf, Wanted(NAMES, renew_before=300), trust=[short.certificate]) == []


def test_executors_certificates_last_as_long_as_their_authority():
    leaf = _authority.sign(authority(), request(key()), NAMES, None, NOW)
    assert _x509.dates(leaf)[1] == _x509.dates(authority().certificate)[1]


@pytest.mark.parametrize("made, words", [
    ({"begin": -10, "end": -1}, "the certificate expired on"),
    ({"begin": 1}, "the certificate is not valid before .* check both clocks"),
    ({"end": 29}, "the certificate expires on .*, in 29 days, and renewal is wanted 30 days before"),
    ({"addresses": ("10.0.0.2",)}, "the certificate is not for the address 10.0.0.1"),
    ({"names": ("node2.example",)}, "the certificate is not for node1.example"),
    ({"names": ("*.example",)}, r"not for node1.example; it is for \*.example, and Mesos compares names exactly"),
    ({"names": ("node1.example", "old.example")}, "also for old.example, which is no longer wanted"),
    ({"addresses": ("10.0.0.1", "10.9.9.9")}, "also for the address 10.9.9.9, which is no longer wanted"),
    ({"common_name": "somebody"}, "the certificate's CN is 'somebody', and 'node1.example' is wanted"),
    ({"usages": BOTH[:1]}, "extended key usage lacks clientAuth"),
    ({"usages": BOTH[1:]}, "extended key usage lacks serverAuth"),
    ({"ca": True}, "is an authority's, not a node's"),
    ({"held": key("another")}, "the certificate is for another key"),
    ({"by": authority("another")}, "is signed by CN=another, not by an authority that is trusted here .CN=authority."),
])
def test_each_fault_of_a_certificate_is_named(made, words):
    found = reasons(certificate(**made))
    assert len([reason for reason in found if re.search(words, reason)]) == 1, found


def test_an_authority_of_the_same_name_but_another_key_is_noticed():
    twin = _authority.make_authority("authority", 3650, key("twin"), NOW)
    assert "not by an authority that is trusted here" in reasons(certificate(by=twin))[0]


def test_a_certificate_without_extended_usages_is_good_for_all():
    assert reasons(certificate(usages=())) == []


def test_a_key_usage_without_signatures_cannot_do_tls():
    usage = _authority._usage(key_encipherment=True)
    assert reasons(certificate(key_usage=usage)) == ["the certificate's key usage lacks digitalSignature"]


def test_the_key_is_judged_by_type_and_size():
    assert reasons(wanted=Wanted(NAMES, "rsa", 2048)) == ["the key is ec, and rsa is wanted"]
    assert reasons(wanted=Wanted(NAMES, "ec", 384)) == ["the key has 256 bits, and 384 are wanted"]


def test_a_short_or_strange_key_is_refused_wherever_it_comes_from():
    short, strange = rsa.generate_private_key(65537, 1024), ed25519.Ed25519PrivateKey.generate()
    assert reasons(certificate(short), FOREIGN, short) == [
        "the key has 1024 bits, and OpenSSL takes RSA keys from 2048"]
    assert reasons(certificate(strange), FOREIGN, strange) == ["the key is ed25519, and Mesos' TLS 1.2 wants rsa or ec"]


def test_a_certificate_from_elsewhere_may_have_more_names_and_another_cn():
    assert reasons(certificate(names=("x.example", "node1.example")), FOREIGN) == []


def test_a_chain_reaches_the_trust_through_its_intermediates():
    between = intermediate()
    leaf = certificate(by=between)
    assert reasons(leaf, chain=[between.certificate]) == []
    assert "signed by CN=between, not by an authority" in reasons(leaf)[0]


def test_an_intermediate_that_is_no_authority_is_noticed():
    fake = _authority.Authority(certificate(key("fake"), names=("fake",), addresses=()), key("fake"))
    assert reasons(certificate(by=fake), chain=[fake.certificate]) == [
        "the certificate's issuer CN=fake is no authority"]


def test_without_known_trust_the_issuer_is_not_judged():
    assert reasons(certificate(by=authority("another")), trust=[]) == []


@pytest.mark.parametrize("text, words", [
    ("", "is empty"),
    (" \n", "is empty"),
    ("garbage", "holds no PEM certificate"),
    ("-----BEGIN PRIVATE KEY-----\nx", "holds a key, not a certificate"),
    ("-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n", "holds a damaged certificate"),
    ("-----BEGIN CERTIFICATE-----\nMIID", "holds no PEM certificate"),
])
def test_what_is_no_certificate_says_what_it_is_instead(text, words):
    with pytest.raises(BadPem, match=words):
        _x509.certificates(text)
    assert judge(public_pem(key()), text, [], WANTED, NOW) == [f"the certificate {words}"]


def test_a_certificate_may_last_longer_than_is_wanted_now():
    wanted = Wanted(NAMES, validity=90)
    assert reasons(certificate(end=365), wanted) == ["the certificate lasts 365 days more, and 90 are wanted"]
    assert reasons(certificate(end=90), wanted) == []


def test_all_reasons_come_at_once():
    assert len(reasons(certificate(addresses=("10.0.0.2",), end=5, usages=BOTH[:1], by=authority("another")))) >= 4


def test_a_signing_request_must_be_one_and_be_signed_by_its_key():
    with pytest.raises(_authority.CannotSign, match="no signing request"):
        _authority.sign(authority(), "garbage", NAMES, 365)
    with pytest.raises(_authority.CannotSign, match="the authority's key is not here"):
        _authority.sign(_authority.Authority(authority().certificate), request(key()), NAMES, 365)


def test_days_are_counted_from_now():
    assert _authority.end_of(authority(), 10, NOW) == NOW + days(10)
