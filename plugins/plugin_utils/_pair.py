# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of a key pair: options in, what to ask the node, what to install, and why.

Used by mesos_keypair and mesos_component alike:
    pair = Pair.of(options, host)                          # Refused when the options are unfit
    facts = <examine on the node with pair.question()>
    verdict = pair.verdict(facts)                          # Refused when nothing can be done
    if verdict.fresh_key: facts = <examine with pair.question(fresh_key=True)>; verdict = pair.verdict(facts)
    if verdict.changed and not check mode: <install on the node with verdict.install>
Source: docs/mesos/security.md §1.3, §1.6, docs/mesos/climb.md §E5.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from ansible_collections.mesos.security.plugins.plugin_utils import _ca_directory, _x509
from ansible_collections.mesos.security.plugins.plugin_utils._authority import CannotSign, end_of, sign, size_of
from ansible_collections.mesos.security.plugins.plugin_utils._names import BadName, names_of

FILES = {
    "node": {"key": "node.key", "certificate": "node.pem", "ca_certificate": "ca.pem", "mode": 0o600},
    "executor": {"key": "executor.key", "certificate": "executor.pem", "ca_certificate": "agent-ca.pem", "mode": 0o644},
}
POLICIES = ("never", "fail", "renew", "always")
NODE_VALIDITY = 365
OPTIONS = {
    "path": {"type": "path"},
    "key": {"type": "path", "no_log": False},
    "certificate": {"type": "path"},
    "ca_certificate": {"type": "path"},
    "purpose": {"type": "str", "choices": list(FILES), "default": "node"},
    "names": {"type": "list", "elements": "str", "default": []},
    "addresses": {"type": "list", "elements": "str", "default": []},
    "common_name": {"type": "str"},
    "ca": {"type": "str"},
    "trust": {"type": "list", "elements": "str", "default": []},
    "validity": {"type": "int"},
    "renew_before": {"type": "int", "default": 30},
    "key_type": {"type": "str", "choices": ["rsa", "ec"], "default": "rsa"},
    "key_size": {"type": "int"},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw"},
    "regenerate": {"type": "str", "choices": list(POLICIES), "default": "renew"},
    "source_key": {"type": "path", "no_log": False},
    "source_certificate": {"type": "path"},
    "source_ca_certificate": {"type": "path"},
    "remote_src": {"type": "bool", "default": False},
}


class Refused(Exception):
    """The pair cannot be had as asked for; the message names host, file, cause and way out."""


@dataclass(frozen=True)
class Verdict:
    """What is to be done with a pair: reasons (sentences) and what to send to the node's `install`, if anything."""

    changed: bool
    reasons: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    install: dict | None = None
    fresh_key: bool = False
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)


