# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a packaging of Mesos takes its settings and restarts: data, no code.

PRIVATE to the collection.  Pure; Python 3.10.  Source: docs/mesos/security.md §7.
"""

from __future__ import annotations

PROGRAMS = {"master": ("mesos-master",), "agent": ("mesos-agent", "mesos-slave")}
"""The executables a component may be called by, the preferred one first."""

LAYOUTS = {
    "process": {
        "default_root": None,
        "environment_file": "{root}/etc/mesos-{component}.env",
        "shared_files": (),
        "flag_directory": None,  # flags travel as MESOS_<FLAG> in the environment file
        "wrapper_variables": {},
        "tls_directory": "{root}/etc/tls",
        "unit": None,
        "pid_file": "{root}/run/mesos-{component}.pid",
        "log_file": "{root}/log/mesos-{component}.log",
    },
    "mesosphere": {
        "default_root": "/",
        "environment_file": "{root}/etc/default/mesos-{name}",
        "shared_files": ("{root}/etc/default/mesos",),
        "flag_directory": "{root}/etc/mesos-{name}",
        # What the init wrapper turns into arguments: a flag file of the same name would give the flag twice.
        "wrapper_variables": {
            "master": {"ZK": "zk", "IP": "ip", "PORT": "port", "CLUSTER": "cluster", "LOGS": "log_dir"},
            "agent": {"MASTER": "master", "IP": "ip", "LOGS": "log_dir", "ISOLATION": "isolation"},
        },
        "tls_directory": "{root}/etc/mesos/tls",
        "unit": "mesos-{name}",
        "pid_file": None,
        "log_file": None,
    },
}

MATERIAL = {
    "certificate": "node.pem",
    "key": "node.key",
    "ca_certificate": "ca.pem",
    "agent_ca_certificate": "agent-ca.pem",  # the executors' authority as well, which only agents trust
    "executor_certificate": "executor.pem",
    "executor_key": "executor.key",
}
"""The file names in a layout's TLS directory."""


class UnknownLayout(ValueError):
    """A layout that does not exist, or one that lacks its root; the message says which there are."""


def layout_of(name: str, component: str, root: str | None = None, bin_dir: str | None = None) -> dict:
    """Return where *component* ("master" or "agent") keeps what, in the layout called *name*.

    {"name", "root", "programs", "bin_dir", "environment_file", "shared_files", "flag_directory",
    "wrapper_variables", "tls_directory", "unit", "pid_file", "log_file", "material": {piece: path}};
    what a layout does not have is None.
    Raises UnknownLayout.
    """
    if name not in LAYOUTS:
        raise UnknownLayout(f"there is no layout {name!r}; layouts are {', '.join(LAYOUTS)}")
    if component not in PROGRAMS:
        raise UnknownLayout(f"there is no component {component!r}; components are {', '.join(PROGRAMS)}")
    data = LAYOUTS[name]
    root = root or data["default_root"]
    if root is None:
        raise UnknownLayout(f"layout {name} needs a root: the directory that holds its etc, run and log")
    if not root.startswith("/"):
        raise UnknownLayout(f"the root {root!r} is not an absolute path")
    words = {
        "root": root.rstrip("/"),
        "component": component,
        "name": {"master": "master", "agent": "slave"}[component],
    }

    def fill(value):
        return None if value is None else value.format_map(words)

    tls_directory = fill(data["tls_directory"])
    return {
        "name": name,
        "root": root.rstrip("/") or "/",
        "programs": list(PROGRAMS[component]),
        "bin_dir": bin_dir,
        "shared_files": [fill(path) for path in data["shared_files"]],
        "wrapper_variables": dict(data["wrapper_variables"].get(component, {})),
        "material": {piece: f"{tls_directory}/{file}" for piece, file in MATERIAL.items()},
        **{
            key: fill(data[key])
            for key in ("environment_file", "flag_directory", "tls_directory", "unit", "pid_file", "log_file")
        },
    }
