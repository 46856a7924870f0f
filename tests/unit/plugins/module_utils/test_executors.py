# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Executors that an agent's restart would kill are named before it."""

import subprocess
import sys

import pytest
from ansible_collections.mesos.security.plugins.module_utils import _executors
from ansible_collections.mesos.security.plugins.module_utils._process import Running

PLAIN, TLS = {}, {"LIBPROCESS_SSL_ENABLED": "true"}
NEUTRAL = {**TLS, "LIBPROCESS_SSL_SUPPORT_DOWNGRADE": "true"}


@pytest.fixture
def executor(tmp_path):
    """Start processes that look like executors of an agent."""
    started = []

    def start(name, variables, work_dir=tmp_path / "work"):
        environment = {
            "MESOS_SLAVE_PID": "slave(1)@127.0.0.1:5051", "MESOS_FRAMEWORK_ID": "F", "MESOS_EXECUTOR_ID": name,
            "MESOS_DIRECTORY": f"{work_dir}/slaves/S0/{name}", **variables}
        program = "print(flush=True); import time; time.sleep(300)"
        process = subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE)
        started.append(process)
        process.stdout.readline()

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def agent(tmp_path):
    return Running(1, 0.0, ["mesos-agent", f"--work_dir={tmp_path}/work"], {}, "mesos-agent")


@pytest.mark.parametrize("mode, dies", [
    (PLAIN, ["F/tls"]), (NEUTRAL, []), (TLS, ["F/plain"]),
], ids=["disabled", "permissive", "required"])
def test_who_would_be_killed_is_told_by_the_variables_of_both(executor, agent, mode, dies):
    for name, variables in ("plain", PLAIN), ("tls", TLS), ("neutral", NEUTRAL):
        executor(name, variables)
    sentence = _executors.warning(agent, mode)
    assert [name for name in ("F/plain", "F/tls", "F/neutral") if name in (sentence or "")] == dies
    assert (sentence is None) == (not dies)


def test_an_executor_counts_once_with_all_its_tasks(executor, agent):
    executor("plain", PLAIN)
    executor("plain", PLAIN)
    assert _executors.warning(agent, TLS).startswith("1 of this agent's executors speak plain text only")


def test_executors_of_another_agent_do_not_count(executor, agent, tmp_path):
    executor("plain", PLAIN, tmp_path / "work2")
    assert _executors.warning(agent, TLS) is None


def test_many_are_counted_and_three_named(executor, agent):
    for number in range(5):
        executor(f"e{number}", PLAIN)
    assert "F/e0, F/e1, F/e2 and others" in _executors.warning(agent, TLS)


def test_the_work_directory_is_found_in_the_environment_too(executor, tmp_path):
    executor("plain", PLAIN)
    agent = Running(1, 0.0, ["mesos-slave"], {"MESOS_WORK_DIR": f"{tmp_path}/work"}, "mesos-slave")
    assert _executors.warning(agent, TLS)
