"""What runs in the background: that it does, how often, and that a failure does not end it."""

import threading

import pytest
from conftest import covers
from ministack.services import cloudwatch, ecs

import corrections
from corrections import (
    alarms,
    autoscaling_fleet,
    ecs_agent,
    ecs_scheduler,
    elb_checks,
    loops,
    metrics,
    rds,
)


@covers("alarms.evaluate_alarms", "autoscaling_fleet.boot_hosts", "ecs_agent.watch_containers",
        "ecs_scheduler.schedule", "elb_checks.check_targets", "metrics.publish_each_minute",
        "rds.answer_where_all_can_reach")
@pytest.mark.parametrize("function", [
    alarms.evaluate_alarms, autoscaling_fleet.boot_hosts, ecs_agent.watch_containers, ecs_scheduler.schedule,
    elb_checks.check_targets, metrics.publish_each_minute, rds.answer_where_all_can_reach])
def test_it_is_begun_at_start(function):
    assert function in corrections.AT_START


@pytest.mark.parametrize("function, seconds", [
    (alarms.evaluate_alarms, 5), (ecs_agent.watch_containers, 0.25), (ecs_scheduler.schedule, 0),
    (elb_checks.check_targets, 0.25), (autoscaling_fleet.boot_hosts, 0.25)])
def test_how_often(monkeypatch, function, seconds):
    begun = []
    monkeypatch.setattr(loops, "repeat", lambda *given: begun.append(given))
    function()
    step, pause, _ = begun[0]
    assert pause() == seconds and callable(step)


@pytest.mark.parametrize("now, seconds", [(1_800_000_000.0, 30), (1_800_000_030.0, 60), (1_800_000_045.0, 45)])
def test_metrics_come_in_the_middle_of_the_minute(monkeypatch, now, seconds):
    begun = []
    monkeypatch.setattr(loops, "repeat", lambda *given: begun.append(given))
    monkeypatch.setattr(metrics.time, "time", lambda: now)
    metrics.publish_each_minute()
    assert begun[0][1]() == seconds


def test_a_step_that_fails_is_tried_again(monkeypatch):
    monkeypatch.setattr(loops, "closing", threading.Event())
    tries = []

    def step():
        tries.append(1)
        if len(tries) == 3:
            loops.closing.set()
        raise ValueError("once more")
    loops.repeat(step, lambda: 0, "test")
    assert loops.closing.wait(5) and len(tries) == 3


def test_a_failure_is_told_once(caplog):
    failures = iter([ValueError("a"), ValueError("a"), ValueError("b"), None, ValueError("b")])

    def step():
        if failure := next(failures):
            raise failure
    for _ in range(5):
        loops.attempt(step, "told once")
    assert [record.exc_info[1].args[0] for record in caplog.records] == ["a", "b", "b"]


def test_one_bad_service_keeps_no_other_waiting(monkeypatch):
    seen = []

    def look(cluster, service):
        seen.append(service)
        raise ValueError("bad")
    monkeypatch.setattr(ecs_scheduler, "look_at", look)
    ecs._services["c/one"], ecs._services["c/two"] = "one", "two"
    loops.changed.set()
    ecs_scheduler.look_at_all()
    assert seen == ["one", "two"] and not loops.changed.is_set()


def test_every_alarm_is_evaluated(monkeypatch):
    seen = []
    monkeypatch.setattr(cloudwatch, "_evaluate_alarm", seen.append)
    cloudwatch._alarms["a"], cloudwatch._alarms["b"] = {"AlarmName": "a"}, {"AlarmName": "b"}
    alarms.evaluate_all()
    assert [alarm["AlarmName"] for alarm in seen] == ["a", "b"]
