"""Rules, targets, and the events that ECS puts."""

import json

import pytest
from conftest import covers
from fleet import BREAKER, Fleet, end, retry_now, settle
from hostgroup import make_group
from letterbox import Mailbox
from ministack.services import ecs, eventbridge

from corrections import ecs_events, events, hosts

TASK, DEPLOYMENT, HOST = (f"ECS {kind} State Change" for kind in ("Task", "Deployment", "Container Instance"))


@pytest.fixture
def fleet(aws, monkeypatch):
    monkeypatch.setattr(ecs_events, "_hosts", {})
    return Fleet(aws("ecs"))


def mailbox(aws, kind, **detail):
    return Mailbox(aws, {"source": ["aws.ecs"], "detail-type": [kind], **({"detail": detail} if detail else {})})


def told(mail):
    ecs_events.tell_all()
    return [event["detail"] for event in mail.read()]


def test_a_task_tells_that_it_runs_and_how_it_stopped(fleet, aws):
    mail = mailbox(aws, TASK)
    fleet.service(fleet.definition())
    fleet.look()
    task, = fleet.tasks()
    running, = told(mail)
    assert (running["lastStatus"], running["desiredStatus"], running["group"]) == ("RUNNING", "RUNNING", "service:s")
    assert {"stopCode", "stoppedReason", "stoppedAt"} & set(running) == set() and told(mail) == []
    end(task, exit_code=3)
    stopped, = told(mail)
    expected = {"clusterArn": task["clusterArn"], "taskArn": task["taskArn"], "lastStatus": "STOPPED",
                "desiredStatus": "STOPPED", "stopCode": "EssentialContainerExited", "group": "service:s",
                "stoppedReason": "Essential container in task exited", "taskDefinitionArn": task["taskDefinitionArn"],
                "launchType": "EC2", "availabilityZone": "us-east-1a"}
    assert {name: stopped[name] for name in expected} == expected
    assert [(c["name"], c["exitCode"], c["lastStatus"]) for c in stopped["containers"]] == [("app", 3, "STOPPED")]
    assert stopped["version"] > running["version"] and stopped["stoppedAt"].endswith("Z")


def test_the_envelope(fleet, aws):
    mail = mailbox(aws, TASK, lastStatus=["RUNNING"], group=[{"prefix": "family:"}])
    arn = fleet.client.run_task(cluster="c", taskDefinition=fleet.definition())["tasks"][0]["taskArn"]
    ecs_events.tell_all()
    event, = mail.read()
    assert {name: event[name] for name in ("source", "detail-type", "account", "region", "resources", "version")} == {
        "source": "aws.ecs", "detail-type": TASK, "account": "000000000000", "region": "us-east-1", "resources": [arn],
        "version": "0"}


def test_a_deployment_tells_its_beginning_and_end(fleet, aws):
    mail = mailbox(aws, DEPLOYMENT)
    service = fleet.service(fleet.definition(), count=0)
    begun, = told(mail)
    assert (begun["eventName"], begun["eventType"], begun["deploymentId"]) == (
        "SERVICE_DEPLOYMENT_IN_PROGRESS", "INFO", service["deployments"][0]["id"])
    fleet.look()
    completed, = told(mail)
    assert completed["eventName"] == "SERVICE_DEPLOYMENT_COMPLETED"
    assert completed["reason"] == f"ECS deployment {completed['deploymentId']} completed."


@pytest.mark.parametrize("breaker, failed", [(BREAKER, ["SERVICE_DEPLOYMENT_FAILED"]), ({}, [])])
def test_a_deployment_fails_only_with_the_circuit_breaker(fleet, aws, breaker, failed):
    mail = mailbox(aws, DEPLOYMENT, eventType=["ERROR"])
    fleet.service(fleet.definition(), breaker=breaker)
    for _ in range(4):
        fleet.look()
        for task in fleet.tasks():
            end(task)
        fleet.look()
        retry_now(ecs._services["c/s"])
    assert [detail["eventName"] for detail in told(mail)] == failed


