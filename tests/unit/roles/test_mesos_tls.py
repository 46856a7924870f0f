# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role in real plays: check, run, again, back; on a master and an agent that are directories."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.mesos.security.tests.unit.plugins import conftest

COLLECTIONS = Path(conftest.__file__).parents[6]
PAIR = {"ca": "{{ here }}/pki", "names": ["{{ inventory_hostname }}.lab"], "addresses": ["127.0.0.1"]}


@pytest.fixture
def play(tmp_path):
    """Return a function that plays mesos_tls on both hosts and gives its exit status and output."""
    node = conftest.Node(tmp_path)
    hosts = {group: {"hosts": {name: {"mesos_component_root": f"{tmp_path}/node/{name}"}}}
             for group, name in (("mesos_masters", "master1"), ("mesos_agents", "agent1"))}
    (tmp_path / "inventory.json").write_text(json.dumps(hosts))
    book = [{"hosts": "all", "gather_facts": False, "tasks": [
        {"mesos.security.mesos_ca": {"path": "{{ here }}/pki", "purpose": "{{ item }}", "key_type": "ec"},
         "loop": ["node", "executor"], "run_once": True},
        {"ansible.builtin.include_role": {"name": "mesos.security.mesos_tls"}},
    ]}]  # fmt: skip
    (tmp_path / "play.json").write_text(json.dumps(book))
    environment = {
        "HOME": str(tmp_path / "home"), "ANSIBLE_HOME": str(tmp_path / "home"), "LC_ALL": "C.UTF-8",
        "PATH": os.environ["PATH"], "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
    }  # fmt: skip

    def run(*arguments, **variables):
        given = {
            "here": str(tmp_path), "mesos_layout": "process", "mesos_component_bin_dir": str(node.bin),
            "mesos_component_process": "current", "mesos_component_keypair": PAIR,
            "mesos_component_executor_keypair": PAIR,
        } | variables  # fmt: skip
        command = [sys.executable, "-m", "ansible", "playbook", "-c", "local", "-i", str(tmp_path / "inventory.json"),
                   str(tmp_path / "play.json"), "-e", json.dumps(given), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout + done.stderr

    run.node = node
    yield run
    for name in ("master1", "agent1"):
        node.root = tmp_path / "node" / name
        node.stop()


def test_up_twice_and_back_without_a_word_of_any_key(play, tmp_path):
    status, text = play("--check", "--diff", mesos_security_level=1)
    assert status == 0 and play.node.snapshot() == {}, text
    status, text = play("--diff", "-vvv", mesos_security_level=1)
    assert status == 0 and text.count("\n+LIBPROCESS_SSL_ENABLED=true\n") == 2, text
    after = play.node.snapshot()
    for path, (_rights, _time, content) in after.items():
        if path.endswith(".key"):
            assert content.decode().splitlines()[1] not in text
    assert "PRIVATE KEY" not in text
    status, text = play(mesos_tls_mode="required")
    assert status == 0 and text.count("changed=0 ") == 2, text
    assert play.node.snapshot() == after
    status, text = play(mesos_tls_mode="disabled")
    assert status == 0 and "LIBPROCESS" not in "".join(
        content for path, content in play.node.texts().items() if path.endswith(".env"))


@pytest.mark.parametrize("variables, words", [
    ({}, "where tls should stand is not said; set mesos_security_level (0 or 1) or mesos_tls_mode"),
    ({"mesos_tls_mode": "on"}, "value of mesos_tls_mode must be one of: disabled, prepared, permissive"),
    ({"mesos_tls_mode": "required", "mesos_component_components": []}, "is in neither of the groups mesos_masters and"),
])  # fmt: skip
def test_a_refusal_reaches_the_user(play, variables, words):
    status, text = play(**variables)
    assert status == 2 and words in text, text
    assert play.node.snapshot() == {}
