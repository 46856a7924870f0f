"""A node in a directory: fake programs, a fake systemctl, and mesos_component's two halves joined in one process."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.mesos.security.plugins.module_utils import _component_run, _process
from ansible_collections.mesos.security.plugins.module_utils._component_options import ARGUMENTS
from ansible_collections.mesos.security.plugins.plugin_utils._component_plan import plan_of

FLAGS = ("[no-]authenticate_http_executors", "executor_environment_variables=VALUE", "port=VALUE", "ip=VALUE",
         "work_dir=VALUE", "master=VALUE", "zk=VALUE", "quorum=VALUE", "[no-]authenticate_agents",
         "agent_ping_timeout=VALUE", "isolation=VALUE", "advertise_ip=VALUE")  # fmt: skip

PROGRAM = """#!/bin/sh
case "$1" in
  --version) echo mesos 1.12.0 ;;
  --help) printf '  --%s   does it\\n' {flags} ;;
  *) if [ "$MESOS_PORT" = 1 ]; then echo "EXIT with status 1: Failed to bind" >&2; exit 1; fi
     exec {python} -S {daemon} "$@" ;;
esac
"""

DAEMON = """import socket, time
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(1)
time.sleep(60)
"""

SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$FAKE/systemctl.log"
case $1 in
  show) cat "$FAKE/unit.$2" 2>/dev/null || echo LoadState=not-found ;;
  *) if [ -e "$FAKE/broken" ]; then echo "Job failed." >&2; exit 1; fi ;;
esac
"""


class Node:
    """A root directory with programs, on which mesos_component can be tried."""

    def __init__(self, root):
        self.root, self.bin, self.fake = Path(root) / "node", Path(root) / "bin", Path(root) / "fake"
        for directory in (self.root, self.bin, self.fake):
            directory.mkdir()
        for name in ("mesos-master", "mesos-agent"):
            self.script(self.bin / name, PROGRAM.format(
                python=sys.executable, daemon=self.fake / name, flags=" ".join(f"'{flag}'" for flag in FLAGS)))
            self.script(self.fake / name, DAEMON)
        self.script(self.bin / "systemctl", SYSTEMCTL)

    @staticmethod
    def script(path, text):
        path.write_text(text)
        path.chmod(0o755)

    def file(self, path, text="x\n", mode=0o644):
        """Put a file below the root and return its path."""
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)
        return target

    def material(self, directory):
        for name in ("node.pem", "node.key", "ca.pem", "executor.pem", "executor.key", "agent-ca.pem"):
            self.file(f"{directory}/{name}")

    def unit(self, name, **properties):
        lines = {"LoadState": "loaded", "ActiveState": "active", "MainPID": "0", "Environment": ""} | properties
        (self.fake / f"unit.{name}").write_text("".join(f"{key}={value}\n" for key, value in lines.items()))

    def options(self, component="master", tls="disabled", layout="process", **more):
        given = {name: spec.get("default") for name, spec in ARGUMENTS.items()}
        return given | {
            "component": component, "layout": layout, "root": str(self.root), "bin_dir": str(self.bin),
            "modes": {"tls": tls},
        } | more  # fmt: skip

    def plan(self, *arguments, **more):
        return plan_of(self.options(*arguments, **more)) | {"questions": {}, "install": {}, "look": False}

    def bring(self, *arguments, check=False, **more):
        """Carry out mesos_component without judging certificates; return its answer."""
        return _component_run.run(self.plan(*arguments, **more), check, None, {})

    def refuse(self, *arguments, **more):
        """Return the words of a refusal, and assert that nothing was written and nothing is different in check mode."""
        before, words = self.snapshot(), []
        for check in (True, False):
            with pytest.raises(_component_run.PROBLEMS) as problem:
                self.bring(*arguments, check=check, **more)
            words.append(_component_run.words(problem.value))
            assert self.snapshot() == before
        assert words[0] == words[1]
        assert words[0].endswith("Nothing was changed.")
        return words[0]

    def snapshot(self):
        """Return everything below the root: names, rights, contents."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            state = path.lstat()
            content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
            found[str(path.relative_to(self.root))] = (stat.S_IMODE(state.st_mode), state.st_mtime_ns, content)
        return found

    def texts(self):
        return {str(path.relative_to(self.root)): path.read_text()
                for path in sorted(self.root.rglob("*")) if path.is_file()}

    def stop(self):
        for component in ("master", "agent"):
            path = self.root / f"run/mesos-{component}.pid"
            if not path.is_file():
                continue
            running = _process.by_pid_file(str(path), [f"mesos-{component}"], str(self.root))
            if running:
                os.kill(running.pid, 9)
                try:
                    os.waitpid(running.pid, 0)
                except ChildProcessError:
                    pass


@pytest.fixture
def node(tmp_path, monkeypatch):
    """A Node; what it started is ended afterwards."""
    made = Node(tmp_path)
    monkeypatch.setenv("FAKE", str(made.fake))
    monkeypatch.setenv("PATH", str(made.bin), prepend=":")
    yield made
    made.stop()


@pytest.fixture
def shell():
    """A function that sources a text as the init wrapper does, and returns the {name: value} it leaves."""

    def source(text, *names):
        script = "set -a\n" + text + "\nset +a\n" + "".join(
            f'printf "%s\\0" "${{{name}-\x01}}"\n' for name in names)  # fmt: skip
        done = subprocess.run(["bash", "-c", script], stdin=subprocess.DEVNULL, capture_output=True, check=True,
                              env={"PATH": os.environ["PATH"]})
        found = [os.fsdecode(value) for value in done.stdout.split(b"\0")[:-1]]
        return {name: value for name, value in zip(names, found, strict=True) if value != "\x01"}

    return source
