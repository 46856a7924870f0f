# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON of the simulator: what JSON says, and where Mesos' reader stops."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesos_simulator import picojson

values = st.recursive(
    st.none() | st.booleans() | st.integers(-2**53, 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(values, st.sampled_from([None, 1]), st.booleans())
def test_what_python_writes_is_read_alike(value, indent, ascii_only):
    assert picojson.parse(json.dumps(value, indent=indent, ensure_ascii=ascii_only)) == value


@pytest.mark.parametrize("text, rest", [
    ("", "1 near: "), ("\n", "1 near: "), ("\n\n", "2 near: "),
    ("{", "1 near: "), ("A=b", "1 near: A=b"), ("// x\n{}", "1 near: // x"),
    ('{"a": 1,}', "1 near: }"), ("files/x", "1 near: iles/x"), ('{\n"a": x\n}', "2 near: x"),
])
def test_a_syntax_error_shows_the_rest_of_its_line(text, rest):
    with pytest.raises(picojson.JsonError) as error:
        picojson.parse(text)
    assert str(error.value) == f"syntax error at line {rest}"


def test_nothing_but_space_may_follow():
    assert picojson.parse(" [1] \n") == [1]
    with pytest.raises(picojson.JsonError, match="Parsed JSON included non-whitespace trailing characters: '2'"):
        picojson.parse("[1]2")


def test_a_list_is_no_object():
    with pytest.raises(picojson.JsonError, match="Unexpected JSON type parsed"):
        picojson.parse_as(dict, "[]")
