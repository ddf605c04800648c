"""Runbooks: the steps that they are made of, and what starts them."""

import json
import time

import pytest
from conftest import covers
from hostgroup import group

from corrections import events, ssm_steps


@pytest.fixture
def client(aws, monkeypatch):
    monkeypatch.setattr(ssm_steps, "client", lambda service, account, region: aws(service))
    monkeypatch.setattr(ssm_steps, "POLL_SECONDS", 0.01)
    return aws("ssm")


def make(client, *steps, parameters=None, outputs=()):
    client.create_document(Name="run", DocumentType="Automation", Content=json.dumps({
        "schemaVersion": "0.3", "parameters": parameters or {}, "mainSteps": steps, "outputs": list(outputs)}))


def step(name, action="sleep", inputs=None, **members):
    return {"name": name, "action": f"aws:{action}", "inputs": inputs or {"Duration": "PT0S"}} | members


def start(client, **parameters):
    return client.start_automation_execution(DocumentName="run", Parameters=parameters)["AutomationExecutionId"]


def ended(client, execution):
    deadline = time.monotonic() + 5
    while True:
        found = client.get_automation_execution(AutomationExecutionId=execution)["AutomationExecution"]
        if found["AutomationExecutionStatus"] != "InProgress" and "ExecutionEndTime" in found:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.005)


def run(client, *steps, parameters=None, outputs=(), **given):
    make(client, *steps, parameters=parameters, outputs=outputs)
    return ended(client, start(client, **given))


def states(execution):
    return {found["StepName"]: found["StepStatus"] for found in execution["StepExecutions"]}


def test_steps_run_in_order_and_tell_their_state(client):
    execution = run(client, step("one"), step("two", isEnd=True), step("three"))
    assert states(execution) == {"one": "Success", "two": "Success", "three": "Pending"}
    assert (execution["AutomationExecutionStatus"], execution["DocumentName"], execution["DocumentVersion"]) == (
        "Success", "run", "1")
    shown, = client.describe_automation_executions(Filters=[
        {"Key": "DocumentNamePrefix", "Values": ["run"]}, {"Key": "ExecutionStatus", "Values": ["Success"]}])[
            "AutomationExecutionMetadataList"]
    assert shown["AutomationExecutionId"] == execution["AutomationExecutionId"]
    assert client.describe_automation_step_executions(AutomationExecutionId=shown["AutomationExecutionId"])[
        "StepExecutions"][0]["Action"] == "aws:sleep"


def test_the_emulator_itself_is_called(aws, client):
    aws("autoscaling").create_auto_scaling_group(AutoScalingGroupName="hosts", MinSize=1, MaxSize=3,
                                                 AvailabilityZones=["us-east-1a"], LaunchConfigurationName="l")
    look = step("look", "executeAwsApi", {"Service": "autoscaling", "Api": "DescribeAutoScalingGroups",
                                          "AutoScalingGroupNames": ["{{ Group }}"]},
                outputs=[{"Name": "Id", "Selector": "$.AutoScalingGroups[0].Instances[0].InstanceId", "Type": "String"},
                         {"Name": "States", "Selector": "$.AutoScalingGroups[0].Instances[*].LifecycleState",
                          "Type": "StringList"}])
    grow = step("grow", "executeAwsApi", {"Service": "autoscaling", "Api": "SetDesiredCapacity",
                                          "AutoScalingGroupName": "{{ Group }}", "DesiredCapacity": "{{ Size }}"})
    wait = step("wait", "waitForAwsResourceProperty", {
        "Service": "ec2", "Api": "DescribeInstances", "InstanceIds": ["{{ look.Id }}"],
        "PropertySelector": "$.Reservations[0].Instances[0].State.Name", "DesiredValues": ["running"]})
    execution = run(client, look, grow, wait, parameters={"Group": {"type": "String"}, "Size": {"type": "Integer"}},
                    outputs=["look.Id", "look.States"], Group=["hosts"], Size=["2"])
    assert states(execution) == {"look": "Success", "grow": "Success", "wait": "Success"}
    assert group(aws)["DesiredCapacity"] == 2
    first = group(aws)["Instances"][0]["InstanceId"]
    assert execution["Outputs"] == {"look.Id": [first], "look.States": ["InService"]}
    assert execution["StepExecutions"][1]["Inputs"]["AutoScalingGroupName"] == "hosts"


def test_a_call_that_fails(client):
    call = {"Service": "autoscaling", "Api": "SetDesiredCapacity", "AutoScalingGroupName": "none", "DesiredCapacity": 1}
    execution = run(client, step("one", "executeAwsApi", call), step("two"))
    assert states(execution) == {"one": "Failed", "two": "Pending"}
    assert execution["AutomationExecutionStatus"] == "Failed" and "AutoScalingGroup none not found" in execution[
        "FailureMessage"]


@pytest.mark.parametrize("members, expected, status", [
    ({"onFailure": "Continue"}, {"bad": "Failed", "two": "Success", "three": "Success"}, "Success"),
    ({"onFailure": "Continue", "isCritical": True}, {"bad": "Failed", "two": "Success", "three": "Success"}, "Failed"),
    ({"onFailure": "step:three", "isCritical": False}, {"bad": "Failed", "two": "Pending", "three": "Success"},
     "Success"),
    ({"maxAttempts": 2}, {"bad": "Failed", "two": "Pending", "three": "Pending"}, "Failed")])
def test_what_follows_a_failure(client, members, expected, status):
    execution = run(client, step("bad", "executeScript", **members), step("two"), step("three"))
    assert (states(execution), execution["AutomationExecutionStatus"]) == (expected, status)
    assert execution["StepExecutions"][0]["FailureMessage"] == "executing bad: aws:executeScript is not emulated"


