# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the simulator's master and agent start, or say why not; the programs themselves are run."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from mesos_simulator import programs


@pytest.fixture(scope="module")
def bin_dir(tmp_path_factory):
    directory = tmp_path_factory.mktemp("bin")
    programs.install(str(directory), sys.executable)
    return directory


@pytest.fixture
def start(bin_dir, tmp_path):
    """Run a program with flags that are fine but for those given; it is to end by itself."""
    def run(program, *arguments, **environ):
        base = {"mesos-master": ["--ip=127.0.0.1", "--port=0", "--registry=in_memory"],
                "mesos-agent": ["--ip=127.0.0.1", "--port=0", f"--work_dir={tmp_path}/agent", "--launcher=posix"]}
        given = {argument.split("=")[0] for argument in arguments}
        argv = [*(flag for flag in base.get(program, []) if flag.split("=")[0] not in given), *arguments]
        return subprocess.run([bin_dir / program, *argv], env={"PATH": os.environ["PATH"], **environ}, timeout=20,
                              capture_output=True, text=True, check=False)
    return run


def refusal(done):
    assert done.returncode == 1
    return done.stderr.rpartition("EXIT with status 1: ")[2].strip()


def test_flags_that_cannot_be_loaded_point_to_the_help(start):
    done = start("mesos-master", "--nonsense")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == ("Failed to load unknown flag 'nonsense'\n\n"
                           "See `mesos-master --help` for a list of supported flags.\n")


def test_the_version_is_that_of_mesos_and_says_it_is_a_simulator(start):
    first, second = start("mesos-master", "--version").stdout.splitlines()
    assert first == "mesos 1.12.0" and "simulator" in second


def test_the_help_of_an_agent_built_with_ssl_has_the_flags_for_executors(start):
    done = start("mesos-agent", "--help")
    assert done.returncode == 0
    assert "\n  --[no-]authenticate_http_executors  " in done.stdout
    assert "\n  --jwt_secret_key=VALUE, --executor_secret_key=VALUE  " in done.stdout


@pytest.mark.parametrize("arguments, sentence", [
    (["--authenticators="], "Authenticator '' not found. Check the spelling (compare to 'crammd5') or verify that the "
                            "authenticator was loaded successfully (see --modules)"),
    (["--authenticators=crammd5,ldap"], "Multiple authenticators not supported"),
    (["--authorizers=ldap"], "Could not create 'ldap' authorizer: Module 'ldap' unknown"),
    (["--hooks=x"], "Error installing hooks: No hook module named 'x' available"),
    (["--zk=zk://127.0.0.1:2181"],
     "Failed to create a master contender: Expecting a (chroot) path for ZooKeeper ('/' is not supported)"),
    (["--zk=nonsense"], "Failed to create a master contender: Failed to parse 'nonsense'"),
    (["--registry=nonsense"], "'nonsense' is not a supported option for registry persistence"),
    (["--registry=replicated_log"], "--work_dir needed for replicated log based registry"),
    (["--agent_removal_rate_limit=1"],
     "Invalid agent_removal_rate_limit: 1. Format is <Number of agents>/<Duration>"),
    (["--agent_reregister_timeout=1mins"],
     "Invalid value '1mins' for --agent_reregister_timeout: Must be at least 10mins"),
    (["--recovery_agent_removal_limit=101%"],
     "Invalid value '101%' for --recovery_agent_removal_percent_limit: Must be within [0%-100%]"),
    (['--rate_limits={"limits":[{"principal":"a","qps":-1.5}]}'], "Invalid qps: -1.5. It must be a positive number"),
    (["--weights=a"], "Invalid weight: 'a'. --weights should be of the form 'role=weight,role=weight'"),
    (["--credentials=/nothing"],
     "Failed to read credentials file '/nothing': No such file or directory (see --credentials flag)"),
    (["--authenticate_http_readonly"],
     "Failed to create HTTP authenticator module 'basic': No credentials provided for the default 'basic' HTTP "
     "authenticator for realm 'mesos-master-readonly'"),
    (["--modules={}", "--modules_dir=/x"], "Only one of --modules or --modules_dir should be specified"),
    (["--ip=127.0.0.1", "--ip_discovery_command=x"],
     "Only one of `--ip` or `--ip_discovery_command` should be specified"),
    (["--logging_level=LOUD"], "'LOUD' is not a valid logging level. Possible values for 'logging_level' flag are: "
                               "'INFO', 'WARNING', 'ERROR'."),
])
def test_a_master_that_cannot_start_says_why(start, arguments, sentence):
    assert refusal(start("mesos-master", *arguments)) == sentence


def test_a_master_whose_address_is_a_name_tells_libprocess_flags(start):
    text = refusal(start("mesos-master", "--ip=localhost"))
    assert text.startswith("Failed to load flag 'ip': Failed to load value 'localhost': "
                           "Failed to parse IP as either IPv4 or IPv6:localhost\n\nUsage:  [options]\n")


