# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types of flags whose JSON Mesos reads into a protobuf message, and those messages."""

from .flag_types import BadValue, Type, parse_json, show_json
from .protobuf import Message, MessageError

ENTITY = Message.of(type=("SOME", "ANY", "NONE"), values="string*")
# The ACLs in the order of their numbers, each with the name of its object; source: docs/mesos/security.md §5.4
ACL_OBJECTS = {
    "register_frameworks": "roles", "run_tasks": "users", "reserve_resources": "roles",
    "unreserve_resources": "reserver_principals", "create_volumes": "roles", "destroy_volumes": "creator_principals",
    "teardown_frameworks": "framework_principals", "update_weights": "roles", "get_endpoints": "paths",
    "get_quotas": "roles", "update_quotas": "roles", "view_frameworks": "users", "view_tasks": "users",
    "view_executors": "users", "access_sandboxes": "users", "access_mesos_logs": "logs", "view_roles": "roles",
    "view_flags": "flags", "launch_nested_containers_as_user": "users",
    "launch_nested_containers_under_parent_with_user": "users", "kill_nested_containers": "users",
    "wait_nested_containers": "users", "launch_nested_container_sessions_as_user": "users",
    "launch_nested_container_sessions_under_parent_with_user": "users", "attach_containers_input": "users",
    "attach_containers_output": "users", "view_containers": "users", "set_log_level": "level",
    "remove_nested_containers": "users", "register_agents": "agents", "update_maintenance_schedules": "machines",
    "get_maintenance_schedules": "machines", "start_maintenances": "machines", "stop_maintenances": "machines",
    "get_maintenance_statuses": "machines", "mark_agents_gone": "agents", "launch_standalone_containers": "users",
    "kill_standalone_containers": "users", "wait_standalone_containers": "users",
    "remove_standalone_containers": "users", "modify_resource_provider_configs": "resource_providers",
    "view_standalone_containers": "users", "prune_images": "images", "resize_volumes": "roles",
    "create_block_disks": "roles", "destroy_block_disks": "roles", "create_mount_disks": "roles",
    "destroy_mount_disks": "roles", "view_resource_providers": "resource_providers",
    "mark_resource_providers_gone": "resource_providers", "destroy_raw_disks": "roles", "drain_agents": "agents",
    "deactivate_agents": "agents", "reactivate_agents": "agents",
}
ACLS_MESSAGE = Message.of(permissive="bool", **{
    action: (Message.of(principals=(ENTITY, "!"), **{objects: (ENTITY, "!")}), "*")
    for action, objects in ACL_OBJECTS.items()})

_NAMED = Message.of(name="string!")
DOMAIN_MESSAGE = Message.of(fault_domain=(Message.of(region=(_NAMED, "!"), zone=(_NAMED, "!")), "?"))
FIREWALL_MESSAGE = Message.of(disabled_endpoints=(Message.of(paths="string*"), "?"))
RATE_LIMITS_MESSAGE = Message.of(
    limits=(Message.of(qps="double", principal="string!", capacity="uint64"), "*"),
    aggregate_default_qps="double", aggregate_default_capacity="uint64")
_PARAMETER = Message.of(key="string!", value="string!")
MODULES_MESSAGE = Message.of(libraries=(Message.of(
    file="string", name="string", modules=(Message.of(name="string", parameters=(_PARAMETER, "*")), "*")), "*"))
CREDENTIAL_MESSAGE = Message.of(principal="string!", secret="string")
CREDENTIALS_MESSAGE = Message.of(credentials=(CREDENTIAL_MESSAGE, "*"))
_LINUX_CAPABILITIES = (
    "UNKNOWN CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE "
    "NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE "
    "SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL "
    "SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE").split()
CAPABILITIES_MESSAGE = Message.of(capabilities=(tuple(_LINUX_CAPABILITIES), "*"))
_AGENT_CAPABILITIES = (
    "UNKNOWN MULTI_ROLE HIERARCHICAL_ROLE RESERVATION_REFINEMENT RESOURCE_PROVIDER RESIZE_VOLUME "
    "AGENT_OPERATION_FEEDBACK AGENT_DRAINING TASK_RESOURCE_LIMITS").split()
SLAVE_CAPABILITIES_MESSAGE = Message.of(capabilities=(Message.of(type=tuple(_AGENT_CAPABILITIES)), "*"))
_ACCESS = Message.of(read="bool", write="bool", mknod="bool")
DEVICES_MESSAGE = Message.of(allowed_devices=(Message.of(
    device=(Message.of(path="string"), "!"), access=(_ACCESS, "!")), "*"))
IMAGE_GC_MESSAGE = Message.of(
    image_disk_headroom="double!", image_disk_watch_interval=(Message.of(nanoseconds="int64!"), "!"),
    excluded_images=(None, "*"))


def message_type(name, message):
    """Return the flag type of a message: JSON inline, by ``file://`` or (deprecated) by absolute path."""
    from_json = parse_json(dict)

    def parse(text):
        value = from_json(text)
        try:
            return message.read(value)
        except MessageError as error:
            raise BadValue(str(error)) from None
    return Type(name, parse, message.text)


ACLS = message_type("ACLs", ACLS_MESSAGE)
DOMAIN = message_type("DomainInfo", DOMAIN_MESSAGE)
FIREWALL = message_type("Firewall", FIREWALL_MESSAGE)
RATE_LIMITS = message_type("RateLimits", RATE_LIMITS_MESSAGE)
MODULES = message_type("Modules", MODULES_MESSAGE)
CAPABILITIES = message_type("CapabilityInfo", CAPABILITIES_MESSAGE)
SLAVE_CAPABILITIES = message_type("SlaveCapabilities", SLAVE_CAPABILITIES_MESSAGE)
DEVICES = message_type("DeviceWhitelist", DEVICES_MESSAGE)
IMAGE_GC = message_type("ImageGcConfig", IMAGE_GC_MESSAGE)

# Messages that the simulator takes as they come: whoever uses one looks for what it needs.
_AS_IT_COMES = Type("JSON", parse_json(dict), show_json)
CONTAINER_DNS = CONTAINER_INFO = TASK = TASK_GROUP = RLIMITS = ENVIRONMENT = _AS_IT_COMES
