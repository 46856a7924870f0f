# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that the simulator has, and how they get their names in the file system.

``python -m mesos_simulator.programs install DIR [--python PY]`` writes one executable per program into DIR.
"""

import argparse
import importlib
import os
import signal
import stat
import subprocess
import sys

# program -> (module, function); a function takes argv and the environment and returns an exit status
PROGRAMS = {
    "mesos-master": ("master", "main"),
    "mesos-agent": ("agent", "main"),
    "mesos-slave": ("agent", "main"),
    "mesos-execute": ("execute", "main"),
    "mesos-executor": ("executor", "main"),
    "mesos-default-executor": ("default_executor", "main"),
    "no-executor-framework": ("frameworks", "no_executor_framework"),
    "test-framework": ("frameworks", "test_framework"),
    "mesos-resolve": ("resolve", "main"),
}

SCRIPT = """#!{python} -I
import sys
sys.path.insert(0, {parent!r})
from mesos_simulator.programs import run
run({program!r})
"""


def run(program):
    """Be the program: its arguments and environment are those of this process.  Does not return."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL if program == "mesos-resolve" else signal.SIG_IGN)
    module, function = PROGRAMS[program]
    main = getattr(importlib.import_module(f".{module}", __package__), function)
    sys.exit(main(sys.argv, os.environ))


def install(directory, python=sys.executable):
    """Write an executable for every program; those that are already right are left alone.

    Ends with a sentence where *python* lacks what they need.
    """
    need(python)
    os.makedirs(directory, exist_ok=True)
    parent = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for program in PROGRAMS:
        path = os.path.join(directory, program)
        text = SCRIPT.format(python=python, parent=parent, program=program)
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as stream:
                if stream.read() == text:
                    continue
        with open(path + ".new", "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(path + ".new", stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
        os.replace(path + ".new", path)


def need(python):
    asked = subprocess.run([python, "-c", "import aiohttp, cryptography"], stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if asked.returncode:
        sys.exit(f"the simulator needs aiohttp and cryptography, and {python} says: "
                 f"{asked.stderr.strip().splitlines()[-1]}; install both, or give another Python (mesos_lab_python)")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="mesos_simulator.programs", description=__doc__.split("\n")[0])
    actions = parser.add_subparsers(dest="action", required=True)
    installing = actions.add_parser("install", help="write the programs into a directory")
    installing.add_argument("directory")
    installing.add_argument("--python", default=sys.executable, help="interpreter that runs them (%(default)s)")
    chosen = parser.parse_args(arguments)
    install(chosen.directory, chosen.python)


if __name__ == "__main__":
    main()
