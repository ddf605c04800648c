"""The metrics that ECS publishes by itself, and the look at what containers use."""

from types import SimpleNamespace

import pytest
from conftest import covers
from ministack.services import autoscaling, cloudwatch, ecs
from series import published

from corrections import metrics, metrics_ecs, metrics_usage
from corrections.metrics_usage import Usage

CLUSTER, SERVICE = "ClusterName=c", "ServiceName=bot"


@pytest.fixture
def engine(monkeypatch):
    """A fake engine; its container has used so many seconds of CPU, and has the memory of `stats`."""
    fake = SimpleNamespace(clock=100.0, seconds=0.0, memory={"usage": 48 * 2**20, "stats": {}})
    api = SimpleNamespace(stats=lambda *_, **__: {"memory_stats": fake.memory, "cpu_stats": {"cpu_usage": {
        "total_usage": fake.seconds * 1e9}}})
    monkeypatch.setattr(metrics_usage.engine, "client", lambda: SimpleNamespace(api=api))
    monkeypatch.setattr(metrics_usage.time, "monotonic", lambda: fake.clock)
    metrics_usage._cpu_before.clear()
    return fake


def task(name="t", **members):
    ecs._task_defs["f:1"] = {"containerDefinitions": [{"cpu": 512, "memory": 64}]}
    ecs._tasks[name] = {"lastStatus": "RUNNING", "group": "service:bot", "_docker_ids": [name],
                        "clusterArn": "arn:aws:ecs:us-east-1:000000000000:cluster/c",
                        "taskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/f:1"} | members


@covers("metrics.publish_each_minute")
def test_a_running_task_has_one_datapoint_a_minute(engine):
    task()
    engine.seconds, engine.memory["stats"] = 5.0, {"total_inactive_file": 16 * 2**20}
    metrics.publish()
    engine.seconds, engine.clock = 35.0, 160.0
    metrics.publish()
    # 30 s of CPU in 60 s are 512 units, all that the task reserved; 32 MiB are half of its 64.
    for dimensions in ((CLUSTER, SERVICE), (CLUSTER,)):
        found = published("AWS/ECS", *dimensions)
        assert found["CPUUtilization"][1] == 100.0
        assert found["MemoryUtilization"] == [50.0, 50.0]


def test_every_task_of_a_service_has_its_own(engine):
    task("a")
    task("b")
    metrics.publish()
    assert len(published("AWS/ECS", CLUSTER, SERVICE)["CPUUtilization"]) == 2


def test_stopped_and_single_tasks_have_none():
    usage = {"a": Usage(1.0, 1, 1), "b": Usage(1.0, 1, 1)}
    task("a", lastStatus="STOPPED")
    task("b", group="")
    metrics_ecs.publish(usage)
    assert len(cloudwatch._metrics) == 0


def test_a_task_of_a_host_without_an_agent_has_none():
    autoscaling._asgs["hosts"] = {"Instances": [{"InstanceId": "i-1", "_agent_gone": True}]}
    task("a", _instance="i-1")
    metrics_ecs.publish({"a": Usage(1.0, 1, 1)})
    assert len(cloudwatch._metrics) == 0


def test_a_task_that_reserves_nothing_may_use_the_host():
    units, mib = metrics_ecs.reserved({"containerDefinitions": [{}]})
    assert units >= 1024 and mib > 100
    assert metrics_ecs.reserved({"cpu": "256", "memory": "512", "containerDefinitions": [{"cpu": 1}]}) == (256, 512)


@pytest.mark.parametrize("prefix", ["", "total_"])
def test_page_cache_in_use_is_memory_of_a_task_but_can_be_had_back(engine, prefix):
    engine.memory = {"usage": 100, "stats": {f"{prefix}inactive_file": 30, f"{prefix}active_file": 20}}
    found = metrics_usage.look("one")
    assert (found.memory, found.resident) == (70, 50)


def test_cores_are_of_the_time_since_the_last_look(engine):
    metrics_usage.look("one")
    engine.seconds, engine.clock = 90.0, 160.0
    assert metrics_usage.look("one").cores == 1.5
    engine.clock = 220.0
    assert metrics_usage.look("one").cores == 0.0


def test_a_container_that_is_gone_has_no_usage_and_is_forgotten(engine, monkeypatch):
    metrics_usage.look("one")
    engine.clock += metrics_usage.FORGET_SECONDS + 1
    metrics_usage.forget_gone()
    assert metrics_usage._cpu_before == {}
    monkeypatch.setattr(metrics_usage.engine, "client", lambda: None)
    assert metrics_usage.look("one") is None


def test_one_service_that_fails_takes_no_datapoint_from_the_others(engine, monkeypatch):
    monkeypatch.setattr(metrics_ecs, "publish", lambda usage: 1 / 0)
    told = []
    monkeypatch.setattr(metrics.metrics_ec2, "publish", told.append)
    metrics.publish()
    assert told == [{}]
