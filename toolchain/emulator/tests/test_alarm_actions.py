"""Composite alarms, and what a change of state sets off: notifications, events, scaling policies."""

import json

import pytest
from alarm import ALARM, put, query
from botocore.exceptions import ClientError
from conftest import covers
from hostgroup import group
from letterbox import Mailbox
from ministack.services import cloudwatch

NOW = 1_800_000_000
RULE = '(ALARM("beat") AND NOT OK("host")) OR INSUFFICIENT_DATA(tasks)'


def alarm(name, **members):
    query(Action="PutMetricAlarm", **ALARM | {"AlarmName": name, "ActionsEnabled": "true"} | members)


@pytest.fixture
def composite(aws):
    """A composite alarm over three, which notifies a topic that a queue listens to; returns that queue's messages."""
    topic = aws("sns").create_topic(Name="told")["TopicArn"]
    queue = aws("sqs").create_queue(QueueName="sns")["QueueUrl"]
    arn = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    for name in ("beat", "host", "tasks"):
        alarm(name)
    state(aws, "tasks", "OK")
    state(aws, "host", "OK")
    aws("cloudwatch").put_composite_alarm(AlarmName="failover", AlarmDescription="d", AlarmRule=RULE,
                                          AlarmActions=[topic], OKActions=[topic])
    return lambda: [json.loads(json.loads(message["Body"])["Message"]) for message in aws("sqs").receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])]


def state(aws, name, value):
    aws("cloudwatch").set_alarm_state(AlarmName=name, StateValue=value, StateReason="said so")


def shown(name="failover"):
    return query(Action="DescribeAlarms", **{"AlarmNames.member.1": name, "AlarmTypes.member.1": "CompositeAlarm"})[
        "CompositeAlarms"][0]


@covers("cloudwatch.answer_all_members")
def test_it_is_read_back_as_it_was_put(composite):
    topic = "arn:aws:sns:us-east-1:000000000000:told"
    expected = {"AlarmName": "failover", "AlarmDescription": "d", "AlarmRule": RULE, "ActionsEnabled": True,
                "AlarmActions": [topic], "OKActions": [topic], "InsufficientDataActions": [], "StateValue": "OK",
                "AlarmArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:failover"}
    for _ in range(2):
        assert {name: shown().get(name, []) for name in expected} == expected
    assert query(Action="DescribeAlarms", **{"AlarmNames.member.1": "failover",
                                             "AlarmTypes.member.1": "MetricAlarm"})["MetricAlarms"] == []


@covers("alarm_actions.tell_and_act")
def test_its_state_follows_its_children(aws, composite):
    composite()
    for name, value, expected in [("beat", "ALARM", "OK"), ("host", "ALARM", "ALARM"), ("beat", "OK", "OK"),
                                  ("tasks", "INSUFFICIENT_DATA", "ALARM"), ("tasks", "ALARM", "OK")]:
        state(aws, name, value)
        assert shown()["StateValue"] == expected, (name, value)
    told = [(message["AlarmName"], message["OldStateValue"], message["NewStateValue"]) for message in composite()]
    assert [message for message in told if message[0] == "failover"] == [
        ("failover", "OK", "ALARM"), ("failover", "ALARM", "OK")] * 2


@covers("alarm_actions.tell_and_act", "alarms.evaluate")
def test_it_follows_a_child_that_is_evaluated(aws, composite):
    state(aws, "host", "ALARM")
    beat = cloudwatch._alarms["beat"]
    beat["AlarmConfigurationUpdatedTimestamp"] = 0
    cloudwatch._evaluate_alarm(beat, NOW)
    assert (beat["StateValue"], shown()["StateValue"]) == ("ALARM", "ALARM"), "missing data is breaching"
    for minute in range(1, 6):
        put("bot", NOW - 60 * minute)
    cloudwatch._evaluate_alarm(beat, NOW)
    assert (beat["StateValue"], shown()["StateValue"]) == ("OK", "OK")


@covers("alarm_actions.tell_and_act")
def test_each_change_is_an_event(aws, composite):
    mail = Mailbox(aws, {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"],
                         "detail": {"state": {"value": ["ALARM"]}}})
    state(aws, "host", "ALARM")
    state(aws, "beat", "ALARM")
    host, composite_event, beat = sorted(mail.read(), key=lambda event: event["detail"]["alarmName"] != "host" and
                                         event["detail"]["alarmName"] == "beat")
    assert (host["resources"], host["account"], host["region"]) == (
        ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:host"], "000000000000", "us-east-1")
    detail = host["detail"]
    assert (detail["state"]["value"], detail["state"]["reason"], detail["previousState"]["value"]) == (
        "ALARM", "said so", "OK")
    assert detail["previousState"]["timestamp"] <= detail["state"]["timestamp"]
    metric = {"namespace": "AWS/ECS", "name": "CPUUtilization", "dimensions": {"ClusterName": "c", "ServiceName": "bot"}}
    assert detail["configuration"] == {"description": "a < b", "metrics": [{
        "id": "m1", "returnData": True, "metricStat": {"metric": metric, "period": 60, "stat": "SampleCount"}}]}
    assert beat["detail"]["alarmName"] == "beat"
    assert composite_event["detail"]["configuration"] == {"description": "d", "alarmRule": RULE}
    assert json.loads(composite_event["detail"]["state"]["reasonData"])["triggeringAlarms"]


@pytest.fixture
def scaling(aws):
    """A group of one, and the ARN of a policy that adds one."""
    aws("autoscaling").create_auto_scaling_group(AutoScalingGroupName="hosts", MinSize=1, MaxSize=4,
                                                 AvailabilityZones=["us-east-1a"], LaunchConfigurationName="l")
    return aws("autoscaling").put_scaling_policy(AutoScalingGroupName="hosts", PolicyName="p", ScalingAdjustment=1,
                                                 AdjustmentType="ChangeInCapacity")["PolicyARN"]


@covers("alarm_actions.tell_and_act")
@pytest.mark.parametrize("enabled, size", [("true", 2), ("false", 1)])
def test_an_alarm_scales_a_group(aws, scaling, enabled, size):
    alarm("host", ActionsEnabled=enabled, **{"AlarmActions.member.1": scaling})
    state(aws, "host", "ALARM")
    assert group(aws)["DesiredCapacity"] == len(group(aws)["Instances"]) == size
    state(aws, "host", "OK")
    assert group(aws)["DesiredCapacity"] == size


@covers("alarm_actions.refuse_scaling")
def test_a_composite_alarm_does_not_scale(aws, scaling):
    alarm("host")
    with pytest.raises(ClientError, match="Invalid action for a composite alarm: arn:aws:autoscaling"):
        aws("cloudwatch").put_composite_alarm(AlarmName="c", AlarmRule="ALARM(host)", AlarmActions=[scaling])
