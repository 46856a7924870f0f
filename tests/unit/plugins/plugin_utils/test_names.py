# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may stand in a certificate."""

import pytest
from ansible_collections.mesos.security.plugins.plugin_utils._names import BadName, Names, address, dns_name, names_of
from hypothesis import given, settings
from hypothesis import strategies as st

labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
dns = st.lists(labels, min_size=2, max_size=4).map(".".join).filter(lambda name: not name.replace(".", "").isdigit())
numbers = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).filter(
    lambda number: not (number.is_unspecified or number.is_multicast)).map(str)


@settings(deadline=None)
@given(dns)
def test_a_plain_name_stays_as_it_is_in_any_spelling(name):
    assert dns_name(name) == dns_name(name.upper()) == name


@settings(deadline=None)
@given(numbers)
def test_an_address_is_found_again_in_its_canonical_spelling(number):
    assert address(address(number)) == address(number)


@settings(deadline=None)
@given(st.text(max_size=20))
def test_what_is_taken_as_a_name_can_do_no_harm_anywhere(text):
    try:
        name = dns_name(text)
    except BadName:
        return
    assert name.isascii() and not set(name) & set(" :/*\n\r\t\0\"'\\[]%=,")


@settings(deadline=None)
@given(st.lists(dns, min_size=1, max_size=4), st.lists(numbers, max_size=4))
def test_the_first_name_is_the_cn_and_doubles_are_dropped(names, addresses):
    found = names_of(names + names, addresses + addresses)
    assert found.common_name == names[0]
    assert list(found.dns) == list(dict.fromkeys(names))
    assert len(set(found.addresses)) == len(found.addresses)


def test_ipv6_is_written_in_its_short_form():
    assert names_of(["a.example"], ["2001:DB8:0:0::1", "10.0.0.1"]) == Names(
        "a.example", ("a.example",), ("2001:db8::1", "10.0.0.1"))


def test_without_names_the_first_address_is_the_cn():
    assert names_of([], ["10.0.0.1", "10.0.0.2"]).common_name == "10.0.0.1"


@pytest.mark.parametrize("name, words", [
    ("", "an empty name"),
    ("*.example", "wildcard, and Mesos compares names exactly"),
    ("10.0.0.1", "is an address, not a name; put it among the addresses"),
    ("::1", "is an address, not a name"),
    ("node one", "holds ' '"),
    ("node1:5050", "holds ':'.*ports and schemes are no part of a name"),
    ("https://node1", "holds ':'"),
    ("node1\nCN = evil", r"holds '\\n'"),
    ("node1\0", r"holds '\\x00'"),
    ("münchen.example", "is not ASCII; write its xn-- form"),
    ("-node.example", "begins or ends with '-'"),
    ("node..example", "has an empty part"),
    ("node1.example.", "has an empty part"),
    ("a" * 64 + ".example", "too long"),
    (".".join(["abcdefgh"] * 30), "too long"),
])
def test_a_bad_name_says_what_is_wrong_with_it(name, words):
    with pytest.raises(BadName, match=words):
        dns_name(name)


@pytest.mark.parametrize("number, words", [
    ("node1", "put names among the names"),
    ("[::1]", "without brackets"),
    ("10.0.0.1:5050", "without brackets, port"),
    ("10.0.0.0/24", "prefix length"),
    (" 10.0.0.1", "or spaces"),
    ("10.0.0.1\n", "or spaces"),
    ("010.0.0.1", "is no IPv4 or IPv6 address"),
    ("fe80::1%eth0", "has a zone, which a certificate cannot hold; leave out %eth0"),
    ("0.0.0.0", "not one that a node can be reached at"),
    ("::", "not one that a node can be reached at"),
    ("224.0.0.1", "not one that a node can be reached at"),
])
def test_a_bad_address_says_what_is_wrong_with_it(number, words):
    with pytest.raises(BadName, match=words):
        address(number)


def test_a_cn_has_64_characters_at_most_and_another_can_be_given():
    long = "a" * 60 + ".example"
    with pytest.raises(BadName, match="68 characters and a CN can have 64; set a shorter common_name"):
        names_of([long], [])
    assert names_of([long], [], "a.example") == Names("a.example", (long,))


def test_a_certificate_must_be_for_somebody():
    with pytest.raises(BadName, match="neither a name nor an address"):
        names_of([], [])
