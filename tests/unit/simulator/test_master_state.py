# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The master's state, event by event, without a network: who hears what."""

import pytest

from mesos_simulator import operator_api, scheduler_api, state
from mesos_simulator import resources as res
from mesos_simulator.master_frameworks import Refused
from mesos_simulator.master_state import MasterState

AGENT = "slave(1)@10.0.0.1:5051"
INFO = {"id": "5f1c6f2e-0000-4000-8000-000000000000", "pid": "master@10.0.0.9:5050", "port": 5050, "hostname": "master",
        "ip": 1, "version": "1.12.0"}


class Timer:
    def __init__(self, due, call):
        self.due, self.call, self.cancelled = due, call, False

    def cancel(self):
        self.cancelled = True


class World:
    """Edges whose clock only moves when told to."""

    def __init__(self):
        self.clock, self.sent, self.links, self.timers = 1000.0, [], {}, []

    def send(self, to, name, body):
        self.sent.append((to, name.rpartition(".")[2], body))

    def link(self, upid, on_exited):
        self.links[upid] = on_exited

    def unlink(self, upid):
        self.links.pop(upid, None)

    def later(self, seconds, function, *args):
        timer = Timer(self.clock + seconds, lambda: function(*args))
        self.timers.append(timer)
        return timer

    def now(self):
        return self.clock

    def pass_time(self, seconds):
        end = self.clock + seconds
        while due := sorted((timer for timer in self.timers if timer.due <= end), key=lambda timer: timer.due):
            self.timers.remove(due[0])
            self.clock = max(self.clock, due[0].due)
            if not due[0].cancelled:
                due[0].call()
        self.clock = end

    def messages(self, to):
        return [name for whom, name, _ in self.sent if whom == to]


class Stream:
    def __init__(self):
        self.events, self.closed, self.id = [], False, "stream"

    def send(self, event):
        self.events.append(event)

    def close(self):
        self.closed = True

    def start_heartbeats(self):
        self.send({"type": "HEARTBEAT"})

    def kinds(self):
        return [event["type"] for event in self.events]


class Quiet:
    def info(self, file, text):
        pass

    warning = error = info


@pytest.fixture
def world():
    return World()


@pytest.fixture
def master(world):
    return MasterState(INFO, world, Quiet(), ping_timeout=15.0, max_pings=5)


def join(master, pid=AGENT, resources="cpus:1;mem:512"):
    master.register_agent(pid, {"agent": {"hostname": "agent", "port": 5051, "resources": res.parse(resources)},
                                "version": "1.12.0"})
    return master.agent_at(pid)


def subscribe(master, stream=None, pid=None, **info):
    if stream is None and pid is None:
        stream = Stream()
    made = {"user": "root", "name": "fw", "roles": ["*"], "capabilities": [{"type": "MULTI_ROLE"}]} | info
    return master.subscribe({"framework_info": made}, stream=stream, pid=pid)


def launch(master, framework, name="task", cpus=0.1, **extra):
    offer = master.offers[sorted(framework.offers)[0]]
    task = {"name": name, "task_id": {"value": name}, "agent_id": {"value": offer.agent},
            "resources": res.parse(f"cpus:{cpus};mem:32"), "command": {"value": "true"}} | extra
    master.accept(framework, {"offer_ids": [{"value": offer.id}], "operations": [
        {"type": "LAUNCH", "launch": {"task_infos": [task]}}], "filters": {"refuse_seconds": 0}})
    return framework.tasks.get(name)


def update(master, framework, agent, state_, name="task", uuid="u"):
    master.status_update(agent.pid, {"latest_state": state_, "update": {
        "framework_id": {"value": framework.id}, "agent_id": {"value": agent.id},
        "status": {"task_id": {"value": name}, "state": state_, "uuid": uuid, "timestamp": 1.0,
                   "source": "SOURCE_EXECUTOR"}}})


def test_an_agent_gets_an_id_and_its_resources_are_offered(master, world):
    agent = join(master)
    framework = subscribe(master)
    world.pass_time(0)
    assert agent.id == INFO["id"] + "-S0"
    assert framework.stream.kinds() == ["SUBSCRIBED", "HEARTBEAT", "OFFERS"]
    assert res.text(res.unallocated(agent.offered)) == "cpus:1; mem:512"


def test_a_second_registration_of_the_same_agent_only_repeats_the_answer(master, world):
    join(master)
    join(master)
    assert len(master.agents) == 1
    assert world.messages(AGENT).count("SlaveRegisteredMessage") == 2


