# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The master's whole state and what changes it.  Pure but for ``edges``, which tests replace.

``edges`` has ``send(to, name, body)``, ``link(upid, on_exited)``, ``unlink(upid)``, ``later(seconds, function, *args)``
(with ``cancel()``) and ``now()``.  Frameworks over HTTP bring a ``stream`` with ``send(event)``, ``close()``,
``closed`` and ``start_heartbeats()``.
"""

import collections

from . import allocator, state
from .master_agents import Agents
from .master_frameworks import Frameworks
from .master_tasks import Tasks


class MasterState(Agents, Frameworks, Tasks):
    """Frameworks, agents, offers and tasks, and the events that change them."""

    def __init__(self, info, edges, log, *, ping_timeout=15.0, max_pings=5, allocatable="cpus:0.01|mem:32",
                 recovery_timeout=600.0, root_submissions=True, roles=None, completed_frameworks=50):
        self.info, self.edges, self.log = info, edges, log
        self.ping_timeout, self.max_pings, self.recovery_timeout = ping_timeout, max_pings, recovery_timeout
        self.allocatable = allocator.parse_allocatable(allocatable)
        self.root_submissions, self.roles_allowed = root_submissions, roles
        self.agents, self.frameworks, self.offers = {}, {}, {}
        self.completed = collections.deque(maxlen=completed_frameworks)
        self.unreachable_agents, self.removed_agents = {}, set()
        self.next_agent = self.next_framework = self.next_offer = 0
        self.counters = collections.Counter()
        self.subscribers = []             # streams of the operator API
        self.pending_allocation = None

    def allocate(self):
        """One allocation cycle."""
        self.pending_allocation = None
        self.make_offers(list(allocator.allocate(
            list(self.agents.values()), list(self.frameworks.values()), self.allocatable, self.edges.now())))

    def allocate_soon(self):
        """Something came that may be offered, or somebody to offer it to."""
        if self.pending_allocation is None:
            self.pending_allocation = self.edges.later(0, self.allocate)

    def suppress(self, framework, call):
        self.log.info("master.cpp", f"Processing SUPPRESS call for framework {framework}")
        framework.suppressed |= set((call or {}).get("roles") or framework.roles)

    def revive(self, framework, call):
        self.log.info("master.cpp", f"Processing REVIVE call for framework {framework}")
        roles = set((call or {}).get("roles") or framework.roles)
        framework.suppressed -= roles
        framework.filters = [entry for entry in framework.filters if entry[0] not in roles]
        self.allocate_soon()

    def publish(self, event):
        """To subscribers of the operator API; bodies (given as functions) are made only if there are any."""
        if self.subscribers:
            made = {key: item() if callable(item) else item for key, item in event.items()}
            self.subscribers = [stream for stream in self.subscribers if not stream.closed]
            for stream in self.subscribers:
                stream.send(made)

    # Bodies that events need; the rest is in state.py, which knows this class only by what it reads.
    offer_body = state.offer_body
    agent_body = state.agent_body
    framework_body = state.framework_body
    task_body = state.task_body
