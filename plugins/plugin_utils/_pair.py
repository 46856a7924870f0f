# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of a key pair: what to ask the node, what to install, and why.

Used by mesos_keypair and mesos_component alike:
    pair = pair_of(options, host)                          # Refused when the options are unfit
    facts = <examine on the node with pair.question()>
    verdict = pair.verdict(facts)                          # Refused when nothing can be done
    if verdict.fresh_key: facts = <examine with pair.question(fresh_key=True)>; verdict = pair.verdict(facts)
    if verdict.install: <install on the node with verdict.install; key_pem in it is a secret>
Source: docs/mesos/security.md §1.3, §1.6, docs/mesos/climb.md §E5.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ansible_collections.mesos.security.plugins.plugin_utils import _ca_directory, _x509
from ansible_collections.mesos.security.plugins.plugin_utils._authority import CannotSign, end_of, sign
from ansible_collections.mesos.security.plugins.plugin_utils._pair_options import settle

SKEW = 300      # seconds that two clocks may be apart without a word


class Refused(Exception):
    """The pair cannot be had as asked for; the message names host, file, cause and way out."""


@dataclass(frozen=True)
class Verdict:
    """What is to be done with a pair.

    reasons: sentences on why it changes; install: params for the node's `install`, None for nothing;
    fresh_key: the node has to make a new key first; before, after: what a diff may show.
    """

    changed: bool
    reasons: list
    warnings: list
    install: dict | None = None
    fresh_key: bool = False
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)


def pair_of(options, host, check_mode=False):
    """Return the pair for a host, with everything on the controller read and checked.

    options: what the user gave of _pair_options.OPTIONS, paths on the controller absolute.
    In check mode the authority may be missing: an earlier task would have made it.  Raises Refused.
    """
    try:
        settled = settle(options)
        return IssuedPair(host, settled, check_mode) if settled.ca else ForeignPair(host, settled)
    except (ValueError, _ca_directory.CaTrouble) as error:
        raise Refused(f"{host}: {error}. Nothing was changed.") from None


class Pair:
    """One pair on one host, as wanted; subclasses say where it comes from."""

    def __init__(self, host, options):
        self.host, self.options, self.files, self.warnings = host, options, options.files, []
        self.issuers = []           # who may have signed the certificate
        self.trust_pem = None       # what peers are to trust, as text; None leaves that file alone
        self.wanted = _x509.Wanted(
            options.names, options.key_type if options.ca else None, options.key_size, options.renew_before,
            bool(options.ca), options.validity if options.ca else None)
        if any(":" in number for number in options.names.addresses):
            self.warnings.append("Mesos' legacy host name check knows IPv4 addresses only; verify IPv6 by scheme "
                                 "openssl (Mesos 1.9 and newer)")

    def refused(self, text):
        """Return a Refused for this host."""
        return Refused(f"{self.host}: {text}. Nothing was changed.")

    def _named(self):
        """Return the params that both questions and installations have."""
        return {"key": self.files["key"], "certificate": self.files["certificate"],
                "trust": self.files["ca_certificate"], "mode": self.options.mode, "owner": self.options.owner,
                "group": self.options.group}

    def _corrections(self, facts, certificate_comes):
        """Return the sentences on what else is not as wanted: attributes, and the file of trusted authorities."""
        found, present, path = list(facts["attributes"]), facts["trust"].get("content"), self.files["ca_certificate"]
        if path and self.trust_pem is not None and present != self.trust_pem:
            if present is not None:
                found.append(f"{path} does not hold the authorities that are to be trusted")
            elif not certificate_comes:
                found.append(f"{path} is not there")
        return found

    def _heed(self, facts, now):
        """Take the node's warnings, and warn when its clock is not the controller's, which judges."""
        self.warnings += facts.get("warnings", [])
        apart = facts["time"] - time.time() if "time" in facts and now is None else 0
        if abs(apart) > SKEW:
            self.warnings.append(f"the clock of {self.host} is {abs(apart) / 60:.0f} minutes "
                                 f"{'ahead of' if apart > 0 else 'behind'} the controller's; set both right")

    def _finish(self, facts, reasons, chain=None, **given):
        """Return the Verdict that installs *chain* (None leaves the certificate) and sets the rest right."""
        corrections = self._corrections(facts, chain is not None)
        held = shown(facts["certificate"].get("content"))
        before, after = held | ({"to_correct": corrections} if corrections else {}), shown(chain) if chain else held
        warnings = list(dict.fromkeys(self.warnings))
        if chain is None and not corrections and not given:
            return Verdict(False, [], warnings, before=before, after=after)
        install = self._named() | {"certificate_pem": chain, "trust_pem": self.trust_pem} | given
        return Verdict(True, reasons + corrections, warnings, install, before=before, after=after)

    def _certificates(self, path):
        try:
            return _x509.certificates(_ca_directory.read(path))
        except _x509.BadPem as error:
            raise ValueError(f"{path} on the controller {error}. Put PEM certificates there") from None


