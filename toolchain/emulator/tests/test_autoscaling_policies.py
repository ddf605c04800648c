"""Scaling policies, and single instances that are given up."""

import time

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from hostgroup import group, instances, want

STEPS = {"PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity", "MetricAggregationType": "Maximum",
         "EstimatedInstanceWarmup": 30, "StepAdjustments": [
             {"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": -1},
             {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1},
             {"MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 2}]}
SIMPLE = {"PolicyType": "SimpleScaling", "AdjustmentType": "ExactCapacity", "ScalingAdjustment": 0}


@pytest.fixture
def client(aws):
    aws("autoscaling").create_auto_scaling_group(AutoScalingGroupName="hosts", MinSize=0, MaxSize=4, DesiredCapacity=2,
                                                 AvailabilityZones=["us-east-1a"], LaunchConfigurationName="l")
    return aws("autoscaling")


def policy(client, name="p", **members):
    return client.put_scaling_policy(AutoScalingGroupName="hosts", PolicyName=name, **members)["PolicyARN"]


def execute(client, name="p", **members):
    client.execute_policy(AutoScalingGroupName="hosts", PolicyName=name, **members)


@covers("autoscaling_policies.keep_the_policy", "autoscaling_policies.describe_the_named")
@pytest.mark.parametrize("given", [STEPS, SIMPLE, SIMPLE | {"Cooldown": 60}])
def test_a_policy_is_read_back_as_it_was_put(client, given):
    arn = policy(client, **given)
    policy(client, "other", **SIMPLE)
    assert policy(client, **given) == arn, "its ARN stays"
    for asked in ({"PolicyNames": ["p"]}, {"PolicyNames": [arn]}):
        shown, = client.describe_policies(AutoScalingGroupName="hosts", **asked)["ScalingPolicies"]
        assert (shown["PolicyARN"], shown["Enabled"], shown.get("Cooldown")) == (arn, True, given.get("Cooldown"))
        assert {name: shown[name] for name in given} == given
    kinds = client.describe_policies(PolicyTypes=["SimpleScaling"])["ScalingPolicies"]
    assert {shown["PolicyType"] for shown in kinds} == {"SimpleScaling"}
    client.delete_policy(AutoScalingGroupName="hosts", PolicyName="p")
    assert client.describe_policies(PolicyNames=["p"])["ScalingPolicies"] == []


@covers("autoscaling_policies.keep_the_policy")
def test_a_policy_needs_its_group(client):
    with pytest.raises(ClientError, match="Group none not found"):
        client.put_scaling_policy(AutoScalingGroupName="none", PolicyName="p", **SIMPLE)


@covers("autoscaling_policies.execute_policy")
@pytest.mark.parametrize("value, size", [(49, 1), (50, 3), (59, 3), (60, 4), (99, 4)])
def test_steps_by_the_excess(aws, client, value, size):
    policy(client, **STEPS)
    execute(client, MetricValue=value, BreachThreshold=50)
    assert group(aws)["DesiredCapacity"] == len(instances(aws)) == size


@covers("autoscaling_policies.execute_policy")
@pytest.mark.parametrize("kind, amount, size", [
    ("ExactCapacity", 3, 3), ("ExactCapacity", 9, 4), ("ChangeInCapacity", 1, 3), ("ChangeInCapacity", -5, 0),
    ("PercentChangeInCapacity", 50, 3), ("PercentChangeInCapacity", 10, 3), ("PercentChangeInCapacity", -50, 1)])
def test_kinds_of_adjustment(aws, client, kind, amount, size):
    policy(client, AdjustmentType=kind, ScalingAdjustment=amount)
    execute(client)
    assert group(aws)["DesiredCapacity"] == size


@covers("autoscaling_policies.execute_policy")
def test_a_policy_that_is_not_there(client):
    with pytest.raises(ClientError, match="No policy found with name p"):
        execute(client)


def until(condition):
    """An instance ends in the background."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@covers("autoscaling_policies.terminate_instance")
@pytest.mark.parametrize("decrement, size", [(False, 2), (True, 1)])
def test_a_terminated_instance_is_replaced_or_not(aws, client, decrement, size):
    first = instances(aws)[0]
    activity = client.terminate_instance_in_auto_scaling_group(
        InstanceId=first, ShouldDecrementDesiredCapacity=decrement)["Activity"]
    assert (activity["StatusCode"], activity["AutoScalingGroupName"]) == ("InProgress", "hosts")
    until(lambda: first not in instances(aws) and len(instances(aws)) == size)


@covers("autoscaling_policies.set_instance_health")
def test_an_unhealthy_instance_is_replaced(aws, client):
    want(aws, 1)
    first, = instances(aws)
    client.set_instance_health(InstanceId=first, HealthStatus="Healthy")
    assert instances(aws) == [first]
    client.set_instance_health(InstanceId=first, HealthStatus="Unhealthy")
    until(lambda: len(instances(aws)) == 1 and first not in instances(aws))


@covers("autoscaling_policies.terminate_instance", "autoscaling_policies.set_instance_health")
def test_an_instance_of_no_group(client):
    for ask in (lambda: client.terminate_instance_in_auto_scaling_group(
            InstanceId="i-none", ShouldDecrementDesiredCapacity=False),
            lambda: client.set_instance_health(InstanceId="i-none", HealthStatus="Unhealthy")):
        with pytest.raises(ClientError, match="i-none"):
            ask()
