"""Rolling updates, step by step and without containers."""

import pytest
from conftest import covers
from fleet import BREAKER, CHECK, Fleet, age, health, retry_now, rolled_out, settle
from ministack.services import ecs

from corrections import ecs_launch, loops


@pytest.fixture
def fleet(aws):
    return Fleet(aws("ecs"))


@covers("ecs_scheduler.look_soon")
def test_a_request_starts_nothing_itself(fleet):
    loops.changed.clear()
    fleet.service(fleet.definition())
    assert fleet.tasks() == [] and loops.changed.is_set()


@covers("ecs_scheduler.not_here")
def test_only_the_scheduler_counts_failures(fleet):
    fleet.service(fleet.definition())
    fleet.look()
    ecs._record_service_task_failure(fleet.tasks()[0])
    assert fleet.described()["deployments"][0]["failedTasks"] == 0


@covers("ecs_scheduler.look_soon")
def test_a_first_deployment_is_in_progress_until_its_task_runs(fleet):
    made = fleet.service(fleet.definition())
    assert [d["rolloutState"] for d in made["deployments"]] == ["IN_PROGRESS"]
    fleet.look()
    task, = fleet.tasks()
    assert fleet.described()["deployments"][0]["rolloutState"] == "IN_PROGRESS", "it runs for less than a second"
    age(task)
    fleet.look()
    deployment, = fleet.described()["deployments"]
    assert (deployment["rolloutState"], deployment["rolloutStateReason"]) == (
        "COMPLETED", f"ECS deployment {deployment['id']} completed.")
    assert fleet.events() == [f"has started 1 tasks: (task {task['taskArn'].rsplit('/', 1)[-1]}).",
                              f"(deployment {deployment['id']}) deployment completed.", "has reached a steady state."]


def test_a_rollout_is_complete_only_when_healthy(fleet):
    fleet.service(fleet.definition(healthCheck=CHECK))
    fleet.look()
    age(fleet.tasks()[0])
    fleet.look()
    assert fleet.described()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    health(fleet.tasks()[0], "HEALTHY")
    fleet.look()
    assert fleet.described()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_0_100_stops_the_old_task_before_the_new_one_starts(fleet):
    old, = rolled_out(fleet, fleet.definition())
    fleet.update(taskDefinition=fleet.definition())
    fleet.look()
    assert old["desiredStatus"] == "STOPPED" and fleet.tasks() == []
    fleet.look()
    settle(old)
    assert old["stopCode"] == "ServiceSchedulerInitiated"
    assert old["stoppedReason"].startswith("Scaling activity initiated by (deployment ecs-svc/")
    fleet.look()
    new, = fleet.tasks()
    assert new["taskDefinitionArn"].endswith(":2")


def test_100_200_stops_the_old_task_when_the_new_one_is_healthy(fleet):
    old, = rolled_out(fleet, fleet.definition(healthCheck=CHECK), low=100, high=200)
    fleet.update(taskDefinition=fleet.definition(healthCheck=CHECK))
    fleet.look(3)
    new, = [task for task in fleet.tasks() if task is not old]
    assert old["desiredStatus"] == "RUNNING" and len(fleet.tasks()) == 2
    health(new, "HEALTHY")
    fleet.look()
    assert old["desiredStatus"] == "STOPPED"
    settle(old)
    fleet.look()
    service = fleet.described()
    assert [d["rolloutState"] for d in service["deployments"]] == ["COMPLETED"]
    assert service["runningCount"] == 1


def test_two_tasks_roll_within_their_limits(fleet):
    old = rolled_out(fleet, fleet.definition(), low=50, high=150, count=2)
    fleet.update(taskDefinition=fleet.definition())
    fleet.look()
    new = [task for task in fleet.tasks() if task not in old]
    assert len(new) == 1, "150 % of two are three at a time"
    assert [task["desiredStatus"] for task in old].count("STOPPED") == 1, "50 % of two is one that stays"


def test_an_unhealthy_task_is_stopped_and_replaced(fleet):
    task, = rolled_out(fleet, fleet.definition(healthCheck=CHECK))
    health(task, "UNHEALTHY")
    fleet.look()
    settle(task)
    assert task["stoppedReason"] == "Task failed container health checks"
    fleet.look()
    retry_now(ecs._services["c/s"])
    fleet.look()
    assert len(fleet.tasks()) == 1
    assert any(message.endswith("failed container health checks.") for message in fleet.events())


def test_scaling_in_stops_the_newest(fleet):
    first, second = rolled_out(fleet, fleet.definition(), count=2, high=200)
    second["createdAt"] = "9999"
    fleet.update(desiredCount=1)
    fleet.look()
    assert (first["desiredStatus"], second["desiredStatus"]) == ("RUNNING", "STOPPED")


def test_scaling_to_nothing_is_steady(fleet):
    task, = rolled_out(fleet, fleet.definition())
    fleet.update(desiredCount=0)
    fleet.look()
    settle(task)
    fleet.look()
    assert fleet.described()["runningCount"] == 0
    assert fleet.events()[-1] == "has reached a steady state."


def test_a_forced_deployment_of_the_same_definition_replaces_the_task(fleet):
    definition = fleet.definition()
    old, = rolled_out(fleet, definition)
    fleet.update(forceNewDeployment=True)
    fleet.look()
    settle(old)
    fleet.look()
    new, = fleet.tasks()
    assert new is not old and new["taskDefinitionArn"] == definition


def test_tags_of_the_service_go_to_its_tasks(fleet):
    fleet.service(fleet.definition(), propagateTags="SERVICE", tags=[{"key": "team", "value": "society"}])
    fleet.look()
    arn = fleet.tasks()[0]["taskArn"]
    shown = fleet.client.describe_tasks(cluster="c", tasks=[arn], include=["TAGS"])["tasks"][0]
    assert shown["tags"] == [{"key": "team", "value": "society"}]


def test_a_service_keeps_a_hundred_events(fleet):
    fleet.service(fleet.definition(), breaker=BREAKER)
    for number in range(120):
        ecs_launch.event(ecs._services["c/s"], f"message {number}")
    assert len(fleet.events()) == 100 and fleet.events()[-1] == "message 119"
