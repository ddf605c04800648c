"""Which host a task is placed on."""

import pytest
from conftest import covers
from fleet import Fleet
from hostgroup import group, hosts_of, instances, make_group, want

from corrections import ecs_placement, hosts

A, B = "us-east-1a", "us-east-1b"


@pytest.fixture
def fleet(aws):
    return Fleet(aws("ecs"))


def run(fleet, count=1, **members):
    return fleet.client.run_task(cluster="c", taskDefinition=fleet.definition(), count=count, **members)


def zones(fleet):
    return sorted(task["availabilityZone"] for task in fleet.tasks())


@covers("ecs_hosts.list_hosts", "ecs_hosts.describe_hosts", "ecs_hosts.count_hosts")
def test_instances_of_the_group_are_container_instances(fleet, aws):
    known = make_group(aws)
    arns = fleet.client.list_container_instances(cluster="c")["containerInstanceArns"]
    shown = fleet.client.describe_container_instances(cluster="c", containerInstances=[*arns, "none"])
    assert [host["ec2InstanceId"] for host in shown["containerInstances"]] == known
    assert {(host["status"], host["agentConnected"], host["capacityProviderName"])
            for host in shown["containerInstances"]} == {("ACTIVE", True, "hosts")}
    assert shown["failures"] == [{"arn": "none", "reason": "MISSING"}]
    assert fleet.client.describe_clusters(clusters=["c"])["clusters"][0]["registeredContainerInstancesCount"] == 2


@covers("ecs_placement.run_on_a_host")
def test_tasks_are_spread_over_the_hosts(fleet, aws):
    make_group(aws)
    shown = run(fleet, count=4)["tasks"]
    arns = fleet.client.list_container_instances(cluster="c")["containerInstanceArns"]
    used = [task["containerInstanceArn"] for task in shown]
    assert {arn: used.count(arn) for arn in arns} == dict.fromkeys(arns, 2)
    assert {(task["group"], task["availabilityZone"]) for task in shown} == {("family:app", A)}


@covers("ecs_placement.run_on_a_host")
def test_fargate_tasks_have_no_container_instance(fleet):
    task, = run(fleet, launchType="FARGATE")["tasks"]
    assert "containerInstanceArn" not in task


@covers("ecs_placement.run_on_a_host")
def test_a_service_spreads_over_zones_then_hosts(fleet, aws):
    known = make_group(aws, size=4, zones=(A, B))
    fleet.service(fleet.definition(), count=4, high=200, placementStrategy=[
        {"type": "spread", "field": "attribute:ecs.availability-zone"}, {"type": "spread", "field": "instanceId"}])
    fleet.look()
    assert zones(fleet) == [A, A, B, B] and sorted(hosts_of(fleet.tasks())) == sorted(known)


@covers("ecs_placement.run_on_a_host")
def test_binpack_fills_a_host_first(fleet, aws):
    make_group(aws, size=3)
    run(fleet, count=3, placementStrategy=[{"type": "binpack", "field": "memory"}])
    assert len(set(hosts_of(fleet.tasks()))) == 1


@covers("ecs_placement.run_on_a_host")
def test_one_task_a_host(fleet, aws):
    make_group(aws)
    answer = run(fleet, count=3, placementConstraints=[{"type": "distinctInstance"}])
    assert len(answer["tasks"]) == 2 == len(set(hosts_of(fleet.tasks())))
    assert [failure["reason"] for failure in answer["failures"]] == ["DistinctInstance placement constraint unsatisfied."]


@covers("ecs_placement.run_on_a_host")
@pytest.mark.parametrize("expression, expected", [
    (f"attribute:ecs.availability-zone == {B}", [B, B]), (f"attribute:ecs.availability-zone != {B}", [A, A]),
    (f"attribute:ecs.availability-zone in [{A}, x] and attribute:ecs.os-type == linux", [A, A]),
    (f"attribute:ecs.availability-zone == x or attribute:ecs.availability-zone not_in [{A}]", [B, B]),
    ("attribute:ecs.os-type exists", [A, B])])
def test_member_of(fleet, aws, expression, expected):
    make_group(aws, zones=(A, B))
    run(fleet, count=2, placementConstraints=[{"type": "memberOf", "expression": expression}])
    assert zones(fleet) == expected


@covers("ecs_placement.run_on_a_host")
def test_a_constraint_that_none_meets_or_that_is_wrong(fleet, aws):
    make_group(aws)
    rule = {"type": "memberOf", "expression": "attribute:ecs.availability-zone == nowhere"}
    assert run(fleet, placementConstraints=[rule])["failures"][0]["reason"] == \
        "MemberOf placement constraint unsatisfied."
    with pytest.raises(fleet.client.exceptions.InvalidParameterException, match="Invalid expression: zone is a"):
        run(fleet, placementConstraints=[rule | {"expression": "zone is a"}])


@covers("ecs_placement.run_on_a_host")
def test_base_and_weight_divide_tasks_among_providers(fleet, aws):
    one, two = make_group(aws, "one", size=1), make_group(aws, "two", size=1)
    strategy = [{"capacityProvider": "one", "base": 1, "weight": 1}, {"capacityProvider": "two", "weight": 1}]
    shown = run(fleet, count=3, capacityProviderStrategy=strategy)["tasks"]
    assert [task["capacityProviderName"] for task in shown] == ["one", "one", "two"]
    assert hosts_of(fleet.tasks()) == [*one, *one, *two]


@covers("ecs_placement.run_on_a_host")
def test_an_empty_provider_keeps_tasks_waiting_until_a_host_comes(fleet, aws):
    make_group(aws, size=0)
    strategy = [{"capacityProvider": "hosts", "weight": 1}]
    assert run(fleet, capacityProviderStrategy=strategy)["failures"][0]["reason"] == "EMPTY CAPACITY PROVIDER"
    assert run(fleet, launchType="EC2")["failures"][0]["reason"] == "RESOURCE:MEMORY"
    fleet.client.create_service(cluster="c", serviceName="s", taskDefinition=fleet.definition(), desiredCount=1,
                                capacityProviderStrategy=strategy)
    fleet.look(3)
    assert fleet.tasks() == [] and fleet.events() == [
        "was unable to place a task because no container instance met all of its requirements. Reason: No Container "
        "Instances were found in your capacity provider. For more information, see the Troubleshooting section of the "
        "Amazon ECS Developer Guide."]
    want(aws, 1)
    fleet.look()
    assert hosts_of(fleet.tasks()) == instances(aws)


@covers("ecs_placement.start_where_it_is_placed")
def test_a_worker_waits_for_the_place(monkeypatch):
    seen = []
    monkeypatch.setattr(ecs_placement.time, "sleep", lambda _: task.update(_instance="i-1"))
    task = {"launchType": "EC2"}
    ecs_placement.start_where_it_is_placed(lambda *given: seen.append(dict(given[0])), task, "td")
    assert seen == [{"launchType": "EC2", "_instance": "i-1"}]


def test_a_host_whose_agent_is_gone_gets_no_task(fleet, aws):
    gone, there = make_group(aws)
    hosts.silence(gone)
    run(fleet, count=2)
    assert hosts_of(fleet.tasks()) == [there, there]
    hosts.silence(there)
    assert run(fleet)["failures"][0]["reason"] == "AGENT"
    assert len(group(aws)["Instances"]) == 2
