# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaces what differs from one run to the next by placeholders.

The rules are those the recordings were made with: a text that went through
``Normalizer`` can be compared with a recorded one.
"""

import re

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
TEXT_RULES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in [
        (r"\b" + UUID + r"-O\d+", "<OFFER_ID>"),
        (r"\b" + UUID + r"-S\d+", "<AGENT_ID>"),
        (r"\b" + UUID + r"-\d{4}\b", "<FRAMEWORK_ID>"),
        (r"\bmesos-execute-" + UUID, "<TASK_ID>"),
        (
            r'(Master|master id: "|MasterInfo\S* id: ")' + " ?" + UUID,
            lambda match: match.group(1) + (" " if match.group(1) == "Master" else "") + "<MASTER_ID>",
        ),
        (r"\b" + UUID, "<UUID>"),
        (r"\b\d+(\.\d+)?(ns|us)\b(?! to failover)", "<DURATION>"),
        (r"\b\d+\.\d+(ms|secs|mins|weeks|days|hrs)\b", "<DURATION>"),
        (r"\b(in|after) \d+ms\b", r"\1 <DURATION>"),
        (r"Forked child with pid '\d+'", "Forked child with pid '<PID>'"),
        (r"\bpid[ :=]+\d+", "pid <PID>"),
        (r"from process \d+ of user", "from process <PID> of user"),
        (r"Forked command at \d+", "Forked command at <PID>"),
        (r"Overall process tree of \[[^\]]*\]", "process tree of [ <PIDS> ]"),
        (r"\(pid: \d+\)", "(pid: <PID>)"),
        (r"\(\d+B\)", "(<SIZE>)"),
        (r"0x[0-9a-f]{6,}", "<ADDR>"),
        (r'"nanoseconds":\d+', '"nanoseconds":<NUMBER>'),
        (r'(uuid"\s*:\s*")[A-Za-z0-9+/]{22}==', r"\1<UUID_BASE64>"),
        (r"Aborted at \d+ .*", "Aborted at <TIME>"),
        (r"(\*\*\* SIG\w+).*", r"\1"),
        (r"(mesos-(master|agent))\.\S+?\.log\.([A-Z]+)\.\d{8}-\d{6}\.\d+", r"\1.<HOST>.<USER>.log.\3.<TIME>.<PID>"),
        (r"Log file created at: \S+ \S+", "Log file created at: <TIME>"),
        (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "<DATE>"),
        (r"(127\.0\.0\.1|localhost):\d{4,5}\b", r"\1:<PORT>"),
    ]
]
VOLATILE_NUMBERS = {
    "start_time",
    "elected_time",
    "registered_time",
    "reregistered_time",
    "unregistered_time",
    "timestamp",
    "build_time",
    "nanoseconds",
    "mem_total_bytes",
    "mem_free_bytes",
    "cpus_total",
    "avg_load_1min",
    "avg_load_5min",
    "avg_load_15min",
    "cpus_system_time_secs",
    "cpus_user_time_secs",
    "mem_rss_bytes",
    "executor_pid",
    "mtime",
    "size",
    "uptime",
    "mem_limit_bytes",
    "mem_file_bytes",
    "mem_anon_bytes",
    "processes",
    "threads",
    "nlink",
    "offset",
}
VOLATILE_STRINGS = {"uuid", "build_date", "resource_version_uuid", "status_update_uuid"}

LOG_PREFIX = re.compile(r"^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ ([\w.+-]+):\d+\] ?")
LONGEST_LINE = 600
REPEATED = "  [repeated]"  # how a recording marks such a line
COMPONENT_NOISE = re.compile(
    "|".join(
        [
            r"^\*{10,}$",
            r"bound to loopback interface",
            r"Flags at startup:",
            r"Build: \d",
            r"Git SHA:",
            r"Version: 1\.",
            r"Git (tag|branch)",
            r"Using 'hierarchical' allocator",
            r"logging started!",
            r"Received signal SIGTERM",
            r"registrar\.cpp",
            r"hierarchical\.cpp",
            r"containerizer\.cpp\] (Transitioning|Recovering|Starting container"
            r"|Using isolation)",
            r"provisioner\.cpp",
            r"switchboard\.cpp",
            r"resolver\.cpp",
            r"state\.cpp\] Recovering",
            r"paths\.cpp",
            r"disk_profile_adaptor",
            r"status_update_manager",
            r"Recovering from registrar",
            r"Elected as the leading",
            r"Recovered 0 agents",
            r"Finished recover",
            r"Recovering executors",
            r"Agent resources:",
            r"Agent attributes:",
            r"Agent hostname:",
            r"Detecting new master",
            r"Forwarding agent update",
            r"Received update of agent",
            r"Successfully attached file",
            r"HTTP (GET|POST|PUT|DELETE|HEAD) for ",
            r"Initializing server SASL",
            r"Initializing client SASL",
            r"Sending status update|Sending acknowledgement|Forwarding the update",
            r"Handling status update|Received (task )?status update",
            r"Status update |Processing ACKNOWLEDGE|Forwarding status update",
            r"Creating sandbox",
            r"Queued task",
            r"Launching container",
            r"Sending \d+ offers",
            r"Ignoring update for unknown",
            r"Redirecting request",
            r'^" --|^WARNING: Logging before InitGoogleLogging',
            r'^\s+\S+ \{|^\s*\}|^\s+\w+: (".*"|\w+|<\w+>)$|^"$',
            r"^\s+@ ",
            r"^PC: @",
            r"^\*\*\* ",
        ]
    )
)
CLIENT_NOISE = re.compile(
    "|".join(
        [
            r"^\*{10,}$",
            r"bound to loopback interface",
            r"\] Version: 1\.",
            r"^I openssl\.cpp\]",
            r"^NOTE: Set LIBPROCESS_SSL_",
            r"^(INFO|DEBUG) ",
        ]
    )
)


class Normalizer:
    """The general rules, and the literals (paths, ports) of one run."""

    def __init__(self):
        self.literals = {}
        self.patterns = []

    def add(self, literal, placeholder):
        """Longer literals go first: a path before the path it lies under."""
        self.literals[str(literal)] = placeholder
        self.patterns = [
            (re.compile(rf"(?<!\d){text}(?!\d)" if text.isdigit() else re.escape(text)), self.literals[text])
            for text in sorted(self.literals, key=len, reverse=True)
        ]

    def text(self, value):
        for pattern, placeholder in self.patterns:
            value = pattern.sub(lambda _, text=placeholder: text, value)
        for pattern, replacement in TEXT_RULES:
            value = pattern.sub(replacement, value)
        return value

    def data(self, value, key=None):
        """JSON data; ``key`` is the object key the value was found under."""
        if isinstance(value, dict):
            return {self.text(name): self.data(item, name) for name, item in sorted(value.items())}
        if isinstance(value, list):
            return [self.data(item, key) for item in value]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            if key in VOLATILE_NUMBERS:
                return "<NUMBER>"
            return self.literals.get(str(value), value)
        if key in VOLATILE_STRINGS:
            return f"<{key.upper()}>"
        if key == "value" and re.fullmatch(r"[A-Za-z0-9+/]{22}==", value):
            return "<UUID_BASE64>"
        return self.text(value)

    def log(self, text, noise=COMPONENT_NOISE, keep=None):
        """Key lines, each once: no times, thread ids and source lines."""
        lines = {}
        for line in text.splitlines():
            line = self.text(LOG_PREFIX.sub(r"\1 \2] ", line).rstrip())
            if not line or re.fullmatch(r"[IWEF] \S+\]", line):
                continue
            if noise and noise.search(line):
                continue
            if keep and not keep.search(line):
                continue
            if len(line) > LONGEST_LINE:
                line = line[:LONGEST_LINE] + "..."
            lines[line] = None
        return list(lines)