def test_a_task_uses_resources_until_it_ends(master, world):
    agent, framework = join(master), subscribe(master)
    world.pass_time(0)
    task = launch(master, framework)
    assert res.quantity(agent.available, "cpus") == pytest.approx(0.9)
    update(master, framework, agent, "TASK_FINISHED")
    assert task["state"] == "TASK_FINISHED" and res.quantity(agent.available, "cpus") == pytest.approx(1.0)


def test_a_finished_task_is_kept_until_its_last_update_is_acknowledged(master, world):
    agent, framework = join(master), subscribe(master)
    world.pass_time(0)
    launch(master, framework)
    update(master, framework, agent, "TASK_FINISHED", uuid="last")
    assert "task" in framework.tasks
    master.acknowledge(framework, {"agent_id": {"value": agent.id}, "task_id": {"value": "task"}, "uuid": "last"})
    assert "task" not in framework.tasks and len(framework.completed_tasks) == 1
    assert world.messages(AGENT)[-1] == "StatusUpdateAcknowledgementMessage"


@pytest.mark.parametrize("change, message", [
    ({"cpus": 4}, "Task uses more resources cpus(allocated: *):4; mem(allocated: *):32 than available"),
    ({"command": None}, "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"),
    ({"agent_id": {"value": "other"}}, "Task uses invalid agent other while agent"),
])
def test_a_bad_task_is_an_error_and_never_reaches_the_agent(master, world, change, message):
    join(master)
    framework = subscribe(master)
    world.pass_time(0)
    launch(master, framework, **change)
    status = framework.stream.events[-1]["update"]["status"]
    assert status["state"] == "TASK_ERROR" and status["message"].startswith(message)
    assert "RunTaskMessage" not in world.messages(AGENT)


def test_a_used_offer_cannot_be_used_again(master, world):
    join(master)
    framework = subscribe(master)
    world.pass_time(0)
    offer = sorted(framework.offers)[0]
    launch(master, framework)
    master.accept(framework, {"offer_ids": [{"value": offer}], "operations": [
        {"type": "LAUNCH", "launch": {"task_infos": [{"task_id": {"value": "second"}}]}}]})
    assert framework.stream.events[-1]["update"]["status"]["reason"] == "REASON_INVALID_OFFERS"


def test_a_declined_offer_comes_back_after_the_time_that_was_asked_for(master, world):
    join(master)
    framework = subscribe(master)
    world.pass_time(0)
    master.decline(framework, {"offer_ids": [{"value": sorted(framework.offers)[0]}], "filters": {"refuse_seconds": 5}})
    master.allocate()
    assert framework.stream.kinds().count("OFFERS") == 1
    world.pass_time(5.1)
    master.allocate()
    assert framework.stream.kinds().count("OFFERS") == 2


def test_an_agent_that_goes_takes_the_tasks_of_frameworks_without_checkpointing(master, world):
    agent, framework = join(master), subscribe(master)
    world.pass_time(0)
    launch(master, framework)
    world.links[AGENT](AGENT)
    updates = [event["update"]["status"] for event in framework.stream.events if event["type"] == "UPDATE"]
    assert [(status["state"], status["reason"]) for status in updates] == [("TASK_LOST", "REASON_SLAVE_DISCONNECTED")]
    assert not framework.tasks and not agent.used


def test_an_agent_that_goes_takes_its_offers_but_not_checkpointed_tasks(master, world):
    agent, framework = join(master), subscribe(master, checkpoint=True)
    world.pass_time(0)
    launch(master, framework)
    master.allocate()
    world.links[AGENT](AGENT)
    assert "RESCIND" in framework.stream.kinds() and not agent.active
    assert framework.tasks["task"]["state"] == "TASK_STAGING"


def test_an_agent_that_comes_back_keeps_its_tasks(master, world):
    agent, framework = join(master), subscribe(master, checkpoint=True)
    world.pass_time(0)
    task = launch(master, framework)
    world.links[AGENT](AGENT)
    master.reregister_agent(AGENT, {"agent": agent.info, "tasks": [task], "frameworks": [framework.info]})
    assert agent.active and framework.tasks["task"] is task
    answer = world.sent[-2] if world.sent[-1][1] == "UpdateFrameworkMessage" else world.sent[-1]
    assert answer[1] == "SlaveReregisteredMessage" and answer[2]["reconciliations"] == []


