"""Services behind a load balancer."""

import pytest
from balancer import make_group, states
from fleet import Fleet, age, settle
from ministack.services import alb, ecs

from corrections import ecs_scheduler, ecs_targets, elb_targets


@pytest.fixture
def client(aws):
    return aws("elbv2")


def balanced(aws, client, **members):
    """A service behind a load balancer, with one running task whose port is published."""
    fleet = Fleet(aws("ecs"))
    arn = make_group(client)
    entry = {"targetGroupArn": arn, "containerName": "app", "containerPort": 8000}
    fleet.service(fleet.definition(portMappings=[{"containerPort": 8000}]), low=100, high=200, loadBalancers=[entry],
                  **members)
    fleet.look()
    task, = fleet.tasks()
    age(task)
    task["containers"][0]["networkBindings"] = [{"containerPort": 8000, "hostPort": 40000}]
    task.pop("_targets", None)
    fleet.look()
    return fleet, arn, task


def test_a_service_is_steady_when_its_target_is_healthy(aws, client):
    fleet, arn, task = balanced(aws, client)
    instance = "i-0000000000000000a"
    assert states(client, arn) == {(instance, 40000): "initial"}
    assert fleet.described()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    elb_targets.known(arn, {"Id": instance, "Port": 40000}).state = "healthy"
    fleet.look()
    assert fleet.described()["deployments"][0]["rolloutState"] == "COMPLETED"
    assert f"registered 1 targets in (target-group {arn})" in fleet.events()
    fleet.update(desiredCount=0)
    fleet.look()
    settle(task)
    assert states(client, arn) == {}


def test_a_task_that_fails_the_load_balancers_checks_is_replaced_after_its_grace(aws, client):
    fleet, arn, task = balanced(aws, client, healthCheckGracePeriodSeconds=60)
    elb_targets.known(arn, {"Id": "i-0000000000000000a", "Port": 40000}).state = "unhealthy"
    fleet.look()
    assert task["desiredStatus"] == "RUNNING"
    age(task, 61)
    fleet.look()
    settle(task)
    assert task["stoppedReason"] == f"Task failed ELB health checks in (target-group {arn})"


def test_a_group_without_a_listener_holds_up_nothing(aws, client):
    fleet, arn, task = balanced(aws, client)
    alb._tgs[arn]["LoadBalancerArns"] = []
    assert ecs_targets.in_rotation(ecs._services["c/s"], task)
    assert ecs_targets.failed(ecs._services["c/s"], task) is None


def test_targets_of_tasks_that_a_restart_ended_go(aws, client):
    fleet, arn, task = balanced(aws, client)
    task |= {"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "_accounted": True, "stopCode": ""}
    fleet.look()
    assert states(client, arn) == {}


def test_two_services_share_a_target_group(aws, client):
    fleet, arn, task = balanced(aws, client)
    entry = {"targetGroupArn": arn, "containerName": "app", "containerPort": 8000}
    fleet.client.create_service(cluster="c", serviceName="standby", taskDefinition=task["taskDefinitionArn"],
                                desiredCount=1, launchType="EC2", loadBalancers=[entry])
    ecs_scheduler.look_at("c", ecs._services["c/standby"])
    other = next(found for found in fleet.tasks() if found is not task)
    other["containers"][0]["networkBindings"] = [{"containerPort": 8000, "hostPort": 40001}]
    other.pop("_targets", None)
    ecs_scheduler.look_at("c", ecs._services["c/standby"])
    host = "i-0000000000000000a"
    assert sorted(states(client, arn)) == [(host, 40000), (host, 40001)]
    fleet.update(desiredCount=0)
    fleet.look()
    settle(task)
    assert list(states(client, arn)) == [(host, 40001)], "the other service's target stays"
