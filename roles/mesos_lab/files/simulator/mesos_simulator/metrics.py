# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What /metrics/snapshot shows: every name that a real master or agent has; those that nobody counts stay 0.  Pure."""

import time

from . import allocator, endpoints, state
from . import resources as res

TIMES = ("", "/count", "/max", "/min", "/p50", "/p90", "/p95", "/p99", "/p999", "/p9999")
TASKS = ("dropped", "error", "failed", "finished", "gone", "gone_by_operator", "killed", "killing", "lost", "running",
         "staging", "starting", "unreachable")
AGENT_TASKS = ("failed", "finished", "gone", "killed", "killing", "lost", "running", "staging", "starting")
OPERATIONS = ("create", "create_disk", "destroy", "destroy_disk", "grow_volume", "reserve", "shrink_volume",
              "unreserve")
OPERATION_STATES = ("dropped", "error", "failed", "finished", "gone_by_operator", "pending", "recovering", "total",
                    "unreachable")
MASTER = """
dropped_messages event_queue_dispatches event_queue_http_requests event_queue_messages http_cache_hits
operator_event_stream_subscribers outstanding_offers recovery_slave_removals slave_registrations slave_removals
slave_removals/reason_registered slave_removals/reason_unhealthy slave_removals/reason_unregistered
slave_reregistrations slave_shutdowns_canceled slave_shutdowns_completed slave_shutdowns_scheduled
slave_unreachable_canceled slave_unreachable_completed slave_unreachable_scheduled
messages_authenticate messages_deactivate_framework messages_decline_offers messages_executor_to_framework
messages_exited_executor messages_framework_to_executor messages_kill_task messages_launch_tasks
messages_operation_status_update messages_operation_status_update_acknowledgement messages_reconcile_operations
messages_reconcile_tasks messages_register_framework messages_register_slave messages_reregister_framework
messages_reregister_slave messages_resource_request messages_revive_offers messages_status_update
messages_status_update_acknowledgement messages_suppress_offers messages_unregister_framework
messages_unregister_slave messages_update_slave
""".split()
CHECKED = ("executor_to_framework_messages", "framework_to_executor_messages",
           "operation_status_update_acknowledgements", "operation_status_updates", "status_update_acknowledgements",
           "status_updates")
FRAMEWORK = """
calls calls/accept calls/accept_inverse_offers calls/acknowledge calls/acknowledge_operation_status calls/decline
calls/decline_inverse_offers calls/kill calls/message calls/reconcile calls/reconcile_operations calls/request
calls/revive calls/shutdown calls/subscribe calls/suppress calls/teardown calls/update_framework
events events/error events/failure events/heartbeat events/inverse_offers events/message events/offers events/rescind
events/rescind_inverse_offer events/subscribed events/update events/update_operation_status
offers/accepted offers/declined offers/rescinded offers/sent
operations operations/create operations/create_disk operations/destroy operations/destroy_disk operations/grow_volume
operations/launch operations/launch_group operations/reserve operations/shrink_volume operations/unreserve
tasks/active/task_killing tasks/active/task_running tasks/active/task_staging tasks/active/task_starting
tasks/active/task_unknown tasks/active/task_unreachable
tasks/terminal/task_dropped tasks/terminal/task_error tasks/terminal/task_failed tasks/terminal/task_finished
tasks/terminal/task_gone tasks/terminal/task_gone_by_operator tasks/terminal/task_killed tasks/terminal/task_lost
""".split()
AGENT = """
containerizer/fetcher/cache_size_total_bytes containerizer/fetcher/cache_size_used_bytes
containerizer/fetcher/task_fetches_failed containerizer/fetcher/task_fetches_succeeded
containerizer/mesos/container_destroy_errors containerizer/mesos/provisioner/bind/remove_rootfs_errors
containerizer/mesos/provisioner/remove_container_errors gc/path_removals_failed gc/path_removals_pending
gc/path_removals_succeeded resource_provider_manager/events/disconnect resource_provider_manager/events/subscribe
resource_provider_manager/subscribed slave/container_launch_errors slave/executor_directory_max_allowed_age_secs
slave/executors_preempted slave/executors_terminated slave/invalid_framework_messages slave/invalid_status_updates
slave/recovery_errors slave/recovery_time_secs slave/valid_framework_messages slave/valid_status_updates
""".split()
COUNTED = {             # message or call -> what the master counts it as
    "mesos.internal.RegisterSlaveMessage": "register_slave",
    "mesos.internal.ReregisterSlaveMessage": "reregister_slave",
    "mesos.internal.UnregisterSlaveMessage": "unregister_slave", "mesos.internal.UpdateSlaveMessage": "update_slave",
    "mesos.internal.StatusUpdateMessage": "status_update", "mesos.internal.ExitedExecutorMessage": "exited_executor",
    "ACCEPT": "launch_tasks", "DECLINE": "decline_offers", "KILL": "kill_task", "REVIVE": "revive_offers",
    "SUPPRESS": "suppress_offers", "RECONCILE": "reconcile_tasks", "TEARDOWN": "unregister_framework",
    "MESSAGE": "framework_to_executor", "ACKNOWLEDGE": "status_update_acknowledgement",
}


