"""The chain that a failover is made of, over HTTP and in its own time: lines, metrics, alarms, events, a runbook."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.engine


def test_a_line_becomes_a_metric_an_alarm_an_event_and_a_runbook(machine):
    logs, watch, runs = machine.client("logs"), machine.client("cloudwatch"), machine.client("ssm")
    logs.create_log_group(logGroupName="/chain")
    logs.create_log_stream(logGroupName="/chain", logStreamName="s")
    logs.put_metric_filter(logGroupName="/chain", filterName="f", filterPattern='{ $.event = "lost" }',
                           metricTransformations=[{"metricName": "Lost", "metricNamespace": "Bot", "metricValue": "1"}])
    watch.put_metric_alarm(AlarmName="lost", Namespace="Bot", MetricName="Lost", Statistic="Sum", Period=10,
                           EvaluationPeriods=6, DatapointsToAlarm=1, Threshold=1, TreatMissingData="notBreaching",
                           ComparisonOperator="GreaterThanOrEqualToThreshold")
    watch.put_composite_alarm(AlarmName="failover", AlarmRule="ALARM(lost)")
    runs.create_document(Name="recover", DocumentType="Automation", Content=json.dumps({
        "schemaVersion": "0.3", "parameters": {"Why": {"type": "String"}}, "outputs": ["look.Status"], "mainSteps": [
            {"name": "pause", "action": "aws:sleep", "inputs": {"Duration": "PT1M"}},
            {"name": "look", "action": "aws:executeAwsApi", "inputs": {
                "Service": "cloudwatch", "Api": "DescribeAlarms", "AlarmNames": ["{{ Why }}"],
                "AlarmTypes": ["CompositeAlarm"]},
             "outputs": [{"Name": "Status", "Selector": "$.CompositeAlarms[0].StateValue", "Type": "String"}]}]}))
    machine.client("events").put_rule(Name="failover", EventPattern=json.dumps({
        "source": ["aws.cloudwatch"], "detail": {"alarmName": ["failover"], "state": {"value": ["ALARM"]}}}))
    machine.client("events").put_targets(Rule="failover", Targets=[{
        "Id": "1", "Arn": "arn:aws:ssm:us-east-1:000000000000:automation-definition/recover",
        "InputTransformer": {"InputPathsMap": {"name": "$.detail.alarmName"}, "InputTemplate": '{"Why": [<name>]}'}}])
    logs.put_log_events(logGroupName="/chain", logStreamName="s", logEvents=[
        {"timestamp": int(time.time() * 1000), "message": json.dumps({"event": "lost"})}])

    def done():
        found = runs.describe_automation_executions()["AutomationExecutionMetadataList"]
        return found and "ExecutionEndTime" in found[0] and found[0]
    execution = machine.until(done, 30, "no runbook ran")
    assert (execution["AutomationExecutionStatus"], execution["Outputs"]) == ("Success", {"look.Status": ["ALARM"]})
    watch.delete_alarms(AlarmNames=["failover"])
    watch.delete_alarms(AlarmNames=["lost"])


def test_one_of_many_takes_the_lease_and_quickly(machine):
    table = machine.client("dynamodb")
    table.create_table(TableName="lease", BillingMode="PAY_PER_REQUEST",
                       AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                       KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    clients = [machine.client("dynamodb") for _ in range(8)]

    def take(number):
        try:
            clients[number % 8].put_item(TableName="lease", Item={"id": {"S": "bot"}, "owner": {"N": str(number)}},
                                         ConditionExpression="attribute_not_exists(id)")
            return number
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"
            return None
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        winner, = [number for number in pool.map(take, range(40)) if number is not None]
    print(f"a conditional write takes {(time.monotonic() - began) / 40 * 1000:.1f} ms")
    held = table.get_item(TableName="lease", Key={"id": {"S": "bot"}}, ConsistentRead=True)["Item"]
    assert held["owner"]["N"] == str(winner)
