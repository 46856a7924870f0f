"""Environment files: read as a shell reads them, ours put in and taken out without a trace."""

import pytest
from ansible_collections.mesos.security.plugins.module_utils._environment_file import (
    BEGIN,
    END,
    Unreadable,
    inside,
    outside,
    parse,
    quote,
    split,
    values,
    with_block,
    without_names,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

names = st.from_regex(r"\A[A-Z][A-Z_0-9]{0,6}\Z").filter(lambda name: name not in ("PATH", "IFS", "PS4", "SHLVL", "_"))
words = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=20)
blocks = st.dictionaries(names, words, max_size=5)
notes = st.dictionaries(st.sampled_from(["flag files", "members of x"]), st.from_regex(r"\A[a-z]+( [a-z]+)*\Z"))
lines = st.sampled_from([
    "A=1", "export B='x y'", "# a comment", "", "C=\"q\\\"\"", "D=`cat /etc/mesos/zk`", "  E=1 F=2", "\tG=$HOME/x",
    "if true; then", "fi", "X='two\nlines'", "Y=a\\\nb", "\x0c", "H=1\r",
])  # fmt: skip
files = st.builds(lambda parts, end: "\n".join(parts) + end, st.lists(lines, max_size=6), st.sampled_from(["", "\n"]))


@given(words)
def test_a_quoted_value_is_read_back(value):
    assert values("X=" + quote(value)) == {"X": value}


@given(st.none() | files, blocks, notes)
def test_what_was_put_in_is_found_again(text, wanted, said):
    changed = with_block(text, wanted, said)
    if wanted or said:
        assert inside(changed) == (wanted, said)
    assert outside(changed or "") == (text or "")


@given(st.none() | files, blocks, notes)
@example(None, {"A": "1"}, {})
@example("", {"A": "1"}, {})
@example("A=1", {"A": "1"}, {})
def test_taking_the_block_away_gives_the_very_file_back(text, wanted, said):
    assert with_block(with_block(text, wanted, said), {}, {}) == text


@given(st.none() | files, blocks, notes, blocks, notes)
def test_only_the_last_settings_count(text, first, one, second, other):
    changed = with_block(with_block(text, first, one), second, other)
    if first or one:
        assert changed == with_block(text, second, other)


@given(files, files, blocks)
def test_lines_added_behind_the_block_stay(before, behind, wanted):
    text = with_block(before, wanted, {"flag files": "x"}) + behind
    assert outside(with_block(text, {"NEW": "1"}, {})) == before + behind


def test_a_shell_agrees(shell):
    text = """
A=1 B='x y'
export C="a\\"b \\$c" # comment
D=a\\ b; E="it's"
F='it'\\''s'
G="multi
line"
H=con\\
tinued
I=#no
J=
K="a\\zb"
L=x#y
M=1
M=2
"""
    found = values(text)
    assert None not in found.values()
    assert shell(text, *found) == found


@given(st.dictionaries(names, words.filter(lambda word: "\x01" not in word), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
def test_a_shell_reads_our_block_as_we_do(wanted):
    import subprocess

    text = with_block("Z=1\n", wanted, {"flag files": "ip"})
    script = "set -a\n" + text + "\n/usr/bin/env -0\n"
    done = subprocess.run(["/bin/bash", "-c", script], capture_output=True, check=True, env={})
    got = dict(pair.decode().split("=", 1) for pair in done.stdout.split(b"\0")[:-1])
    assert {name: got[name] for name in wanted} == wanted


@pytest.mark.parametrize("text", [
    "A=$B", "A=${B}", "A=$(cat x)", "A=`cat x`", 'A="$B"', 'A="x $(y "z") "', "A=$'x'", "A+=1", "A=~$(echo \n)x",
])  # fmt: skip
def test_what_only_a_shell_can_tell_is_not_guessed(text):
    assert values(text) == {"A": None}


@pytest.mark.parametrize("text", ["A=1 command", "A=1 B=2 echo", "echo A=1", "# A=1", "test -f x && echo"])
def test_what_is_no_assignment_is_none(text):
    assert values(text) == {}


@pytest.mark.parametrize("text, line", [
    ("A='x", 1), ('A=1\nB="x\n', 2), ("\n\nA=$(x", 3), ("A=`x", 1), ("A=${x", 1),
])  # fmt: skip
def test_what_no_shell_could_read_names_its_line(text, line):
    with pytest.raises(Unreadable, match=f"line {line}: .* never closed"):
        parse(text)


@pytest.mark.parametrize("text", [
    f"{BEGIN}\nA=1\n", f"A=1\n{END}\n", f"{END}\n{BEGIN}\n", f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n",
])  # fmt: skip
def test_a_damaged_block_is_left_alone(text):
    with pytest.raises(Unreadable, match="is damaged; repair or remove it"):
        split(text)


def test_line_numbers_are_those_of_the_file():
    found = parse("# one\n\nA=1\nB='x\ny'\nC=2\n")
    assert [(each.name, each.first, each.last) for each in found] == [("A", 3, 3), ("B", 4, 5), ("C", 6, 6)]


def test_lines_are_taken_out_one_by_one():
    assert without_names("A=1\n# x\nB='y\nz'\nC=3", {"B", "A"}) == "# x\nC=3"


@pytest.mark.parametrize("text", [
    "if true; then A=2; fi", "{ A=2; }", "true && A=2", "if ! true; then :; else export A=2; fi", "A=2\r",
])  # fmt: skip
def test_assignments_behind_a_keyword_and_windows_line_ends_count_as_in_a_shell(text, shell):
    assert values(text + "\n") == {"A": "2\r" if "\r" in text else "2"} == shell(text + "\n", "A")


@pytest.mark.parametrize("text", ["A=1\\", "A=1\\\n", "A=1\n\\\n", "A=1 \\"])
def test_a_backslash_that_would_swallow_our_block_is_refused(text):
    with pytest.raises(Unreadable, match="line .: a backslash at the end of the file"):
        parse(text)
    assert values("A=1\\\nB=2\n# x\\") == {"A": "1B=2"}


@pytest.mark.parametrize("text", [
    "A=1 B=2", "B=2; A=1", "B='x\ny'; A=1", "A='x\ny' B=1", "if x; then A=1; fi", "A=1; echo", "export A=1 B",
])  # fmt: skip
def test_a_shared_line_is_not_taken_out(text):
    with pytest.raises(Unreadable, match="shares its line"):
        without_names(text, {"A"})
