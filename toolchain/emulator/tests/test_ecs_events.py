"""What ECS tells of services that come to rest, cannot start or cannot place tasks, and of tasks that stopped."""

import pytest
from fleet import Fleet, end, health, retry_now, rolled_out, settle
from hostgroup import make_group, want
from letterbox import Mailbox
from ministack.services import ecs

from corrections import ecs_events, ecs_targets

SERVICE = "arn:aws:ecs:us-east-1:000000000000:service/c/s"
ENGINE = "http+docker://localhost/v1.41"
NO_IMAGE = (f"CannotPullContainerError: 404 Client Error for {ENGINE}/images/create?tag=1&fromImage=x: "
            'Not Found ("repository x not found")')


@pytest.fixture
def fleet(aws, monkeypatch):
    monkeypatch.setattr(ecs_events, "_hosts", {})
    return Fleet(aws("ecs"))


def told(mail):
    """The details that came since the last look."""
    ecs_events.tell_all()
    return [event["detail"] for event in mail.read()]


def actions(aws):
    return Mailbox(aws, {"source": ["aws.ecs"], "detail-type": ["ECS Service Action"]})


def stopped(aws):
    return Mailbox(aws, {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"],
                         "detail": {"lastStatus": ["STOPPED"]}})


def detail(kind, name, **more):
    return {"eventType": kind, "eventName": name, "clusterArn": "arn:aws:ecs:us-east-1:000000000000:cluster/c"} | more


def without_time(details):
    assert all(shown["createdAt"].endswith("Z") for shown in details)
    return [{name: value for name, value in shown.items() if name != "createdAt"} for shown in details]


def test_a_steady_state_is_told_once_each_time(fleet, aws):
    mail = actions(aws)
    rolled_out(fleet, fleet.definition())
    ecs_events.tell_all()
    event, = mail.read()
    assert (event["source"], event["detail-type"], event["resources"]) == ("aws.ecs", "ECS Service Action", [SERVICE])
    assert without_time([event["detail"]]) == [detail("INFO", "SERVICE_STEADY_STATE")]
    fleet.look()
    assert told(mail) == []
    end(fleet.tasks()[0])
    fleet.look()
    assert told(mail) == []
    retry_now(ecs._services["c/s"])
    fleet.look(2)
    assert without_time(told(mail)) == [detail("INFO", "SERVICE_STEADY_STATE")]


def fail_to_start(fleet):
    """One more task of the service that cannot start, and what the scheduler makes of it."""
    retry_now(ecs._services["c/s"])
    fleet.look()
    task, = [task for task in ecs._tasks.values() if task["lastStatus"] != "STOPPED"]
    ecs._fail_task_start(task, None, NO_IMAGE)
    fleet.look()


def test_a_service_that_cannot_start_tasks_is_impaired(fleet, aws):
    mail = actions(aws)
    fleet.service(fleet.definition(), breaker={})
    for _ in range(2):
        fail_to_start(fleet)
    assert told(mail) == []
    fail_to_start(fleet)
    ecs_events.tell_all()
    event, = mail.read()
    assert (event["resources"], without_time([event["detail"]])) == (
        [SERVICE], [detail("WARN", "SERVICE_TASK_START_IMPAIRED")])
    assert "is unable to consistently start tasks successfully." in fleet.events()
    fail_to_start(fleet)
    assert told(mail) == [], "told once"


def test_an_impaired_service_that_recovers_may_be_impaired_again(fleet, aws):
    mail = actions(aws)
    fleet.service(fleet.definition(), breaker={})
    for _ in range(3):
        fail_to_start(fleet)
    assert [shown["eventName"] for shown in told(mail)] == ["SERVICE_TASK_START_IMPAIRED"]
    retry_now(ecs._services["c/s"])
    fleet.look(2)
    assert [shown["eventName"] for shown in told(mail)] == ["SERVICE_STEADY_STATE"]
    end(fleet.tasks()[0])
    fleet.look()
    for _ in range(3):
        fail_to_start(fleet)
    assert [shown["eventName"] for shown in told(mail)] == ["SERVICE_TASK_START_IMPAIRED"]


