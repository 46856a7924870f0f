"""The ladders have no surprises."""

import pytest
from ansible_collections.mesos.security.plugins.plugin_utils._modes import (
    BUILT,
    LADDERS,
    LEVELS,
    Mode,
    NotYetBuilt,
    UnknownMode,
    modes_of,
)
from hypothesis import given
from hypothesis import strategies as st

features = st.sampled_from(sorted(LADDERS))


@given(features, st.data())
def test_a_mode_is_found_again_by_its_name(feature, data):
    mode = Mode(feature, data.draw(st.integers(0, len(LADDERS[feature]) - 1)))
    assert Mode.parse(feature, mode.name) == mode


@given(features, st.data())
def test_a_mode_reaches_exactly_itself_and_what_is_below(feature, data):
    rungs = st.integers(0, len(LADDERS[feature]) - 1)
    here, there = Mode(feature, data.draw(rungs)), Mode(feature, data.draw(rungs))
    assert here.reaches(there.name) == (here.height >= there.height)


@pytest.mark.parametrize("level", range(1, len(LEVELS)))
def test_no_level_lowers_a_feature_of_the_one_before(level):
    for feature, ladder in LADDERS.items():
        below, above = (LEVELS[each].get(feature, ladder[0]) for each in (level - 1, level))
        assert Mode.parse(feature, below) <= Mode.parse(feature, above)


def test_there_are_the_seven_levels_of_the_workshop():
    assert len(LEVELS) == 7
    assert LEVELS[0] == {}
    assert LEVELS[6]["tls"] == "verified"


def test_an_override_stands_above_the_preset_in_both_directions():
    assert modes_of(1, {"tls": "permissive"})["tls"].name == "permissive"
    assert modes_of(0, {"tls": "mutual"})["tls"].name == "mutual"
    assert modes_of(1)["tls"].name == "required"


def test_an_unknown_mode_lists_the_known_ones():
    with pytest.raises(UnknownMode, match="tls has no mode 'on'; its modes are disabled, prepared, permissive"):
        Mode.parse("tls", "on")


def test_an_unknown_feature_lists_the_known_ones():
    with pytest.raises(UnknownMode, match="'ssl' is no feature; features are tls, agent_authn"):
        modes_of(0, {"ssl": "required"})


@pytest.mark.parametrize("level", [-1, 7, "1", None, 1.5, True])
def test_an_unknown_level_names_the_range(level):
    with pytest.raises(UnknownMode, match="levels are 0 to 6"):
        modes_of(level)


@pytest.mark.parametrize("level", range(2, len(LEVELS)))
def test_a_level_that_needs_more_than_is_built_says_what_there_is(level):
    with pytest.raises(NotYetBuilt, match="cannot bring about agent_authn required.*it has tls: use level 0 or 1"):
        modes_of(level)


def test_a_feature_that_is_not_built_can_still_be_disabled():
    assert all(feature in LADDERS for feature in BUILT)
    assert modes_of(1, {"agent_authn": "disabled"})["agent_authn"].height == 0
