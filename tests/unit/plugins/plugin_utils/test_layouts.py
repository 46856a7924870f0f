"""A layout says where everything is, for both components, below any root."""

import pytest
from ansible_collections.mesos.security.plugins.plugin_utils._layouts import (
    LAYOUTS,
    MATERIAL,
    PROGRAMS,
    UnknownLayout,
    layout_of,
)
from hypothesis import given
from hypothesis import strategies as st


def paths(layout):
    for value in layout.values():
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]:
            if isinstance(each, str) and each.startswith("/"):
                yield each


@given(
    st.sampled_from(sorted(LAYOUTS)), st.sampled_from(sorted(PROGRAMS)),
    st.text("abc/", min_size=1, max_size=9).map(lambda text: "/x" + text),
)  # fmt: skip
def test_every_path_is_below_the_root(name, component, root):
    layout = layout_of(name, component, root)
    assert set(layout["material"]) == set(MATERIAL)
    for path in paths(layout):
        assert path == layout["root"] or path.startswith(root.rstrip("/") + "/")
        assert "{" not in path


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_master_and_agent_share_no_file_but_certificates(name):
    master, agent = (layout_of(name, component, "/r") for component in ("master", "agent"))
    for key in ("environment_file", "flag_directory", "unit", "pid_file", "log_file"):
        assert master[key] is None or master[key] != agent[key]
    assert master["tls_directory"] == agent["tls_directory"]


def test_packages_call_the_agent_a_slave():
    layout = layout_of("mesosphere", "agent")
    assert layout["environment_file"] == "/etc/default/mesos-slave"
    assert layout["flag_directory"] == "/etc/mesos-slave"
    assert layout["unit"] == "mesos-slave"
    assert layout["shared_files"] == ["/etc/default/mesos"]
    assert layout["material"]["key"] == "/etc/mesos/tls/node.key"


def test_the_lab_keeps_an_agent_in_its_own_root():
    layout = layout_of("process", "agent", "/lab/agent1/")
    assert layout["environment_file"] == "/lab/agent1/etc/mesos-agent.env"
    assert layout["pid_file"] == "/lab/agent1/run/mesos-agent.pid"
    assert layout["log_file"] == "/lab/agent1/log/mesos-agent.log"
    assert layout["material"]["executor_key"] == "/lab/agent1/etc/tls/executor.key"


@pytest.mark.parametrize("arguments, words", [
    (("rpm", "master"), "there is no layout 'rpm'; layouts are process, mesosphere"),
    (("process", "slave", "/x"), "there is no component 'slave'; components are master, agent"),
    (("process", "master"), "layout process needs a root"),
    (("process", "master", "lab"), "the root 'lab' is not an absolute path"),
])  # fmt: skip
def test_what_does_not_exist_is_named_with_what_does(arguments, words):
    with pytest.raises(UnknownLayout, match=words):
        layout_of(*arguments)