class Pair:
    """One pair on one host, as wanted."""

    def __init__(self, host, options):
        self.host = host
        self.options = {name: spec.get("default") for name, spec in OPTIONS.items()} | {
            name: value for name, value in options.items() if value is not None}
        self.warnings = []
        self.source = None          # (key PEM text or None, chain PEM text) from the controller
        self.issuers = []           # who may have signed the leaf
        self.trust_pem = None       # what peers of this pair shall trust
        self.authority = None

    @classmethod
    def of(cls, options, host, check_mode=False):
        """Return the Pair for a host, with everything on the controller read and checked.  Raises Refused.

        In check mode the authority may be missing: an earlier task would have made it.
        """
        pair = cls(host, options)
        pair.check_mode = check_mode
        try:
            pair._settle()
        except (BadName, ValueError, _ca_directory.CaTrouble) as error:
            raise pair.refused(str(error)) from None
        return pair

    def refused(self, text):
        """Return a Refused that names the host."""
        return Refused(f"{self.host}: {text}. Nothing was changed." if not text.endswith(".") else
                       f"{self.host}: {text} Nothing was changed.")

    def __getattr__(self, name):
        try:
            return self.__dict__["options"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def foreign(self):
        """Whether the pair comes from elsewhere: we judge it and do not sign."""
        return self.ca is None

    def _settle(self):
        self.names = names_of(self.options["names"], self.options["addresses"], self.options["common_name"])
        self.files = self._files()
        self.options["mode"] = _mode(self.options["mode"], FILES[self.purpose]["mode"])
        self.options["key_size"] = None if self.foreign and not self.options["key_size"] else size_of(
            self.key_type, self.options["key_size"])
        if self.options["renew_before"] < 0 or (self.validity is not None and self.validity < 1):
            raise ValueError("validity counts days from 1, renew_before days from 0; correct them")
        lasting = self.validity or (NODE_VALIDITY if self.purpose == "node" else None)
        if lasting is not None and lasting <= self.renew_before:
            raise ValueError(f"a certificate for {lasting} days would at once be due for renewal, "
                             f"{self.renew_before} days before its end; raise validity or lower renew_before")
        self.options["validity"] = lasting
        if bool(self.source_key) != bool(self.source_certificate):
            raise ValueError("source_key and source_certificate go together; give both or neither")
        if self.source_key and self.ca:
            raise ValueError("a pair is either signed by ca or taken from source_key and source_certificate; give one")
        if self.foreign:
            self._read_sources()
        else:
            self._open_authority()
        self.wanted = _x509.Wanted(
            self.names, None if self.foreign else self.key_type, self.key_size, self.renew_before, not self.foreign)
        if any(":" in number for number in self.names.addresses):
            self.warnings.append("Mesos' legacy host name check knows IPv4 addresses only; with IPv6 verify by the "
                                 "scheme openssl (Mesos 1.9 and newer)")
        if self.key_type == "ec" and not self.foreign:
            self.warnings.append("peers that run with Mesos' default ciphers cannot connect to an ec key; give every "
                                 "component ECDHE ciphers (mesos_tls_ciphers), or use rsa")

    def _files(self):
        files = {}
        for name in ("key", "certificate", "ca_certificate"):
            path = self.options[name] or (self.path and os.path.join(self.path, FILES[self.purpose][name]))
            if not path and name != "ca_certificate":
                raise ValueError(f"neither path nor {name} says where the {name} goes; give path")
            if path and not os.path.isabs(path):
                raise ValueError(f"{path} is a relative path; write where it is from / on")
            files[name] = path
        if len(set(files.values())) != len(files):
            raise ValueError(f"key, certificate and ca_certificate need three files, not {', '.join(map(str, files.values()))}")
        return files

    def _open_authority(self):
        self.authority = _ca_directory.load(self.ca, self.purpose)
        certificate = _ca_directory.paths(self.ca, self.purpose)[0]
        if self.authority is None:
            text = f"there is no authority {certificate} on the controller. Make it with mesos_ca (path={self.ca}, purpose={self.purpose})"
            if not self.check_mode:
                raise ValueError(text)
            self.warnings.append(f"{text}; without check mode this would fail unless an earlier task makes it")
            return
        self.issuers, trusted = [self.authority.certificate], []
        if self.purpose == "executor":
            nodes = _ca_directory.load(self.ca, "node")
            trusted = [nodes.certificate] if nodes else []
        trusted += [each for path in self.trust for each in self._certificates(path)]
        self.trust_pem = _x509.pem_of(list(dict.fromkeys([*trusted, *self.issuers])))

    def _certificates(self, path):
        try:
            return _x509.certificates(_ca_directory.read(path))
        except _x509.BadPem as error:
            raise ValueError(f"{path} (on the controller) {error}. Put PEM certificates there") from error

    def _read_sources(self):
        if self.source_key and not self.remote_src:
            try:
                held = _x509.private_key(_ca_directory.read(self.source_key))
            except _x509.BadPem as error:
                raise ValueError(f"{self.source_key} (on the controller) {error}. Give an unencrypted PEM key") from error
            self._certificates(self.source_certificate)
            chain = _ca_directory.read(self.source_certificate).decode()
            self.source = (_ca_directory.read(self.source_key).decode(), chain, _x509.pem_of(held.public_key()))
        if self.source_ca_certificate and not self.remote_src:
            self.issuers = self._certificates(self.source_ca_certificate)
            more = [each for path in self.trust for each in self._certificates(path)]
            self.trust_pem = _x509.pem_of(list(dict.fromkeys([*self.issuers, *more])))

    def question(self, fresh_key=False):
        """Return the params for the node's `examine`."""
        can_sign = self.authority is not None and self.authority.key is not None
        remote = self.remote_src
        return {
            "key": self.files["key"], "certificate": self.files["certificate"], "trust": self.files["ca_certificate"],
            "mode": self.mode, "owner": self.owner, "group": self.group,
            "key_type": self.key_type, "key_size": self.key_size, "common_name": self.names.common_name,
            "prepare": can_sign, "fresh_key": can_sign and (fresh_key or self.regenerate == "always"),
            "source_key": self.source_key if remote else None,
            "source_certificate": self.source_certificate if remote else None,
            "source_trust": self.source_ca_certificate if remote else None,
        }

    def verdict(self, facts, now=None):
        """Return the Verdict on what the node's `examine` answered.  Raises Refused."""
        return self._foreign_verdict(facts, now) if self.foreign else self._issued_verdict(facts, now)

    def _install(self, **given):
        return {"key": self.files["key"], "certificate": self.files["certificate"],
                "trust": self.files["ca_certificate"], "mode": self.mode, "owner": self.owner, "group": self.group,
                "certificate_pem": None, "trust_pem": None, "pending": False, "key_pem": None, "source_key": None} | given

    def _finish(self, facts, reasons, chain=None, **given):
        """Return the Verdict that installs *chain* (None: leave the certificate) and sets the rest right."""
        trust = self.trust_pem if self.files["ca_certificate"] else None
        other = list(facts["attributes"])
        if trust is not None and facts["trust"].get("content") != trust:
            state = facts["trust"]["state"]
            other.append(f"{self.files['ca_certificate']} " + (
                "is not there" if state == "missing" else "is not the trust that is wanted"))
        changed = bool(other) or chain is not None
        before, after = _shown(facts["certificate"].get("content")), _shown(chain or facts["certificate"].get("content"))
        if other:
            before |= {"to_correct": other}
        return Verdict(changed, reasons + other, list(self.warnings),
                       self._install(certificate_pem=chain, trust_pem=trust, **given) if changed else None,
                       before=before, after=after)

    def _issued_verdict(self, facts, now):
        key, held = facts["key"], facts["certificate"]
        if key["state"] == "unfit" and self.regenerate != "always":
            raise self.refused(f"the key {self.files['key']} {key['problem']}. Put the right key back, or let it be "
                               "replaced with regenerate=always")
        if self.authority is None:
            return Verdict(True, ["there is no authority yet"], list(self.warnings),
                           before=_shown(held.get("content")), after={"common_name": self.names.common_name})
        reasons = self._reasons(facts, now)
        fixed = all(facts[name]["state"] != "missing" for name in ("key", "certificate")) and not facts["pending"]
        if reasons and fixed and self.regenerate == "fail":
            raise self.refused(f"{self.files['certificate']} is unfit: {'; '.join(reasons)}. Renew it with "
                               "regenerate=renew")
        if reasons and fixed and self.regenerate == "never":
            self.warnings += [f"{self.files['certificate']}: {reason} (left alone: regenerate=never)" for reason in reasons]
            return self._finish(facts, [])
        if not reasons:
            return self._finish(facts, [])
        if self.authority.key is None:
            raise self.refused(
                f"{self.files['certificate']} has to be signed ({'; '.join(reasons)}), and the authority's key "
                f"{_ca_directory.paths(self.ca, self.purpose)[1]} is not on the controller. Put it back and run again")
        self._warn_of_the_end(now)
        if not facts["request"] or (self._unlike(reasons) and not facts["pending"]):
            return self._announce(facts, reasons, now)
        try:
            leaf = sign(self.authority, facts["request"], self.names, self.validity, now)
        except CannotSign as error:
            raise self.refused(f"{self.files['certificate']} cannot be signed: {error}") from error
        return self._finish(facts, reasons, _x509.pem_of(leaf), pending=facts["pending"])

    def _announce(self, facts, reasons, now):
        """The verdict when there is no request: check mode, or a key that has to be replaced first."""
        after = {"common_name": self.names.common_name, "names": list(self.names.dns),
                 "addresses": list(self.names.addresses), "not_after": _x509.day(end_of(self.authority, self.validity, now)),
                 "issuer": self.authority.certificate.subject.rfc4514_string()}
        return Verdict(True, reasons, list(self.warnings), None, self._unlike(reasons),
                       _shown(facts["certificate"].get("content")), after)

    @staticmethod
    def _unlike(reasons):
        """Whether the reasons speak against the key itself."""
        return any(reason.startswith("the key ") for reason in reasons)

    def _reasons(self, facts, now):
        key, held = facts["key"], facts["certificate"]
        if facts["pending"] or key["state"] == "missing" or self.regenerate == "always":
            why = "a new key is asked for (regenerate=always)" if self.regenerate == "always" else "there is no fitting key"
            return [why]
        if held["state"] == "missing":
            return ["there is no certificate", *_x509.key_reasons(key["public"], self.wanted)]
        if held["state"] == "unfit":
            return [f"the certificate {held['problem']}", *_x509.key_reasons(key["public"], self.wanted)]
        return _x509.judge(key["public"], held["content"], self.issuers, self.wanted, now)

    def _warn_of_the_end(self, now):
        end = _x509.dates(self.authority.certificate)[1]
        if self.purpose == "node" and end_of(self.authority, self.validity, now) == end:
            self.warnings.append(f"{self.files['certificate']} ends with its authority on {_x509.day(end)}, before the "
                                 f"{self.validity} days asked for; a new authority is due")

    def _foreign_verdict(self, facts, now):
        public, chain, where = facts["key"].get("public"), facts["certificate"].get("content"), self.files
        key_facts, certificate_facts = facts["key"], facts["certificate"]
        if self.source:
            public, chain = self.source[2], self.source[1]
            where = {"key": self.source_key, "certificate": self.source_certificate}
        elif self.source_key:
            key_facts, certificate_facts = facts["source_key"], facts["source_certificate"]
            public, chain = key_facts.get("public"), certificate_facts.get("content")
            where = {"key": self.source_key, "certificate": self.source_certificate}
        if not self.source:
            for name, seen in (("key", key_facts), ("certificate", certificate_facts)):
                if seen["state"] != "good":
                    raise self.refused(f"{where[name]} {seen.get('problem', 'is not there')}. Put a fitting {name} "
                                       "there, or let one be made with ca")
        if self.remote_src and self.source_ca_certificate:
            self._take_trust(facts["source_trust"])
        issuers = self.issuers or self._trust_on_node(facts)
        reasons = _x509.judge(public, chain, issuers, self.wanted, now)
        if reasons:
            raise self.refused(f"{where['certificate']} is unfit for this node: {'; '.join(reasons)}. "
                               "Give a certificate that fits")
        if not self.source_key:
            return self._finish(facts, [])
        same = public == facts["key"].get("public") and chain == facts["certificate"].get("content")
        why = [] if same else [f"{self.files['certificate']} is not the certificate of {where['certificate']}"
                               if chain != facts["certificate"].get("content") else
                               f"{self.files['key']} is not the key of {where['key']}"]
        new_key = public != facts["key"].get("public")
        return self._finish(facts, why, None if same else chain, **(
            {} if not new_key else {"key_pem": self.source[0]} if self.source else {"source_key": self.source_key}))

    def _take_trust(self, seen):
        try:
            if seen["state"] != "good":
                raise _x509.BadPem(seen.get("problem", "is not there"))
            self.issuers = _x509.certificates(seen["content"])
        except _x509.BadPem as error:
            raise self.refused(f"{self.source_ca_certificate} {error}. Put PEM certificates there") from error
        self.trust_pem = seen["content"]

    def _trust_on_node(self, facts):
        if facts["trust"]["state"] != "good":
            return []
        try:
            return _x509.certificates(facts["trust"]["content"])
        except _x509.BadPem as error:
            raise self.refused(f"{self.files['ca_certificate']} {error}. Put PEM certificates there, or give "
                               "source_ca_certificate") from error


def _mode(given, default):
    if given is None:
        return default
    try:
        mode = given if isinstance(given, int) else int(str(given), 8)
    except ValueError:
        raise ValueError(f"mode {given!r} is no octal number; write it like '0600'") from None
    if mode & ~0o777 or mode & 0o022 or not mode & 0o400:
        raise ValueError(f"mode {mode:04o} does not suit a key: its owner must be able to read it and nobody else to "
                         "write it; write it like '0600'")
    return mode


def _shown(chain):
    """Return what a diff may show of a certificate file."""
    if not chain:
        return {}
    try:
        return _x509.describe(_x509.certificates(chain)[0])
    except _x509.BadPem as error:
        return {"certificate": str(error)}
