"""The metrics that AWS publishes by itself."""

from types import SimpleNamespace

from ministack.services import autoscaling, cloudwatch, ecs

from corrections import metrics


def test_a_running_task_has_one_datapoint(monkeypatch):
    used = iter([5.0, 35.0])
    stats = {"memory_stats": {"usage": 48 * 2**20, "stats": {"total_inactive_file": 16 * 2**20}}}
    api = SimpleNamespace(stats=lambda *_, **__: stats | {"cpu_stats": {"cpu_usage": {
        "total_usage": next(used) * 1e9}}})
    monkeypatch.setattr(metrics.engine, "client", lambda: SimpleNamespace(api=api))
    clock = iter([100.0, 160.0])
    monkeypatch.setattr(metrics.time, "monotonic", lambda: next(clock))
    ecs._task_defs["f:1"] = {"containerDefinitions": [{"cpu": 512, "memory": 64}]}
    ecs._tasks["t"] = {"lastStatus": "RUNNING", "group": "service:bot", "_docker_ids": ["one"],
                       "clusterArn": "arn:aws:ecs:us-east-1:000000000000:cluster/c",
                       "taskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/f:1"}
    metrics._cpu_before.clear()
    metrics.publish()
    metrics.publish()
    points = cloudwatch._metrics[("AWS/ECS", "CPUUtilization", "ClusterName=c|ServiceName=bot")]
    # 30 s of CPU in 60 s are 512 units, all that the task reserved.
    assert [point["Value"] for point in points][1] == 100.0
    memory = cloudwatch._metrics[("AWS/ECS", "MemoryUtilization", "ClusterName=c|ServiceName=bot")]
    assert memory[0]["Value"] == 50.0
    assert ("AWS/ECS", "CPUUtilization", "ClusterName=c") in cloudwatch._metrics


def test_stopped_and_single_tasks_have_none():
    for name, status, group in (("a", "STOPPED", "service:bot"), ("b", "RUNNING", "")):
        ecs._tasks[name] = {"lastStatus": status, "group": group, "_docker_ids": ["x"], "clusterArn": "c",
                            "taskDefinitionArn": "t"}
    metrics.publish()
    assert len(cloudwatch._metrics) == 0


def test_instances_pass_their_status_checks():
    autoscaling._asgs["hosts"] = {"AutoScalingGroupName": "hosts", "Instances": [
        {"InstanceId": "i-1", "LifecycleState": "InService"}, {"InstanceId": "i-2", "LifecycleState": "Standby"}]}
    metrics.publish()
    found = {dimensions for _, name, dimensions in cloudwatch._metrics if name == "StatusCheckFailed"}
    assert found == {"AutoScalingGroupName=hosts", "InstanceId=i-1"}
    assert {point["Value"] for points in cloudwatch._metrics.values() for point in points} == {0.0}


def test_a_task_that_reserves_nothing_may_use_the_host():
    units, mib = metrics.reserved({"containerDefinitions": [{}]})
    assert units >= 1024 and mib > 100
    assert metrics.reserved({"cpu": "256", "memory": "512", "containerDefinitions": [{"cpu": 1}]}) == (256, 512)