def test_a_port_that_is_taken_aborts(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start("mesos-master", f"--port={port}")
    assert done.returncode == -6
    assert f"Failed to initialize: Failed to bind on 127.0.0.1:{port}: Address already in use" in done.stderr


def test_what_a_master_logs_goes_to_its_log_directory(start, tmp_path):
    start("mesos-master", f"--log_dir={tmp_path}/log", "--quiet", "--authenticators=x")
    lines = (tmp_path / "log" / "mesos-master.INFO").read_text().splitlines()
    assert lines[0].startswith("Log file created at: ") and lines[3].endswith("] INFO level logging started!")
    assert "EXIT with status 1" in (tmp_path / "log" / "mesos-master.ERROR").read_text()


@pytest.mark.parametrize("arguments, sentence", [
    ([], "Missing required option `--master` or `--master_detector`"),
    (["--master=nonsense"], "Failed to create a master detector: Failed to parse 'nonsense'"),
    (["--master=zk://"],
     "Failed to create a master detector: Expecting a (chroot) path for ZooKeeper ('/' is not supported)"),
    (["--master=127.0.0.1:5", "--containerizers=nonsense"],
     "Failed to create a containerizer: Unknown or unsupported containerizer: nonsense"),
    (["--master=127.0.0.1:5", "--isolation=nonsense"],
     "Failed to create a containerizer: Could not create MesosContainerizer: "
     "Unknown or unsupported isolator 'nonsense'"),
    (["--master=127.0.0.1:5", "--launcher=nonsense"],
     "Failed to create a containerizer: Could not create MesosContainerizer: Failed to create launcher: "
     "Unknown or unsupported launcher: nonsense"),
    (["--master=127.0.0.1:5", "--jwt_secret_key=/nothing"],
     "Failed to read the file specified by --jwt_secret_key"),
    (["--master=127.0.0.1:5", "--credential=/nothing"],
     "Failed to read credential file '/nothing': No such file or directory (see --credential flag)"),
    (["--master=127.0.0.1:5", "--authenticate_http_executors"],
     "--jwt_secret_key must be specified when --authenticate_http_executors is set to true"),
    (["--master=127.0.0.1:5", "--resources=cpus"],
     "Failed to determine agent resources: Bad value for resources, missing or extra ':' in cpus"),
    (["--master=127.0.0.1:5", "--recover=nonsense"],
     "Unknown option for 'recover' flag nonsense. Please run the agent with '--help' to see the valid options"),
])
def test_an_agent_that_cannot_start_says_why(start, arguments, sentence):
    assert refusal(start("mesos-agent", *arguments)) == sentence


def test_installing_again_changes_nothing(bin_dir):
    before = {path.name: path.stat().st_mtime_ns for path in bin_dir.iterdir()}
    programs.install(str(bin_dir), sys.executable)
    assert {path.name: path.stat().st_mtime_ns for path in bin_dir.iterdir()} == before
    assert set(before) == set(programs.PROGRAMS)


@pytest.mark.parametrize("program, number, status", [
    ("mesos-agent", signal.SIGUSR1, 0), ("mesos-agent", signal.SIGTERM, -15), ("mesos-master", signal.SIGINT, -2)])
def test_a_signal_ends_a_program_with_its_own_status(bin_dir, tmp_path, program, number, status):
    flags = {"mesos-agent": ["--master=127.0.0.1:1", f"--work_dir={tmp_path}/w", f"--runtime_dir={tmp_path}/r",
                             "--launcher=posix"], "mesos-master": ["--registry=in_memory"]}[program]
    said = {"mesos-agent": "Finished recovery", "mesos-master": "Recovered 0 agents"}[program]
    with subprocess.Popen([bin_dir / program, "--ip=127.0.0.1", "--port=0", *flags], stderr=subprocess.PIPE,
                          env={"PATH": os.environ["PATH"]}, text=True) as running:
        assert any(said in line for line in running.stderr)
        running.send_signal(number)
        running.stderr.read()
        assert running.wait(10) == status


def test_executors_can_reach_an_agent_by_its_domain_socket(bin_dir, tmp_path):
    path = tmp_path / "s"
    with subprocess.Popen(
            [bin_dir / "mesos-agent", "--ip=127.0.0.1", "--port=0", "--master=127.0.0.1:1", f"--work_dir={tmp_path}/w",
             f"--runtime_dir={tmp_path}/r", "--launcher=posix", "--http_executor_domain_sockets",
             f"--domain_socket_location={path}"],
            stderr=subprocess.PIPE, env={"PATH": os.environ["PATH"]}, text=True) as running:
        assert any("Finished recovery" in line for line in running.stderr)
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(str(path))
            client.sendall(b"GET /slave(1)/health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 200 OK")
        running.kill()
        running.stderr.read()
