# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flags of mesos-master 1.12; source: its /flags and docs/mesos/security.md §2.1, §4.1, §6."""

from ..flag_protos import ACLS, DOMAIN, FIREWALL, MODULES, RATE_LIMITS
from ..flag_types import BOOL, BYTES, DOUBLE, DURATION, PATH, SECRET, SIZE, STRING, UINT16
from ..flags import Flag
from .common import HELP, LOGGING, with_fault_domain


def _ping_timeout(value):
    if not 1 <= value <= 15 * 60:
        return "Expected `--agent_ping_timeout` to be between 1secs and 15mins"
    return None


def _ping_timeouts(value):
    return "Expected `--max_agent_ping_timeouts` to be at least 1" if value < 1 else None


def _no_strict_registry(value):
    if value:
        return "Support for '--registry_strict' has been disabled and will be removed in a future version of Mesos"
    return None


FLAGS = (
    *HELP,
    *LOGGING,
    Flag("version", BOOL, "false", "Show version and exit."),
    # Where it is
    Flag("hostname", STRING, None, "Name to advertise; without it the name of the address."),
    Flag("hostname_lookup", BOOL, "true", "Whether the name of the address is looked up; else it is the address."),
    Flag("ip", STRING, None, "IP address to listen on; not together with `--ip_discovery_command`."),
    Flag("ip_discovery_command", STRING, None, "Program that prints the IP address to listen on."),
    Flag("port", UINT16, "5050", "Port to listen on."),
    Flag("advertise_ip", STRING, None, "IP address that is told to others; not listened on."),
    Flag("advertise_port", STRING, None, "Port that is told to others; not listened on."),
    Flag("zk", SECRET, None, "ZooKeeper for the election of a leader:\n"
                             "`zk://host1:port1,host2:port2,.../path`, with `username:password@` in front of the\n"
                             "hosts if need be, or `file:///path/to/file` with one of these."),
    Flag("zk_session_timeout", DURATION, "10secs", "ZooKeeper session timeout."),
    Flag("master_contender", STRING, None, "Module that contends instead of ZooKeeper; needs `--master_detector`."),
    Flag("master_detector", STRING, None, "Module that detects instead of ZooKeeper; needs `--master_contender`."),
    Flag("domain", DOMAIN, None, "Fault domain (region and zone) of this master, as JSON or file.",
         check=with_fault_domain),
    Flag("require_agent_domain", BOOL, "false", "Whether only agents with a domain may register."),
    Flag("cluster", STRING, None, "Name of the cluster, for people."),
    # What it keeps
    Flag("work_dir", STRING, None, "Directory for what must survive a restart."),
    Flag("registry", STRING, "replicated_log", "Where the registry is: `replicated_log`, or `in_memory` for tests."),
    Flag("quorum", SIZE, None, "Majority of masters for `replicated_log`; not needed without ZooKeeper."),
    Flag("registry_strict", BOOL, "false", "No longer has an effect.", check=_no_strict_registry),
    Flag("registry_fetch_timeout", DURATION, "1mins", "How long reading the registry may take."),
    Flag("registry_store_timeout", DURATION, "20secs", "How long writing the registry may take."),
    Flag("registry_gc_interval", DURATION, "15mins", "How often old agents are dropped from the registry."),
    Flag("registry_max_agent_age", DURATION, "2weeks", "How long unreachable and gone agents are remembered."),
    Flag("registry_max_agent_count", SIZE, "102400", "How many unreachable and gone agents are remembered."),
    Flag("log_auto_initialize", BOOL, "true", "Whether the replicated log may initialize itself."),
    Flag("webui_dir", STRING, "/usr/local/share/mesos/webui", "Directory of the web UI."),
    Flag("max_completed_frameworks", SIZE, "50", "How many completed frameworks are kept."),
    Flag("max_completed_tasks_per_framework", SIZE, "1000", "How many completed tasks of a framework are kept."),
    Flag("max_unreachable_tasks_per_framework", SIZE, "1000", "How many unreachable tasks of a framework are kept."),
    Flag("max_operator_event_stream_subscribers", SIZE, "1000", "How many may watch events; the oldest give way."),
    Flag("publish_per_framework_metrics", BOOL, "true", "Whether each framework has metrics of its own."),
    Flag("memory_profiling", BOOL, "false", "Whether `/memory-profiler` is there."),
    # Agents
    Flag("agent_reregister_timeout", DURATION, "10mins",
         "How long agents may take to come back after a fail-over; at least 10mins.",
         alias="slave_reregister_timeout"),
    Flag("recovery_agent_removal_limit", STRING, "100%",
         "Share of agents that may be lost in a fail-over; beyond it the master gives up.",
         alias="recovery_slave_removal_limit"),
    Flag("agent_removal_rate_limit", STRING, None, "How fast silent agents are removed, e.g. `1/10mins`.",
         alias="slave_removal_rate_limit"),
    Flag("agent_ping_timeout", DURATION, "15secs", "How long an agent may take to answer a ping.\n",
         alias="slave_ping_timeout", check=_ping_timeout),
    Flag("max_agent_ping_timeouts", SIZE, "5", "How many pings an agent may miss.\n",
         alias="max_slave_ping_timeouts", check=_ping_timeouts),
    Flag("whitelist", PATH, None, "File with the agents whose resources are offered, one in a line.\n"),
    # Offers
    Flag("root_submissions", BOOL, "true", "Whether frameworks may run as root."),
    Flag("roles", STRING, None, "Deprecated: the only roles there are, separated by commas."),
    Flag("weights", STRING, None, "Deprecated: `role=weight,role=weight`."),
    Flag("role_sorter", STRING, "drf", "How roles share: `drf` or `random`.", alias="user_sorter"),
    Flag("framework_sorter", STRING, "drf", "How frameworks of a role share: `drf` or `random`."),
    Flag("allocation_interval", DURATION, "1secs", "Time between two allocations of everything."),
    Flag("offer_timeout", DURATION, None, "How long an offer stands; for ever without it."),
    Flag("allocator", STRING, "hierarchical", "Allocator, the built-in one or a module's."),
    Flag("allocator_agent_recovery_factor", DOUBLE, "0.8", "Share of agents to wait for after a fail-over."),
    Flag("allocator_recovery_timeout", DURATION, "10mins", "How long to wait for them."),
    Flag("fair_sharing_excluded_resource_names", STRING, None, "Resources that do not count for fairness."),
    Flag("filter_gpu_resources", BOOL, "true", "Whether agents with GPUs are offered only to those that ask."),
    Flag("min_allocatable_resources", STRING, "cpus:0.01|mem:32", "What an offer must have at least; `|` is or.\n"),
    Flag("offer_constraints_re2_max_mem", BYTES, "4KB", "Memory that a pattern in offer constraints may take."),
    Flag("offer_constraints_re2_max_program_size", SIZE, "100", "Size that such a pattern's program may have."),
    # Security
    Flag("authenticate_frameworks", BOOL, "false", "Whether only authenticated frameworks (of drivers) register.",
         alias="authenticate"),
    Flag("authenticate_agents", BOOL, "false", "Whether only authenticated agents register.",
         alias="authenticate_slaves"),
    Flag("authenticate_http_frameworks", BOOL, "false", "Whether only authenticated HTTP frameworks subscribe."),
    Flag("authenticate_http_readonly", BOOL, "false", "Whether reading over HTTP needs authentication."),
    Flag("authenticate_http_readwrite", BOOL, "false", "Whether changing over HTTP needs authentication.",
         alias="authenticate_http"),
    Flag("authentication_v0_timeout", DURATION, "15secs", "How long an authentication of a driver or agent may take."),
    Flag("authenticators", STRING, "crammd5", "Authenticator of drivers and agents, `crammd5` or a module's."),
    Flag("authorizers", STRING, "local", "Authorizer, `local` (which has the ACLs) or a module's."),
    Flag("http_authenticators", STRING, "basic", "Authenticator of HTTP endpoints, `basic` or a module's."),
    Flag("http_framework_authenticators", STRING, None,
         "Authenticator of HTTP frameworks, `basic` or a module's;\ngoes with `--authenticate_http_frameworks`."),
    Flag("credentials", PATH, None, "JSON file of principals and their secrets."),
    Flag("acls", ACLS, None, "ACLs of the `local` authorizer, as JSON or file."),
    Flag("firewall_rules", FIREWALL, None, "Endpoints that are switched off, as JSON or file."),
    Flag("rate_limits", RATE_LIMITS, None, "How many messages a second frameworks may send, as JSON or file."),
    # Modules
    Flag("modules", MODULES, None, "Libraries and the modules in them, as JSON or file; not with `--modules_dir`.\n"),
    Flag("modules_dir", STRING, None, "Directory of files like that of `--modules`; not together with it.\n"),
    Flag("hooks", STRING, None, "Hook modules, separated by commas."),
)
