# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"
FEWER = {"action": 150, "modules": 250, "module_utils": 300, "plugin_utils": 300}   # lines of code a file may have

# what the controller itself keeps or looks at: the authority's directory, and the lab, which lives there
EDGES = ("_ca_directory.py", "_lab.py", "_look.py")


def sources(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path):
    """Yield the names of the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sources("plugins/modules", "plugins/module_utils"), ids=name)
def test_what_runs_on_nodes_needs_neither_the_core_nor_other_packages(path):
    wrong = re.compile(r".*(plugin_utils|plugins\.action)|cryptography|requests|yaml|aiohttp")
    assert [module for module in imported(path) if wrong.match(module)] == []


@pytest.mark.parametrize("path", sources("plugins/plugin_utils"), ids=name)
def test_the_core_knows_nothing_of_ansible_nor_of_files_and_processes(path):
    if path.name in EDGES:
        return
    wrong = re.compile(r"ansible(\.|$)|.*module_utils|subprocess$|socket$|shutil$|tempfile$")
    assert [module for module in imported(path) if wrong.match(module)] == []


@pytest.mark.parametrize("path", [*sources("plugins"), *sources("roles")], ids=name)
def test_files_say_their_licence(path):
    assert "SPDX-License-Identifier: GPL-3.0-or-later" in "\n".join(path.read_text(encoding="utf-8").splitlines()[:6])


@pytest.mark.parametrize("path", [path for folder in FEWER for path in sources(f"plugins/{folder}")], ids=name)
def test_files_are_short_enough_to_read(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    documentation = sum(
        node.end_lineno - node.lineno
        for node in ast.parse("\n".join(lines)).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("DOCUMENTATION", "EXAMPLES", "RETURN")
    )
    assert len(lines) - documentation <= FEWER[path.parent.name]


@pytest.mark.parametrize("path", sorted((ROOT / "roles").glob("*/tasks/*.yml")), ids=name)
def test_task_files_are_short_enough_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 60


def test_each_module_is_in_the_action_group():
    """So that module_defaults can be given for all of them at once; the lab's own modules are not for that."""
    group = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]["mesos"]
    modules = [path.stem for path in sources("plugins/modules") if not path.stem.startswith("mesos_lab")]
    assert sorted(group) == sorted(modules)


def test_each_action_is_a_module_s_half():
    modules = {path.stem for path in sources("plugins/modules")}
    assert {path.stem for path in sources("plugins/action")} <= modules


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=name)
def test_links_between_pages_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []
