# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an agent keeps, sends again, hands to executors, and can kill."""

import asyncio
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from mesos_simulator import checkpoint, containerizer
from mesos_simulator.agent_model import command_text, executor_for
from mesos_simulator.containerizer import Containerizer, executor_environment
from mesos_simulator.status_updates import StatusUpdates


class Quiet:
    def info(self, file, text):
        pass

    warning = error = info


class Timers:
    def __init__(self):
        self.waiting = []

    def later(self, seconds, function, *args):
        self.waiting.append((seconds, function, args))
        return SimpleNamespace(cancel=lambda: None)


def update(state, uuid, task="t"):
    return {"framework_id": {"value": "f"}, "status": {"task_id": {"value": task}, "state": state, "uuid": uuid}}


@pytest.fixture
def sent():
    return []


@pytest.fixture
def updates(sent):
    made = StatusUpdates(lambda one: sent.append(one["status"]["state"]), Timers().later, Quiet())
    made.resume()
    return made


def test_the_next_update_waits_for_the_acknowledgement_of_the_one_before(updates, sent):
    updates.update(update("TASK_STARTING", "1"))
    updates.update(update("TASK_RUNNING", "2"))
    assert sent == ["TASK_STARTING"]
    updates.acknowledge("f", "t", "1")
    assert sent == ["TASK_STARTING", "TASK_RUNNING"]


def test_updates_wait_for_the_master(updates, sent):
    updates.pause()
    updates.update(update("TASK_RUNNING", "1"))
    assert sent == []
    updates.resume()
    assert sent == ["TASK_RUNNING"]


def test_an_update_that_came_twice_is_sent_once(updates, sent):
    assert updates.update(update("TASK_RUNNING", "1"))
    assert not updates.update(update("TASK_RUNNING", "1"))
    assert sent == ["TASK_RUNNING"]


@pytest.mark.parametrize("uuid, words", [("1", "Duplicate task status acknowledgement"),
                                         ("9", "Unexpected task status update acknowledgment")])
def test_a_wrong_acknowledgement_is_named(updates, uuid, words):
    updates.update(update("TASK_STARTING", "1"))
    updates.update(update("TASK_RUNNING", "2"))
    updates.acknowledge("f", "t", "1")
    with pytest.raises(ValueError, match=words):
        updates.acknowledge("f", "t", uuid)


def test_a_restarted_agent_sends_what_was_not_acknowledged(updates, sent, tmp_path):
    run = str(tmp_path)
    for number, state in enumerate(("TASK_STARTING", "TASK_RUNNING")):
        updates.update(update(state, str(number)), run)
    updates.acknowledge("f", "t", "0")
    again = []
    restarted = StatusUpdates(lambda one: again.append(one["status"]["state"]), Timers().later, Quiet())
    restarted.restore(("f", "t"), run, checkpoint.read_lines(f"{run}/tasks/t/task.updates"))
    restarted.resume()
    assert again == ["TASK_RUNNING"]


def test_a_line_cut_short_by_a_crash_does_not_count(tmp_path):
    path = str(tmp_path / "task.updates")
    checkpoint.append(path, {"ack": "1"})
    with open(path, "a") as stream:
        stream.write('{"ack": ')
    assert checkpoint.read_lines(path) == [{"ack": "1"}]


class Options(SimpleNamespace):
    def as_json(self):
        return {"executor_shutdown_grace_period": "5secs", "recovery_timeout": "15mins",
                "executor_reregistration_timeout": "2secs"}


def environment(chosen=None, own=None, command=None, **more):
    return executor_environment(
        Options(executor_environment_variables=chosen, launcher_dir="/usr/libexec/mesos"), own or {},
        agent_pid="slave(1)@10.0.0.1:5051", agent_id="S0", framework={"id": {"value": "f"}}, directory="/sandbox",
        executor={"executor_id": {"value": "e"}, "command": command or {}},
        **({"checkpoint": False, "http": False} | more))


