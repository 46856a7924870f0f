# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells a case as a readable story."""

import json
import shlex
import textwrap

STEP_WORDS = {
    "http": "{method} {path} on the {to}",
    "execute": "mesos-execute",
    "v0": "{program}",
    "pymesos": "pymesos",
    "run": "{command}",
    "scheduler": "a v1 scheduler session",
    "start": "start the {what}",
    "stop": "stop the {what}",
    "sleep": "wait {seconds} s",
    "processes": "look for task processes",
    "handshake": "a TLS handshake with the {to}",
    "raw": "raw bytes to the {to}",
}
TOLD_ELSEWHERE = {"do", "name", "method", "path", "to", "argv", "program", "what", "seconds", "digest", "frames"}


def story(case, observed, found):
    """The text: configuration, steps with both outcomes, differences."""
    parts = ["{}/{}: {}".format(case["area"], case["id"], case["title"])]
    for what, config in case["config"].items():
        parts += ["", f"The {what} is started with:", *indented(settings(config or {}) or ["nothing special"])]
    if not case["config"]:
        parts += ["", "Nothing is started."]
    recorded = case["observed"]
    steps = zip(case["action"].get("steps", []), recorded.get("steps", []), observed["steps"], strict=False)
    for number, (step, expected, got) in enumerate(steps):
        parts += ["", "Step {}, {}: {}".format(number, expected["name"], words(step))]
        details = {key: value for key, value in step.items() if key not in TOLD_ELSEWHERE}
        if details:
            parts += indented([json.dumps(details)])
        parts += ["  recorded:", *indented(result(expected), 4), "  now:", *indented(result(got), 4)]
    for what in case["config"]:
        parts += [
            "",
            "The {}: recorded {}, now {}".format(what, recorded.get(what + "_state"), observed.get(what + "_state")),
        ]
        parts += ["  its key lines now:", *indented(observed.get(what + "_log", []), 4)]
    parts += ["", f"{len(found)} differences"]
    for item in found:
        parts += [
            "  [{}] {}".format(item.tier, item.pointer or "/"),
            f"    expected: {one_line(item.expected)}",
            f"    got:      {one_line(item.got)}",
        ]
    return "\n".join(parts)


def settings(config):
    for name, value in config.get("env", {}).items():
        yield f"{name}={one_line(value)}"
    for name, value in config.get("flags", {}).items():
        if isinstance(value, bool):
            yield "--{}{}".format("" if value else "no-", name)
        else:
            yield f"--{name}={one_line(value)}"
    yield from config.get("args", [])
    for name, content in config.get("files", {}).items():
        yield "file {} ({}): {}".format(name, config.get("file_modes", {}).get(name, "0600"), one_line(content))
    if config.get("no_ptr"):
        yield "no reverse name for 127.0.0.1"


def words(step):
    return STEP_WORDS[step["do"]].format(
        **{"method": "GET", "program": "no-executor-framework", "command": shlex.join(step.get("argv", []))} | step
    )


def result(observed):
    """One line per thing observed in a step."""
    for key, value in observed.items():
        if key == "name":
            continue
        if isinstance(value, list) and value:
            yield key + ":"
            for item in value:
                yield "  " + one_line(item)
        else:
            yield f"{key}: {one_line(value)}"


def one_line(value):
    return value if isinstance(value, str) else json.dumps(value)


def indented(lines, width=2):
    return [textwrap.indent(line, " " * width) for line in lines]
