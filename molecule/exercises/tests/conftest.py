"""The two nodes, and what one does with them."""

import json
import os
import pathlib

import pytest
import testinfra

MASTER, AGENT = "10.77.1.11:5050", "10.77.1.21:5051"
OURS = "/etc/mesos/tls"
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


class Node:
    """A container, asked with its own programs."""

    def __init__(self, container, unit):
        self.host = testinfra.get_host(f"docker://{container}")
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

    def log(self):
        return self.host.check_output(f"journalctl -u {self.unit} --no-pager")

    def agents(self, *options):
        """The agents that the master lists as active."""
        answer = self.host.check_output(f"curl -sS --max-time 10 {' '.join(options)}/slaves")
        return [agent["hostname"] for agent in json.loads(answer)["slaves"] if agent["active"]]


@pytest.fixture(scope="session")
def master():
    return Node("exercises-master", "mesos-master")


@pytest.fixture(scope="session")
def agent():
    return Node("exercises-agent", "mesos-slave")


@pytest.fixture(params=["master", "agent"])
def node(request):
    """Each node in its turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def remembered():
    """The pid that the task of a service had when it started; None for one that was not started yet."""

    def pid(service):
        path = pathlib.Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"], f"{service}.pid")
        return path.read_text() if path.exists() else None

    return pid


@pytest.fixture(scope="session")
def lives(agent, remembered):
    """Whether the task of a service is the process that it was."""

    def check(service, seconds):
        return remembered(service) and agent.run(f"pgrep -f '^sleep {seconds}$'").stdout == remembered(service)

    return check