def test_a_host_tells_that_its_agent_came_and_went(fleet, aws):
    mail = mailbox(aws, HOST)
    first, second = make_group(aws)
    assert [(d["ec2InstanceId"], d["agentConnected"], d["status"]) for d in told(mail)] == [
        (first, True, "ACTIVE"), (second, True, "ACTIVE")]
    hosts.silence(first)
    gone, = told(mail)
    assert (gone["ec2InstanceId"], gone["agentConnected"], gone["status"]) == (first, False, "ACTIVE")
    assert gone["containerInstanceArn"].startswith("arn:aws:ecs:us-east-1:000000000000:container-instance/c/")
    hosts.fail(second)
    ended, new = told(mail)
    assert (ended["ec2InstanceId"], ended["agentConnected"], ended["status"]) == (second, False, "INACTIVE")
    assert new["agentConnected"] and new["ec2InstanceId"] not in (first, second) and told(mail) == []


@covers("ecs_api.restore_services")
def test_what_a_restart_ended_is_no_news(fleet, aws):
    mail = mailbox(aws, TASK)
    fleet.service(fleet.definition())
    fleet.look()
    assert len(told(mail)) == 1
    ecs._restore_state(ecs.get_state())
    assert told(mail) == []


def test_the_log_of_events_is_bounded(fleet, monkeypatch):
    monkeypatch.setattr(events, "KEEP", 3)
    for number in range(5):
        events.put("aws.ecs", "x", {"n": number}, [])
    assert [json.loads(event["Detail"])["n"] for event in eventbridge._events_log_list()] == [2, 3, 4]


def test_a_topic_is_a_target(fleet, aws):
    topic = aws("sns").create_topic(Name="t")["TopicArn"]
    mail = mailbox(aws, TASK)
    arn = aws("sqs").get_queue_attributes(QueueUrl=mail.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    allowed = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish",
               "Resource": topic}
    aws("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy",
                                    AttributeValue=json.dumps({"Statement": allowed}))
    aws("events").remove_targets(Rule="r", Ids=["1"])
    aws("events").put_targets(Rule="r", Targets=[{"Id": "t", "Arn": topic, "InputTransformer": {
        "InputPathsMap": {"why": "$.detail.stopCode", "code": "$.detail.containers[0].exitCode", "none": "$.detail.x"},
        "InputTemplate": '{"why": <why>, "code": <code>, "text": "<why> <none>"}'}}])
    arn = fleet.client.run_task(cluster="c", taskDefinition=fleet.definition())["tasks"][0]["taskArn"]
    end(ecs._tasks[arn], exit_code=3)
    ecs_events.tell_all()
    message, = mail.read()
    assert json.loads(message["Message"]) == {"why": "EssentialContainerExited", "code": 3,
                                              "text": "EssentialContainerExited "}


TARGET = {"Id": "1", "Arn": "arn:aws:ssm:us-east-1:000000000000:automation-definition/d:$DEFAULT",
          "RoleArn": "arn:aws:iam::000000000000:role/r",
          "InputTransformer": {"InputPathsMap": {"a": "$.detail.a"}, "InputTemplate": '{"A": [<a>]}'},
          "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 300},
          "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:000000000000:dead"}}
RULE = {"Name": "r", "Description": "d", "State": "DISABLED", "RoleArn": "arn:aws:iam::000000000000:role/r",
        "EventPattern": '{"source": ["aws.ecs"], "detail": {"lastStatus": ["STOPPED"]}}', "EventBusName": "default"}


def test_a_rule_and_its_target_are_read_back_as_they_were_put(aws):
    client = aws("events")
    client.put_rule(**RULE, Tags=[{"Key": "a", "Value": "b"}])
    client.put_targets(Rule="r", Targets=[TARGET])
    for _ in range(2):
        shown = client.describe_rule(Name="r")
        assert {name: shown[name] for name in RULE} == RULE and "ScheduleExpression" not in shown
        assert client.list_targets_by_rule(Rule="r")["Targets"] == [TARGET]
        assert client.list_tags_for_resource(ResourceARN=shown["Arn"])["Tags"] == [{"Key": "a", "Value": "b"}]
    client.remove_targets(Rule="r", Ids=["1"])
    client.delete_rule(Name="r")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_rule(Name="r")


def test_a_stop_by_request_says_who_asked(fleet, aws):
    mail = mailbox(aws, TASK, lastStatus=["STOPPED"])
    arn = fleet.client.run_task(cluster="c", taskDefinition=fleet.definition())["tasks"][0]["taskArn"]
    fleet.client.stop_task(cluster="c", task=arn, reason="enough")
    settle(ecs._tasks[arn])
    detail, = told(mail)
    assert (detail["stopCode"], detail["stoppedReason"]) == ("UserInitiated", "enough")
