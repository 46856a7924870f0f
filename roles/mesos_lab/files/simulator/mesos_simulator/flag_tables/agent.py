# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flags of mesos-agent 1.12, built with SSL on Linux; source: its /flags, --help and docs/mesos/security.md."""

from ..flag_protos import (
    ACLS,
    CAPABILITIES,
    CONTAINER_DNS,
    CONTAINER_INFO,
    DEVICES,
    DOMAIN,
    FIREWALL,
    IMAGE_GC,
    MODULES,
    SLAVE_CAPABILITIES,
)
from ..flag_types import BOOL, BYTES, DOUBLE, DURATION, OBJECT, PATH, SECRET, SIZE, STRING, UINT16
from ..flags import Flag
from .common import HELP, LOGGING, at_most, with_fault_domain

DOMAIN_SOCKET_LONGEST = 108
NEEDED_FEATURES = ("MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT", "AGENT_OPERATION_FEEDBACK",
                   "RESOURCE_PROVIDER", "AGENT_DRAINING", "TASK_RESOURCE_LIMITS")


def _strings_only(variables):
    if any(not isinstance(value, str) for value in (variables or {}).values()):
        return "`executor_environment_variables` must only contain string values"
    return None


def _short_enough(location):
    if len(location or "") >= DOMAIN_SOCKET_LONGEST:
        return f"Domain socket location cannot be longer than {DOMAIN_SOCKET_LONGEST} characters."
    return None


def _enough_features(features):
    if features is not None:
        there = {capability.get("type") for capability in features.get("capabilities", [])}
        if not there.issuperset(NEEDED_FEATURES):
            listed = ", ".join(NEEDED_FEATURES[:-1])
            return f"At least the following agent features need to be enabled: {listed}, and {NEEDED_FEATURES[-1]}"
    return None


