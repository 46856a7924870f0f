# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's start, up to the point where it looks for its master: checks in Mesos' order, each with its words.

main(): ``flags.load`` - ``begin`` - Libprocess, bind - ``check`` - ``announce`` - listen, recover, register.
"""

import os
import socket

from . import startup
from .credentials import CredentialsError, read_credential, warn_if_open
from .startup import BASIC, JWT, Security

READONLY, READWRITE, EXECUTORS = "mesos-agent-readonly", "mesos-agent-readwrite", "mesos-agent-executor"
LONGEST_BACKOFF = 60
LONGEST_SOCKET_PATH = 108
CHOICES = {"recover": ("reconnect", "cleanup"), "reconfiguration_policy": ("equal", "additive")}
OLD_ISOLATORS = {"process": ("posix/cpu", "posix/mem"), "cgroups": ("cgroups/cpu", "cgroups/mem"),
                 "posix/disk": ("disk/du",)}
ISOLATORS = frozenset(
    "filesystem/posix filesystem/linux filesystem/shared posix/cpu posix/mem posix/rlimits cgroups/all cgroups/blkio "
    "cgroups/cpu cgroups/cpuset cgroups/devices cgroups/hugetlb cgroups/mem cgroups/net_cls cgroups/net_prio "
    "cgroups/perf_event cgroups/pids appc/runtime docker/runtime linux/devices linux/capabilities linux/nnp "
    "namespaces/ipc namespaces/pid volume/sandbox_path docker/volume volume/host_path volume/image volume/secret "
    "volume/csi disk/du gpu/nvidia network/cni environment_secret".split())


def begin(flags, log, program, environ):
    """Before libprocess: logging, warnings about flags, --master, LIBPROCESS_* in *environ*."""
    startup.begin(flags, log, program, environ)
    if flags.master is None and flags.master_detector is None:
        log.exit_with(1, "Missing required option `--master` or `--master_detector`")
    if flags.master is not None and flags.master_detector is not None:
        log.exit_with(1, "Only one of `--master` or `--master_detector` should be specified")
    startup.tell_libprocess(flags, log, environ)
    if flags.http_executor_domain_sockets:
        if flags.domain_socket_location is None:
            flags.domain_socket_location = f"{flags.runtime_dir}/agent.sock"
        if len(flags.domain_socket_location) >= LONGEST_SOCKET_PATH:
            log.exit_with(1, f"Domain socket location '{flags.domain_socket_location}' must have less than "
                             f"{LONGEST_SOCKET_PATH} characters.")
    startup.log_build(log)


def check(flags, log):
    """After libprocess has its address, before the agent exists: modules to domain socket (main.cpp).

    Returns the ACLs, or None if nothing is authorized.
    """
    startup.load_modules(flags, log)
    if flags.secret_resolver is not None:
        log.exit_with(1, f"Failed to initialize secret resolver: Module '{flags.secret_resolver}' unknown")
    _jwt_key(flags, log, "main.cpp")
    problem = _problem_of_containerizers(flags)
    if problem:
        log.exit_with(1, f"Failed to create a containerizer: {problem}")
    if flags.master_detector is not None:
        problem = f"Module '{flags.master_detector}' unknown"
    else:
        problem = startup.problem_of_master_address(flags.master)
    if problem:
        log.exit_with(1, f"Failed to create a master detector: {problem}")
    acls = startup.create_authorizer(flags, log, flags.authorizer)
    for name, what in (("resource_estimator", "resource estimator"), ("qos_controller", "QoS Controller")):
        module = getattr(flags, name)
        if module is not None:
            log.exit_with(1, f"Failed to create {what}: Failed to create {what} module: Module '{module}' unknown")
    return acls


def open_domain_socket(flags, log):
    """Return a listening socket for executors at --domain_socket_location, None if there is to be none."""
    if not flags.http_executor_domain_sockets:
        return None
    path = flags.domain_socket_location
    if path.startswith("systemd:"):
        log.info("main.cpp", "Expecting domain socket to be passed by systemd")
        log.exit_with(1, f"Expected exactly one socket with name {path[len('systemd:'):]}, got 0 instead.")
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        if os.path.exists(path):
            os.unlink(path)
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        opened.bind(path)
        opened.listen()
    except OSError as error:
        log.exit_with(1, f"Failed to create domain socket: {os.strerror(error.errno)}")
    log.info("main.cpp", f"Using domain socket at {path}")
    return opened


def announce(flags, log, name, address):
    """The agent says who it is (slave.cpp) and reads what it authenticates with.  Returns Security.

    name: of its process, "slave(1)"; address: "ip:port".
    """
    def refuse(text):
        log.exit_with(1, text, file="slave.cpp")

    log.info("slave.cpp", f"Mesos agent started on {name[len('slave'):]}@{address}")
    log.info("slave.cpp", f"Flags at startup: {flags}")
    startup.warn_of_loopback(address, "Agent", "master(s)", log, "slave.cpp")
    if flags.registration_backoff_factor > LONGEST_BACKOFF:
        refuse(f"Invalid value '{flags.registration_backoff_factor}' for --registration_backoff_factor: "
               "Must be less than 1mins")
    security = Security(credential=_credential(flags, log, refuse))
    security.credentials = startup.load_credentials(flags.http_credentials, "http_credentials", log, "slave.cpp")
    security.jwt_key = _jwt_key(flags, log, "slave.cpp")
    _realms(flags, log, security, refuse)
    if not 0 <= flags.gc_disk_headroom <= 1:
        refuse(f"Invalid value '{flags.gc_disk_headroom:g}' for --gc_disk_headroom. Must be between 0.0 and 1.0")
    try:
        os.makedirs(flags.work_dir, exist_ok=True)
    except OSError as error:
        refuse(f"Failed to create agent work directory '{flags.work_dir}': {os.strerror(error.errno)}")
    if flags.disk_profile_adaptor is not None:
        refuse(f"Failed to create disk profile adaptor: Module '{flags.disk_profile_adaptor}' unknown")
    for flag, known in CHOICES.items():
        if getattr(flags, flag) not in known:
            refuse(f"Unknown option for '{flag}' flag {getattr(flags, flag)}. Please run the agent with '--help' to "
                   "see the valid options")
    return security


def _credential(flags, log, refuse):
    if flags.credential is None:
        return None
    try:
        credential = read_credential(flags.credential, log)
    except CredentialsError as error:
        refuse(f"{error} (see --credential flag)")
    if credential is None:
        refuse(f"Empty credential file '{flags.credential}' (see --credential flag)")
    log.info("slave.cpp", f"Agent using credential for: {credential['principal']}")
    return credential


def _jwt_key(flags, log, file):
    path = flags.jwt_secret_key
    if path is None:
        return None
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            key = stream.read()
    except OSError:
        log.exit_with(1, "Failed to read the file specified by --jwt_secret_key", file=file)
    warn_if_open(path, f"Permissions on executor secret key file '{path}' are too open; it is recommended that your "
                       "key file is NOT accessible by others", log, file)
    return key


def _realms(flags, log, security, refuse):
    if flags.http_authenticators is not None:
        names = flags.http_authenticators.split(",")
    else:
        names = [BASIC, JWT] if flags.authenticate_http_executors else [BASIC]
    if flags.authenticate_http_executors:
        if security.jwt_key is None:
            refuse("--jwt_secret_key must be specified when --authenticate_http_executors is set to true")
        startup.switch_on(security, EXECUTORS, names, log, "slave.cpp")
    for flag, realm in (("authenticate_http_readonly", READONLY), ("authenticate_http_readwrite", READWRITE)):
        if getattr(flags, flag):
            startup.switch_on(security, realm, names, log, "slave.cpp")


def _problem_of_containerizers(flags):
    """Return why the containerizers cannot be made, or None."""
    names = flags.containerizers.split(",")
    if len(set(names)) < len(names):
        return f"Duplicate entries found in --containerizer flag '{flags.containerizers}'"
    for name in sorted(names):
        if name == "mesos":
            problem = _problem_of_isolation(flags)
            if problem:
                return f"Could not create MesosContainerizer: {problem}"
        elif name == "docker":
            return ("Could not create DockerContainerizer: Failed to create docker: Failed to get docker version: "
                    f"Failed to execute '{flags.docker} -H unix://{flags.docker_socket} --version': "
                    "exited with status 127")
        else:
            return f"Unknown or unsupported containerizer: {name}"
    return None


def _problem_of_isolation(flags):
    names = [name for name in flags.isolation.split(",") if name]
    if len(set(names)) < len(names):
        return f"Duplicate entries found in --isolation flag '{flags.isolation}'"
    if sum(name.startswith("filesystem/") for name in names) > 1:
        return "Using multiple filesystem isolators simultaneously is disallowed"
    if sum(name.startswith("network/") and name != "network/ports" for name in names) > 1:
        return "Using multiple network isolators simultaneously is disallowed"
    if flags.image_providers is not None:
        if "filesystem/linux" not in names:
            return "The 'filesystem/linux' isolator must be enabled for container image support"
        if flags.launcher != "linux":
            return "The 'linux' launcher must be used for container image support"
    if flags.launcher not in ("linux", "posix"):
        return f"Failed to create launcher: Unknown or unsupported launcher: {flags.launcher}"
    for name in names:
        if name not in ISOLATORS and name not in OLD_ISOLATORS:
            return f"Unknown or unsupported isolator '{name}'"
    if flags.container_logger is not None:
        return ("Failed to create I/O switchboard: Cannot create container logger: Failed to create container logger "
                f"module '{flags.container_logger}': Module '{flags.container_logger}' unknown")
    return None
