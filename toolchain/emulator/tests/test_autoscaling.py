"""How instances come, boot and go, and warm pools."""

import time

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from hostgroup import group, instances, want
from ministack.services import autoscaling

import settings
from corrections import autoscaling_fleet, hosts

POOL = {"MinSize": 1, "MaxGroupPreparedCapacity": 2, "PoolState": "Stopped",
        "InstanceReusePolicy": {"ReuseOnScaleIn": True}}


@pytest.fixture
def client(aws):
    return aws("autoscaling")


@pytest.fixture
def hosts_group(client):
    client.create_auto_scaling_group(AutoScalingGroupName="hosts", MinSize=0, MaxSize=4, DesiredCapacity=1,
                                     AvailabilityZones=["us-east-1a", "us-east-1b"], LaunchConfigurationName="l")


def pool(client):
    """(instance id, state) of each instance in the warm pool."""
    shown = client.describe_warm_pool(AutoScalingGroupName="hosts")
    return [(instance["InstanceId"], instance["LifecycleState"]) for instance in shown["Instances"]]


def later(seconds):
    """Look at the groups when so many seconds have passed."""
    autoscaling_fleet.boot(autoscaling._asgs["hosts"], time.time() + seconds)


def states(aws):
    return [instance["LifecycleState"] for instance in group(aws)["Instances"]]


@covers("autoscaling_fleet.keep_the_size")
def test_a_host_boots(aws, client, hosts_group, monkeypatch):
    monkeypatch.setenv("EMULATED_BOOT_SECONDS", "30")
    want(aws, 2)
    assert states(aws) == ["InService", "Pending"]
    later(29)
    assert states(aws) == ["InService", "Pending"]
    later(31)
    assert states(aws) == ["InService", "InService"]
    assert [i["AvailabilityZone"] for i in group(aws)["Instances"]] == ["us-east-1a", "us-east-1b"]


@covers("autoscaling_fleet.keep_the_size")
def test_the_fullest_zone_loses_its_newest_and_none_that_is_protected(aws, client, hosts_group):
    want(aws, 4)
    before = instances(aws)
    assert [i["AvailabilityZone"][-1] for i in group(aws)["Instances"]] == ["a", "b", "a", "b"]
    autoscaling._asgs["hosts"]["Instances"][3]["AvailabilityZone"] = "us-east-1a"
    autoscaling._asgs["hosts"]["Instances"].reverse()
    want(aws, 3)
    assert instances(aws) == [before[3], before[2], before[1]], "of zone a the newest, and none of zone b"
    for instance in autoscaling._asgs["hosts"]["Instances"]:
        instance["ProtectedFromScaleIn"] = True
    want(aws, 0)
    assert len(instances(aws)) == 3


@covers("autoscaling_fleet.keep_the_size")
def test_a_host_is_known_to_ec2(aws, client, hosts_group):
    host, = instances(aws)
    shown = aws("ec2").describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])
    assert [i["InstanceId"] for r in shown["Reservations"] for i in r["Instances"]] == [host]


@covers("autoscaling_warm.put_warm_pool", "autoscaling_warm.describe_warm_pool", "autoscaling.answer_settings")
def test_a_warm_pool_is_read_back_as_it_was_put(aws, client, hosts_group):
    assert "WarmPoolConfiguration" not in group(aws)
    client.put_warm_pool(AutoScalingGroupName="hosts", **POOL)
    for _ in range(2):
        assert client.describe_warm_pool(AutoScalingGroupName="hosts")["WarmPoolConfiguration"] == POOL
        assert (group(aws)["WarmPoolConfiguration"], group(aws)["WarmPoolSize"]) == (POOL, 1)
    client.put_warm_pool(AutoScalingGroupName="hosts", MaxGroupPreparedCapacity=-1)
    assert group(aws)["WarmPoolConfiguration"] == {"MinSize": 0, "PoolState": "Stopped"}
    assert len(pool(client)) == 3, "MaxSize less what is wanted"


