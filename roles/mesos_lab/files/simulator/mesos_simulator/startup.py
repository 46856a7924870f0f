# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What master and agent have in common when they start: each check says why it fails and ends the program.

Order in a main(): flags.load, `begin`, Libprocess and its bind (TLS, address), then the component's own checks.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field

from .credentials import CredentialsError, read_credentials

BASIC, JWT = "basic", "jwt"
ELF = b"\x7fELF"


@dataclass
class Security:
    """What a component's security flags come to.

    credentials: {principal: secret} for HTTP (and SASL on the master), None without a file;
    realms: {HTTP realm: names of its authenticators}, only those that are switched on;
    credential: the agent's own, {"principal", "secret"}; jwt_key: text of the key's file.
    """

    credentials: dict[str, str | None] | None = None
    realms: dict[str, list] = field(default_factory=dict)
    credential: dict[str, str] | None = None
    jwt_key: str | None = None


def begin(flags, log, program, environ):
    """Set up logging, repeat the warnings of the flags, and tell libprocess its address through the environment."""
    log.configure(flags, program)
    for warning in flags.warnings:
        log.warning("main.cpp", warning)


def tell_libprocess(flags, log, environ):
    """Put --ip, --port and their like into LIBPROCESS_* of *environ*; a component's flags outdo the environment."""
    for which in ("ip", "ip6"):
        address, command = getattr(flags, which, None), getattr(flags, f"{which}_discovery_command", None)
        if address is not None and command is not None:
            log.exit_with(1, f"Only one of `--{which}` or `--{which}_discovery_command` should be specified")
        if command is not None:
            address = _output_of(command, log)
        if address is not None:
            environ[f"LIBPROCESS_{which.upper()}"] = address
    environ["LIBPROCESS_PORT"] = str(flags.port)
    for name in ("advertise_ip", "advertise_port"):
        if getattr(flags, name) is not None:
            environ[f"LIBPROCESS_{name.upper()}"] = getattr(flags, name)
    environ["LIBPROCESS_MEMORY_PROFILING"] = "true" if flags.memory_profiling else "false"


def _output_of(command, log):
    done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, check=False)  # noqa: S602 - it is a command
    if done.returncode:
        log.exit_with(1, f"Failed to execute '{command}'; the command was either not found or exited with a non-zero "
                         f"exit status: {done.returncode}")
    return done.stdout.decode().strip()


def log_build(log):
    from . import VERSION

    log.info("main.cpp", "Build: the simulator of mesos.security, which is not Apache Mesos")
    log.info("main.cpp", f"Version: {VERSION}")


def load_modules(flags, log):
    """Check --modules, --modules_dir and --hooks.  There are no modules for a simulator: all but none fails."""
    if flags.modules is not None and flags.modules_dir is not None:
        log.exit_with(1, "Only one of --modules or --modules_dir should be specified")
    problem = None
    if flags.modules_dir is not None:
        try:
            names = sorted(os.listdir(flags.modules_dir))
            if names:
                problem = f"'{flags.modules_dir}/{names[0]}' is for Mesos; the simulator has no modules"
        except OSError as error:
            problem = (f"Error loading module manifests from '{flags.modules_dir}' directory: Failed to opendir "
                       f"'{flags.modules_dir}': {os.strerror(error.errno)}")
    for library in (flags.modules or {}).get("libraries", []):
        problem = problem or _problem_of_library(library)
    if problem:
        log.exit_with(1, f"Error loading modules: {problem}")
    for name in [] if flags.hooks is None else flags.hooks.split(","):
        log.exit_with(1, f"Error installing hooks: No hook module named '{name}' available")


def _problem_of_library(library):
    if "file" not in library and "name" not in library:
        return "Library name or path not provided"
    path = library.get("file") or f"lib{library.get('name')}.so"
    try:
        with open(path, "rb") as stream:
            start = stream.read(64)
        why = "file too short" if len(start) < 64 else "invalid ELF header" if start[:4] != ELF else \
            "the simulator cannot load it"
    except OSError as error:
        why = f"cannot open shared object file: {os.strerror(error.errno)}"
    return f"Error opening library: '{path}': Could not load library '{path}': {path}: {why}"


def create_authorizer(flags, log, names):
    """Say which authorizer is made; returns the ACLs it has, or None if nothing is authorized."""
    chosen = names.split(",")
    if len(chosen) > 1:
        log.exit_with(1, "Multiple authorizers not supported")
    if names != "local":
        log.info("main.cpp", f"Creating '{names}' authorizer")
        log.exit_with(1, f"Could not create '{names}' authorizer: Module '{names}' unknown")
    if flags.acls is not None:
        log.info("main.cpp", f"Creating default '{names}' authorizer")
    return flags.acls


def problem_of_master_address(text):
    """Return what is wrong with the place of a master (`host:port`, `zk://…`), or None."""
    if text.startswith("zk://"):
        return problem_of_zookeeper(text)
    host, colon, port = text[len("master@"):].partition(":") if text.startswith("master@") else text.partition(":")
    digits = re.match(r"\s*\+?(\d+)", port)
    if not colon or not digits or not 0 < int(digits[1]) < 65536 or not _resolves(host):
        return f"Failed to parse '{text}'"
    return None


def problem_of_zookeeper(text):
    """Return what is wrong with a ZooKeeper URL, or None."""
    if not text.startswith("zk://"):
        return f"Failed to parse '{text}'"
    _servers, slash, path = text.strip()[len("zk://"):].partition("/")
    if not slash or not path:
        return "Expecting a (chroot) path for ZooKeeper ('/' is not supported)"
    return None


def _resolves(host):
    import socket

    try:
        return not socket.getaddrinfo(host, None, socket.AF_INET)[0][4][0] == "0.0.0.0"  # noqa: S104
    except (OSError, UnicodeError):
        return False


def load_credentials(path, flag, log, file):
    """Return {principal: secret} of a file, None without one; ends the program if it is no good."""
    if path is None:
        return None
    try:
        credentials = read_credentials(path, log)
    except CredentialsError as error:
        log.exit_with(1, f"{error} (see --{flag} flag)", file=file)
    if credentials is None:
        log.exit_with(1, f"Credentials file must contain at least one credential (see --{flag} flag)", file=file)
    return credentials


def switch_on(security, realm, names, log, file):
    """Give a realm its HTTP authenticators; ends the program if one cannot be made."""
    for name in names:
        problem = None
        if name == BASIC and security.credentials is None:
            problem = f"No credentials provided for the default '{BASIC}' HTTP authenticator for realm '{realm}'"
        elif name == JWT and security.jwt_key is None:
            problem = f"No secret key provided for the default '{JWT}' HTTP authenticator for realm '{realm}'"
        elif name not in (BASIC, JWT):
            problem = (f"HTTP authenticator '{name}' not found. Check the spelling (compare to '{BASIC}') or verify "
                       "that the authenticator was loaded successfully (see --modules)")
        if problem:
            log.exit_with(1, f"Failed to create HTTP authenticator module '{name}': {problem}", file=file)
        log.info("http.cpp", f"Creating default '{name}' HTTP authenticator for realm '{realm}'")
    security.realms[realm] = list(names)


def warn_of_loopback(address, what, whom, log, file):
    """Say the long warning if the component listens on a loopback address."""
    if address.startswith("127.") or address == "::1":
        stars = "*" * 50
        log.warning(file, f"\n{stars}\n{what} bound to loopback interface! Cannot communicate with remote {whom}. "
                          f"You might want to set '--ip' flag to a routable IP address.\n{stars}")
