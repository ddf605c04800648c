"""The metrics that EC2 publishes by itself."""

import pytest
from ministack.services import autoscaling, ec2, ecs
from series import published, units

from corrections import metrics_credits, metrics_ec2, metrics_usage
from corrections.metrics_usage import Usage

GROUP, FIRST, SECOND = "AutoScalingGroupName=hosts", "InstanceId=i-1", "InstanceId=i-2"


@pytest.fixture
def clock(monkeypatch):
    """A time that the test moves, on a machine of four cores."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(metrics_ec2.time, "time", lambda: now[0])
    monkeypatch.setattr(metrics_usage, "CORES", 4)
    return now


def hosts(**types):
    """A group with an instance in service for each keyword ("i1": its type)."""
    instances = []
    for name, kind in types.items():
        instance = f"i-{name[1:]}"
        ec2._instances[instance] = {"InstanceId": instance, "InstanceType": kind, "State": {"Name": "running"}}
        instances.append({"InstanceId": instance, "LifecycleState": "InService"})
    autoscaling._asgs["hosts"] = {"AutoScalingGroupName": "hosts", "Instances": instances}
    return instances


def run(name, instance, *containers, status="RUNNING"):
    ecs._tasks[name] = {"lastStatus": status, "_docker_ids": list(containers), "_instance": instance}


def test_cpu_is_that_of_the_instances_containers(clock):
    hosts(i1="t3.small", i2="t3.small")
    run("a", "i-1", "one", "two")
    run("b", "i-2", "three")
    run("c", "i-2", "stopped", status="STOPPED")
    metrics_ec2.publish({"one": Usage(1.0, 0, 0), "two": Usage(0.5, 0, 0), "three": Usage(0.25, 0, 0),
                         "stopped": Usage(4.0, 0, 0)})
    assert published("AWS/EC2", FIRST)["CPUUtilization"] == [37.5]  # 1.5 of 4 cores
    assert published("AWS/EC2", SECOND)["CPUUtilization"] == [6.25]
    assert published("AWS/EC2", GROUP)["CPUUtilization"] == [37.5, 6.25]


def test_cpu_is_at_most_all_of_the_machine(clock):
    hosts(i1="t3.small")
    run("a", "i-1", "one")
    metrics_ec2.publish({"one": Usage(5.0, 0, 0)})
    assert published("AWS/EC2", FIRST)["CPUUtilization"] == [100.0]


def test_instances_pass_their_status_checks():
    hosts(i1="m6i.large", i2="m6i.large")[1]["LifecycleState"] = "Standby"
    metrics_ec2.publish({})
    checks = {"StatusCheckFailed": [0.0], "StatusCheckFailed_Instance": [0.0], "StatusCheckFailed_System": [0.0]}
    for dimensions in (GROUP, FIRST):
        assert published("AWS/EC2", dimensions) == checks | {"CPUUtilization": [0.0]}, "no credits: not burstable"
    assert published("AWS/EC2", SECOND) == {}


def test_units_are_those_of_aws(clock):
    hosts(i1="t3.small")
    metrics_ec2.publish({})
    assert units("AWS/EC2") == {
        "CPUUtilization": {"Percent"}, "CPUCreditUsage": {"Count"}, "CPUCreditBalance": {"Count"},
        "StatusCheckFailed": {"Count"}, "StatusCheckFailed_Instance": {"Count"}, "StatusCheckFailed_System": {"Count"}}


def test_credits_are_spent_and_earned(clock):
    hosts(i1="t3.small")
    run("a", "i-1", "one")
    busy, idle = {"one": Usage(2.0, 0, 0)}, {}  # 50 percent of 4 cores: one of the type's two vCPUs
    for minute, usage in enumerate((busy, busy, idle)):
        clock[0] = 1_800_000_000.0 + 60 * minute
        metrics_ec2.publish(usage)
    found = published("AWS/EC2", FIRST)
    assert found["CPUCreditUsage"] == [1.0, 1.0, 0.0]
    assert found["CPUCreditBalance"] == pytest.approx([575.4, 574.8, 575.2])  # of 576; 24 an hour are 0.4 a minute
    assert published("AWS/EC2", GROUP)["CPUCreditBalance"] == found["CPUCreditBalance"]


def test_the_balance_is_never_below_nothing_and_never_above_a_days_earnings():
    assert metrics_credits.spend("t3.micro", 1.0, 100, 5) == (10.0, 0.0)
    assert metrics_credits.spend("t3.micro", 287.9, 0, 60) == (0.0, 288)


@pytest.mark.parametrize("kind, cpus, hour, most", [  # burstable-credits-baseline-concepts, "Earn CPU credits"
    ("t3.nano", 2, 6, 144), ("t3.micro", 2, 12, 288), ("t3.small", 2, 24, 576), ("t3.medium", 2, 24, 576),
    ("t3.large", 2, 36, 864), ("t3.xlarge", 4, 96, 2304), ("t3.2xlarge", 8, 192, 4608), ("t4g.nano", 2, 6, 144),
    ("t4g.small", 2, 24, 576), ("t4g.2xlarge", 8, 192, 4608), ("t3a.medium", 2, 24, 576), ("t2.micro", 1, 6, 144),
    ("t2.2xlarge", 8, 81.6, 1958.4)])
def test_what_a_type_earns(kind, cpus, hour, most):
    assert (metrics_credits.EARNED[kind], metrics_credits.full(kind)) == ((cpus, hour), pytest.approx(most))


@pytest.mark.parametrize("version, kind", [("$Default", "t4g.small"), (None, "t4g.small"), ("$Latest", "t4g.large"),
                                           ("2", "t4g.large"), ("1", "t4g.small"), ("3", "t3.small")])
def test_the_type_is_the_launch_templates(version, kind):
    instance, = hosts(i1="t3.small")
    ec2._launch_templates["lt-1"] = {"DefaultVersionNumber": 1, "LatestVersionNumber": 2, "Versions": [
        {"VersionNumber": number, "LaunchTemplateData": {"InstanceType": name}}
        for number, name in ((1, "t4g.small"), (2, "t4g.large"))]}
    instance["LaunchTemplate"] = {"LaunchTemplateId": "lt-1", "Version": version}
    assert metrics_credits.type_of(instance) == kind
