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
