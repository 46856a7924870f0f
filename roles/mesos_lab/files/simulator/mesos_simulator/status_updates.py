# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Status updates on their way to the master: one at a time per task, sent again until acknowledged, checkpointed."""

from . import checkpoint
from .cluster import TERMINAL, uuid_text

RETRY_MIN, RETRY_MAX = 10.0, 600.0      # seconds


class Stream:
    """The updates of one task that the framework has not acknowledged yet; the first is on its way."""

    def __init__(self, run=None):
        self.run, self.pending, self.seen, self.acked = run, [], set(), set()
        self.timer, self.pause = None, RETRY_MIN
        self.terminated = False


class StatusUpdates:
    """``forward(update)`` sends to the master; ``later`` is the loop's timer."""

    def __init__(self, forward, later, log):
        self.forward, self.later, self.log = forward, later, log
        self.streams, self.paused = {}, True

    def update(self, update, run=None):
        """A new update; False if it is a duplicate.  ``run``: where to checkpoint, if at all."""
        key = key_of(update)
        stream = self.streams.setdefault(key, Stream(run))
        identifier = update["status"].get("uuid")
        if identifier in stream.seen:
            self.log.warning("task_status_update_manager.cpp", f"Ignoring duplicate task status update {identifier}")
            return False
        stream.seen.add(identifier)
        if stream.run:
            checkpoint.note_update(stream.run, key[1], {"update": update})
        stream.pending.append(update)
        if len(stream.pending) == 1:
            self.send(key)
        return True

    def restore(self, key, run, lines):
        """A stream as it was when the agent ended."""
        stream = self.streams[key] = Stream(run)
        for line in lines:
            if "update" in line:
                stream.seen.add(line["update"]["status"].get("uuid"))
                stream.pending.append(line["update"])
            else:
                stream.acked.add(line["ack"])
                if stream.pending:
                    gone = stream.pending.pop(0)
                    stream.terminated = gone["status"]["state"] in TERMINAL
        if stream.terminated:
            del self.streams[key]

    def send(self, key):
        stream = self.streams.get(key)
        if stream is None or not stream.pending or self.paused:
            return
        if stream.timer:
            stream.timer.cancel()
        self.forward(stream.pending[0])
        stream.timer = self.later(stream.pause, self.retry, key)

    def retry(self, key):
        stream = self.streams.get(key)
        if stream:
            stream.pause = min(stream.pause * 2, RETRY_MAX)
            self.send(key)

    def acknowledge(self, framework_id, task_id, identifier):
        """The framework has it.  Returns (the update, whether it was terminal); raises ValueError with Mesos' words."""
        key = framework_id, task_id
        name = f"for task {task_id} of framework {framework_id}"
        stream = self.streams.get(key)
        if stream is None:
            raise ValueError(f"Cannot find the task status update stream {name}")
        if identifier in stream.acked:
            raise ValueError("Duplicate task status acknowledgement")
        if not stream.pending or stream.pending[0]["status"].get("uuid") != identifier:
            raise ValueError(f"Unexpected task status update acknowledgment (UUID: {uuid_text(identifier)}) {name}")
        update = stream.pending.pop(0)
        stream.acked.add(identifier)
        if stream.run:
            checkpoint.note_update(stream.run, task_id, {"ack": identifier})
        stream.pause = RETRY_MIN
        if stream.timer:
            stream.timer.cancel()
            stream.timer = None
        terminal = update["status"]["state"] in TERMINAL
        if terminal:
            del self.streams[key]
        else:
            self.send(key)
        return update, terminal

    def pause(self):
        self.paused = True

    def resume(self):
        """The master is there (again)."""
        self.paused = False
        for key in list(self.streams):
            self.send(key)

    def forget(self, framework_id):
        for key in [key for key in self.streams if key[0] == framework_id]:
            stream = self.streams.pop(key)
            if stream.timer:
                stream.timer.cancel()


def key_of(update):
    return update["framework_id"]["value"], update["status"]["task_id"]["value"]
