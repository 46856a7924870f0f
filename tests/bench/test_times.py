# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long things take, as ratios to something well known on the same machine: a slow machine slows both."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SIMULATOR = ROOT / "roles" / "mesos_lab" / "files" / "simulator"


def seconds(argv, times=5, **settings):
    """Return the shortest time of a few runs: what else the machine does only adds."""
    def once():
        begun = time.perf_counter()
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **settings)
        assert done.returncode == 0, done.stdout.decode()
        return time.perf_counter() - begun

    return min(once() for _ in range(times))


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    directory = tmp_path_factory.mktemp("programs")
    subprocess.run([sys.executable, "-m", "mesos_simulator.programs", "install", directory], check=True,
                   env={**os.environ, "PYTHONPATH": str(SIMULATOR)}, stdout=subprocess.DEVNULL)
    return directory


# An executor starts with every task, so it may not load much; the others load aiohttp at most.
@pytest.mark.parametrize("program, at_most", [("mesos-executor", 1.5), ("mesos-master", 6), ("mesos-agent", 6)])
def test_a_program_starts_in_a_few_times_the_time_of_python(programs, program, at_most):
    python = seconds([sys.executable, "-I", "-c", "import asyncio, ssl, json"])
    ours = seconds([programs / program, "--version"])
    print(f"{program}: {ours / python:.2f} times python")
    assert ours / python <= at_most


PLAY = """
- hosts: localhost
  connection: local
  gather_facts: false
  vars: {{ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"}}
  tasks:
    - {task}
      loop: "{{{{ range(10) | list }}}}"
"""
PING = "ansible.builtin.ping:"
COMPONENT = """mesos.security.mesos_component:
        component: master
        layout: process
        root: "{root}"
        bin_dir: "{programs}"
        version: 1.12.0
        modes: {{tls: disabled}}"""


def test_a_node_in_its_mode_costs_little_more_than_a_ping(programs, tmp_path):
    """One remote call: design §4."""
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(BIN.parent / "collections")}

    def ten_times(task):
        play = tmp_path / "play.yml"
        play.write_text(PLAY.format(task=task), encoding="utf-8")
        return seconds([BIN / "ansible-playbook", "-i", "localhost,", play], times=3, env=environment)

    empty = ten_times("ansible.builtin.debug:")
    ping = ten_times(PING) - empty
    component = ten_times(COMPONENT.format(root=tmp_path / "node", programs=programs)) - empty
    print(f"mesos_component: {component / ping:.2f} times a ping ({component / 10:.2f} s)")
    assert component / ping <= 3
