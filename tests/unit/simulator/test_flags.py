# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flags of the simulator's programs: the rules of loading, and the sentences when they are broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesos_simulator import flags
from mesos_simulator.flag_types import UNITS, Duration, parse_bytes, parse_duration

PROGRAMS = sorted(flags.TABLES)
MASTER = flags.table_of("mesos-master")


def loaded(*arguments, program="mesos-master", **environ):
    found, problem = flags.parse(flags.table_of(program), [program, *arguments], environ)
    assert problem is None
    return found


def problem_of(*arguments, program="mesos-master", **environ):
    return flags.parse(flags.table_of(program), [program, *arguments], environ)[1]


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_name_stands_twice_in_a_table_and_every_default_can_be_read(program):
    table = flags.table_of(program)
    names = [name for flag in table for name in (flag.name, flag.alias) if name]
    assert len(names) == len(set(names))
    assert all(name == name.lower() and not name.startswith("no-") for name in names)
    assert flags.Flags(table).as_json().keys() == {flag.name for flag in table if flag.default is not None}


@pytest.mark.parametrize("flag", [flag for flag in MASTER if flag.default is not None], ids=lambda flag: flag.name)
def test_a_default_prints_as_it_was_written(flag):
    assert flag.type.show(flag.type.load(flag.default)) == flag.default


def test_a_value_as_argument_beats_the_variable():
    assert loaded("--cluster=two", MESOS_CLUSTER="one").cluster == "two"
    assert loaded(MESOS_Cluster="two", mesos_cluster="one").cluster == "two"


def test_variables_nobody_knows_and_arguments_without_dashes_are_ignored():
    found = loaded("authenticate_agents", MESOS_NONSENSE="x", MESOS_NO_AUTHENTICATE_AGENTS="1")
    assert found.as_json() == loaded().as_json()


def test_flags_end_at_two_dashes():
    assert loaded("--cluster=a", "--", "--nonsense").cluster == "a"


@pytest.mark.parametrize("arguments, environ, sentence", [
    (["--nonsense=x"], {}, "Failed to load unknown flag 'nonsense'"),
    (["--no-nonsense"], {}, "Failed to load unknown flag 'nonsense' via 'no-nonsense'"),
    (["--authenticate-agents"], {}, "Failed to load unknown flag 'authenticate-agents'"),
    (["--cluster"], {}, "Failed to load non-boolean flag 'cluster': Missing value"),
    (["--no-cluster"], {}, "Failed to load non-boolean flag 'cluster' via 'no-cluster'"),
    (["--no-authenticate_agents=true"], {},
     "Failed to load boolean flag 'authenticate_agents' via 'no-authenticate_agents' with value 'true'"),
    (["--cluster=a", "--cluster=b"], {}, "Flag 'cluster' is already loaded via name 'cluster'"),
    (["--no-authenticate_agents"], {"MESOS_AUTHENTICATE_AGENTS": "true"},
     "Flag 'authenticate_agents' is already loaded via name 'authenticate_agents'"),
    (["--authenticate_slaves"], {"MESOS_AUTHENTICATE_AGENTS": "true"},
     "Flag 'authenticate_slaves' is already loaded via name 'authenticate_agents'"),
    (["--authenticate_agents"], {"MESOS_AUTHENTICATE_SLAVES": "true"},
     "Flag 'authenticate_slaves' is already loaded via name 'authenticate_agents'"),
    (["--authenticate_agents=yes"], {}, "Failed to load flag 'authenticate_agents': Failed to load value 'yes': "
                                        "Expecting a boolean (e.g., true or false)"),
    (["--port=abc"], {},
     "Failed to load flag 'port': Failed to load value 'abc': Failed to convert into required type"),
    (["--port=65536"], {},
     "Failed to load flag 'port': Failed to load value '65536': Failed to convert into required type"),
    (["--cluster=file:///nothing"], {}, "Failed to load flag 'cluster': Failed to load value 'file:///nothing': "
                                        "Error reading file '/nothing': No such file or directory"),
    (["--domain={"], {},
     "Failed to load flag 'domain': Failed to load value '{': syntax error at line 1 near: "),
    (["--domain={}"], {}, "`domain` must define `fault_domain`"),
    (["--agent_ping_timeout=0secs"], {}, "Expected `--agent_ping_timeout` to be between 1secs and 15mins"),
])
def test_what_cannot_be_loaded_is_refused_in_mesos_words(arguments, environ, sentence):
    assert problem_of(*arguments, **environ) == sentence


