# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of the simulator: JSON in, text out, and Mesos' complaints."""

import pytest

from mesos_simulator.flag_protos import ACLS_MESSAGE, CREDENTIALS_MESSAGE, DOMAIN_MESSAGE, RATE_LIMITS_MESSAGE
from mesos_simulator.protobuf import Message, MessageError

ANY = {"type": "ANY"}


@pytest.mark.parametrize("message, value, sentence", [
    (ACLS_MESSAGE, {"permissive": 0}, "Not expecting a JSON number for field 'permissive'"),
    (ACLS_MESSAGE, {"permissive": []}, "Not expecting a JSON array for field 'permissive'"),
    (ACLS_MESSAGE, {"run_tasks": True}, "Not expecting a JSON boolean for field 'run_tasks'"),
    (ACLS_MESSAGE, {"run_tasks": [{"principals": ANY}]}, "Missing required fields: run_tasks[0].users"),
    (ACLS_MESSAGE, {"run_tasks": {"users": {"values": [1]}}}, "Not expecting a JSON number for field 'values'"),
    (DOMAIN_MESSAGE, {"fault_domain": {"zone": {}}},
     "Missing required fields: fault_domain.region, fault_domain.zone.name"),
    (RATE_LIMITS_MESSAGE, {"limits": [{"principal": "a", "qps": "x"}]},
     "Failed to parse 'x' as a JSON number for field 'qps': syntax error at line 1 near: x"),
    (CREDENTIALS_MESSAGE, {"credentials": [{"principal": "a", "secret": 1}]},
     "Not expecting a JSON number for field 'secret'"),
])
def test_what_is_no_such_message_is_refused(message, value, sentence):
    with pytest.raises(MessageError) as error:
        message.read(value)
    assert str(error.value) == sentence


def test_unknown_keys_and_names_are_dropped_and_null_is_nothing():
    read = ACLS_MESSAGE.read({"x": 1, "permissive": None, "run_tasks": {"principals": {"type": "any"}, "users": ANY}})
    assert read == {"run_tasks": [{"principals": {}, "users": ANY}]}


def test_a_required_name_must_be_one():
    with pytest.raises(MessageError, match="Failed to find enum for 'C'"):
        Message.of(kind=(("A", "B"), "!")).read({"kind": "C"})


def test_fields_are_printed_in_the_order_of_their_numbers():
    message = Message.of(b="string", a="double*", c=(Message.of(n="uint64"), "*"))
    value = message.read({"c": {"n": "7"}, "a": [1, 2.5], "b": "ü\n"})
    assert message.text(value) == 'b: "\\303\\274\\n"\na: 1\na: 2.5\nc {\n  n: 7\n}\n'