def test_an_executor_does_not_inherit_the_agents_tls():
    own = {"LIBPROCESS_SSL_ENABLED": "true", "MESOS_PORT": "5051", "SSL_CERT_FILE": "/old",
           "LIBPROCESS_IP": "10.0.0.1"}
    made = environment(own=own)
    assert "LIBPROCESS_SSL_ENABLED" not in made and "MESOS_PORT" not in made
    assert made["SSL_CERT_FILE"] == "/old" and made["LIBPROCESS_IP"] == "10.0.0.1"


def test_chosen_variables_replace_the_agents_environment():
    made = environment(chosen={"LIBPROCESS_SSL_ENABLED": "true"}, own={"OTHER": "x"})
    assert made["LIBPROCESS_SSL_ENABLED"] == "true" and "OTHER" not in made


def test_a_task_overrides_what_the_agent_gives():
    command = {"environment": {"variables": [{"name": "LIBPROCESS_SSL_ENABLED", "value": "false"}]}}
    assert environment(chosen={"LIBPROCESS_SSL_ENABLED": "true"}, command=command)["LIBPROCESS_SSL_ENABLED"] == "false"


@pytest.mark.parametrize("checkpointing, expected", [(True, ("1", "15mins")), (False, ("0", None))])
def test_only_checkpointed_executors_know_how_long_to_wait(checkpointing, expected):
    made = environment(checkpoint=checkpointing)
    assert (made["MESOS_CHECKPOINT"], made.get("MESOS_RECOVERY_TIMEOUT")) == expected


@pytest.mark.parametrize("command, text", [
    ({"value": "sleep 60"}, "(Command: sh -c 'sleep 60')"),
    ({"value": "sleep 60 && echo done"}, "(Command: sh -c 'sleep 60 && ...')"),
    ({"shell": False, "value": "ls"}, "(Command: ls)"),
])
def test_a_command_executor_is_named_after_its_command(command, text):
    assert command_text(command) == text


def test_a_command_executor_gets_the_environment_of_its_task():
    task = {"task_id": {"value": "t"}, "resources": [], "command": {
        "value": "true", "environment": {"variables": [{"name": "A", "value": "b"}]}}}
    assert containerizer.variables(executor_for(task, "f", "/libexec")["command"]) == {"A": "b"}


def run_container(tmp_path, script):
    """(wait status, what it wrote) of a container."""
    async def run():
        containers = Containerizer(str(tmp_path / "runtime"), Quiet())
        container = containers.launch("c", containerizer.argv_of({"value": script}), {"PATH": os.environ["PATH"]},
                                      str(tmp_path))
        return await asyncio.wait_for(container.done, 20)
    status = asyncio.run(run())
    return status, (tmp_path / "stdout").read_text()


@pytest.mark.parametrize("script, status", [("true", 0), ("exit 3", 3 << 8), ("kill -9 $$", 9)])
def test_the_end_of_a_container_is_known(tmp_path, script, status):
    assert run_container(tmp_path, script)[0] == status


def test_a_container_sees_the_environment_it_was_given_and_no_more(tmp_path):
    names = {line.partition("=")[0] for line in run_container(tmp_path, "env")[1].splitlines()}
    assert names <= {"PATH", "PWD", "OLDPWD", "SHLVL", "_"}


def test_a_container_that_ended_while_the_agent_was_away_is_understood(tmp_path):
    async def run():
        first = Containerizer(str(tmp_path / "runtime"), Quiet())
        container = first.launch("c", containerizer.argv_of({"value": "exit 4"}), {"PATH": os.environ["PATH"]},
                                 str(tmp_path))
        await container.done
        second = Containerizer(str(tmp_path / "runtime"), Quiet())
        return await asyncio.wait_for(second.recover("c", container.pid).done, 20)
    assert asyncio.run(run()) == 4 << 8


def test_killing_a_container_kills_what_left_its_session_too():
    script = "import subprocess, time; subprocess.Popen(['sleep', '77'], start_new_session=True); time.sleep(77)"
    process = subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
    end = time.monotonic() + 10
    while len(containerizer.tree_of(process.pid, containerizer.processes())) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    members = containerizer.tree_of(process.pid, containerizer.processes())
    containerizer.kill_tree(process.pid)
    process.wait(10)
    time.sleep(0.2)
    assert len(members) == 2 and not members & set(containerizer.processes())
