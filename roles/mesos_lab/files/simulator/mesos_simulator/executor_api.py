# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""POST /api/v1/executor, and the messages of v0 executors."""

from . import http_api
from .cluster import value

NEEDS = {"SUBSCRIBE": "subscribe", "UPDATE": "update", "MESSAGE": "message", "HEARTBEAT": None}
HEARTBEAT = 30.0        # seconds


def problem_of(call):
    if call["type"] not in NEEDS:
        return "Expecting 'type' to be present"
    for field in ("executor_id", "framework_id"):
        if not value(call.get(field)):
            return f"Expecting '{field}' to be present"
    needed = NEEDS[call["type"]]
    return f"Expecting '{needed}' to be present" if needed and needed not in call else None


def http_handler(agent):
    async def handle(request):
        call = await http_api.read_call(request, "executor::Call")
        problem = problem_of(call)
        if problem:
            return http_api.text(400, f"Failed to validate Executor::Call: {problem}")
        framework = agent.frameworks.get(value(call["framework_id"]))
        if framework is None:
            return http_api.text(400, "Framework cannot be found")
        executor = framework.executors.get(value(call["executor_id"]))
        if executor is None:
            return http_api.text(400, "Executor cannot be found")
        if call["type"] == "SUBSCRIBE":
            stream = http_api.EventStream(request)
            agent.subscribe_executor(executor, call["subscribe"], stream)
            response = await stream.run()
            agent.executor_stream_ended(executor, stream)
            return response
        if executor.stream is None:
            return http_api.text(403, "Executor is not subscribed")
        if call["type"] == "UPDATE":
            problem = update_problem(executor, call["update"].get("status") or {})
            if problem:
                return http_api.text(400, f"Failed to validate Executor::Call: {problem}")
            agent.handle_update(executor, call["update"]["status"])
        elif call["type"] == "MESSAGE":
            agent.executor_message(executor, call["message"].get("data", ""))
        return http_api.text(202)
    return handle


def update_problem(executor, status):
    if not status.get("uuid"):
        return "Expecting 'uuid' to be present"
    if status.get("source") != "SOURCE_EXECUTOR":
        return "Received Call from executor " + executor.id + " with invalid source, expecting 'SOURCE_EXECUTOR'"
    if status.get("state") == "TASK_STAGING":
        return "Received TASK_STAGING from executor " + executor.id + " which is not allowed"
    return None


def receive(lib, process, agent):
    """Route the messages of v0 executors."""
    def update(sender, message):
        executor = agent.executor_named(value(message["framework_id"]), value(message["executor_id"]))
        if executor is not None:
            agent.handle_update(executor, message["status"])

    def to_framework(sender, message):
        executor = agent.executor_named(value(message["framework_id"]), value(message["executor_id"]))
        if executor is not None:
            agent.executor_message(executor, message.get("data", ""))

    lib.receive(process, "mesos.internal.RegisterExecutorMessage", agent.register_executor)
    lib.receive(process, "mesos.internal.ReregisterExecutorMessage", agent.reregister_executor)
    lib.receive(process, "mesos.internal.StatusUpdateMessage", update)
    lib.receive(process, "mesos.internal.ExecutorToFrameworkMessage", to_framework)
