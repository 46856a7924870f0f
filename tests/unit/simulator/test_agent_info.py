# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent that comes back with another AgentInfo: what each policy lets pass, and what it says."""

import pytest

from mesos_simulator import resources
from mesos_simulator.agent_info import problem_of_change


def info(**changes):
    made = {"hostname": "a", "port": 5051, "id": {"value": "S0"}, "resources": "cpus:1;mem:512;ports:[1-9];d:{x,y}",
            "attributes": "rack:a;n:2;r:[1-5]"} | changes
    return made | {"resources": resources.parse(made["resources"]),
                   "attributes": resources.parse_attributes(made["attributes"])}


@pytest.mark.parametrize("policy", ["equal", "additive"])
def test_the_same_agent_may_always_come_back(policy):
    assert problem_of_change(info(), info(), policy) is None
    shuffled = info(resources="mem:512;d:{x,y};ports:[1-9];cpus:1", attributes="n:2;r:[1-5];rack:a")
    assert problem_of_change(info(), shuffled, policy) is None


MORE = [{"resources": "cpus:2;mem:512;ports:[0-20];d:{x,y,z};gpus:1"}, {"attributes": "rack:a;n:2;r:[0-5];zone:b"}]


@pytest.mark.parametrize("changes", MORE)
def test_more_is_fine_only_where_additions_are(changes):
    assert problem_of_change(info(), info(**changes), "additive") is None
    problem = problem_of_change(info(), info(**changes), "equal")
    assert problem.startswith("Incompatible agent info detected. \n\n-----")
    assert 'Old agent info:\nhostname: "a"\n' in problem and 'New agent info:\nhostname: "a"\n' in problem


@pytest.mark.parametrize("changes, sentence", [
    ({"hostname": "b"}, "Hostname changed from a to b"),
    ({"port": 1}, "Port changed from 5051 to 1"),
    ({"resources": "cpus:0.5;mem:512;ports:[1-9];d:{x,y}"}, "Value of scalar resource 'cpus' decreased from 1 to 0.5"),
    ({"resources": "mem:512;ports:[1-9];d:{x,y}"}, "Resource not found: cpus:1"),
    ({"resources": "cpus:1;mem:512;ports:[2-9];d:{x,y}"},
     "Previous value of range resource 'ports' ([1-9]) not included in current [2-9]"),
    ({"resources": "cpus:1;mem:512;ports:[1-9];d:{x}"},
     "Previous value of set resource 'd' ({x, y}) not included in current {x}"),
    ({"attributes": "n:2;r:[1-5]"}, "Couldn't find attribute rack=a"),
    ({"attributes": "rack:b;n:2;r:[1-5]"}, "Value of text attribute 'rack' changed from a to b"),
    ({"attributes": "rack:a;n:3;r:[1-5]"}, "Value of scalar attribute 'n' changed from 2 to 3"),
    ({"attributes": "rack:1;n:2;r:[1-5]"}, "Type of attribute 'rack' changed from TEXT to SCALAR"),
])
def test_less_is_never_fine(changes, sentence):
    problem = problem_of_change(info(), info(**changes), "additive")
    assert problem.startswith("Configuration change not permitted under ") and problem.endswith(sentence)
    assert problem_of_change(info(), info(**changes), "equal") is not None


@pytest.mark.parametrize("text, sentence", [
    ("cpus", "Bad value for resources, missing or extra ':' in cpus"),
    ("cpus:1:2", "Bad value for resources, missing or extra ':' in cpus:1:2"),
    ("cpus(a:1", "Bad value for resources, mismatched parentheses in cpus(a:1"),
    ("cpus:x", "Bad type for resource cpus value x type TEXT"),
    ("ports:[1-", 'Failed to parse resource ports value [1- error Expecting one or more "ranges"'),
    ("ports:[a-b]", "Failed to parse resource ports value [a-b] error Failed to convert 'a' to number"),
    ('[{"type": "SCALAR"}]', "Some JSON resources were not formatted properly: Missing required fields: name"),
])
def test_resources_that_cannot_be_read_are_refused_in_mesos_words(text, sentence):
    with pytest.raises(resources.BadResources) as error:
        resources.parse(text)
    assert str(error.value) == sentence


@pytest.mark.parametrize("text, sentence", [
    ("rack", "Invalid attribute key:value pair 'rack'"),
    ("rack:[1", 'Failed to parse attribute rack text [1 error Expecting one or more "ranges"'),
    ("rack:{a}", "Bad type for attribute rack text {a} type SET"),
])
def test_attributes_that_cannot_be_read_are_refused(text, sentence):
    with pytest.raises(resources.BadResources) as error:
        resources.parse_attributes(text)
    assert str(error.value) == sentence
