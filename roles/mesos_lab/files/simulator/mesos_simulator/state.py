# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bodies of the master's endpoints.  Pure: a MasterState in, JSON data out.

Two dialects: that of /state and its relatives (``*_model``), and that of the v1 API (``*_body``, ``get_*``).
"""

from . import resources as res
from .cluster import MASTER_CAPABILITIES, VERSION, value, wire

BUILD = {"build_date": "2026-01-01 00:00:00", "build_time": 1767225600.0, "build_user": "",
         "git_branch": "simulator", "git_sha": "mesos.security simulator, not Apache Mesos"}


def version():
    return BUILD | {"version": VERSION}


def nanoseconds(seconds):
    return {"nanoseconds": int(seconds * 1e9)}


# -- tasks, offers, executors ------------------------------------------------


def task_model(task):
    model = {
        "id": value(task["task_id"]), "name": task.get("name", ""), "framework_id": value(task["framework_id"]),
        "executor_id": value(task.get("executor_id")), "slave_id": value(task["agent_id"]), "state": task["state"],
        "resources": res.model(task["resources"]), "role": role_in(task["resources"]),
        "statuses": [status_model(status) for status in task["statuses"]]}
    for key in ("user", "discovery", "container"):
        if task.get(key):
            model[key] = task[key]
    if task.get("labels"):
        model["labels"] = task["labels"].get("labels", [])
    return model


def role_in(resources):
    return next((resource["allocation_info"]["role"] for resource in resources if resource.get("allocation_info")), "*")


def status_model(status):
    model = {"state": status["state"], "timestamp": status["timestamp"]}
    container = status.get("container_status")
    if container:
        model["container_status"] = {key: item for key, item in container.items()
                                     if key in ("container_id", "network_infos", "cgroup_info")}
    for key in ("labels", "healthy"):
        if key in status:
            model[key] = status[key]
    return model


def task_body(_, task):
    return {key: item for key, item in task.items() if key != "statuses"} | {
        "statuses": task["statuses"], "resources": task["resources"]}


def executor_model(executor, agent_id):
    return {"executor_id": value(executor["executor_id"]), "name": executor.get("name", ""),
            "framework_id": value(executor["framework_id"]), "source": executor.get("source", ""),
            "resources": res.model(executor["resources"]), "slave_id": agent_id,
            "command": executor.get("command", {"argv": [], "uris": []}), "role": role_in(executor["resources"])}


def offer_model(offer):
    return {"id": offer.id, "framework_id": offer.framework, "allocation_info": {"role": offer.role},
            "slave_id": offer.agent, "resources": res.model(offer.resources)}


def offer_body(master, offer, refined=True):
    agent = master.agents[offer.agent]
    body = {"id": wire(offer.id), "framework_id": wire(offer.framework), "agent_id": wire(offer.agent),
            "hostname": agent.hostname, "url": url_of(master, agent),
            "resources": res.outward(offer.resources, refined)}
    if agent.info.get("attributes"):
        body["attributes"] = agent.info["attributes"]
    executors = [{"value": executor} for executor in agent.executors.get(offer.framework, {})]
    if executors:
        body["executor_ids"] = executors
    return body | {"allocation_info": {"role": offer.role}}


def url_of(master, agent):
    process, _, address = agent.pid.partition("@")
    ip, _, port = address.rpartition(":")
    return {"scheme": getattr(master.edges, "scheme", "http"),
            "address": {"hostname": agent.hostname, "ip": ip, "port": int(port)}, "path": "/" + process}


# -- agents --------------------------------------------------------------------


def attributes(info):
    """Attributes as /state shows them."""
    shown = {}
    for entry in info.get("attributes", []):
        if entry["type"] == "TEXT":
            shown[entry["name"]] = entry["text"]["value"]
        elif entry["type"] == "SCALAR":
            shown[entry["name"]] = entry["scalar"]["value"]
        else:
            shown[entry["name"]] = res.value_text(entry)
    return shown


def reserved(resources):
    found = {}
    for resource in resources:
        if res.role_of(resource) != "*":
            found.setdefault(res.role_of(resource), []).append(resource)
    return found


def unreserved(resources):
    return [resource for resource in resources if res.role_of(resource) == "*"]


def agent_model(agent, full=False):
    used = res.add(*agent.used.values())
    model = {
        "id": agent.id, "hostname": agent.hostname, "port": agent.info.get("port"), "pid": agent.pid,
        "attributes": attributes(agent.info), "registered_time": agent.registered_time, "active": agent.active,
        "deactivated": agent.deactivated, "version": agent.version, "capabilities": list(agent.capabilities),
        "resources": res.model(agent.total), "used_resources": res.model(used),
        "offered_resources": res.model(agent.offered),
        "reserved_resources": {role: res.model(part) for role, part in reserved(agent.total).items()},
        "unreserved_resources": res.model(unreserved(agent.total))}
    if agent.reregistered_time is not None:
        model["reregistered_time"] = agent.reregistered_time
    if full:
        model |= {
            "reserved_resources_full": {role: res.outward(part) for role, part in reserved(agent.total).items()},
            "unreserved_resources_full": res.outward(unreserved(agent.total)),
            "used_resources_full": res.outward(used), "offered_resources_full": res.outward(agent.offered)}
    return model


def agent_body(_, agent):
    body = {"agent_info": agent.info, "active": agent.active, "deactivated": agent.deactivated,
            "version": agent.version, "pid": agent.pid, "registered_time": nanoseconds(agent.registered_time)}
    if agent.reregistered_time is not None:
        body["reregistered_time"] = nanoseconds(agent.reregistered_time)
    body["total_resources"] = res.outward(agent.total)
    used = res.add(*agent.used.values())
    if used:
        body["allocated_resources"] = res.outward(used)
    if agent.offered:
        body["offered_resources"] = res.outward(agent.offered)
    return body | {"capabilities": [{"type": name} for name in agent.capabilities]}


# -- frameworks ------------------------------------------------------------------


def used_by(master, framework):
    return res.add(*(agent.used.get(framework.id, []) for agent in master.agents.values()))


def offered_to(master, framework):
    return res.add(*(master.offers[offer].resources for offer in sorted(framework.offers)))


def framework_model(master, framework):
    used, offered, info = used_by(master, framework), offered_to(master, framework), framework.info
    model = {
        "id": framework.id, "name": framework.name, "user": info.get("user", ""),
        "failover_timeout": float(info.get("failover_timeout", 0.0)), "checkpoint": info.get("checkpoint", False),
        "registered_time": framework.registered_time, "unregistered_time": framework.unregistered_time or 0.0,
        "active": framework.active, "connected": framework.connected, "recovered": framework.recovered,
        "used_resources": res.model(used), "offered_resources": res.model(offered),
        "resources": res.model(res.add(used, offered)), "hostname": info.get("hostname", ""),
        "webui_url": info.get("webui_url", ""), "capabilities": framework.capabilities, "offer_constraints": {},
        "tasks": [task_model(task) for task in framework.tasks.values()],
        "unreachable_tasks": [task_model(task) for task in framework.unreachable_tasks.values()],
        "completed_tasks": [task_model(task) for task in framework.completed_tasks],
        "offers": [offer_model(master.offers[offer]) for offer in sorted(framework.offers)],
        "executors": [executor_model(executor, agent.id) for agent in master.agents.values()
                      for executor in agent.executors.get(framework.id, {}).values()]}
    if info.get("principal"):
        model["principal"] = info["principal"]
    if framework.pid:
        model["pid"] = framework.pid
    if framework.has("MULTI_ROLE"):
        model["roles"] = framework.roles
    else:
        model["role"] = info.get("role", "*")
    if framework.reregistered_time is not None:
        model["reregistered_time"] = framework.reregistered_time
    if info.get("labels"):
        model["labels"] = info["labels"].get("labels", [])
    return model


def framework_body(master, framework):
    used, offered = used_by(master, framework), offered_to(master, framework)
    body = {"framework_info": framework.info, "active": framework.active, "connected": framework.connected,
            "recovered": framework.recovered, "registered_time": nanoseconds(framework.registered_time),
            "reregistered_time": nanoseconds(framework.reregistered_time or framework.registered_time)}
    if framework.unregistered_time is not None:
        body["unregistered_time"] = nanoseconds(framework.unregistered_time)
    if framework.offers:
        body["offers"] = [offer_body(master, master.offers[offer]) for offer in sorted(framework.offers)]
    if used:
        body["allocated_resources"] = res.outward(used)
    if offered:
        body["offered_resources"] = res.outward(offered)
    return body | {"offer_constraints": {}}


# -- whole endpoints -----------------------------------------------------------


def leader(info):
    return {"id": info["id"], "pid": info["pid"], "port": info["port"], "hostname": info["hostname"]}


def state(master, flags, start_time):
    return version() | {
        "start_time": start_time, "elected_time": start_time, "id": master.info["id"], "pid": master.info["pid"],
        "hostname": master.info["hostname"], "capabilities": list(MASTER_CAPABILITIES), "flags": flags,
        "activated_slaves": float(sum(agent.active for agent in master.agents.values())),
        "deactivated_slaves": float(sum(not agent.active for agent in master.agents.values())),
        "unreachable_slaves": float(len(master.unreachable_agents)),
        "leader": master.info["pid"], "leader_info": leader(master.info),
        "slaves": [agent_model(agent) for agent in master.agents.values()], "recovered_slaves": [],
        "frameworks": [framework_model(master, framework) for framework in master.frameworks.values()],
        "completed_frameworks": [framework_model(master, framework) for framework in master.completed],
        "orphan_tasks": [], "unregistered_frameworks": []}


def counts(tasks):
    """Numbers of tasks by state, as /state-summary has them."""
    found = {name: 0 for name in ("TASK_STAGING", "TASK_STARTING", "TASK_RUNNING", "TASK_KILLING", "TASK_FINISHED",
                                  "TASK_KILLED", "TASK_FAILED", "TASK_LOST", "TASK_ERROR", "TASK_UNREACHABLE",
                                  "TASK_DROPPED", "TASK_GONE", "TASK_GONE_BY_OPERATOR", "TASK_UNKNOWN")}
    for task in tasks:
        found[task["state"]] = found.get(task["state"], 0) + 1
    return found


def state_summary(master):
    agents = []
    for agent in master.agents.values():
        tasks = [task for framework in master.frameworks.values()
                 for task in [*framework.tasks.values(), *framework.completed_tasks]
                 if value(task["agent_id"]) == agent.id]
        frameworks = sorted({value(task["framework_id"]) for task in tasks})
        agents.append(agent_model(agent, full=True) | counts(tasks) | {"framework_ids": frameworks})
    frameworks = []
    for framework in master.frameworks.values():
        model = framework_model(master, framework)
        tasks = [*framework.tasks.values(), *framework.completed_tasks]
        kept = {key: item for key, item in model.items() if key not in (
            "tasks", "completed_tasks", "unreachable_tasks", "offers", "executors", "labels", "resources", "role",
            "roles", "principal", "user", "failover_timeout", "checkpoint", "registered_time", "unregistered_time",
            "reregistered_time", "offer_constraints", "recovered")}
        frameworks.append(kept | counts(tasks) | {"slave_ids": sorted({value(task["agent_id"]) for task in tasks})})
    return {"hostname": master.info["hostname"], "slaves": agents, "frameworks": frameworks}


def slaves(master, slave_id=None):
    return {"slaves": [agent_model(agent, full=True) for agent in master.agents.values()
                       if slave_id in (None, agent.id)], "recovered_slaves": []}


def frameworks(master, framework_id=None):
    return {"frameworks": [framework_model(master, framework) for framework in master.frameworks.values()
                           if framework_id in (None, framework.id)],
            "completed_frameworks": [framework_model(master, framework) for framework in master.completed
                                     if framework_id in (None, framework.id)], "unregistered_frameworks": []}


def tasks(master, limit=100, offset=0, order="des", framework_id=None, task_id=None):
    found = [task for framework in [*master.frameworks.values(), *master.completed]
             for task in [*framework.tasks.values(), *framework.unreachable_tasks.values(), *framework.completed_tasks]
             if framework_id in (None, framework.id) and task_id in (None, value(task["task_id"]))]
    found.sort(key=lambda task: (task["statuses"] or [{"timestamp": 0}])[0]["timestamp"], reverse=order != "asc")
    return {"tasks": [task_model(task) for task in found[offset:offset + limit]]}


def quantities(resources):
    """Sums without roles; ranges and sets count their members."""
    found = {}
    for resource in resources:
        number = res.numbers(resource)
        if isinstance(number, list):
            number = float(sum(end - begin + 1 for begin, end in number)
                           if resource["type"] == "RANGES" else len(number))
        found[resource["name"]] = round(found.get(resource["name"], 0.0) + number, 3)
    return dict(sorted(found.items()))


def roles_known(master):
    names = {role for framework in master.frameworks.values() for role in framework.roles}
    return sorted(names | {role for agent in master.agents.values() for role in reserved(agent.total)})


def in_role(resources, role):
    return [resource for resource in resources if resource.get("allocation_info", {}).get("role") == role]


def role_model(master, role):
    used = in_role(res.add(*(part for agent in master.agents.values() for part in agent.used.values())), role)
    offered = in_role(res.add(*(agent.offered for agent in master.agents.values())), role)
    held = res.add(*(reserved(agent.total).get(role, []) for agent in master.agents.values()))
    consumed = {name: number for name, number in quantities(used).items() if name != "ports"}
    return {"name": role, "weight": 1.0,
            "frameworks": [framework.id for framework in master.frameworks.values() if role in framework.roles],
            "resources": quantities([*used, *offered]), "allocated": quantities(used), "offered": quantities(offered),
            "reserved": quantities(held),
            "quota": {"role": role, "guarantee": {}, "limit": {}, "consumed": consumed}}


def roles(master):
    return {"roles": [role_model(master, role) for role in roles_known(master)]}
