"""Members of a JSON object come and go, every other byte stays."""

import json

import pytest
from ansible_collections.mesos.security.plugins.module_utils._json_members import (
    NoObject,
    members,
    with_members,
    without,
)
from hypothesis import given
from hypothesis import strategies as st

texts = st.text(max_size=8)
objects = st.dictionaries(texts, texts, max_size=4)
ours = st.dictionaries(st.text("L", min_size=9, max_size=12), texts, max_size=4)


@st.composite
def written(draw):
    """JSON text of an object, as different people write it."""
    found = draw(objects)
    spaces = st.sampled_from(["", " ", "\n", "\n  ", "\t"])
    parts = [
        draw(spaces) + json.dumps(name, ensure_ascii=draw(st.booleans())) + draw(spaces) + ":" + draw(spaces)
        + json.dumps(value) + draw(spaces)
        for name, value in found.items()
    ]  # fmt: skip
    return draw(spaces) + "{" + ",".join(parts) + draw(spaces) + "}" + draw(spaces)


@given(written(), ours)
def test_joined_members_are_all_there(text, new):
    assert members(with_members(text, new)) == members(text) | new
    assert json.loads(with_members(text, new)) == json.loads(text) | new


@given(written(), ours)
def test_taking_them_out_gives_the_very_text_back(text, new):
    assert without(with_members(text, new), new) == text


@given(written(), ours)
def test_joining_twice_is_joining_once(text, new):
    once = with_members(text, new)
    assert with_members(once, new) == once


@given(written(), st.data())
def test_exactly_the_named_members_go(text, data):
    present = members(text)
    gone = data.draw(st.sets(st.sampled_from(sorted(present)))) if present else set()
    assert members(without(text, gone)) == {name: value for name, value in present.items() if name not in gone}


@pytest.mark.parametrize("text, words", [
    ("", "is no JSON"), ("{", "is no JSON"), ("[1]", "no object"), ('"x"', "no object"), ("null", "no object"),
    ("[" * 100000, "is no JSON"),
    ('{"A": 1}', "has a value that is no text, at A"), ('{"B": null, "A": {}}', "at A, B"),
])  # fmt: skip
def test_what_is_no_such_object_says_what_it_is(text, words):
    with pytest.raises(NoObject, match=words):
        members(text)
