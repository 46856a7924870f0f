# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The master's start, up to the point where it listens: checks in Mesos' order, each with its words.

main(): ``flags.load`` - ``begin`` - Libprocess, bind - ``check`` - ``announce`` - listen and run.
"""

import os

from . import startup
from .flag_types import BadValue, parse_duration, parse_number
from .resources import parse_value
from .roles import problem_of as problem_of_role
from .startup import Security

SHORTEST_REREGISTER_TIMEOUT = 600
READONLY, READWRITE, FRAMEWORKS = "mesos-master-readonly", "mesos-master-readwrite", "mesos-master-scheduler"
FIRST_CLASS = ("cpus", "mem", "disk", "ports", "gpus")


def begin(flags, log, program, environ):
    """Before libprocess: logging, warnings about flags, LIBPROCESS_* in *environ*."""
    startup.begin(flags, log, program, environ)
    pair = (flags.master_contender is not None, flags.master_detector is not None)
    if flags.zk is not None and any(pair):
        log.exit_with(1, "Only one of `--zk` or the `--master_contender`/`--master_detector` pair should be specified")
    if any(pair) and not all(pair):
        log.exit_with(1, "Both `--master_contender` and `--master_detector` should be specified or neither")
    startup.tell_libprocess(flags, log, environ)
    startup.log_build(log)


def check(flags, log):
    """After libprocess has its address, before the master exists: modules, registry, ZooKeeper, authorizer (main.cpp).

    Returns the ACLs, or None if nothing is authorized.
    """
    startup.load_modules(flags, log)
    _allocator(flags, log)
    _registry(flags, log)
    if flags.master_contender is not None:
        log.exit_with(1, f"Failed to create a master contender: Module '{flags.master_contender}' unknown")
    problem = None if flags.zk is None else startup.problem_of_zookeeper(flags.zk)
    if problem:
        log.exit_with(1, f"Failed to create a master contender: {problem}")
    acls = startup.create_authorizer(flags, log, flags.authorizers)
    _removal_rate(flags, log)
    log.info("main.cpp", "Starting Mesos master")
    return acls


def announce(flags, log, master_id, hostname, address, acls=None):
    """The master says who it is and what it allows (master.cpp), and reads its credentials.

    address: "ip:port"; acls: what `check` returned.  Returns Security.
    """
    def refuse(text):
        log.exit_with(1, text, file="master.cpp")

    log.info("master.cpp", f"Master {master_id} ({hostname}) started on {address}")
    log.info("master.cpp", f"Flags at startup: {flags}")
    startup.warn_of_loopback(address, "Master", "schedulers or agents", log, "master.cpp")
    if flags.agent_reregister_timeout < SHORTEST_REREGISTER_TIMEOUT:
        refuse(f"Invalid value '{flags.agent_reregister_timeout}' for --agent_reregister_timeout: "
               "Must be at least 10mins")
    _removal_limit(flags.recovery_agent_removal_limit, refuse)
    _log_who_may_register(flags, log)
    security = Security(startup.load_credentials(flags.credentials, "credentials", log, "master.cpp"))
    _authenticators(flags, log, security, refuse)
    if acls is not None:
        log.info("master.cpp", "Authorization enabled")
    _rate_limits(flags, log, refuse)
    if flags.agent_removal_rate_limit is not None:
        log.info("master.cpp", f"Agent removal is rate limited to {flags.agent_removal_rate_limit}")
    _roles_and_weights(flags, log, refuse)
    if flags.offer_timeout is not None and flags.offer_timeout <= 0:
        refuse(f"Invalid value '{flags.offer_timeout}' for --offer_timeout: Must be greater than zero")
    _allocatable(flags, log, refuse)
    read_whitelist(flags, log)
    return security


def read_whitelist(flags, log):
    """Return the set of agents in the whitelist, None if there is none (yet); Mesos reads it every 5 s."""
    if flags.whitelist is None or flags.whitelist == "*":
        return None
    try:
        with open(flags.whitelist, encoding="utf-8") as stream:
            return {line.strip() for line in stream if line.strip()}
    except OSError as error:
        log.error("whitelist_watcher.cpp", f"Error reading whitelist file: {os.strerror(error.errno)}. Retrying")
        return None


def _allocator(flags, log):
    problem = None
    if flags.allocator != "hierarchical":
        problem = f"Module '{flags.allocator}' unknown"
    elif flags.role_sorter != flags.framework_sorter:
        problem = "Unsupported combination of 'role_sorter' and 'framework_sorter': must be equal (currently)"
    elif flags.role_sorter not in ("drf", "random"):
        problem = f"Unsupported sorter: '{flags.role_sorter}'"
    if problem:
        log.exit_with(1, f"Failed to create '{flags.allocator}' allocator: {problem}")
    log.info("main.cpp", f"Using '{flags.allocator}' allocator")


def _registry(flags, log):
    if flags.registry == "in_memory":
        return
    if flags.registry not in ("replicated_log", "log_storage"):
        log.exit_with(1, f"'{flags.registry}' is not a supported option for registry persistence")
    if flags.work_dir is None:
        log.exit_with(1, "--work_dir needed for replicated log based registry")
    try:
        os.makedirs(flags.work_dir, exist_ok=True)
    except OSError as error:
        log.exit_with(1, f"Failed to create work directory '{flags.work_dir}': {os.strerror(error.errno)}")
    if flags.zk is not None:
        if flags.quorum is None:
            log.exit_with(1, "Need to specify --quorum for replicated log based registry when using ZooKeeper")
        if not flags.zk.strip().startswith("zk://"):
            log.exit_with(1, "Error parsing ZooKeeper URL: Expecting 'zk://' at the beginning of the URL")


def _removal_rate(flags, log):
    text = flags.agent_removal_rate_limit
    if text is None:
        return
    invalid = f"Invalid agent_removal_rate_limit: {text}. Format is <Number of agents>/<Duration>"
    parts = [part for part in text.split("/") if part]
    if len(parts) != 2:
        log.exit_with(1, invalid)
    try:
        parse_number(parts[0])
        parse_duration(parts[1])
    except BadValue as error:
        log.exit_with(1, f"{invalid}: {error}")


def _removal_limit(text, refuse):
    invalid = f"Invalid value '{text}' for --recovery_agent_removal_percent_limit:"
    if not text.endswith("%"):
        refuse(f"{invalid} missing '%'")
    try:
        limit = parse_number(text[:-1])
    except BadValue as error:
        refuse(f"{invalid} {error}")
    if not 0 <= limit <= 100:
        refuse(f"{invalid} Must be within [0%-100%]")


def _log_who_may_register(flags, log):
    for name, who in (("authenticate_frameworks", "frameworks"), ("authenticate_agents", "agents")):
        log.info("master.cpp", f"Master only allowing authenticated {who} to register" if getattr(flags, name)
                 else f"Master allowing unauthenticated {who} to register")
    log.info("master.cpp", "Master only allowing authenticated HTTP frameworks to register"
             if flags.authenticate_http_frameworks
             else "Master allowing HTTP frameworks to register without authentication")


def _authenticators(flags, log, security, refuse):
    names = flags.authenticators.split(",")
    if len(names) > 1:
        refuse("Multiple authenticators not supported")
    if names != ["crammd5"]:
        refuse(f"Authenticator '{names[0]}' not found. Check the spelling (compare to 'crammd5') or verify that the "
               "authenticator was loaded successfully (see --modules)")
    log.info("master.cpp", "Using default 'crammd5' authenticator")
    if security.credentials is None:
        log.warning("authenticator.cpp", "No credentials provided, authentication requests will be refused")
    else:
        log.info("authenticator.cpp", "Initializing server SASL")
    for flag, realm in (("authenticate_http_readonly", READONLY), ("authenticate_http_readwrite", READWRITE)):
        if getattr(flags, flag):
            startup.switch_on(security, realm, flags.http_authenticators.split(","), log, "master.cpp")
    if flags.authenticate_http_frameworks:
        if flags.http_framework_authenticators is None:
            refuse("Missing `--http_framework_authenticators` flag. This must be used in conjunction with "
                   "`--authenticate_http_frameworks`")
        startup.switch_on(security, FRAMEWORKS, flags.http_framework_authenticators.split(","), log, "master.cpp")


def _rate_limits(flags, log, refuse):
    if flags.rate_limits is None:
        return
    seen = set()
    for limit in flags.rate_limits.get("limits", []):
        if limit["principal"] in seen:
            refuse(f"Duplicate principal {limit['principal']} found in RateLimits configuration")
        if limit.get("qps", 1) <= 0:
            refuse(f"Invalid qps: {limit['qps']:g}. It must be a positive number")
        seen.add(limit["principal"])
    if flags.rate_limits.get("aggregate_default_qps", 1) <= 0:
        refuse(f"Invalid aggregate_default_qps: {flags.rate_limits['aggregate_default_qps']:g}. "
               "It must be a positive number")
    log.info("master.cpp", "Framework rate limiting enabled")


def _roles_and_weights(flags, log, refuse):
    allowed = None
    if flags.roles is not None:
        log.warning("master.cpp", "The '--roles' flag is deprecated. This flag will be removed in the future. See the "
                                  "Mesos 0.27 upgrade notes for more information")
        roles = [role for role in flags.roles.split(",") if role]
        problem = next(filter(None, map(problem_of_role, roles)), None)
        if problem:
            refuse(f"Failed to parse roles: {problem}")
        allowed = {"*", *roles}
        if len(set(roles)) < len(roles):
            log.warning("master.cpp", f"Duplicate values in '--roles': {flags.roles}")
    for token in [] if flags.weights is None else [part for part in flags.weights.split(",") if part]:
        pair = [part for part in token.split("=") if part]
        if len(pair) != 2:
            refuse(f"Invalid weight: '{token}'. --weights should be of the form 'role=weight,role=weight'")
        if allowed is not None and pair[0] not in allowed:
            refuse(f"Invalid weight: '{token}'. {pair[0]} is not a valid role")
        try:
            positive = parse_number(pair[1]) > 0
        except BadValue:
            positive = False
        if not positive:
            refuse(f"Invalid weight: '{token}'. Weights must be positive")


def _allocatable(flags, log, refuse):
    """Check --min_allocatable_resources: sets of quantities, separated by ``|``."""
    whole = flags.min_allocatable_resources
    for token in filter(None, (pair for each in whole.split("|") for pair in each.split(";"))):
        parts, problem = [part for part in token.split(":") if part], None
        if len(parts) != 2:
            problem = f"'{token}': missing or extra ':'"
        else:
            try:
                value = parse_value(parts[1])
                if value["type"] != "SCALAR":
                    problem = f"'{parts[1]}' to quantity: only scalar values are allowed"
                elif value["scalar"]["value"] < 0:
                    problem = f"'{parts[1]}' to quantity: negative values are not allowed"
            except ValueError as error:
                problem = f"'{parts[1]}' to quantity: {error}"
        if problem:
            refuse(f"Error parsing min_allocatable_resources '{whole}': Failed to parse {problem}")
        if parts[0].strip() not in FIRST_CLASS:
            log.warning("master.cpp", f"Non-first-class resource '{parts[0].strip()}' is configured as part of "
                                      "min_allocatable_resources")