@pytest.mark.parametrize("choice, value, taken", [
    ({"StringEquals": "yes"}, "yes", "yes"), ({"StringEquals": "yes"}, "no", "no"), ({"Contains": "e"}, "yes", "yes"),
    ({"EqualsIgnoreCase": "YES"}, "yes", "yes"), ({"StartsWith": "y"}, "no", "no"), ({"EndsWith": "s"}, "yes", "yes"),
    ({"NumericGreater": 1}, "2", "yes"), ({"NumericLesserOrEquals": 1}, "2", "no"),
    ({"BooleanEquals": True}, "true", "yes"), ({"NumericEquals": 2}, "2", "yes"), ({"NumericLesser": 3}, "2", "yes"),
    ({"NumericGreaterOrEquals": 3}, "2", "no")])
def test_a_branch(client, choice, value, taken):
    branch = step("branch", "branch", {"Choices": [{"NextStep": "yes", "Variable": "{{ V }}"} | choice], "Default": "no"})
    execution = run(client, branch, step("yes", isEnd=True), step("no", isEnd=True),
                    parameters={"V": {"type": "String"}}, V=[value])
    assert [name for name in ("yes", "no") if states(execution)[name] == "Success"] == [taken]


@pytest.mark.parametrize("choice, next_step", [
    ({"And": [{"Variable": "a", "StringEquals": "a"}, {"Variable": "a", "StringEquals": "b"}]}, None),
    ({"Or": [{"Variable": "a", "StringEquals": "a"}, {"Variable": "a", "StringEquals": "b"}]}, "x"),
    ({"Not": {"Variable": "a", "StringEquals": "b"}}, "x")])
def test_combined_choices(choice, next_step):
    given = {"Choices": [choice | {"NextStep": "x"}]}
    assert ssm_steps.run({"action": "aws:branch"}, given, None) == ({}, next_step)


def test_a_branch_that_ends(client):
    branch = step("branch", "branch", {"Choices": [{"NextStep": "x", "Variable": "a", "StringEquals": "b"}]}, isEnd=True)
    assert states(run(client, branch, step("x"))) == {"branch": "Success", "x": "Pending"}


def test_sleep_is_shortened(client, monkeypatch):
    monkeypatch.setenv("EMULATED_SLEEP_DIVISOR", "3000")
    began = time.monotonic()
    assert run(client, step("five", inputs={"Duration": "PT5M"}))["AutomationExecutionStatus"] == "Success"
    assert 0.1 <= time.monotonic() - began < 1
    assert "no ISO 8601 duration" in ended(client, start_other(client))["FailureMessage"]


def start_other(client):
    client.delete_document(Name="run")
    make(client, step("wrong", inputs={"Duration": "5 minutes"}))
    return start(client)


def test_a_wait_times_out(client, aws):
    wait = step("wait", "waitForAwsResourceProperty", {
        "Service": "ecs", "Api": "DescribeClusters", "clusters": ["none"], "PropertySelector": "$.clusters[0].status",
        "DesiredValues": ["ACTIVE"]}, timeoutSeconds=0)
    assert "timed out" in run(client, wait)["FailureMessage"]


def test_an_execution_is_stopped(client):
    make(client, step("long", inputs={"Duration": "PT10H"}), step("never"))
    execution = start(client)
    client.stop_automation_execution(AutomationExecutionId=execution, Type="Cancel")
    found = ended(client, execution)
    assert found["AutomationExecutionStatus"] == "Cancelled" and states(found)["never"] == "Pending"


def test_what_cannot_be_started(client):
    make(client, step("one"), parameters={"A": {"type": "String"}, "N": {"type": "Integer", "default": 1}})
    for given in ({}, {"A": ["x"], "B": ["y"]}, {"A": ["x"], "N": ["many"]}):
        with pytest.raises(client.exceptions.InvalidAutomationExecutionParametersException):
            start(client, **given)
    with pytest.raises(client.exceptions.AutomationDefinitionNotFoundException):
        client.start_automation_execution(DocumentName="none")
    with pytest.raises(client.exceptions.AutomationExecutionNotFoundException):
        client.get_automation_execution(AutomationExecutionId="00000000-0000-0000-0000-000000000000")


@covers("events.start_automations", "events.follow_indexes")
def test_an_event_starts_a_runbook(aws, client, caplog):
    make(client, step("one"), parameters={"Task": {"type": "String"}, "Codes": {"type": "StringList", "default": []}})
    aws("events").put_rule(Name="r", EventPattern='{"source": ["aws.ecs"]}')
    target = {"Id": "1", "Arn": "arn:aws:ssm:us-east-1:000000000000:automation-definition/run:$DEFAULT",
              "RoleArn": "arn:aws:iam::000000000000:role/r", "InputTransformer": {
                  "InputPathsMap": {"task": "$.detail.taskArn", "code": "$.detail.containers[0].exitCode"},
                  "InputTemplate": '{"Task": [<task>], "Codes": ["<code>"]}'}}
    aws("events").put_targets(Rule="r", Targets=[target])
    events.put("aws.ecs", "x", {"taskArn": "arn:t", "containers": [{"exitCode": 3}]}, [])
    shown, = client.describe_automation_executions()["AutomationExecutionMetadataList"]
    execution = ended(client, shown["AutomationExecutionId"])
    assert (execution["Parameters"], execution["AutomationExecutionStatus"]) == (
        {"Task": ["arn:t"], "Codes": ["3"]}, "Success")
    aws("events").put_targets(Rule="r", Targets=[target | {"InputTransformer": {
        "InputPathsMap": {}, "InputTemplate": '{"Other": ["x"]}'}}])
    events.put("aws.ecs", "x", {}, [])
    assert "rule r does not start run: Unknown or missing parameters of the document: Other, Task" in caplog.text
