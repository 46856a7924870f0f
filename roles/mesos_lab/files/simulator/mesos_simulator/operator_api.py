# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator API v1 of the master: POST /api/v1.  Pure but for SUBSCRIBE, whose stream the caller gives."""

from . import resources as res
from . import state
from .cluster import value, wire


def get_agents(master):
    return {"agents": [state.agent_body(master, agent) for agent in master.agents.values()], "recovered_agents": []}


def get_frameworks(master):
    return {"frameworks": [state.framework_body(master, framework) for framework in master.frameworks.values()],
            "completed_frameworks": [state.framework_body(master, framework) for framework in master.completed]}


def get_tasks(master):
    every = [*master.frameworks.values(), *master.completed]
    return {"tasks": [state.task_body(master, task) for framework in every for task in framework.tasks.values()],
            "unreachable_tasks": [state.task_body(master, task) for framework in every
                                  for task in framework.unreachable_tasks.values()],
            "completed_tasks": [state.task_body(master, task) for framework in every
                                for task in framework.completed_tasks]}


def get_executors(master):
    return {"executors": [{"agent_id": wire(agent.id), "executor_info": executor} for agent in master.agents.values()
                          for executors in agent.executors.values() for executor in executors.values()]}


def get_state(master):
    return {"get_tasks": get_tasks(master), "get_executors": get_executors(master),
            "get_frameworks": get_frameworks(master), "get_agents": get_agents(master)}


def get_roles(master):
    return {"roles": [{
        "name": role, "weight": 1.0,
        "frameworks": [wire(framework.id) for framework in master.frameworks.values() if role in framework.roles],
        "resources": sorted((resource for resource in res.add(res.plain(state.in_role(res.add(
            *(part for agent in master.agents.values() for part in [*agent.used.values(), agent.offered])), role)))
            if resource["type"] == "SCALAR"), key=lambda resource: resource["name"]),
    } for role in state.roles_known(master)]}


def answers(master, flags, start_time, metrics):
    """{type of call: function of the call that returns its body, or None for none}."""
    return {
        "GET_HEALTH": lambda call: {"healthy": True},
        "GET_VERSION": lambda call: {"version_info": state.version()},
        "GET_FLAGS": lambda call: {"flags": flag_list(flags)},
        "GET_METRICS": lambda call: {"metrics": [{"name": name, "value": number}
                                                 for name, number in metrics().items()]},
        "GET_LOGGING_LEVEL": lambda call: {"level": 0},
        "GET_STATE": lambda call: get_state(master),
        "GET_AGENTS": lambda call: get_agents(master),
        "GET_FRAMEWORKS": lambda call: get_frameworks(master),
        "GET_EXECUTORS": lambda call: get_executors(master),
        "GET_TASKS": lambda call: get_tasks(master),
        "GET_ROLES": lambda call: get_roles(master),
        "GET_MASTER": lambda call: {"master_info": master.info, "start_time": start_time, "elected_time": start_time},
        "GET_OPERATIONS": lambda call: {},
        "GET_MAINTENANCE_STATUS": lambda call: {"status": {}},
        "GET_MAINTENANCE_SCHEDULE": lambda call: {"schedule": {}},
        "GET_QUOTA": lambda call: {"status": {}},
        "GET_WEIGHTS": lambda call: None,
    }


def flag_list(flags):
    return [{"name": name, "value": item} for name, item in sorted(flags.items())]


def teardown(master, call):
    """TEARDOWN: (status, text)."""
    identifier = value(call.get("teardown", {}).get("framework_id"))
    framework = master.frameworks.get(identifier)
    if framework is None:
        return 400, "No framework found with specified ID"
    master.teardown(framework)
    return 200, ""


def mark_agent_gone(master, call):
    """MARK_AGENT_GONE: (status, text)."""
    identifier = value(call.get("mark_agent_gone", {}).get("agent_id"))
    agent = master.agents.get(identifier)
    if agent is None:
        return 404, "Agent not found"
    pid = agent.pid
    master.remove_agent(agent, "the agent was marked gone", "TASK_GONE_BY_OPERATOR", "REASON_SLAVE_REMOVED_BY_OPERATOR")
    master.edges.send(pid, "mesos.internal.ShutdownMessage", {"message": "Agent has been marked gone"})
    return 200, ""


KNOWN = {"ADD_QUOTA", "CREATE_VOLUMES", "DEACTIVATE_AGENT", "DESTROY_VOLUMES", "DRAIN_AGENT", "GROW_VOLUME",
         "LIST_FILES",
         "MARK_AGENT_GONE", "REACTIVATE_AGENT", "READ_FILE", "REMOVE_QUOTA", "RESERVE_RESOURCES", "SET_LOGGING_LEVEL",
         "SET_QUOTA", "SHRINK_VOLUME", "START_MAINTENANCE", "STOP_MAINTENANCE", "UNRESERVE_RESOURCES",
         "UPDATE_MAINTENANCE_SCHEDULE", "UPDATE_QUOTA", "UPDATE_WEIGHTS"}
DOING = {"TEARDOWN": teardown, "MARK_AGENT_GONE": mark_agent_gone}
