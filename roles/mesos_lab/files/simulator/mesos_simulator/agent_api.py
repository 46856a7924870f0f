# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's endpoints: state, containers, and the operator API v1 with the containers nested in executors."""

import time

from . import containerizer, http_api, metrics, nested, state
from . import resources as res
from .cluster import AGENT_CAPABILITIES, TERMINAL, value, wire
from .endpoints import host_name


def serve(api, agent):
    """Route the agent's own endpoints."""
    def body(make):
        async def answer(request):
            return http_api.ok(make(), request)
        return answer

    async def health(request):
        return http_api.text(200)

    async def operator_call(request):
        call = await http_api.read_call(request, "agent::Call")
        return await answer_call(agent, call)

    api.add("health", health)
    api.add("state", body(lambda: agent_state(agent)), realm="readonly")
    api.add("flags", body(lambda: {"flags": agent.flags}), realm="readonly")
    api.add("containers", body(lambda: containers(agent)), realm="readonly")
    api.add("monitor/statistics", body(lambda: statistics(agent)), realm="readonly")
    api.lib.route("/monitor/statistics.json", body(lambda: statistics(agent)))
    api.add("containerizer/debug", body(lambda: {"pending": []}), realm="readonly")
    api.add("api/v1", operator_call, ("POST",))


def executors_of(agent):
    return [executor for framework in agent.state.frameworks.values() for executor in framework.executors.values()]


# -- /state --------------------------------------------------------------------


def executor_model(executor):
    live = [task for task in executor.tasks.values() if task["state"] not in TERMINAL]
    done = [task for task in executor.tasks.values() if task["state"] in TERMINAL]
    model = {"id": executor.id, "name": executor.info.get("name", ""), "source": executor.info.get("source", ""),
             "container": executor.container_id, "directory": executor.directory,
             "resources": res.model(executor.resources()), "role": state.role_in(executor.info["resources"]),
             "tasks": [state.task_model(task) for task in live],
             "queued_tasks": [queued_model(task) for task in executor.queued_tasks()],
             "completed_tasks": [state.task_model(task) for task in [*done, *executor.completed]]}
    if executor.info.get("type") and executor.info["type"] != "UNKNOWN":
        model["type"] = executor.info["type"]
    return model


def queued_model(task):
    return {"id": value(task["task_id"]), "name": task.get("name", ""), "slave_id": value(task["agent_id"]),
            "resources": res.model(task["resources"]), "data": "",
            "role": state.role_in(task["resources"])}


def framework_model(framework):
    info = framework.info
    model = {"id": framework.id, "name": info.get("name", ""), "user": info.get("user", ""),
             "failover_timeout": float(info.get("failover_timeout", 0.0)), "checkpoint": framework.checkpoint,
             "hostname": info.get("hostname", ""),
             "executors": [executor_model(one) for one in framework.executors.values()],
             "completed_executors": [executor_model(one) for one in framework.completed]}
    if framework.has("MULTI_ROLE"):
        model["roles"] = info.get("roles", [])
    else:
        model["role"] = info.get("role", "*")
    if info.get("principal"):
        model["principal"] = info["principal"]
    return model


def agent_state(agent):
    core, info = agent.state, agent.state.info
    total = res.normalised(info["resources"])
    used = res.add(*(executor.resources() for executor in executors_of(agent)))
    body = state.version() | {
        "start_time": agent.start_time, "id": core.id, "pid": core.pid, "hostname": info["hostname"],
        "capabilities": list(AGENT_CAPABILITIES), "attributes": state.attributes(info), "flags": agent.flags,
        "resources": res.model(total), "resource_providers": [],
        "reserved_resources": {role: res.model(part) for role, part in state.reserved(total).items()},
        "unreserved_resources": res.model(state.unreserved(total)),
        "reserved_resources_full": {role: res.outward(part) for role, part in state.reserved(total).items()},
        "unreserved_resources_full": res.outward(state.unreserved(total)),
        "reserved_resources_allocated": {role: res.model(part) for role, part in state.reserved(used).items()},
        "unreserved_resources_allocated": res.model(state.unreserved(used)),
        "frameworks": [framework_model(framework) for framework in core.frameworks.values()],
        "completed_frameworks": [framework_model(framework) for framework in core.completed]}
    if core.master and core.registered:
        body["master_hostname"] = state_host(core.master)
    if agent.options.log_dir:
        body["log_dir"] = agent.options.log_dir
    return body


def state_host(master):
    return host_name(master.partition("@")[2].rpartition(":")[0])


# -- containers ------------------------------------------------------------------


