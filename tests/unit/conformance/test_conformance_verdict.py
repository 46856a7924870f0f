# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold is met, or somebody says why not: the verdict over a run."""

import textwrap

import pytest
from player import HOME
from player.corpus import RECORDINGS, load_cases, names_of
from player.verdict import Expectations, Requirement, Shortfall, Unfit, not_built, problems, read, rows

ALL, SHAPES_MISSING, WORDS_MISSING, BEHAVIOUR_MISSING = 3, 2, 1, 0
TLS = Requirement("tls", ("tls",), {"behaviour": 100, "words": 75})
NAMES = {"tls/a", "tls/b", "tls/c", "tls/d", "acls/x", "acls/y", "cluster/z"}
CASES = [name for name in sorted(NAMES) if name.startswith("tls/")]


def judged(*tiers, shortfalls=None, whole=True):
    held = dict(zip(CASES, tiers, strict=False))
    return problems(Expectations((TLS,), shortfalls or {}), held, NAMES, whole)


def test_a_run_in_which_all_holds_is_silent():
    assert judged(ALL, ALL, SHAPES_MISSING, ALL) == []


def test_a_shortfall_with_a_reason_is_borne_as_long_as_the_percentage_is_met():
    known = {"tls/b": Shortfall("words", "a reason"), "tls/c": Shortfall("words", "another")}
    assert judged(ALL, WORDS_MISSING, ALL, ALL, shortfalls={"tls/b": known["tls/b"]}) == []
    assert judged(ALL, WORDS_MISSING, WORDS_MISSING, ALL, shortfalls=known) == [
        "tls: 50.0 % of 4 cases hold at words, 75 % are required"
    ]


def test_a_shortfall_without_a_reason_counts_even_if_the_percentage_is_met():
    assert judged(ALL, ALL, ALL, WORDS_MISSING) == ["tls/d does not hold at words, and shortfalls.yml gives no reason"]


def test_a_shortfall_that_holds_again_must_leave_the_list():
    assert judged(ALL, ALL, ALL, ALL, shortfalls={"tls/a": Shortfall("words", "a reason")}) == [
        "tls/a holds at words now: take it out of shortfalls.yml"
    ]


def test_a_reason_for_words_does_not_excuse_behaviour():
    found = judged(ALL, BEHAVIOUR_MISSING, ALL, ALL, shortfalls={"tls/b": Shortfall("words", "a reason")})
    assert found == [
        "tls: 75.0 % of 4 cases hold at behaviour, 100 % are required",
        "tls/b does not even hold at behaviour; shortfalls.yml speaks of words",
    ]


def test_a_reason_for_a_case_that_nobody_recorded_is_a_mistake():
    assert judged(ALL, ALL, ALL, ALL, shortfalls={"tls/old": Shortfall("words", "a reason")}) == [
        "shortfalls.yml names tls/old, which is not recorded: take it out"
    ]


def test_percentages_count_only_when_all_cases_were_played():
    known = {"tls/a": Shortfall("words", "a reason")}
    assert judged(WORDS_MISSING, shortfalls=known, whole=False) == []
    assert judged(WORDS_MISSING, shortfalls=known) == ["tls: 0.0 % of 1 cases hold at words, 75 % are required"]


def test_a_row_counts_cases_per_tier():
    row = rows(Expectations((TLS,), {}), {"tls/a": ALL, "tls/b": WORDS_MISSING, "acls/x": ALL})[0]
    assert (row.cases, row.holding) == (2, {"behaviour": 2, "words": 1, "shapes": 1})
    assert row.unmet() == ["words"]


def test_what_nothing_is_required_of_is_counted_as_not_built():
    assert not_built(Expectations((TLS,), {}), NAMES) == {"acls": 2, "cluster": 1}


REQUIRED = "required: [{name: tls, cases: [tls], behaviour: 100}]\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("required: []", "must have the keys required and shortfalls"),
        ("required: []\nshortfalls: {}", "nothing is required"),
        ("required: [{name: tls}]\nshortfalls: {}", "a requirement has name, cases and percentages"),
        ("required: [{name: tls, cases: [tls], sense: 1}]\nshortfalls: {}", "a requirement has name, cases"),
        (REQUIRED + "shortfalls: {tls/a: {tier: words, reason: ' '}}", "tls/a: the reason is missing"),
        (REQUIRED + "shortfalls: {tls/a: {tier: looks, reason: x}}", "tls/a: a shortfall has a tier"),
        (REQUIRED + "shortfalls: {tls/a: words}", "tls/a: a shortfall has a tier"),
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path, text, words):
    path = tmp_path / "shortfalls.yml"
    path.write_text(textwrap.dedent(text))
    with pytest.raises(Unfit, match=words):
        read(path)


def test_the_projects_own_file_is_fit_and_names_recorded_cases():
    expectations = read(f"{HOME}/shortfalls.yml")
    assert set(expectations.shortfalls) <= names_of([RECORDINGS])
    assert all(load_cases([RECORDINGS], item.cases) for item in expectations.requirements)
