# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What certificates tell when a server shows them."""

import pytest
from ansible_collections.mesos.security.plugins.action.mesos_tls_info import authorities, seen
from ansible_collections.mesos.security.plugins.plugin_utils._ca_directory import CaTrouble
from ansible_collections.mesos.security.plugins.plugin_utils._names import Names
from ansible_collections.mesos.security.tests.unit.plugins.pki import (
    NOW,
    authority,
    certificate,
    days,
    intermediate,
    pem,
)

NAMES = Names("", ("node1.example",), ("10.0.0.1",))
TRUST = [authority().certificate]


@pytest.fixture
def chain():
    between = intermediate()
    return [pem(certificate(by=between, end=50)), pem(between.certificate)]


def test_a_good_chain_has_no_problems(chain):
    found = seen(chain, TRUST, NAMES, 30, NOW)
    assert (found["problems"], found["days_left"], found["certificate"]["addresses"]) == ([], 50, ["10.0.0.1"])
    assert [each["common_name"] for each in found["chain"]] == ["node1.example", "between"]


def test_problems_are_sentences(chain):
    assert "not by an authority that is trusted here" in seen(chain[:1], TRUST, NAMES, 30, NOW)["problems"][0]
    assert "in 50 days, and renewal is wanted 60 days before" in seen(chain, TRUST, NAMES, 60, NOW)["problems"][0]
    assert seen(chain, TRUST, Names("", (), ("10.0.0.2",)), 30, NOW)["problems"] == [
        "the certificate is not for the address 10.0.0.2"]


def test_days_left_are_negative_afterwards(chain):
    found = seen(chain, TRUST, NAMES, 30, NOW + days(51))
    assert found["days_left"] == -1 and "the certificate expired on" in found["problems"][0]


def test_without_trust_and_names_only_the_certificate_itself_is_judged(chain):
    assert seen(chain[:1], [], Names(""), 30, NOW)["problems"] == []


def test_no_certificate_is_no_problem():
    assert seen([], TRUST, NAMES, 30) == {"certificate": {}, "chain": [], "days_left": None, "problems": []}


def test_a_server_may_show_nonsense():
    nonsense = "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n"
    assert seen([nonsense], TRUST, NAMES, 30)["problems"] == ["the server's answer holds a damaged certificate"]


@pytest.mark.parametrize("text, words", [
    (None, "cannot be read: No such file or directory"), ("", "on the controller is empty"),
    ("x", "holds no PEM certificate. Name a file with PEM certificates")])
def test_trust_that_is_none_is_refused(tmp_path, text, words):
    if text is not None:
        (tmp_path / "ca.pem").write_text(text)
    with pytest.raises(CaTrouble, match=f"^{tmp_path}/ca.pem .*{words}|{words}"):
        authorities(str(tmp_path / "ca.pem"))