def statistics_of(agent, executor):
    container = agent.state.containers.containers.get(executor.container_id)
    user, system, memory = containerizer.usage(container.pid) if container else (0.0, 0.0, 0)
    held = executor.resources()
    return {"timestamp": time.time(), "cpus_user_time_secs": user, "cpus_system_time_secs": system,
            "cpus_soft_limit": res.quantity(held, "cpus"), "mem_rss_bytes": memory,
            "mem_limit_bytes": int(res.quantity(held, "mem") * 2 ** 20),
            "mem_soft_limit_bytes": int(res.quantity(held, "mem") * 2 ** 20)}


def status_of(agent, executor):
    container = agent.state.containers.containers.get(executor.container_id)
    return {"container_id": wire(executor.container_id)} | ({"executor_pid": container.pid} if container else {})


def containers(agent):
    return [{"container_id": executor.container_id, "framework_id": executor.framework.id, "executor_id": executor.id,
             "executor_name": executor.info.get("name", ""), "source": executor.info.get("source", ""),
             "statistics": statistics_of(agent, executor), "status": status_of(agent, executor)}
            for executor in executors_of(agent) if executor.container_id in agent.state.containers.containers]


def statistics(agent):
    return [{"framework_id": executor.framework.id, "executor_id": executor.id,
             "executor_name": executor.info.get("name", ""), "source": executor.info.get("source", ""),
             "statistics": statistics_of(agent, executor)} for executor in executors_of(agent)]


# -- POST /api/v1 ------------------------------------------------------------------


def get_containers(agent):
    return {"containers": [{
        "framework_id": wire(executor.framework.id), "executor_id": wire(executor.id),
        "executor_name": executor.info.get("name", ""), "container_id": wire(executor.container_id),
        "container_status": status_of(agent, executor), "resource_statistics": statistics_of(agent, executor)}
        for executor in executors_of(agent) if executor.container_id in agent.state.containers.containers]}


def get_frameworks(agent):
    return {"frameworks": [{"framework_info": framework.info} for framework in agent.state.frameworks.values()],
            "completed_frameworks": [{"framework_info": framework.info} for framework in agent.state.completed]}


def get_executors(agent):
    every = [*agent.state.frameworks.values(), *agent.state.completed]
    return {"executors": [{"executor_info": executor.info} for executor in executors_of(agent)],
            "completed_executors": [{"executor_info": executor.info} for framework in every
                                    for executor in framework.completed]}


def get_tasks(agent):
    executors = executors_of(agent)
    gone = [executor for framework in [*agent.state.frameworks.values(), *agent.state.completed]
            for executor in framework.completed]
    return {"pending_tasks": [], "queued_tasks": [task for executor in executors for task in executor.queued_tasks()],
            "launched_tasks": [task for executor in executors for task in executor.tasks.values()
                               if task["state"] not in TERMINAL],
            "terminated_tasks": [task for executor in executors for task in executor.tasks.values()
                                 if task["state"] in TERMINAL],
            "completed_tasks": [task for executor in [*executors, *gone] for task in executor.completed]}


ANSWERS = {
    "GET_HEALTH": lambda agent: {"healthy": True},
    "GET_FLAGS": lambda agent: {"flags": [{"name": name, "value": item} for name, item in sorted(agent.flags.items())]},
    "GET_VERSION": lambda agent: {"version_info": state.version()},
    "GET_LOGGING_LEVEL": lambda agent: {"level": 0},
    "GET_METRICS": lambda agent: {"metrics": [{"name": name, "value": number}
                                              for name, number in sorted(metrics_of(agent).items())]},
    "GET_AGENT": lambda agent: {"agent_info": agent.state.info},
    "GET_CONTAINERS": get_containers,
    "GET_FRAMEWORKS": get_frameworks,
    "GET_EXECUTORS": get_executors,
    "GET_TASKS": get_tasks,
    "GET_STATE": lambda agent: {"get_tasks": get_tasks(agent), "get_executors": get_executors(agent),
                                "get_frameworks": get_frameworks(agent)},
    "GET_OPERATIONS": lambda agent: {},
    "GET_RESOURCE_PROVIDERS": lambda agent: {},
}


async def answer_call(agent, call):
    kind = call["type"]
    if kind in nested.CALLS:
        return await nested.CALLS[kind](agent.state, call)
    if kind not in ANSWERS:
        return http_api.text(400, "Failed to validate agent::Call: Expecting 'type' to be present")
    if kind == "GET_METRICS" and "get_metrics" not in call:
        return http_api.text(400, "Failed to validate agent::Call: Expecting 'get_metrics' to be present")
    return http_api.ok({"type": kind, kind.lower(): ANSWERS[kind](agent)})


def metrics_of(agent):
    return metrics.of_agent(agent.state, executors_of(agent), agent.start_time)