def test_an_agent_needs_its_work_dir_and_strings_for_executors():
    assert problem_of(program="mesos-agent") == "Flag 'work_dir' is required, but it was not provided"
    assert problem_of("--work_dir=/x", '--executor_environment_variables={"A": 1}', program="mesos-agent") == (
        "`executor_environment_variables` must only contain string values")


def test_an_empty_variable_switches_a_boolean_on():
    assert loaded(MESOS_AUTHENTICATE_AGENTS="").authenticate_agents is True


def test_a_flag_given_by_its_old_name_is_shown_by_it_and_warned_about():
    found = loaded("--authenticate_slaves")
    assert found.authenticate_agents is True
    assert found.warnings == ["Loaded deprecated flag 'authenticate_slaves'"]
    assert "authenticate_agents" not in found.as_json() and found.as_json()["authenticate_slaves"] == "true"


def test_a_file_stands_for_its_text_except_where_a_path_is_wanted(tmp_path):
    file = tmp_path / "x"
    file.write_text("one")
    found = loaded(f"--cluster=file://{file}", f"--credentials=file://{file}")
    assert (found.cluster, found.credentials) == ("one", str(file))


def test_a_masters_address_from_a_file_is_used_but_not_shown(tmp_path):
    file = tmp_path / "zk"
    file.write_text("zk://u:secret@127.0.0.1:1/mesos")
    found = loaded(f"--zk=file://{file}")
    assert found.zk == "zk://u:secret@127.0.0.1:1/mesos"
    assert found.as_json()["zk"] == str(file)


def test_acls_are_shown_as_mesos_prints_messages():
    entity = '{"type": "ANY", "values": ["a\\"b"]}'
    found = loaded(f'--acls={{"view_flags": [{{"principals": {entity}, "flags": {{"type": "none"}}}}], "x": 1}}')
    assert found.as_json()["acls"] == (
        'view_flags {\n  principals {\n    type: ANY\n    values: "a\\"b"\n  }\n  flags {\n  }\n}\n')


@pytest.mark.parametrize("program", ["mesos-master", "mesos-agent"])
def test_help_has_a_line_for_every_flag_in_two_columns(program):
    usage = loaded("--work_dir=/x", program=program).usage(program)
    heads = [line for line in usage.splitlines() if line.startswith("  --")]
    assert len(heads) == len(flags.table_of(program))
    assert usage.startswith(f"Usage: {program} [options]\n\n")


@given(st.integers(0, 2**62))
def test_a_duration_that_was_printed_means_the_same_again(nanoseconds):
    again = parse_duration(str(Duration(nanoseconds)))
    assert abs(again.ns - nanoseconds) <= 1 + nanoseconds * 1e-14  # Mesos cuts off, too


@given(st.integers(1, 999), st.sampled_from(sorted(UNITS)))
def test_a_duration_is_its_number_of_units(number, unit):
    assert parse_duration(f"{number}{unit}").ns == number * UNITS[unit]


@pytest.mark.parametrize("text, printed", [
    ("90secs", "90secs"), ("120secs", "2mins"), ("14days", "2weeks"), ("8days", "8days"), ("1500ms", "1500ms"),
    ("0secs", "0ns"), ("0.5secs", "500ms")])
def test_durations_print_in_the_unit_that_reads_best(text, printed):
    assert str(parse_duration(text)) == printed


@pytest.mark.parametrize("text, printed", [("1024B", "1KB"), ("2gb", "2GB"), ("1025B", "1025B"), ("0MB", "0B")])
def test_bytes_print_in_the_largest_unit_that_loses_nothing(text, printed):
    assert str(parse_bytes(text)) == printed
