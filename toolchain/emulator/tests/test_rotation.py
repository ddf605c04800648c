"""A secret's new value: what Secrets Manager and Parameter Store tell, and what a rule of the program makes of it."""

import json
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from fleet import Fleet
from letterbox import Mailbox
from ministack.services import ecs
from test_ssm_automation import ended

from corrections import ecs_scheduler, ssm_steps

# The pattern that the program makes (TestTheEventsOfNewValues holds that), and events as AWS documents them.
ROTATION = json.loads((Path(__file__).resolve().parents[3] / "infra/platform/testdata/rotation.json").read_text())


def pattern(*arns):
    return ROTATION["pattern"] | {"resources": list(arns)}


def told(mail):
    return [(event["detail-type"], event["resources"], event["detail"]) for event in mail.read()]


@pytest.mark.parametrize("event", [*ROTATION["restart"], *ROTATION["leave"]], ids=lambda event: event["about"])
def test_the_programs_pattern_on_the_events_of_aws(aws, event):
    whole = event | {"id": "1", "account": "123456789012", "time": "2026-11-26T10:00:00Z", "region": "us-east-1"}
    tested = aws("events").test_event_pattern(EventPattern=json.dumps(ROTATION["pattern"]), Event=json.dumps(whole))
    assert tested["Result"] is (event in ROTATION["restart"])


def test_the_pattern_is_within_the_quota():
    assert len(json.dumps(ROTATION["pattern"], separators=(",", ":"))) < 2048


@pytest.fixture
def secret(aws):
    return aws("secretsmanager").create_secret(Name="botyard/test/token", SecretString="first")["ARN"]


@pytest.mark.parametrize("named", ["arn", "name"])
def test_a_secret_tells_of_each_value_that_becomes_the_current_one(aws, secret, named):
    client, mail = aws("secretsmanager"), Mailbox(aws, pattern(secret))
    which = secret if named == "arn" else "botyard/test/token"
    client.update_secret(SecretId=which, Description="tells nothing")
    put = client.put_secret_value(SecretId=which, SecretString="second")["VersionId"]
    updated = client.update_secret(SecretId=which, SecretString="third")["VersionId"]
    label = {"name": "botyard/test/token", "labelUpdated": "AWSCURRENT"}
    kind = "Secret Label Updated"
    assert told(mail) == [(kind, [secret], label | {"versionId": put}), (kind, [secret], label | {"versionId": updated})]
    client.update_secret_version_stage(SecretId=which, VersionStage="AWSCURRENT", MoveToVersionId=put,
                                       RemoveFromVersionId=updated)
    assert told(mail) == [(kind, [secret], label | {"versionId": put})]


def test_a_rotation_tells_of_its_end_alone(aws, secret):
    client, mail = aws("secretsmanager"), Mailbox(aws, pattern(secret))
    current = client.get_secret_value(SecretId=secret)["VersionId"]
    pending = client.put_secret_value(SecretId=secret, SecretString="next", VersionStages=["AWSPENDING"])["VersionId"]
    assert told(mail) == []
    client.update_secret_version_stage(SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=pending,
                                       RemoveFromVersionId=current)
    assert [detail["versionId"] for _, _, detail in told(mail)] == [pending]


def test_what_make_secret_sets_and_what_fails_starts_nothing(aws, secret):
    client, mail = aws("secretsmanager"), Mailbox(aws, pattern(secret))
    token = "botyard-a1b2c3d4-5678-40ab-8def-000000000000"
    assert client.put_secret_value(SecretId=secret, SecretString="x", ClientRequestToken=token)["VersionId"] == token
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.put_secret_value(SecretId="botyard/test/none", SecretString="x")
    client.create_secret(Name="botyard/test/token-2", SecretString="x")
    client.put_secret_value(SecretId="botyard/test/token-2", SecretString="y")
    assert told(mail) == []


@covers("ssm_events.tell_what_was_put", "ssm_events.tell_what_was_deleted")
def test_a_parameter_tells_what_was_done(aws):
    client, mail = aws("ssm"), Mailbox(aws, {"source": ["aws.ssm"], "detail-type": ["Parameter Store Change"]})
    client.put_parameter(Name="/team/level", Value="1", Type="SecureString", Description="how high")
    client.put_parameter(Name="/team/level", Value="2", Overwrite=True)
    client.put_parameter(Name="plain", Value="1", Type="String")
    with pytest.raises(ClientError, match="ParameterAlreadyExists"):
        client.put_parameter(Name="plain", Value="2", Type="String")
    client.delete_parameter(Name="plain")
    client.delete_parameters(Names=["/team/level", "none"])
    level, plain = (f"arn:aws:ssm:us-east-1:000000000000:parameter/{name}" for name in ("team/level", "plain"))
    secret = {"name": "/team/level", "type": "SecureString", "description": "how high"}
    assert [(resources, detail) for _, resources, detail in told(mail)] == [
        ([level], secret | {"operation": "Create"}), ([level], secret | {"operation": "Update"}),
        ([plain], {"name": "plain", "type": "String", "operation": "Create"}),
        ([plain], {"name": "plain", "type": "String", "operation": "Delete"}),
        ([level], secret | {"operation": "Delete"})]


