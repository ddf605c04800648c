"""The deployment circuit breaker, step by step and without containers."""

import pytest
from fleet import Fleet, age, end, retry_now, rolled_out, settle
from ministack.services import ecs

from corrections import ecs_scheduler


@pytest.fixture
def fleet(aws):
    return Fleet(aws("ecs"))


def test_the_breaker_rolls_back_to_the_last_completed_deployment(fleet, monkeypatch):
    put = []
    monkeypatch.setattr("corrections.events.put", lambda source, kind, detail, resources: put.append(detail))
    good = fleet.definition()
    rolled_out(fleet, good)
    before = fleet.described()["deployments"][0]["id"]
    fleet.update(taskDefinition=fleet.definition())
    failures = 0
    for _ in range(20):
        fleet.look()
        settle(*[task for task in ecs._tasks.values() if task["desiredStatus"] == "STOPPED"])
        for task in fleet.tasks():
            if task["taskDefinitionArn"].endswith(":2"):
                end(task, exit_code=3)
                failures += 1
        retry_now(ecs._services["c/s"])
        if fleet.described()["taskDefinition"] == good:
            break
    assert failures == 3
    assert [detail["eventName"] for detail in put] == ["SERVICE_DEPLOYMENT_FAILED"], "told at once, not at the next look"
    failed = next(d for d in fleet.described()["deployments"] if d["rolloutState"] == "FAILED")
    assert failed["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    primary = fleet.described()["deployments"][0]
    assert (primary["id"], primary["status"]) == (before, "PRIMARY")
    fleet.look()
    age(fleet.tasks()[0])
    fleet.look()
    assert [d["rolloutState"] for d in fleet.described()["deployments"]] == ["COMPLETED"]
    told = fleet.events()
    assert f"(deployment {failed['id']}) deployment failed: tasks failed to start." in told
    assert f"rolling back to deployment {before}." in told


def test_a_failing_first_deployment_ends_as_failed(fleet):
    fleet.service(fleet.definition())
    for _ in range(10):
        fleet.look()
        for task in fleet.tasks():
            end(task)
        retry_now(ecs._services["c/s"])
    deployment, = fleet.described()["deployments"]
    assert (deployment["status"], deployment["rolloutState"], deployment["failedTasks"]) == ("PRIMARY", "FAILED", 3)
    assert len(ecs._tasks.values()) == 3, "no endless restarts"


def test_without_a_breaker_a_failing_task_is_replaced_again_and_again(fleet):
    fleet.service(fleet.definition(), breaker={})
    for _ in range(6):
        fleet.look()
        for task in fleet.tasks():
            end(task)
        fleet.look()  # accounts for the end, which begins a pause
        retry_now(ecs._services["c/s"])
    assert len(ecs._tasks.values()) == 6
    assert fleet.described()["deployments"][0]["rolloutState"] == "IN_PROGRESS"


def test_a_task_that_cannot_start_is_tried_again_ever_more_slowly(fleet):
    fleet.service(fleet.definition(), breaker={})
    service = ecs._services["c/s"]
    service |= {"_failed_at": ecs_scheduler.time.monotonic() - 3, "_failures_in_a_row": 3}
    fleet.look()
    assert fleet.tasks() == [], "4 s after the third failure"
    service["_failed_at"] -= 1
    fleet.look()
    assert len(fleet.tasks()) == 1
