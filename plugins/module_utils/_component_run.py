# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call of mesos_component on the node: look, refuse or write, see to the process, answer.

PRIVATE to the collection.  Standard library, Python 3.6.
"""

from ansible_collections.mesos.security.plugins.module_utils import (
    _component,
    _conflicts,
    _environment_file,
    _executors,
    _files,
    _keypair,
    _process,
    _program,
    _shown,
    _staleness,
)


class NotRunning(Exception):
    """The settings are in place and the process is not as it should be; the message says why."""


PROBLEMS = (_component.Unfit, _files.FileProblem, _process.ProcessProblem, _program.ProgramProblem,
            _environment_file.Unreadable, _keypair.KeypairError, NotRunning)


def words(problem):
    """Return a problem as the user reads it, with what it has left behind."""
    if isinstance(problem, NotRunning):
        return "{0}\nThe settings on disk are the new ones.".format(problem)
    return "{0}\nNothing was changed.".format(problem)


def run(plan, check_mode, run_command, keys):
    """Carry out a plan and return the module's answer.

    plan["look"]: only look, as in check mode (the controller judges before anything is written).
    plan["has_ssl"]: the look before has seen to that.
    plan["questions"]: {purpose: params of _keypair.examine}, answered in "pairs";
    plan["install"]: {purpose: params of _keypair.install}; keys: {purpose: text of a key}, secret.
    """
    component = _component.Component(plan)
    component.refuse()
    diff, changed = component.diff(), bool(component.changes())
    if changed and plan["encrypted"] and not plan.get("has_ssl"):
        _require_ssl(component.program)
    predicted, running = check_mode or plan["look"], component.running()
    pairs = {purpose: _keypair.examine(params, run_command, check_mode)
             for purpose, params in plan["questions"].items()}
    if not predicted:
        component.write(lambda: _install(plan["install"], keys, run_command))
    deed = _deed(component, running, plan["process"])
    warnings = _conflicts.warnings(component) + _endangered(component, running)
    if not predicted:
        try:
            _do(component, deed)
        except PROBLEMS as problem:
            raise NotRunning(str(problem)) from None
    running = component.running()
    stale = [] if predicted and deed in ("started", "restarted") else _stale(component, running)
    return {
        "pairs": pairs,
        "warnings": warnings,
        "changed": changed or deed != "kept",
        "diff": diff,
        "process": deed,
        "version": "{0}.{1}".format(*component.version),
        "stale": bool(stale),
        "stale_reasons": stale,
        "running": _describe(running),
        "paths": dict(component.layout["material"], **{
            name: component.layout[name]
            for name in ("environment_file", "flag_directory", "tls_directory", "pid_file", "log_file")}),
    }


def _install(install, keys, run_command):
    for purpose, params in install.items():
        _keypair.install(dict(params, key_pem=keys.get(purpose)), run_command)


def _require_ssl(program):
    if program.has_ssl() is False:
        raise _component.Unfit([
            "{0} was built without SSL and would ignore every LIBPROCESS_SSL_ variable; install a build with SSL"
            " (its agent's --help shows --authenticate_http_executors)".format(program.path)])


def _endangered(component, running):
    """Return what is to be said of an agent's executors before it restarts with other settings, as a list."""
    if running is None or running.program not in _program.AGENTS or not _stale(component, running):
        return []
    sentence = _executors.warning(running, component.effective_environment())
    return [sentence] if sentence else []


def _stale(component, running):
    if running is None:
        return []
    return _staleness.reasons(running, component.effective_environment(), component.new_files, component.layout,
                              component.names["managed"], component.plan["watched"])


def _deed(component, running, wish):
    """Return what has to be done to the process: kept, started, restarted or stopped."""
    if wish == "kept" or (wish == "stopped" and running is None):
        return "kept"
    if wish == "stopped":
        return "stopped"
    if running is None:
        return "started"
    return "restarted" if wish == "restarted" or _stale(component, running) else "kept"


def _do(component, deed):
    layout = component.layout
    if deed == "kept":
        return
    if layout["unit"]:
        _process.unit_do({"started": "start", "restarted": "restart", "stopped": "stop"}[deed], layout["unit"])
        if deed != "stopped":
            _process.wait_for_unit(layout["unit"], layout["programs"])
        return
    if deed in ("restarted", "stopped"):
        _process.stop(component.running(), layout["programs"], layout["pid_file"])
    if deed in ("restarted", "started"):
        for path in (layout["pid_file"], layout["log_file"]):
            _files.ensure_directory(path.rpartition("/")[0])
        _process.start(component.program.path, _start_environment(component), layout["root"], layout["log_file"],
                       layout["pid_file"])


def _start_environment(component):
    environment = component.effective_environment()
    unknown = sorted(name for name, value in environment.items() if value is None)
    if unknown:
        raise _component.Unfit(["{0} leaves {1} to a shell; write plain NAME='value' lines for this layout".format(
            component.path, ", ".join(unknown))])
    return environment


def _describe(running):
    if running is None:
        return None
    flags = {name[len("MESOS_"):].lower(): value for name, value in running.environ.items()
             if name.startswith("MESOS_")}
    for word in running.argv:
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            flags[name] = value if equals else "true"
    return {
        "pid": running.pid,
        "started": round(running.started, 2),
        "program": running.program,
        "environment": _shown.environment(running.environ, ("LIBPROCESS_", "SSL_")),
        "flags": {name: _shown.value(name, value) for name, value in sorted(flags.items())},
    }