@covers("autoscaling_warm.put_warm_pool")
def test_warm_instances_are_taken_first_and_come_back(aws, client, hosts_group, monkeypatch):
    cold, = instances(aws)
    client.put_warm_pool(AutoScalingGroupName="hosts", **POOL)
    (warm, state), = pool(client)
    assert state == "Warmed:Stopped" and instances(aws) == [cold]
    monkeypatch.setenv("EMULATED_WARM_START_SECONDS", "10")
    monkeypatch.setenv("EMULATED_BOOT_SECONDS", "60")
    want(aws, 2)
    assert instances(aws) == [cold, warm] and states(aws) == ["InService", "Pending"]
    (_, filled), = pool(client)
    assert filled == "Warmed:Pending", "MinSize is kept"
    later(11)
    assert states(aws) == ["InService", "InService"] and pool(client)[0][1] == "Warmed:Pending"
    want(aws, 1)
    assert (len(instances(aws)), len(pool(client))) == (1, 1)
    later(61)
    assert pool(client)[0][1] == "Warmed:Stopped"


@covers("autoscaling_warm.put_warm_pool")
def test_without_reuse_nothing_comes_back(aws, client, hosts_group):
    client.put_warm_pool(AutoScalingGroupName="hosts", MinSize=0, MaxGroupPreparedCapacity=1)
    want(aws, 2)
    gone = instances(aws)[-1]
    want(aws, 0)
    assert gone not in dict(pool(client)) and len(pool(client)) == 1


@covers("autoscaling_warm.put_warm_pool")
def test_a_failed_host_is_replaced_by_a_warm_one(aws, client, hosts_group):
    client.put_warm_pool(AutoScalingGroupName="hosts", **POOL)
    (warm, _), = pool(client)
    hosts.fail(instances(aws)[0])
    assert instances(aws) == [warm]


@covers("autoscaling_warm.delete_warm_pool", "autoscaling_fleet.delete_with_instances")
def test_the_pool_is_deleted_before_the_group(aws, client, hosts_group):
    client.put_warm_pool(AutoScalingGroupName="hosts", **POOL)
    with pytest.raises(ClientError, match="ResourceInUse"):
        client.delete_auto_scaling_group(AutoScalingGroupName="hosts")
    client.delete_warm_pool(AutoScalingGroupName="hosts", ForceDelete=True)
    shown = client.describe_warm_pool(AutoScalingGroupName="hosts")
    assert "WarmPoolConfiguration" not in shown and shown["Instances"] == []
    client.delete_auto_scaling_group(AutoScalingGroupName="hosts")
    assert client.describe_auto_scaling_groups()["AutoScalingGroups"] == []


@covers("autoscaling_warm.put_warm_pool", "autoscaling_warm.describe_warm_pool", "autoscaling_warm.delete_warm_pool")
@pytest.mark.parametrize("action", ["put_warm_pool", "describe_warm_pool", "delete_warm_pool"])
def test_a_pool_of_no_group(client, action):
    with pytest.raises(ClientError, match="AutoScalingGroup none not found"):
        getattr(client, action)(AutoScalingGroupName="none")


@covers("autoscaling_warm.put_warm_pool")
def test_a_wrong_pool_state(client, hosts_group):
    with pytest.raises(ClientError, match="Cold is no pool state"):
        client.put_warm_pool(AutoScalingGroupName="hosts", PoolState="Cold")


@pytest.mark.parametrize("name, value", [
    ("EMULATED_BOOT_SECONDS", "soon"), ("EMULATED_WARM_START_SECONDS", "-1"), ("EMULATED_SLEEP_DIVISOR", "0")])
def test_a_time_that_is_none_is_an_error(name, value):
    with pytest.raises(SystemExit, match=f"{name}: '{value}' is no time; set a number, {settings.TIMINGS[name]:g} is"):
        settings.load({"STATE_DIR": "/s", name: value})
    assert settings.timing(name, {name: "1.5"}) == 1.5 and settings.timing(name, {}) == settings.TIMINGS[name]