def test_a_task_without_a_host_is_a_placement_failure(fleet, aws):
    mail = actions(aws)
    make_group(aws, size=0)
    fleet.client.create_service(cluster="c", serviceName="s", taskDefinition=fleet.definition(), desiredCount=1,
                                capacityProviderStrategy=[{"capacityProvider": "hosts", "weight": 1}])
    fleet.look()
    ecs_events.tell_all()
    event, = mail.read()
    assert event["resources"] == [SERVICE]
    assert without_time([event["detail"]]) == [detail(
        "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", reason="EMPTY CAPACITY PROVIDER",
        capacityProviderArns=["arn:aws:ecs:us-east-1:000000000000:capacity-provider/hosts"])]
    fleet.look()
    assert told(mail) == [], "told once"


@pytest.mark.parametrize("size, constraint, reason", [
    (0, [], "RESOURCE:MEMORY"), (1, [{"type": "memberOf", "expression": "attribute:ecs.availability-zone == x"}],
                                 "MemberOf placement constraint unsatisfied.")])
def test_the_reason_of_a_placement_failure(fleet, aws, size, constraint, reason):
    mail = actions(aws)
    make_group(aws, size=size)
    fleet.service(fleet.definition(), placementConstraints=constraint)
    fleet.look()
    assert without_time(told(mail)) == [detail("ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", reason=reason)]


def test_a_placement_failure_that_is_over_may_come_again(fleet, aws):
    mail = actions(aws)
    make_group(aws, size=0)
    fleet.service(fleet.definition())
    fleet.look()
    assert len(told(mail)) == 1
    want(aws, 1)
    fleet.look(2)
    assert [shown["eventName"] for shown in told(mail)] == ["SERVICE_STEADY_STATE"]
    end(fleet.tasks()[0])
    want(aws, 0)
    fleet.look()
    retry_now(ecs._services["c/s"])
    fleet.look()
    assert [shown["reason"] for shown in told(mail)] == ["RESOURCE:MEMORY"]


def test_actions_are_told_once_over_a_restart(fleet, aws):
    mail = actions(aws)
    rolled_out(fleet, fleet.definition())
    assert len(told(mail)) == 1
    saved = ecs.get_state()
    ecs.reset()
    ecs._restore_state(saved)
    assert told(mail) == []


def test_a_task_that_fails_its_health_check_says_so(fleet, aws):
    mail = stopped(aws)
    task, = rolled_out(fleet, fleet.definition())
    health(task, "UNHEALTHY")
    fleet.look()
    task["containers"][0]["exitCode"] = 143
    settle(task)
    shown, = told(mail)
    assert (shown["stopCode"], shown["stoppedReason"], shown["group"], shown["containers"][0]["exitCode"]) == (
        "ServiceSchedulerInitiated", "Task failed container health checks", "service:s", 143)


def test_a_task_that_fails_the_load_balancers_check_says_so(fleet, aws, monkeypatch):
    mail = stopped(aws)
    task, = rolled_out(fleet, fleet.definition())
    monkeypatch.setattr(ecs_targets, "failed", lambda service, task: "arn:aws:group")
    fleet.look()
    settle(task)
    shown, = told(mail)
    assert (shown["stopCode"], shown["stoppedReason"]) == (
        "ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group arn:aws:group)")


@pytest.mark.parametrize("reason, expected", [
    (NO_IMAGE, "CannotPullContainerError: Error response from daemon: repository x not found"),
    (f'500 Server Error for {ENGINE}/containers/ab/start: Internal Server Error ("exec: no such file")',
     "CannotStartContainerError: Error response from daemon: exec: no such file")])
def test_a_task_that_cannot_start_says_why(fleet, aws, reason, expected):
    mail = stopped(aws)
    arn = fleet.client.run_task(cluster="c", taskDefinition=fleet.definition())["tasks"][0]["taskArn"]
    ecs._fail_task_start(ecs._tasks[arn], None, reason)
    shown, = told(mail)
    assert (shown["stopCode"], shown["stoppedReason"], shown["group"]) == ("TaskFailedToStart", expected, "family:app")
