# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources add up, and are written as Mesos writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesos_simulator import resources as res

scalars = st.builds(lambda name, number: {"name": name, "type": "SCALAR", "scalar": {"value": number}},
                    st.sampled_from(["cpus", "mem", "disk"]), st.integers(1, 4000).map(lambda number: number / 8))
ports = st.builds(lambda low, span: {"name": "ports", "type": "RANGES", "ranges": {"range": [
    {"begin": low, "end": low + span}]}}, st.integers(1, 500), st.integers(0, 50))
lists = st.lists(st.one_of(scalars, ports), max_size=5)


def amounts(resources):
    return {res.kind_of(resource): res.numbers(resource) for resource in res.add(resources)}


@given(lists, lists)
def test_a_sum_contains_its_parts(one, two):
    total = res.add(one, two)
    assert res.contains(total, one) and res.contains(total, two)


@given(st.lists(scalars, max_size=5), st.lists(scalars, max_size=5))
def test_what_is_added_can_be_taken_away_again(one, two):
    left = amounts(res.subtract(res.add(one, two), two))
    assert left == pytest.approx(amounts(one))


@given(lists)
def test_nothing_is_left_of_all(resources):
    assert res.subtract(resources, resources) == []


def test_an_agents_resources_read_as_in_its_log():
    text = "cpus:1; mem:512; disk:1024; ports:[31000-31100]"
    assert res.text(res.parse(text)) == text


def test_allocation_and_reservation_are_part_of_the_name():
    parsed = res.allocated(res.parse("cpus(web):0.1"), "web")
    assert res.text(parsed) == "cpus(allocated: web)(reservations: [(STATIC,web)]):0.1"


def test_reserved_resources_are_not_unreserved_ones():
    assert not res.contains(res.parse("cpus(web):1"), res.parse("cpus:1"))


def test_ports_taken_from_the_middle_leave_two_ranges():
    left = res.subtract(res.parse("ports:[1-10]"), res.parse("ports:[4-5]"))
    assert res.text(left) == "ports:[1-3, 6-10]"


@pytest.mark.parametrize("text", ["cpus", "cpus:"])
def test_a_resource_without_value_is_refused(text):
    with pytest.raises(res.BadResources):
        for resource in res.parse(text):
            res.numbers(resource)


def test_old_clients_see_a_role_instead_of_reservations():
    assert res.outward(res.parse("cpus(web):1"))[0]["role"] == "web"
    assert "role" not in res.outward(res.parse("cpus:1"), refined=True)[0]


@pytest.mark.parametrize("text, why", [
    ("cpus:-1", "Invalid scalar resource: value <= 0"),
    ("ports:[5-1]", "Invalid ranges resource: begin > end"),
    ("ports:[1-5, 3-8]", "Invalid ranges resource: overlapping ranges"),
    ("disks:{a,a}", "Invalid set resource: duplicated elements"),
    ("cpus(..):1", "Role '..' cannot include '..' as a component"),
    ("gpus:1;gpus:[1-2]", "Resources with the same name ('gpus') but different types are not allowed"),
    ('[{"name": "cpus"}]', "Some JSON resources were not formatted properly: Missing required fields: type"),
    ('[{"name": "cpus", "type": "SCALAR"}]', "Invalid scalar resource"),
    ('[{"name": "cpus", "type": "SCALAR", "scalar": {"value": 1}, "role": "a", "reservation": {}}]',
     "Dynamic reservations cannot be specified at the command line; do not include a reservation with DYNAMIC type in "
     "the resources JSON"),
    ('[{"name": "cpus", "type": "SCALAR", "scalar": {"value": 1}, "reservations": [{"role": "a"}]}]',
     "Invalid reservation: 'Resource.ReservationInfo.type' field must be set."),
])
def test_a_resource_that_makes_no_sense_is_refused_in_mesos_words(text, why):
    with pytest.raises(res.BadResources) as error:
        res.parse(text)
    assert str(error.value) == why


def test_json_resources_without_a_role_get_the_default_one():
    parsed = res.parse('[{"name": "cpus", "type": "SCALAR", "scalar": {"value": 1}}]', "web")
    assert res.role_of(parsed[0]) == "web"