class IssuedPair(Pair):
    """A pair that our authority signs."""

    def __init__(self, host, options, check_mode):
        super().__init__(host, options)
        self.check_mode, self.against_the_key = check_mode, []      # why a first verdict asked for a new key
        self.authority = _ca_directory.load(options.ca, options.purpose)
        self.certificate_path, self.key_path = _ca_directory.paths(options.ca, options.purpose)
        if self.authority is None:
            absent = f"there is no authority {self.certificate_path} on the controller"
            if not check_mode:
                raise ValueError(f"{absent}. Make it with mesos_ca (path={options.ca}, purpose={options.purpose})")
            self.warnings.append(f"{absent}; without check mode this fails unless an earlier task makes it")
            return
        self.issuers, trusted = [self.authority.certificate], []
        if options.purpose == "executor":
            nodes = _ca_directory.load(options.ca, "node")
            trusted = [nodes.certificate] if nodes else []
        more = [each for path in options.trust for each in self._certificates(path)]
        self.trust_pem = _x509.pem_of(list(dict.fromkeys([*trusted, *self.issuers, *more])))
        if options.key_type == "ec":
            self.warnings.append("peers that run with Mesos' default ciphers cannot connect to an ec key; give every "
                                 "component ECDHE ciphers (mesos_tls_ciphers), or use rsa")

    def question(self, fresh_key=False):
        """Return the params for the node's `examine`."""
        can_sign = self.authority is not None and self.authority.key is not None
        return self._named() | {
            "key_type": self.options.key_type, "key_size": self.options.key_size,
            "common_name": self.options.names.common_name, "prepare": can_sign,
            "fresh_key": can_sign and (fresh_key or self.options.regenerate == "always")}

    def verdict(self, facts, now=None):
        """Return the Verdict on what the node's `examine` answered.  Raises Refused."""
        policy, path = self.options.regenerate, self.files["certificate"]
        self._heed(facts, now)
        if facts["key"]["state"] == "unfit" and policy != "always":
            raise self.refused(f"the key {self.files['key']} {facts['key']['problem']}. Put the right key back, or let "
                               "it be replaced with regenerate=always")
        if self.authority is None:
            return self._announce(facts, ["there is no authority yet"], now)
        reasons = self._reasons(facts, now)
        there = not facts["pending"] and "missing" not in (facts["key"]["state"], facts["certificate"]["state"])
        if reasons and there and policy == "fail":
            raise self.refused(f"{path} is unfit: {'; '.join(reasons)}. Let it be renewed with regenerate=renew")
        if reasons and there and policy == "never":
            self.warnings += [f"{path}: {reason} (left alone: regenerate=never)" for reason in reasons]
            reasons = []
        if not reasons:
            return self._finish(facts, [])
        if self.authority.key is None:
            raise self.refused(f"{path} has to be signed ({'; '.join(reasons)}), and the authority's key "
                               f"{self.key_path} is not on the controller. Put it back and run again")
        self._warn_of_the_end(now)
        if self.check_mode or not facts["request"] or (_against_the_key(reasons) and not facts["pending"]):
            return self._announce(facts, reasons, now)
        try:
            leaf = sign(self.authority, facts["request"], self.options.names, self.options.validity, now)
        except CannotSign as error:
            raise self.refused(f"{path} cannot be signed: {error}. Look at the openssl program of this host") from None
        return self._finish(facts, reasons, _x509.pem_of(leaf), pending=facts["pending"], public=facts["key"]["public"])

    def _announce(self, facts, reasons, now):
        """Return the Verdict when nothing is signed: in check mode, or when a key has to be replaced first."""
        names = self.options.names
        after = {"common_name": names.common_name, "names": list(names.dns), "addresses": list(names.addresses)}
        if self.authority:
            after |= {"issuer": self.authority.certificate.subject.rfc4514_string(),
                      "not_after": _x509.day(end_of(self.authority, self.options.validity, now))}
        if _against_the_key(reasons):
            self.against_the_key = reasons
        return Verdict(True, reasons + self._corrections(facts, True), list(dict.fromkeys(self.warnings)), None,
                       bool(self.against_the_key), shown(facts["certificate"].get("content")), after)

    def _reasons(self, facts, now):
        key, held = facts["key"], facts["certificate"]
        if self.options.regenerate == "always":
            return ["a new key is asked for (regenerate=always)"]
        if key["state"] == "missing" or facts["pending"]:
            return self.against_the_key or (
                ["there is no key"] if held["state"] != "missing" else ["there is no key and no certificate"])
        if held["state"] == "missing":
            return ["there is no certificate", *_x509.key_reasons(key["public"], self.wanted)]
        return _x509.judge(key["public"], held["content"], self.issuers, self.wanted, now)

    def _warn_of_the_end(self, now):
        end = _x509.dates(self.authority.certificate)[1]
        if self.options.validity and end_of(self.authority, self.options.validity, now) == end:
            self.warnings.append(f"{self.files['certificate']} ends with its authority on {_x509.day(end)}, sooner "
                                 f"than the {self.options.validity} days asked for; a new authority is due")


