"""Rules that write to a log group, where a resource policy lets them."""

import json

import pytest
from conftest import covers
from ministack.services import cloudwatch, cloudwatch_logs
from receiver import deploy, rule

GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:/botyard/events"
BOTH = ["logs:CreateLogStream", "logs:PutLogEvents"]
STATEMENT = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": BOTH,
             "Resource": f"{GROUP}:*"}
OF_RULES = {"ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:000000000000:rule/*"}}
OF_OTHERS = {"StringEquals": {"aws:SourceAccount": "111111111111"}}


@pytest.fixture
def logs(aws):
    aws("logs").create_log_group(logGroupName="/botyard/events")
    return aws("logs")


def let(logs, *statements, name="p"):
    logs.put_resource_policy(policyName=name, policyDocument=json.dumps({"Version": "2012-10-17",
                                                                         "Statement": list(statements)}))


def written(logs):
    return logs.filter_log_events(logGroupName="/botyard/events")["events"]


@covers("events_logs.write_to_log_group")
@pytest.mark.parametrize("arn", [GROUP, f"{GROUP}:*"])
def test_the_event_is_a_log_event(aws, logs, arn):
    let(logs, STATEMENT)
    rule(aws, arn)
    deploy(aws, n=1)
    deploy(aws, n=2)
    first, second = written(logs)
    event = json.loads(first["message"])
    assert (event["source"], event["detail-type"], event["detail"]) == (
        "botyard", "Deployment", {"stack": "prod", "n": 1})
    assert json.loads(second["message"])["detail"]["n"] == 2
    assert first["timestamp"] % 1000 == 0 and first["logStreamName"] == second["logStreamName"]


@covers("events_logs.write_to_log_group")
def test_metric_filters_count_it(aws, logs):
    let(logs, STATEMENT)
    logs.put_metric_filter(logGroupName="/botyard/events", filterName="f", filterPattern='{ $.detail.stack = "prod" }',
                           metricTransformations=[{"metricName": "M", "metricNamespace": "N", "metricValue": "1"}])
    rule(aws, GROUP)
    deploy(aws)
    deploy(aws, stack="test")
    assert [point["Value"] for point in cloudwatch._metrics[("N", "M", "")]] == [1.0]


@covers("events_logs.write_to_log_group")
@pytest.mark.parametrize("statements, count", [
    ([], 0), ([STATEMENT], 1), ([STATEMENT | {"Resource": GROUP}], 0), ([STATEMENT | {"Resource": "*"}], 1),
    ([STATEMENT | {"Action": "logs:PutLogEvents"}], 0), ([STATEMENT | {"Action": "logs:CreateLogStream"}], 0),
    ([STATEMENT | {"Action": action} for action in BOTH], 1), ([STATEMENT | {"Resource": f"{GROUP}-x:*"}], 0),
    ([STATEMENT | {"Principal": {"Service": "delivery.logs.amazonaws.com"}}], 0),
    ([STATEMENT | {"Principal": {"Service": ["delivery.logs.amazonaws.com", "events.amazonaws.com"]}}], 1),
    ([STATEMENT | {"Condition": OF_RULES}], 1), ([STATEMENT | {"Condition": OF_OTHERS}], 0),
    ([STATEMENT, STATEMENT | {"Effect": "Deny"}], 0),
])
def test_only_with_a_resource_policy(aws, logs, statements, count, caplog):
    for number, statement in enumerate(statements):
        let(logs, statement, name=f"p{number}")
    rule(aws, GROUP)
    deploy(aws)
    assert len(written(logs)) == count
    assert ("no resource policy of CloudWatch Logs lets events.amazonaws.com logs:" in caplog.text) is (count == 0)


@covers("events_logs.write_to_log_group")
def test_a_policy_that_is_gone_lets_nothing(aws, logs):
    let(logs, STATEMENT)
    rule(aws, GROUP)
    shown, = logs.describe_resource_policies()["resourcePolicies"]
    assert (shown["policyName"], json.loads(shown["policyDocument"])["Statement"]) == ("p", [STATEMENT])
    saved = cloudwatch_logs.get_state()
    logs.delete_resource_policy(policyName="p")
    deploy(aws)
    assert written(logs) == []
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.delete_resource_policy(policyName="p")
    cloudwatch_logs._restore_state(saved)
    deploy(aws)
    assert len(written(logs)) == 1, "the policy survives a restart"


@covers("events_logs.write_to_log_group")
@pytest.mark.parametrize("template, message, at", [
    ('{"timestamp": <at>, "message": "deployed <stack>"}', "deployed prod", 1_800_000_000_123),
    ('{"timestamp": "<at>", "message": {"stack": <stack>}}', '{"stack": "prod"}', 1_800_000_000_123),
    ('{"other": <stack>}', '{"other": "prod"}', None), ('"deployed <stack>"', '"deployed prod"', None)])
def test_a_transformer_makes_time_and_message(aws, logs, template, message, at):
    let(logs, STATEMENT)
    rule(aws, GROUP, InputTransformer={"InputPathsMap": {"at": "$.detail.at", "stack": "$.detail.stack"},
                                       "InputTemplate": template})
    deploy(aws, at=1_800_000_000_123)
    shown, = written(logs)
    assert shown["message"] == message
    assert (shown["timestamp"] == at) if at else (shown["timestamp"] != 1_800_000_000_123)


@covers("events_logs.write_to_log_group")
def test_what_cannot_be_written_is_told_and_harms_nothing(aws, logs, caplog):
    let(logs, STATEMENT)
    rule(aws, GROUP.replace("/botyard", "/none"), name="none")
    rule(aws, GROUP, name="broken", InputTransformer={"InputPathsMap": {"name": "$.detail.name"},
                                                      "InputTemplate": '{"timestamp": 1, "message": "<name>"}'})
    rule(aws, GROUP, name="right")
    deploy(aws, name='"')
    assert len(written(logs)) == 1
    assert "rule none does not write to the log group /none/events: it is not there" in caplog.text
    assert "rule broken does not write to the log group /botyard/events: the input transformer makes" in caplog.text