def call(name, service, **members):
    inputs = {"Service": "ecs", "Api": "UpdateService", "cluster": "c", "service": service, "forceNewDeployment": True}
    return {"name": name, "action": "aws:executeAwsApi", "inputs": inputs} | members


def restart(*steps):
    """A document such as the program makes (TestTheStandbyIsRestartedFirst)."""
    return json.dumps({"schemaVersion": "0.3", "parameters": {}, "mainSteps": steps})


@covers("events.start_automations")
def test_a_new_value_deploys_just_its_consumers(aws, secret, monkeypatch):
    monkeypatch.setattr(ssm_steps, "client", lambda service, account, region: aws(service))
    fleet, other = Fleet(aws("ecs")), aws("secretsmanager").create_secret(Name="other", SecretString="1")["ARN"]
    for service, arn in {"bot": secret, "listener": secret, "api": other}.items():
        aws("ecs").create_service(cluster="c", serviceName=service, taskDefinition=fleet.definition(), desiredCount=0)
        aws("ssm").create_document(Name=service, DocumentType="Automation",
                                   Content=restart(call("restart", service, isEnd=True)))
        aws("events").put_rule(Name=service, EventPattern=json.dumps(pattern(arn)))
        aws("events").put_targets(Rule=service, Targets=[{
            "Id": "automation", "Input": "{}", "RoleArn": "arn:aws:iam::000000000000:role/r",
            "Arn": f"arn:aws:ssm:us-east-1:000000000000:automation-definition/{service}:$DEFAULT"}])

    def deployments():
        return {found["serviceName"]: found["deployments"][0]["id"] for found in aws("ecs").describe_services(
            cluster="c", services=["bot", "listener", "api"])["services"]}
    before = deployments()
    aws("secretsmanager").put_secret_value(SecretId="botyard/test/token", SecretString="second")
    for execution in aws("ssm").describe_automation_executions()["AutomationExecutionMetadataList"]:
        assert ended(aws("ssm"), execution["AutomationExecutionId"])["AutomationExecutionStatus"] == "Success"
    after = deployments()
    assert {name for name in before if before[name] != after[name]} == {"bot", "listener"}


def test_a_standby_is_steady_before_its_service_is_restarted(aws, monkeypatch):
    monkeypatch.setattr(ssm_steps, "client", lambda service, account, region: aws(service))
    monkeypatch.setattr(ssm_steps, "POLL_SECONDS", 0.01)
    fleet, client = Fleet(aws("ecs")), aws("ssm")
    for service in ("bot-standby", "bot"):
        aws("ecs").create_service(cluster="c", serviceName=service, taskDefinition=fleet.definition(), desiredCount=0)
        ecs_scheduler.look_at("c", ecs._services[f"c/{service}"])
    steady = {"name": "steady", "action": "aws:waitForAwsResourceProperty", "timeoutSeconds": 1800, "inputs": {
        "Service": "ecs", "Api": "DescribeServices", "cluster": "c", "services": ["bot-standby"],
        "PropertySelector": "$.services[0].deployments[0].rolloutState", "DesiredValues": ["COMPLETED"]}}
    client.create_document(Name="r", DocumentType="Automation", Content=restart(
        call("restart", "bot-standby"), steady, call("restart-2", "bot", isEnd=True)))

    def deployment(service):
        return aws("ecs").describe_services(cluster="c", services=[service])["services"][0]["deployments"][0]
    before = deployment("bot")["id"]
    run = client.start_automation_execution(DocumentName="r")["AutomationExecutionId"]
    deadline = time.monotonic() + 5
    while deployment("bot-standby")["rolloutState"] != "IN_PROGRESS":
        assert time.monotonic() < deadline
    time.sleep(0.1)
    assert deployment("bot")["id"] == before, "the standby is not steady yet"
    ecs_scheduler.look_at("c", ecs._services["c/bot-standby"])
    assert ended(client, run)["AutomationExecutionStatus"] == "Success"
    assert deployment("bot")["id"] != before