class ForeignPair(Pair):
    """A pair from elsewhere: from the controller, from another place on the node, or already where it belongs."""

    def __init__(self, host, options):
        super().__init__(host, options)
        self.key_pem = self.public = self.chain = None
        self.remote = options.remote_src
        if options.source_key and not self.remote:
            self._read()
        if options.source_ca_certificate and not self.remote:
            self._trust(self._certificates(options.source_ca_certificate))

    def _read(self):
        key = _ca_directory.read(self.options.source_key)
        try:
            self.public = _x509.pem_of(_x509.private_key(key).public_key())
        except _x509.BadPem as error:
            raise ValueError(
                f"{self.options.source_key} on the controller {error}. Give an unencrypted PEM key") from None
        self._certificates(self.options.source_certificate)
        self.key_pem, self.chain = key.decode(), _ca_directory.read(self.options.source_certificate).decode()

    def _trust(self, issuers):
        self.issuers = issuers
        more = [each for path in self.options.trust for each in self._certificates(path)]
        self.trust_pem = _x509.pem_of(list(dict.fromkeys([*issuers, *more])))

    def question(self, fresh_key=False):
        """Return the params for the node's `examine`."""
        sources = {"source_key": self.options.source_key, "source_certificate": self.options.source_certificate,
                   "source_trust": self.options.source_ca_certificate}
        return self._named() | {"prepare": False} | (sources if self.remote else {})

    def verdict(self, facts, now=None):
        """As for IssuedPair."""
        where = {"key": self.options.source_key or self.files["key"],
                 "certificate": self.options.source_certificate or self.files["certificate"]}
        self._heed(facts, now)
        public, chain = self.public, self.chain
        if self.key_pem is None:
            public, chain = self._seen_on_node(facts, where)
        if self.remote and self.options.source_ca_certificate:
            self._trust(self._parsed(self.options.source_ca_certificate, facts["source_trust"]))
        in_place = facts["trust"]["state"] == "good" and not self.issuers
        issuers = self._parsed(self.files["ca_certificate"], facts["trust"]) if in_place else self.issuers
        reasons = _x509.judge(public, chain, issuers, self.wanted, now)
        if reasons:
            raise self.refused(
                f"{where['certificate']} is unfit for this node: {'; '.join(reasons)}. Give one that fits")
        same_key = not self.options.source_key or public == facts["key"].get("public")
        same_chain = not self.options.source_key or chain == facts["certificate"].get("content")
        why = [] if same_key else [f"{self.files['key']} is not the key of {where['key']}"]
        why += [] if same_chain else [f"{self.files['certificate']} is not the certificate of {where['certificate']}"]
        key = {} if same_key else {"key_pem": self.key_pem} if self.key_pem else {"source_key": where["key"]}
        return self._finish(facts, why, None if same_key and same_chain else chain, **key)

    def _seen_on_node(self, facts, where):
        prefix = "source_" if self.options.source_key else ""
        key, certificate = facts[prefix + "key"], facts[prefix + "certificate"]
        for name, seen in (("key", key), ("certificate", certificate)):
            if seen["state"] != "good":
                raise self.refused(f"{where[name]} {seen.get('problem', 'is not there')}. Put a fitting {name} there, "
                                   "or name an authority (ca) that signs one")
        return key["public"], certificate["content"]

    def _parsed(self, path, seen):
        try:
            if seen["state"] != "good":
                raise _x509.BadPem("is not there")
            return _x509.certificates(seen["content"])
        except _x509.BadPem as error:
            raise self.refused(f"{path} {error}. Put PEM certificates there") from None


def _against_the_key(reasons):
    """Tell whether the reasons speak against the key itself, so that signing again would not help."""
    return any(reason.startswith("the key ") for reason in reasons)


def shown(chain):
    """Return what a diff may show of a certificate file."""
    if not chain:
        return {}
    try:
        return _x509.describe(_x509.certificates(chain)[0])
    except _x509.BadPem as error:
        return {"certificate": str(error)}
