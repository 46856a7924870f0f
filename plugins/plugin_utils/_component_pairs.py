# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key pairs of a component: those that come with its settings, and those that only have to be good.

PRIVATE to the collection.  Pure; Python 3.10.  Source: docs/mesos/security.md §1.3, §1.6; docs/mesos/climb.md §11.
"""

from __future__ import annotations

from ansible_collections.mesos.security.plugins.plugin_utils import _x509
from ansible_collections.mesos.security.plugins.plugin_utils._names import Names, is_address
from ansible_collections.mesos.security.plugins.plugin_utils._pair import pair_of
from ansible_collections.mesos.security.plugins.plugin_utils._pair_options import on_this_controller

OPTIONS = {"keypair": "node", "executor_keypair": "executor"}
"""The options of mesos_component that describe pairs → their purpose."""

PIECES = {
    "node": {"key": "key", "certificate": "certificate", "ca_certificate": "ca_certificate"},
    "executor": {
        "key": "executor_key", "certificate": "executor_certificate", "ca_certificate": "agent_ca_certificate",
    },
}  # fmt: skip
"""A pair's files → what a layout calls them."""


def wanted_pairs(options, directory, absolute, host, check_mode):
    """Return {purpose: pair} for the pairs that are to come with the settings.

    directory: where they go unless they say so themselves; absolute: makes a controller's path absolute.
    Raises _pair.Refused.
    """
    pairs = {}
    for option, purpose in OPTIONS.items():
        given = options.get(option)
        if given and (purpose == "node" or options["component"] == "agent"):
            given = {"path": directory} | {name: value for name, value in given.items() if value is not None}
            given["purpose"] = purpose
            pairs[purpose] = pair_of(on_this_controller(given, absolute), host, check_mode)
    return pairs


def files_of(pairs):
    """Return {piece of the layout: path} of what these pairs bring."""
    return {
        piece: pair.files[file]
        for purpose, pair in pairs.items()
        for file, piece in PIECES[purpose].items()
        if pair.files[file]
    }


def found_questions(plan, pairs):
    """Return {purpose: params of _keypair.examine} for needed pairs that others have put on the node."""
    material, questions = plan["layout"]["material"], {}
    for purpose, pieces in PIECES.items():
        if purpose not in pairs and pieces["certificate"] in plan["material"]:
            trust = pieces["ca_certificate"]
            if purpose == "node" and "agent_ca_certificate" in plan["material"]:
                trust = "agent_ca_certificate"
            questions[purpose] = {
                "key": material[pieces["key"]],
                "certificate": material[pieces["certificate"]],
                "trust": material[trust] if trust in plan["material"] else None,
                "prepare": False,
                "mode": 0o600,  # what the node says of it is not asked here
            }
    return questions


def objections(plan, questions, facts, component, days=0):
    """Return the sentences against pairs that others have put on the node; [] when all are good.

    facts: {purpose: what _keypair.examine answered}; days: for how long they must be good.
    """
    sentences = []
    for purpose, question in questions.items():
        seen = facts[purpose]
        reasons = _unreadable(question, seen) or _judged(plan, question, seen, component, days)
        sentences += [f"{question['certificate']}: {reason}" for reason in reasons]
    return sentences


def _unreadable(question, seen):
    """Return what keeps a pair from being judged."""
    return [f"its key {question['key']} {seen['key']['problem']}"] if seen["key"]["state"] == "unfit" else []


def _judged(plan, question, seen, component, days):
    if "missing" in (seen["key"]["state"], seen["certificate"]["state"]):
        return []  # the node has said so itself
    trust = []
    if question["trust"] and seen["trust"]["state"] == "good":
        try:
            trust = _x509.certificates(seen["trust"]["content"])
        except _x509.BadPem as problem:
            return [f"what it is verified with, {question['trust']}, {problem}"]
    wanted = _x509.Wanted(Names("", (), _advertised(plan, bool(trust))), renew_before=days, issued=False)
    reasons = _x509.judge(seen["key"]["public"], seen["certificate"]["content"], trust, wanted)
    return [
        f"{reason}, which this {component} advertises" if "not for the address" in reason else reason
        for reason in reasons
    ]


def _advertised(plan, verified):
    """Return the addresses that the inventory tells the component to advertise; they count where names are verified."""
    if not verified:
        return ()
    flags, environment = plan["flags"], plan["environment"]
    said = flags.get("advertise_ip") or environment.get("LIBPROCESS_ADVERTISE_IP")
    said = said or flags.get("ip") or environment.get("LIBPROCESS_IP") or ""
    return (said,) if is_address(said) and said != "0.0.0.0" else ()
