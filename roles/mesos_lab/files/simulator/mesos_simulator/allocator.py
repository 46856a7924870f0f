# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is offered what.  A plain allocator: every agent's free resources go to the framework with the smallest share.

Pure: ``allocate`` looks at agents and frameworks and answers (framework, agent, role, resources); it changes nothing.
"""

from . import resources as res


def parse_allocatable(text):
    """``cpus:0.01|mem:32`` as alternatives, each {name: least quantity}."""
    return [{name: float(least) for name, _, least in (part.partition(":") for part in alternative.split(";") if part)}
            for alternative in text.split("|") if alternative]


def allocatable(resources, alternatives):
    return not alternatives or any(
        all(res.quantity(resources, name) >= least for name, least in alternative.items())
        for alternative in alternatives)


def dominant_share(used, total):
    shares = [res.quantity(used, name) / res.quantity(total, name)
              for name in ("cpus", "mem", "disk", "gpus") if res.quantity(total, name)]
    return max(shares, default=0.0)


def in_offer_order(resources):
    """Everything that is not a quantity comes first, as in Mesos' offers."""
    return sorted(resources, key=lambda resource: resource["type"] == "SCALAR")


def visible(resources, role):
    """What of an agent a role may have: what is not reserved for others."""
    return [resource for resource in resources if may_use(role, res.role_of(resource))]


def may_use(role, reserved):
    return reserved in ("*", role) or role.startswith(reserved + "/")


def filtered(framework, role, agent, resources, now):
    return any(entry_role == role and entry_agent == agent.id and until > now
               and res.contains(refused, resources)
               for entry_role, entry_agent, refused, until in framework.filters)


def allocate(agents, frameworks, alternatives, now):
    """Yield (framework, agent, role, resources) for every offer that should be made."""
    total = res.add(*(res.plain(agent.total) for agent in agents))
    used = {framework.id: res.add(*(res.plain(agent.used.get(framework.id, [])) for agent in agents))
            for framework in frameworks}
    for agent in agents:
        if not agent.active or agent.deactivated:
            continue
        free = agent.available
        candidates = sorted(
            ((framework, role) for framework in frameworks if framework.active and framework.connected
             for role in sorted(framework.roles) if role not in framework.suppressed),
            key=lambda pair: (dominant_share(used[pair[0].id], total), pair[0].registered_time))
        for framework, role in candidates:
            share = visible(free, role)
            if not framework.has("GPU_RESOURCES") and res.quantity(agent.total, "gpus"):
                continue
            if not share or not allocatable(share, alternatives) or filtered(framework, role, agent, share, now):
                continue
            free = res.subtract(free, share)
            used[framework.id] = res.add(used[framework.id], res.plain(share))
            yield framework, agent, role, res.allocated(in_offer_order(share), role)
