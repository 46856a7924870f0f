# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a role documents is what it does: argument specs against defaults, in both directions."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ROLES = sorted(path for path in (ROOT / "roles").iterdir() if (path / "tasks").is_dir())

pytestmark = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def options_of(role):
    """Return {name: option} of all entry points of a role."""
    specs = read(role / "meta" / "argument_specs.yml")["argument_specs"]
    return {name: option for spec in specs.values() for name, option in spec.get("options", {}).items()}


def defaults_of(role):
    path = role / "defaults" / "main.yml"
    return read(path) if path.exists() else {}


def plain(value):
    """Templates may be wrapped differently."""
    return " ".join(value.split()) if isinstance(value, str) else value


def test_each_default_is_documented(role):
    assert set(defaults_of(role)) <= set(options_of(role))


def test_each_documented_default_is_the_default(role):
    documented = {name: plain(option["default"]) for name, option in options_of(role).items() if "default" in option}
    defaults = {name: plain(value) for name, value in defaults_of(role).items()}
    assert documented == {name: defaults.get(name) for name in documented}


def test_each_default_is_in_the_specs(role):
    """A template where no text is wanted cannot be: it is told in the description."""
    options = options_of(role)
    silent = {name: value for name, value in defaults_of(role).items() if "default" not in options.get(name, {})}
    assert {name: value for name, value in silent.items() if not str(value).startswith("{{")} == {}
    assert [name for name in silent if "default" not in str(options[name]["description"]).lower()] == []


def test_a_required_option_has_no_default(role):
    required = {name for name, option in options_of(role).items() if option.get("required")}
    assert not required & set(defaults_of(role))


def test_each_option_says_what_it_is_for(role):
    assert [name for name, option in options_of(role).items() if not option.get("description")] == []


def test_options_begin_with_the_role_or_are_shared_by_all_of_them(role):
    shared = {"mesos_security_level", "mesos_layout", "mesos_version"}
    own = {name for other in ROLES for name in options_of(other) if name.startswith(other.name + "_")}
    assert set(options_of(role)) <= own | shared


def test_the_entry_points_have_tasks(role):
    specs = read(role / "meta" / "argument_specs.yml")["argument_specs"]
    assert [name for name in specs if not (role / "tasks" / f"{name}.yml").exists()] == []