FLAGS = (
    *HELP,
    *LOGGING,
    Flag("version", BOOL, "false", "Show version and exit."),
    # Where it is
    Flag("hostname", STRING, None, "Name to report; without it the name of the address."),
    Flag("hostname_lookup", BOOL, "true", "Whether the name of the address is looked up; else it is the address."),
    Flag("ip", STRING, None, "IP address to listen on; not together with `--ip_discovery_command`."),
    Flag("ip_discovery_command", STRING, None, "Program that prints the IP address to listen on."),
    Flag("ip6", STRING, None, "IPv6 address of containers in the host's network.\n"),
    Flag("ip6_discovery_command", STRING, None, "Program that prints that IPv6 address.\n"),
    Flag("port", UINT16, "5051", "Port to listen on."),
    Flag("advertise_ip", STRING, None, "IP address that is told to others; not listened on."),
    Flag("advertise_port", STRING, None, "Port that is told to others; not listened on."),
    Flag("master", SECRET, None, "Where the master is: `host:port`, `zk://host1:port1,host2:port2,.../path`,\n"
                                 "with `username:password@` in front of the hosts if need be, or\n"
                                 "`file:///path/to/file` with one of these."),
    Flag("master_detector", STRING, None, "Module that finds the master; not together with `--master`."),
    Flag("zk_session_timeout", DURATION, "10secs", "ZooKeeper session timeout."),
    Flag("domain", DOMAIN, None, "Fault domain (region and zone) of this agent, as JSON or file.",
         check=with_fault_domain),
    Flag("memory_profiling", BOOL, "false", "Whether `/memory-profiler` is there."),
    # What it offers
    Flag("resources", STRING, None, "What there is to offer: `name(role):value;name:value...` or JSON."),
    Flag("attributes", STRING, None, "What there is to say about this machine: `rack:2` or `rack:2;u:1`."),
    Flag("default_role", STRING, "*", "Role of resources that name none."),
    Flag("resource_provider_config_dir", STRING, None, "Directory with the configuration of resource providers."),
    Flag("csi_plugin_config_dir", STRING, None, "Directory with the configuration of CSI plugins."),
    Flag("disk_profile_adaptor", STRING, None, "Module that knows the profiles of disks."),
    Flag("resource_estimator", STRING, None, "Module that estimates what can be oversubscribed."),
    Flag("qos_controller", STRING, None, "Module that corrects oversubscription."),
    Flag("qos_correction_interval_min", DURATION, "0ns", "Shortest time between two such corrections."),
    Flag("oversubscribed_resources_interval", DURATION, "15secs", "Time between two such estimates."),
    Flag("agent_features", SLAVE_CAPABILITIES, None, "Features that are switched on, as JSON or file.\n",
         check=_enough_features),
    # What it keeps
    Flag("work_dir", STRING, None, "Directory of sandboxes and of what must survive a restart.", required=True),
    Flag("runtime_dir", STRING, "/var/run/mesos", "Directory of what must survive a restart, but no reboot."),
    Flag("recover", STRING, "reconnect", "What to do with old executors: `reconnect`, or `cleanup` and exit."),
    Flag("recovery_timeout", DURATION, "15mins", "How long executors wait for an agent that is away."),
    Flag("reconfiguration_policy", STRING, "equal", "Which changes since the last start are fine:\n"
                                                    "none with `equal`, more of something with `additive`."),
    Flag("strict", BOOL, "true", "Whether every error of recovery is the end.\n"),
    Flag("gc_delay", DURATION, "1weeks", "How long sandboxes are kept, at most."),
    Flag("gc_disk_headroom", DOUBLE, "0.1", "Share of the disk that sandboxes leave free."),
    Flag("gc_non_executor_container_sandboxes", BOOL, "false", "Whether nested containers' sandboxes go, too."),
    Flag("disk_watch_interval", DURATION, "1mins", "How often the disk is looked at."),
    Flag("max_completed_executors_per_framework", SIZE, "150", "How many completed executors are kept.\n"),
    # Master and executors
    Flag("registration_backoff_factor", DURATION, "1secs", "First longest wait between attempts to register."),
    Flag("authentication_backoff_factor", DURATION, "1secs", "By how much the patience with authentication grows.\n"),
    Flag("authentication_timeout_min", DURATION, "5secs", "Least patience with an authentication."),
    Flag("authentication_timeout_max", DURATION, "1mins", "Most patience with an authentication."),
    Flag("executor_environment_variables", OBJECT, None, "Environment of executors (and so of tasks), as JSON.",
         check=_strings_only),
    Flag("executor_registration_timeout", DURATION, "1mins", "How long an executor may take to register."),
    Flag("executor_reregistration_timeout", DURATION, "2secs",
         "How long an executor may take to come back after the agent restarted.",
         check=at_most("executor_reregistration_timeout", 15, "15secs")),
    Flag("executor_reregistration_retry_interval", DURATION, None, "How often executors are asked to come back."),
    Flag("executor_shutdown_grace_period", DURATION, "5secs", "How long an executor may take to end."),
    Flag("http_command_executor", BOOL, "false", "Whether the command executor speaks HTTP."),
    Flag("http_executor_domain_sockets", BOOL, "false", "Whether executors are given a socket in the file system."),
    Flag("domain_socket_location", STRING, None, "Where that socket is; shorter than 108 characters.",
         check=_short_enough),
    Flag("http_heartbeat_interval", DURATION, "30secs", "Time between heartbeats on connections that stay open."),
    Flag("frameworks_home", STRING, "", "Directory in front of relative executor URIs"),
    Flag("launcher_dir", STRING, None, "Directory of the executors and helpers of Mesos."),
    Flag("hadoop_home", STRING, None, "Where Hadoop is installed."),
    Flag("switch_user", BOOL, "true", "Whether tasks run as their own user."),
    Flag("fetcher_cache_size", BYTES, "2GB", "Size of the fetcher cache in Bytes."),
    Flag("fetcher_cache_dir", STRING, "/tmp/mesos/fetch", "Directory for the fetcher cache."),
    Flag("fetcher_stall_timeout", DURATION, "1mins", "How long a download may stand still."),
    # Containers
    Flag("containerizers", STRING, "mesos", "Containerizers in the order of trying: `mesos`, `docker`.\n"),
    Flag("isolation", STRING, "posix/cpu,posix/mem", "Isolators of the Mesos containerizer."),
    Flag("launcher", STRING, "linux", "Launcher of the Mesos containerizer: `linux` or `posix`."),
    Flag("container_logger", STRING, None, "Module for the output of containers."),
    Flag("container_disk_watch_interval", DURATION, "15secs", "How often the disk usage of containers is checked."),
    Flag("enforce_container_disk_quota", BOOL, "false", "Whether containers must keep within their disk."),
    Flag("default_container_info", CONTAINER_INFO, None, "ContainerInfo of executors that have none, as JSON."),
    Flag("default_container_dns", CONTAINER_DNS, None, "DNS of containers' networks, as JSON."),
    Flag("default_container_shm_size", BYTES, None, "Size of /dev/shm in containers with one of their own."),
    Flag("disallow_sharing_agent_ipc_namespace", BOOL, "false", "Whether containers always have an own IPC.\n"),
    Flag("disallow_sharing_agent_pid_namespace", BOOL, "false", "Whether containers always have own PIDs.\n"),
    Flag("host_path_volume_force_creation", STRING, None, "Directories in which host paths may be created."),
    Flag("volume_gid_range", STRING, None, "Group IDs for shared volumes, e.g. `[10000-20000]`."),
    Flag("sandbox_directory", STRING, "/mnt/mesos/sandbox", "Where a container sees its sandbox.\n"),
    Flag("secret_resolver", STRING, None, "Module that resolves secrets."),
    Flag("effective_capabilities", CAPABILITIES, None, "Linux capabilities that tasks have, as JSON.",
         alias="allowed_capabilities"),
    Flag("bounding_capabilities", CAPABILITIES, None, "Linux capabilities that tasks can have at most, as JSON."),
    Flag("image_providers", STRING, None, "Image providers, e.g. `APPC,DOCKER`."),
    Flag("image_provisioner_backend", STRING, None, "How images become file systems, e.g. `aufs`, `overlay`."),
    Flag("image_gc_config", IMAGE_GC, None, "How images are collected, as JSON or file."),
    Flag("appc_simple_discovery_uri_prefix", STRING, "http://", "Prefix for the discovery of appc images."),
    Flag("appc_store_dir", STRING, "/tmp/mesos/store/appc", "Directory of appc images.\n"),
    Flag("docker", STRING, "docker", "The docker program.\n"),
    Flag("docker_config", OBJECT, None, "Docker's configuration, as JSON or file."),
    Flag("docker_ignore_runtime", BOOL, "false", "Whether to ignore an image's runtime configuration.\n"),
    Flag("docker_kill_orphans", BOOL, "true", "Whether to kill docker containers that nobody owns.\n"),
    Flag("docker_mesos_image", STRING, None, "Docker image in which this agent runs.\n"),
    Flag("docker_registry", STRING, "https://registry-1.docker.io", "Where the Mesos containerizer pulls images."),
    Flag("docker_remove_delay", DURATION, "6hrs", "How long terminated docker containers are kept.\n"),
    Flag("docker_socket", STRING, "/var/run/docker.sock", "Docker's socket.\n"),
    Flag("docker_stop_timeout", DURATION, "0ns", "Deprecated: how long docker waits before it kills."),
    Flag("docker_store_dir", STRING, "/tmp/mesos/store/docker", "Directory of docker images."),
    Flag("docker_volume_checkpoint_dir", STRING, "/var/run/mesos/isolators/docker/volume",
         "Directory in which docker volumes are remembered."),
    Flag("docker_volume_chown", BOOL, "false", "Whether a volume is given to the container's user.\n"),
    Flag("network_cni_config_dir", STRING, None, "Directory of CNI configurations."),
    Flag("network_cni_plugins_dir", STRING, None, "Directories of CNI plugins."),
    Flag("network_cni_root_dir_persist", BOOL, "false", "Whether CNI's directory survives a reboot."),
    Flag("network_cni_metrics", BOOL, "true", "Whether CNI has metrics."),
    # Control groups and devices
    Flag("agent_subsystems", STRING, None, "Cgroup subsystems for the agent itself.", alias="slave_subsystems"),
    Flag("allowed_devices", DEVICES, None, "Devices that containers may use beyond the usual ones, as JSON.\n"),
    Flag("cgroups_cpu_enable_pids_and_tids_count", BOOL, "false", "Whether processes and threads are counted.\n"),
    Flag("cgroups_destroy_timeout", DURATION, "1mins", "How long the end of a cgroup may take."),
    Flag("cgroups_enable_cfs", BOOL, "false", "Whether CPU is a hard limit.\n"),
    Flag("cgroups_hierarchy", STRING, "/sys/fs/cgroup", "Where cgroups are mounted\n"),
    Flag("cgroups_limit_swap", BOOL, "false", "Whether swap counts as memory.\n"),
    Flag("cgroups_net_cls_primary_handle", STRING, None, "Primary net_cls handle, `0xAAAA`."),
    Flag("cgroups_net_cls_secondary_handles", STRING, None, "Range of secondary net_cls handles, `0xAAAA,0xBBBB`."),
    Flag("cgroups_root", STRING, "mesos", "Name of the root cgroup\n"),
    Flag("nvidia_gpu_devices", STRING, None, "GPUs that are offered, by number."),
    Flag("perf_duration", DURATION, "10secs", "How long a sample of perf takes."),
    Flag("perf_events", STRING, None, "Events that perf samples."),
    Flag("perf_interval", DURATION, "1mins", "Time between two samples of perf"),
    Flag("revocable_cpu_low_priority", BOOL, "true", "Whether containers with revocable CPU come last."),
    Flag("systemd_enable_support", BOOL, "true", "Whether executors are given to systemd, to outlive the agent."),
    Flag("systemd_runtime_directory", STRING, "/run/systemd/system", "Where systemd has its units\n"),
    # Security
    Flag("credential", PATH, None, "JSON file with the principal and the secret for the master."),
    Flag("authenticatee", STRING, "crammd5", "How to authenticate with the master, `crammd5` or a module's."),
    Flag("authorizer", STRING, "local", "Authorizer, `local` (which has the ACLs) or a module's."),
    Flag("acls", ACLS, None, "ACLs of the `local` authorizer, as JSON or file."),
    Flag("http_authenticators", STRING, None, "Authenticators of HTTP endpoints: `basic`, `jwt` or a module's."),
    Flag("http_credentials", PATH, None, "JSON file of principals and secrets for HTTP."),
    Flag("authenticate_http_readonly", BOOL, "false", "Whether reading over HTTP needs authentication."),
    Flag("authenticate_http_readwrite", BOOL, "false", "Whether changing over HTTP needs authentication."),
    Flag("authenticate_http_executors", BOOL, "false",
         "If `true`, only authenticated requests for the HTTP executor API are\n"
         "allowed; only there if built with SSL, as this one is."),
    Flag("jwt_secret_key", PATH, None,
         "Path to a file containing the key used when generating JWT secrets.\n"
         "Only there if built with SSL, as this one is.", alias="executor_secret_key"),
    Flag("firewall_rules", FIREWALL, None, "Endpoints that are switched off, as JSON or file."),
    # Modules
    Flag("modules", MODULES, None, "Libraries and the modules in them, as JSON or file."),
    Flag("modules_dir", STRING, None, "Directory of files like that of `--modules`; not together with it.\n"),
    Flag("hooks", STRING, None, "Hook modules, separated by commas."),
)
