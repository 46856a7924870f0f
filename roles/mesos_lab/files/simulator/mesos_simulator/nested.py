# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers nested in an executor's: what the default executor asks of the agent through its operator API."""

import os

from . import checkpoint, containerizer, http_api


def name_of(container_id):
    """``parent.child`` for a ContainerID."""
    parent = container_id.get("parent")
    return f"{name_of(parent)}.{container_id['value']}" if parent else container_id["value"]


def directory_of(agent, name):
    """The sandbox of a nested container, or None if its root container is not an executor's."""
    root, *rest = name.split(".")
    for framework in agent.frameworks.values():
        for executor in framework.executors.values():
            if executor.container_id == root:
                return os.path.join(executor.directory, *[part for one in rest for part in ("containers", one)])
    return None


def body_of(call):
    return call.get(call["type"].lower()) or {}


async def launch(agent, call):
    body = body_of(call)
    name = name_of(body["container_id"])
    agent.log.info("http.cpp", f"Processing {call['type']} call for container '{name}'")
    directory = directory_of(agent, name)
    if directory is None:
        return http_api.text(400, f"Unable to locate executor for parent container {name.rpartition('.')[0]}")
    os.makedirs(directory, exist_ok=True)
    command = body.get("command") or {}
    environment = {"PATH": containerizer.DEFAULT_PATH, "MESOS_SANDBOX": directory, "MESOS_CONTAINER_IP": "127.0.0.1"}
    try:
        container = agent.containers.launch(name, containerizer.argv_of(command),
                                            environment | containerizer.variables(command), directory)
    except (OSError, KeyError, ValueError) as error:
        return http_api.text(400, f"Failed to launch container: {error}")
    checkpoint.write(agent.containers.runtime_path(name, "pid"), str(container.pid))
    return http_api.text(200)


async def wait(agent, call):
    name = name_of(body_of(call)["container_id"])
    agent.log.info("http.cpp", f"Processing {call['type']} call for container '{name}'")
    container = agent.containers.containers.get(name)
    if container is not None:
        status = await container.done
    else:
        found = checkpoint.read(agent.containers.runtime_path(name, "termination"))
        if found is None:
            return http_api.text(404, f"Container {name} cannot be found (or is already destroyed)")
        status = found["status"]
    kind = call["type"]
    return http_api.ok({"type": kind, kind.lower(): {} if status is None else {"exit_status": status}})


async def kill(agent, call):
    body = body_of(call)
    name = name_of(body["container_id"])
    agent.log.info("http.cpp", f"Processing {call['type']} call for container '{name}'")
    container = agent.containers.containers.get(name)
    if container is None:
        return http_api.text(404, f"Container {name} cannot be found (or is already killed)")
    containerizer.signal_command(container.pid, int(body.get("signal", 9)))
    return http_api.text(200)


async def remove(agent, call):
    name = name_of(body_of(call)["container_id"])
    agent.log.info("http.cpp", f"Processing {call['type']} call for container '{name}'")
    return http_api.text(200)


CALLS = {"LAUNCH_CONTAINER": launch, "LAUNCH_NESTED_CONTAINER": launch, "WAIT_CONTAINER": wait,
         "WAIT_NESTED_CONTAINER": wait, "KILL_CONTAINER": kill, "KILL_NESTED_CONTAINER": kill,
         "REMOVE_CONTAINER": remove, "REMOVE_NESTED_CONTAINER": remove}
