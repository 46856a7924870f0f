# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How schedulers reach the master: POST /api/v1/scheduler (v1) and ``mesos.scheduler.Call`` messages (v0)."""

import uuid

from . import http_api
from .cluster import value
from .master_frameworks import Refused
from .metrics import COUNTED

HEARTBEAT = 15.0        # seconds
NEEDS = {               # type of call -> field that must be there
    "SUBSCRIBE": "subscribe", "ACCEPT": "accept", "DECLINE": "decline", "KILL": "kill", "SHUTDOWN": "shutdown",
    "ACKNOWLEDGE": "acknowledge", "RECONCILE": "reconcile", "MESSAGE": "message", "REQUEST": "request",
}
TYPES = {*NEEDS, "TEARDOWN", "REVIVE", "SUPPRESS", "ACCEPT_INVERSE_OFFERS", "DECLINE_INVERSE_OFFERS",
         "ACKNOWLEDGE_OPERATION_STATUS", "RECONCILE_OPERATIONS", "UPDATE_FRAMEWORK"}


def problem_of(call):
    """What is wrong with a call, in Mesos' words, or None."""
    kind = call.get("type")
    if kind not in TYPES:
        return "Expecting 'type' to be present"
    if kind == "SUBSCRIBE":
        if "subscribe" not in call:
            return "Expecting 'subscribe' to be present"
        info = call["subscribe"].get("framework_info")
        if not isinstance(info, dict):
            return "Expecting 'subscribe.framework_info' to be present"
        if value(info.get("id")) != value(call.get("framework_id")):
            return "'framework_id' differs from 'subscribe.framework_info.id'"
        return None
    if not value(call.get("framework_id")):
        return "Expecting 'framework_id' to be present"
    needed = NEEDS.get(kind)
    return f"Expecting '{needed}' to be present" if needed and needed not in call else None


def perform(master, framework, call):
    """Every call but SUBSCRIBE."""
    kind = call["type"]
    if kind in COUNTED:
        master.counters["messages_" + COUNTED[kind]] += 1
    if kind == "TEARDOWN":
        master.teardown(framework)
    elif kind == "SUPPRESS":
        master.suppress(framework, call.get("suppress"))
    elif kind == "REVIVE":
        master.revive(framework, call.get("revive"))
    elif kind == "SHUTDOWN":
        master.shutdown_executor(framework, call["shutdown"])
    elif kind in ("ACCEPT", "DECLINE", "KILL", "ACKNOWLEDGE", "RECONCILE", "MESSAGE"):
        getattr(master, kind.lower())(framework, call[kind.lower()])


def http_handler(master):
    """The handler of /api/v1/scheduler."""
    async def handle(request):
        call = await http_api.read_call(request, "scheduler::Call")
        problem = problem_of(call)
        if problem:
            return http_api.text(400, f"Failed to validate scheduler::Call: {problem}")
        if call["type"] == "SUBSCRIBE":
            return await subscribe(master, request, call["subscribe"])
        framework = master.frameworks.get(value(call["framework_id"]))
        if framework is None:
            return http_api.text(400, "Framework cannot be found")
        problem = stream_problem(framework, request.headers.get("Mesos-Stream-Id"))
        if problem:
            return http_api.text(*problem)
        perform(master, framework, call)
        return http_api.text(202)
    return handle


def stream_problem(framework, stream_id):
    if not framework.connected:
        return 403, "Framework is not subscribed"
    if framework.stream is None:
        return 403, "Framework is not connected via HTTP"
    if stream_id is None:
        return 400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header"
    if stream_id != framework.stream.id:
        return 400, (f"The stream ID '{stream_id}' included in this request didn't match the stream ID currently "
                     "associated "
                     f"with framework ID {framework.id}")
    return None


async def subscribe(master, request, call):
    if "Mesos-Stream-Id" in request.headers:
        return http_api.text(400, "Subscribe calls should not include the 'Mesos-Stream-Id' header")
    identifier = str(uuid.uuid4())
    stream = http_api.EventStream(request, {"Mesos-Stream-Id": identifier}, HEARTBEAT)
    stream.id = identifier
    framework = None
    try:
        framework = master.subscribe(call, stream=stream)
    except Refused as refusal:
        stream.send({"type": "ERROR", "error": {"message": str(refusal)}})
        stream.close()
    response = await stream.run()
    if framework is not None:
        master.framework_exited(framework, stream=stream)
    return response


def message_handler(master, log):
    """The receiver of v0 drivers' calls."""
    def handle(sender, call):
        problem = problem_of(call)
        if problem:
            log.warning("master.cpp", f"Dropping scheduler::Call from {sender}: {problem}")
            return
        if call["type"] == "SUBSCRIBE":
            try:
                master.subscribe(call["subscribe"] | {"force": call["subscribe"].get("force", False)}, pid=sender)
            except Refused as refusal:
                master.edges.send(sender, "mesos.internal.FrameworkErrorMessage", {"message": str(refusal)})
            return
        framework = master.frameworks.get(value(call["framework_id"]))
        if framework is None or framework.pid != sender:
            log.warning("master.cpp", f"Dropping {call['type']} call from {sender} for framework "
                                      f"{value(call['framework_id'])}: "
                        + ("Framework cannot be "
                           "found" if framework is None else f"Call is not from registered framework {framework}"))
            return
        perform(master, framework, call)
    return handle