def held(prefix, total, used):
    """Totals, uses and shares of the four kinds of resources."""
    found = {}
    for name in ("cpus", "disk", "gpus", "mem"):
        whole, part = res.quantity(total, name), res.quantity(used, name)
        found |= {f"{prefix}/{name}_total": whole, f"{prefix}/{name}_used": part,
                  f"{prefix}/{name}_percent": part / whole if whole else 0.0}
        found |= {f"{prefix}/{name}_revocable_{kind}": 0.0 for kind in ("total", "used", "percent")}
    return {name: float(number) for name, number in found.items()}


def zeros(names):
    return dict.fromkeys(names, 0.0)


def tasks_by_state(prefix, names, counts):
    return {f"{prefix}/tasks_{name}": float(counts.get(f"TASK_{name.upper()}", 0)) for name in names}


def of_allocator(master, total, used):
    found = zeros(["allocator/event_queue_dispatches", "allocator/mesos/event_queue_dispatches",
                   "allocator/mesos/allocation_runs"])
    for what in ("allocation_run_ms", "allocation_run_latency_ms"):
        found |= zeros(f"allocator/mesos/{what}{part}" for part in TIMES)
    for name in ("cpus", "disk", "mem"):
        found[f"allocator/mesos/resources/{name}/total"] = res.quantity(total, name)
        found[f"allocator/mesos/resources/{name}/offered_or_allocated"] = res.quantity(used, name)
    for role in sorted({role for framework in master.frameworks.values() for role in framework.roles}):
        found[f"allocator/mesos/roles/{role}/shares/dominant"] = allocator.dominant_share(used, total)
        found[f"allocator/mesos/offer_filters/roles/{role}/active"] = 0.0
        for which in (role, ""):
            found |= {f"allocator/mesos/quota/roles/{which}/resources/{name}/consumed":
                      res.quantity(state.in_role(used, role), name) for name in ("cpus", "mem")}
    return {name: float(number) for name, number in found.items()}


def of_framework(framework):
    prefix = f"master/frameworks/{framework.name}/{framework.id}"
    found = zeros(f"{prefix}/{name}" for name in FRAMEWORK)
    found |= {f"{prefix}/roles/{role}/suppressed": float(role in framework.suppressed) for role in framework.roles}
    found[f"{prefix}/subscribed"] = float(framework.connected)
    principal = framework.info.get("principal")
    if principal:
        found |= zeros(f"frameworks/{principal}/messages_{what}" for what in ("processed", "received"))
    return found


def of_master(master, start_time):
    """Every metric of a master."""
    agents, frameworks = master.agents.values(), master.frameworks.values()
    total, used = res.add(*(agent.total for agent in agents)), res.add(
        *(part for agent in agents for part in [*agent.used.values(), agent.offered]))
    found = zeros(f"master/{name}" for name in MASTER)
    found |= zeros(f"master/{kind}_{name}" for kind in ("valid", "invalid") for name in CHECKED)
    found |= zeros(f"master/operations/{what}" for what in OPERATION_STATES)
    found |= zeros(f"master/operations/{kind}/{what}" for kind in OPERATIONS for what in OPERATION_STATES)
    found |= zeros(f"registrar/state_store_ms{part}" for part in TIMES)
    found |= zeros(["registrar/queued_operations", "registrar/registry_size_bytes", "registrar/state_fetch_ms"])
    found |= held("master", total, res.add(*(part for agent in agents for part in agent.used.values())))
    found |= of_allocator(master, total, used) | endpoints.system_metrics()
    for framework in frameworks:
        found |= of_framework(framework)
    found |= tasks_by_state("master", TASKS, state.counts(
        task for framework in [*frameworks, *master.completed]
        for task in [*framework.tasks.values(), *framework.completed_tasks]))
    found |= {
        "master/elected": 1.0, "master/uptime_secs": time.time() - start_time,
        "master/outstanding_offers": float(len(master.offers)),
        "master/slaves_active": float(sum(agent.active for agent in agents)),
        "master/slaves_inactive": float(sum(not agent.active for agent in agents)),
        "master/slaves_connected": float(sum(agent.connected for agent in agents)),
        "master/slaves_disconnected": float(sum(not agent.connected for agent in agents)),
        "master/slaves_unreachable": float(len(master.unreachable_agents)),
        "master/frameworks_active": float(sum(framework.active for framework in frameworks)),
        "master/frameworks_inactive": float(sum(not framework.active for framework in frameworks)),
        "master/frameworks_connected": float(sum(framework.connected for framework in frameworks)),
        "master/frameworks_disconnected": float(sum(not framework.connected for framework in frameworks)),
    }
    found |= {f"master/{name}": float(number) for name, number in master.counters.items()}
    return dict(sorted(found.items()))


def of_agent(core, executors, start_time):
    """Every metric of an agent; ``core``: its AgentState."""
    tasks = [task for executor in executors for task in executor.tasks.values()]
    found = zeros(AGENT) | endpoints.system_metrics()
    found |= held("slave", res.normalised(core.info["resources"]), res.add(*(one.resources() for one in executors)))
    found |= tasks_by_state("slave", AGENT_TASKS, state.counts(tasks))
    for name in ("running", "registering", "terminating"):
        found[f"slave/executors_{name}"] = float(sum(executor.state == name.upper() for executor in executors))
    return found | {"slave/registered": float(core.registered), "slave/uptime_secs": time.time() - start_time,
                    "slave/frameworks_active": float(len(core.frameworks))}
