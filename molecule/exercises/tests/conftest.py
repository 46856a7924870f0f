"""The two nodes, and what one does with them."""

import json
import os
import pathlib
import time

import pytest
import testinfra

MASTER, AGENT = "master1.example:5050", "agent1.example:5051"
OURS = "/etc/mesos/tls"
EPHEMERAL = os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]
TLS = {
    "LIBPROCESS_SSL_ENABLED": "true",
    "LIBPROCESS_SSL_CERT_FILE": f"{OURS}/node.pem",
    "LIBPROCESS_SSL_KEY_FILE": f"{OURS}/node.key",
}
VERIFY = {
    "LIBPROCESS_SSL_VERIFY_SERVER_CERT": "true",
    "LIBPROCESS_SSL_CA_FILE": f"{OURS}/ca.pem",
    "LIBPROCESS_SSL_VERIFY_IPADD": "true",
    "LIBPROCESS_SSL_HOSTNAME_VALIDATION_SCHEME": "openssl",
}


def _by_path(fingerprint):
    found = {path: (owner, mode, checksum) for owner, mode, checksum, path in map(str.split, fingerprint.splitlines())}
    assert any(path.startswith("/etc/default/") for path in found), fingerprint
    return found


class Node:
    """A container, asked with its own programs."""

    def __init__(self, name, unit):
        self.container = f"exercises-{os.environ.get('CLUSTER', 'x')}-{name}"
        self.host = testinfra.get_host(f"docker://{self.container}")
        self.unit = unit

    def run(self, command):
        return self.host.run(command)

    def environment(self):
        """What the running process really has."""
        pid = self.host.check_output(f"systemctl show -P MainPID {self.unit}")
        text = self.host.check_output(f"tr '\\0' '\\n' < /proc/{pid}/environ")
        return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)

    def execute(self, environment, seconds=20):
        """Run a command on the cluster as a framework with this environment; return all it says."""
        variables = " ".join(f"{name}={value}" for name, value in environment.items())
        return self.run(
            f"{variables} timeout {seconds} mesos-execute --master={MASTER} --name=probe"
            " '--resources=cpus:0.1;mem:32' '--command=echo hello' 2>&1").stdout

    def settings(self):
        """{path: (owner, mode, checksum)} of every file that gives this Mesos settings."""
        return _by_path(self.host.check_output("/usr/lib/mesos/packages/fingerprint.sh"))

    def operators_settings(self):
        """The same, as it was before the first converge."""
        return _by_path(pathlib.Path(EPHEMERAL, f"{self.container}.settings").read_text())

    def log(self):
        return self.host.check_output(f"journalctl -u {self.unit} --no-pager")

    def agents(self, *options):
        """The agents that the master lists as active; waits for one that is on its way."""
        deadline = time.monotonic() + 15
        while True:
            answer = self.host.check_output(f"curl -sS --max-time 10 {' '.join(options)}/slaves")
            active = [agent["hostname"] for agent in json.loads(answer)["slaves"] if agent["active"]]
            if active or time.monotonic() > deadline:
                return active
            time.sleep(0.3)


@pytest.fixture(scope="session")
def master():
    return Node("master", "mesos-master")


@pytest.fixture(scope="session")
def agent():
    return Node("agent", "mesos-slave")


@pytest.fixture(params=["master", "agent"])
def node(request):
    """Each node in its turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def remembered():
    """The pid that the task of a service had when it started; None for one that was not started yet."""

    def pid(service):
        path = pathlib.Path(EPHEMERAL, f"{service}.pid")
        return path.read_text() if path.exists() else None

    return pid


@pytest.fixture(scope="session")
def lives(agent, remembered):
    """Whether the task of a service is the process that it was."""

    def check(service, seconds):
        running = agent.run(f"pgrep -f '^sleep {seconds}$'").stdout.split()
        return running == [remembered(service)]

    return check
