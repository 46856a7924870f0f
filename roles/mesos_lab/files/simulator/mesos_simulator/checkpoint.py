# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an agent keeps on disk to find its tasks again: under ``work_dir/meta``, as JSON where Mesos has protobuf.

Pure reading and writing; deciding what to do with it is agent_recovery.py.
"""

import json
import os
import shutil


class Paths:
    """Where things lie, as in Mesos."""

    def __init__(self, work_dir):
        self.work_dir, self.meta = work_dir, os.path.join(work_dir, "meta")

    def latest_agent(self):
        return os.path.join(self.meta, "slaves", "latest")

    def agent(self, agent_id, meta=False):
        return os.path.join(self.meta if meta else self.work_dir, "slaves", agent_id)

    def framework(self, agent_id, framework_id, meta=False):
        return os.path.join(self.agent(agent_id, meta), "frameworks", framework_id)

    def executor(self, agent_id, framework_id, executor_id, meta=False):
        return os.path.join(self.framework(agent_id, framework_id, meta), "executors", executor_id)

    def run(self, agent_id, framework_id, executor_id, container_id, meta=False):
        return os.path.join(self.executor(agent_id, framework_id, executor_id, meta), "runs", container_id)

    def resources(self):
        return os.path.join(self.meta, "resources")


def write(path, data):
    """Write JSON (or text) so that it is there whole or not at all."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8") as stream:
        stream.write(data if isinstance(data, str) else json.dumps(data))
    os.replace(path + ".new", path)


def read(path):
    """The JSON in a file, or None if there is none."""
    try:
        with open(path, encoding="utf-8") as stream:
            return json.load(stream)
    except (OSError, ValueError):
        return None


def read_text(path):
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except OSError:
        return None


def append(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a", encoding="utf-8") as stream:
        stream.write(json.dumps(data) + "\n")


def read_lines(path):
    """The JSON lines of a file; a last line cut short by a crash does not count."""
    found = []
    for line in (read_text(path) or "").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found


def listed(directory):
    try:
        return sorted(name for name in os.listdir(directory) if not name.endswith(".new"))
    except OSError:
        return []


def remove(path):
    if os.path.islink(path) or os.path.isfile(path):
        os.unlink(path)
    else:
        shutil.rmtree(path, ignore_errors=True)


# -- what is kept -----------------------------------------------------------


def save_agent(paths, info):
    identifier = info["id"]["value"]
    write(os.path.join(paths.agent(identifier, meta=True), "slave.info"), info)
    latest = paths.latest_agent()
    if os.path.lexists(latest):
        os.unlink(latest)
    os.symlink(paths.agent(identifier, meta=True), latest)


def boot_id():
    return (read_text("/proc/sys/kernel/random/boot_id") or "").strip()


def load_agent(paths):
    """The AgentInfo of the last run, or None."""
    return read(os.path.join(paths.latest_agent(), "slave.info"))


def save_framework(paths, agent_id, info, pid):
    directory = paths.framework(agent_id, info["id"]["value"], meta=True)
    write(os.path.join(directory, "framework.info"), info)
    write(os.path.join(directory, "framework.pid"), pid or "")


def save_executor(paths, agent_id, executor):
    framework_id = executor.framework.id
    write(os.path.join(paths.executor(agent_id, framework_id, executor.id, meta=True), "executor.info"), executor.info)
    run = paths.run(agent_id, framework_id, executor.id, executor.container_id, meta=True)
    os.makedirs(run, exist_ok=True)
    latest = os.path.join(os.path.dirname(run), "latest")
    if os.path.lexists(latest):
        os.unlink(latest)
    os.symlink(run, latest)
    return run


def save_task(run, task):
    write(os.path.join(run, "tasks", task["task_id"]["value"], "task.info"), task)


def note_update(run, task_id, entry):
    """One more line: {"update": …} or {"ack": uuid}."""
    append(os.path.join(run, "tasks", task_id, "task.updates"), entry)


def load_executors(paths, agent_id):
    """Yield (framework info, framework pid, executor info, run directory, {task id: (task, lines)})."""
    root = os.path.join(paths.agent(agent_id, meta=True), "frameworks")
    for framework_id in listed(root):
        framework = read(os.path.join(root, framework_id, "framework.info"))
        pid = read_text(os.path.join(root, framework_id, "framework.pid")) or ""
        for executor_id in listed(os.path.join(root, framework_id, "executors")):
            directory = os.path.join(root, framework_id, "executors", executor_id)
            info = read(os.path.join(directory, "executor.info"))
            run = os.path.realpath(os.path.join(directory, "runs", "latest"))
            if framework is None or info is None or os.path.exists(os.path.join(run, "executor.sentinel")):
                continue
            tasks = {}
            for task_id in listed(os.path.join(run, "tasks")):
                task = read(os.path.join(run, "tasks", task_id, "task.info"))
                if task is not None:
                    tasks[task_id] = (task, read_lines(os.path.join(run, "tasks", task_id, "task.updates")))
            yield framework, pid, info, run, tasks
