# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of output: which of them matter to a comparison, and when two are the same."""

import re

from player.normalize import REPEATED

CUT_LOG = re.compile(r"^\[\.\.\. \d+ more lines\]$")
LINE = re.compile(r"([IWEF]) (\S+)\] (.*)", re.S)
SECURITY = re.compile(
    r"openssl\.cpp|SSL|TLS|[Cc]redential|[Aa]uthenti|[Aa]uthoriz|[Rr]egister"
    r"|[Rr]efus|allowing|principal|permission|ACL|firewall|jwt"
)
INCIDENTAL = re.compile(
    "|".join(
        [
            # A peer went away: whether, and in what, anybody notices is a race.
            r"Failed to recv on socket .*(reset by peer|Broken pipe|closed)",
            r"Failed to send '.*Failed connect[:,]",
            r"Failed to send on socket",
            r"Failed to shutdown .*not connected",
            r"Unable to send (event|message) to",
            r"End-Of-File received from master",
            r"Dropping SUBSCRIBE: Scheduler is in state",
            r"^\[warn\] Epoll",
            # An attempt overtook the one before, or its answer.
            r"discarding outstanding authentication",
            r"stale authentication result",
            r"Already (re)?registered with",
            r"Could not lookup task for status",
            # An executor or its framework is ending.
            r"Failed to send 'mesos.internal.FrameworkErrorMessage'",
            r"Master returning resources offered",
            r"Ignoring unknown exited executor",
            r"Skipping status for container",
            r"Killing executor .* because the framework is terminating",
            r"Failed to handle status update acknowledgement",
            # A crash, of which the exit code tells.
            r"Assertion `.* failed",
            r"^\*\*\* ",
            r"^PC: @",
            r"^\s+@ ",
            # How the replay ends a client.
            r"Received signal SIGTERM",
        ]
    )
)
PEER_GONE = re.compile(r"failed: (Disconnected|Broken pipe|Connection reset by peer)$")
CURL_BUILD = re.compile(r"^(curl: \(\d+\) OpenSSL/)[\w.]+")  # of this machine, not of what is judged
LATE = re.compile(r"Failed to accept socket")  # perhaps after the recording
PLAIN_EXECUTOR = re.compile(r"Failed to accept socket.*http request")


class Line:
    """A line of output; two are equal whatever source file they name."""

    def __init__(self, level, file, text):
        self.level, self.file, self.text = level, file, text

    @classmethod
    def of(cls, text):
        text = re.sub(r"\bsocket \d+\b", "socket <NUMBER>", text.removesuffix(REPEATED))
        text = CURL_BUILD.sub(r"\1<VERSION>", text)
        text = PEER_GONE.sub("failed: <PEER GONE>", text)
        found = LINE.match(text)
        return cls(*found.groups()) if found else cls("", "", text)

    def matters(self):
        return not INCIDENTAL.search(self.text) and (self.level != "I" or bool(SECURITY.search(str(self))))

    def __eq__(self, other):
        return (self.level, self.text) == (other.level, other.text)

    def __hash__(self):
        return hash((self.level, self.text))

    def __str__(self):
        return f"{self.level} {self.file}] {self.text}" if self.level else self.text


def connecting(lines):
    """What a client shows until it is connected; the rest is a race."""
    for number, line in enumerate(lines):
        if re.match("Subscribed with ID|Registered!", line):
            return lines[: number + 1]
    return lines


def by_start(lines):
    """The lines of every start of a component."""
    parts = []
    for line in lines:
        if line.startswith("--- start "):
            parts.append([])
        else:
            if not parts:
                parts.append([])
            parts[-1].append(line)
    return parts
