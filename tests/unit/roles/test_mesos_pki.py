# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role and its modules in real plays: check, run, again; on two hosts that are directories."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.mesos.security.tests.unit.plugins import pki

COLLECTIONS = Path(pki.__file__).parents[6]


@pytest.fixture
def play(tmp_path):
    """Return a function that plays the role with variables and gives {host: last results}, output and exit status."""
    def run(*arguments, hosts=("master1", "agent1"), **variables):
        book = [{"hosts": "all", "gather_facts": False, "roles": ["mesos.security.mesos_pki"], "vars": {
            "mesos_layout": "process", "mesos_component_root": f"{tmp_path}/{{{{ inventory_hostname }}}}",
            "mesos_pki_authority": f"{tmp_path}/pki", "mesos_pki_addresses": ["127.0.0.1"], "mesos_pki_key_type": "ec",
            "mesos_pki_executors": "{{ inventory_hostname is match('agent') }}"} | variables}]
        (tmp_path / "play.json").write_text(json.dumps(book))
        environment = {
            "HOME": str(tmp_path / "home"), "ANSIBLE_HOME": str(tmp_path / "home"), "LC_ALL": "C.UTF-8",
            "PATH": os.environ["PATH"], "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable, "ANSIBLE_LOCALHOST_WARNING": "false"}
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "playbook", "-c", "local", "-i", ",".join(hosts) + ",",
             str(tmp_path / "play.json"), *arguments],
            env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout + done.stderr
    return run


def below(tmp_path):
    """What the plays are about: neither the play itself nor Ansible's own files."""
    return {path: seen for path, seen in pki.snapshot(tmp_path).items()
            if Path(path).relative_to(tmp_path).parts[0] in ("pki", "master1", "agent1")}


def test_check_run_and_again_without_a_word_of_any_key(play, tmp_path):
    status, text = play("--check", "--diff")
    assert status == 0 and "changed=" in text, text
    assert below(tmp_path) == {}
    status, text = play("--diff", "-vvv")
    assert status == 0 and "CN=Mesos authority" in text, text
    after = below(tmp_path)
    assert sorted(str(Path(path).relative_to(tmp_path)) for path, (_mode, content) in after.items() if content) == [
        "agent1/etc/tls/agent-ca.pem", "agent1/etc/tls/ca.pem", "agent1/etc/tls/executor.key",
        "agent1/etc/tls/executor.pem", "agent1/etc/tls/node.key", "agent1/etc/tls/node.pem",
        "master1/etc/tls/ca.pem", "master1/etc/tls/node.key", "master1/etc/tls/node.pem",
        "pki/ca.key", "pki/ca.pem", "pki/executor-ca.key", "pki/executor-ca.pem"]
    for path, (_mode, content) in after.items():
        if path.endswith(".key"):
            assert content.decode().splitlines()[1] not in text
    assert "PRIVATE KEY" not in text
    status, text = play()
    assert status == 0 and text.count("changed=0 ") == 2, text
    assert below(tmp_path) == after
    status, text = play("-v", hosts=["master1"], mesos_pki_addresses=["127.0.0.1", "10.0.0.22"])
    assert status == 0 and "the certificate is not for the address 10.0.0.22" in text, text


def test_a_refusal_is_one_sentence_and_stops_that_host(play, tmp_path):
    status, text = play(hosts=["master1"], mesos_pki_names=["*.example"])
    assert status == 2 and "master1: the name '*.example' has a wildcard, and Mesos compares names exactly" in text
    assert not (tmp_path / "master1").exists()


def test_a_refusal_of_the_node_reaches_the_user(play, tmp_path):
    (tmp_path / "agent1" / "etc").mkdir(parents=True)
    (tmp_path / "agent1" / "etc" / "tls").write_text("")
    status, text = play(hosts=["agent1"])
    assert status == 2 and f"agent1: {tmp_path}/agent1/etc/tls/node.key cannot be written: " in text, text
    assert "is not a directory; move it away. Nothing was changed." in text


def test_pairs_from_elsewhere(play, tmp_path):
    (tmp_path / "files").mkdir()
    leaf = pki.certificate(pki.key(), addresses=("127.0.0.1",), names=("master1",))
    (tmp_path / "files" / "master1.key").write_text(pki.key_pem(pki.key()))
    (tmp_path / "files" / "master1.pem").write_text(pki.pem(leaf))
    (tmp_path / "files" / "ca.pem").write_text(pki.pem(pki.authority().certificate))
    given = {"hosts": ["master1"], "mesos_pki_source": "files", "mesos_pki_source_key": "files/master1.key",
             "mesos_pki_source_certificate": "files/master1.pem", "mesos_pki_source_ca_certificate": "files/ca.pem"}
    status, text = play("-vvv", "--diff", **given)
    assert status == 0 and "PRIVATE KEY" not in text and pki.key_pem(pki.key()).splitlines()[1] not in text, text
    assert (tmp_path / "master1/etc/tls/node.key").read_text() == pki.key_pem(pki.key())
    assert not (tmp_path / "pki").exists()
    status, text = play(**given)
    assert status == 0 and "changed=0 " in text
    status, text = play(hosts=["master1"], mesos_pki_source="present", mesos_pki_names=["master2"])
    assert status == 2 and "master1: " in text and "is unfit for this node: the certificate is not for master2" in text