def test_an_agent_that_answers_no_ping_is_unreachable_and_its_tasks_too(master, world):
    join(master)
    framework = subscribe(master, capabilities=[{"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}])
    world.pass_time(0)
    launch(master, framework)
    world.pass_time(15.0 * 7)
    assert not master.agents and framework.unreachable_tasks["task"]["state"] == "TASK_UNREACHABLE"
    updates = [event["update"]["status"]["state"] for event in framework.stream.events if event["type"] == "UPDATE"]
    assert updates == ["TASK_UNREACHABLE"]


def test_an_agent_that_answers_pings_stays(master, world):
    join(master)
    for _ in range(10):
        world.pass_time(15.0)
        master.pong(AGENT)
    assert master.agents


def test_a_framework_without_time_to_fail_over_is_gone_at_once_with_its_tasks(master, world):
    join(master)
    framework = subscribe(master)
    world.pass_time(0)
    launch(master, framework)
    master.framework_exited(framework, stream=framework.stream)
    world.pass_time(0)
    assert framework.id not in master.frameworks and "ShutdownFrameworkMessage" in world.messages(AGENT)
    assert framework.completed_tasks[0]["state"] == "TASK_KILLED"


def test_a_framework_with_time_to_fail_over_may_come_back(master, world):
    join(master)
    framework = subscribe(master, failover_timeout=60)
    world.pass_time(0)
    master.framework_exited(framework, stream=framework.stream)
    world.pass_time(30)
    again = subscribe(master, Stream(), id={"value": framework.id}, failover_timeout=60)
    world.pass_time(60)
    assert again is framework and framework.connected and framework.id in master.frameworks


def test_the_older_of_two_connections_of_a_framework_is_told_and_closed(master):
    framework = subscribe(master, failover_timeout=60)
    old = framework.stream
    subscribe(master, Stream(), id={"value": framework.id}, failover_timeout=60)
    assert old.closed and old.events[-1] == {"type": "ERROR", "error": {"message": "Framework failed over"}}
    master.framework_exited(framework, stream=old)
    assert framework.connected


def test_a_framework_cannot_change_its_principal(master):
    framework = subscribe(master, failover_timeout=60)
    with pytest.raises(Refused, match="Changing framework's principal is not allowed."):
        subscribe(master, Stream(), id={"value": framework.id}, principal="other")


def test_a_framework_that_was_removed_cannot_come_back(master):
    framework = subscribe(master)
    master.teardown(framework)
    with pytest.raises(Refused, match="Framework has been removed"):
        subscribe(master, Stream(), id={"value": framework.id})


def test_a_restarted_master_learns_of_frameworks_and_tasks_from_agents(world, master):
    agent, framework = join(master), subscribe(master, failover_timeout=60)
    world.pass_time(0)
    task = launch(master, framework)
    after = MasterState(INFO | {"id": "6f1c6f2e-0000-4000-8000-000000000000"}, world, Quiet())
    after.reregister_agent(AGENT, {"agent": agent.info, "tasks": [task], "frameworks": [framework.info]})
    found = after.frameworks[framework.id]
    assert found.recovered and not found.connected and list(found.tasks) == ["task"]
    assert agent.id in after.agents


def test_v0_frameworks_hear_the_same_as_messages(master, world):
    join(master)
    subscribe(master, pid="scheduler@10.0.0.2:1")
    world.pass_time(0)
    assert world.messages("scheduler@10.0.0.2:1") == ["FrameworkRegisteredMessage", "ResourceOffersMessage"]


def test_an_unknown_task_is_lost_to_old_frameworks_and_unknown_to_new_ones(master):
    old = subscribe(master)
    new = subscribe(master, capabilities=[{"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}])
    for framework in (old, new):
        master.reconcile(framework, {"tasks": [{"task_id": {"value": "none"}}]})
    assert [one.stream.events[-1]["update"]["status"]["state"] for one in (old, new)] == ["TASK_LOST", "TASK_UNKNOWN"]


@pytest.mark.parametrize("call, problem", [
    ({"type": "NONSENSE"}, "Expecting 'type' to be present"),
    ({"type": "SUPPRESS"}, "Expecting 'framework_id' to be present"),
    ({"type": "KILL", "framework_id": {"value": "f"}}, "Expecting 'kill' to be present"),
    ({"type": "SUBSCRIBE"}, "Expecting 'subscribe' to be present"),
    ({"type": "SUPPRESS", "framework_id": {"value": "f"}}, None),
])
def test_calls_are_refused_with_mesos_words(call, problem):
    assert scheduler_api.problem_of(call) == problem


def test_state_shows_tasks_offers_and_resources(master, world):
    agent, framework = join(master), subscribe(master)
    world.pass_time(0)
    launch(master, framework)
    update(master, framework, agent, "TASK_RUNNING")
    body = state.state(master, {}, 0.0)
    assert body["frameworks"][0]["tasks"][0]["state"] == "TASK_RUNNING"
    assert body["slaves"][0]["used_resources"] == {"cpus": 0.1, "disk": 0.0, "gpus": 0.0, "mem": 32.0}
    assert operator_api.get_tasks(master)["tasks"][0]["status_update_state"] == "TASK_RUNNING"
