"""API destinations: one real HTTP request for each event, in order, and how they are read back."""

import json

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from receiver import ROLE, TEMPLATE, bodies, connect, deploy, destination, receiving, rule


@pytest.fixture
def receiver(request, monkeypatch):
    yield from receiving(request, monkeypatch)


@covers("events_destinations.deliver_in_order")
def test_the_request_is_as_aws_sends_it(aws, receiver):
    arn = destination(aws, connect(aws), f"{receiver.url}/hooks/*/send/*?wait=1", method="PUT")
    rule(aws, arn, InputTransformer=TEMPLATE, HttpParameters={
        "PathParameterValues": ["a b", "$.detail.stack"], "HeaderParameters": {"X-Stack": "$.detail.stack"},
        "QueryStringParameters": {"q": "x&y"}})
    deploy(aws, n=1)
    receiver.wait(1)
    (method, path, headers, body), = receiver.got
    assert (method, path, body) == ("PUT", "/hooks/a%20b/send/prod?wait=1&q=x%26y", *bodies(1))
    assert headers == {"Host": receiver.url.removeprefix("http://"), "Content-Length": str(len(body)),
                       "Content-Type": "application/json; charset=utf-8", "Authorization": "Bot s3cret",
                       "User-Agent": "Amazon/EventBridge/ApiDestinations", "Range": "bytes=0-1048575",
                       "Accept-Encoding": "gzip,deflate", "Connection": "close", "X-Stack": "prod"}


@covers("events_destinations.deliver_in_order")
def test_without_a_transformer_it_is_the_event(aws, receiver):
    rule(aws, destination(aws, connect(aws), receiver.url))
    deploy(aws, n=1)
    event = json.loads(receiver.wait(1)[0])
    assert (event["source"], event["detail-type"], event["detail"]) == (
        "botyard", "Deployment", {"stack": "prod", "n": 1})


@covers("events_destinations.deliver_in_order")
def test_events_arrive_in_their_order(aws, receiver):
    rule(aws, destination(aws, connect(aws), receiver.url), InputTransformer=TEMPLATE)
    for number in range(20):
        deploy(aws, n=number)
    assert receiver.wait(20) == bodies(*range(20))


@covers("events_destinations.want_a_connection")
def test_it_is_read_back_as_it_was_put_and_keeps_its_arn(aws):
    client, connection = aws("events"), connect(aws)
    arn = destination(aws, connection, "http://127.0.0.1:1/a", Description="d", InvocationRateLimitPerSecond=10)
    name, unique = arn.removeprefix("arn:aws:events:us-east-1:000000000000:api-destination/").split("/")
    assert name == "d" and len(unique) == 36
    expected = {"ApiDestinationArn": arn, "ApiDestinationState": "ACTIVE", "Name": "d", "ConnectionArn": connection,
                "InvocationEndpoint": "http://127.0.0.1:1/a", "HttpMethod": "POST", "Description": "d",
                "InvocationRateLimitPerSecond": 10}
    for _ in range(2):
        shown = client.describe_api_destination(Name="d")
        assert {name: shown[name] for name in expected} == expected
    other = connect(aws, "other")
    updated = client.update_api_destination(Name="d", ConnectionArn=other, HttpMethod="PUT", Description="e",
                                            InvocationEndpoint="https://h/b", InvocationRateLimitPerSecond=20)
    assert updated["ApiDestinationArn"] == arn
    expected |= {"ConnectionArn": other, "HttpMethod": "PUT", "Description": "e", "InvocationEndpoint": "https://h/b",
                 "InvocationRateLimitPerSecond": 20}
    shown = client.describe_api_destination(Name="d")
    assert {name: shown[name] for name in expected} == expected
    client.delete_api_destination(Name="d")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_api_destination(Name="d")


@covers("events_destinations.want_a_connection")
def test_a_connection_that_is_not_there_is_refused(aws):
    with pytest.raises(ClientError, match=r"ResourceNotFoundException.*Connection 'arn:x' does not exist"):
        destination(aws, "arn:x", "https://h/")
    destination(aws, connect(aws), "https://h/")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws("events").update_api_destination(Name="d", ConnectionArn="arn:x")


@covers("events_destinations.want_a_role")
def test_a_target_names_its_role_and_is_read_back(aws):
    arn = destination(aws, connect(aws), "https://h/*")
    aws("events").put_rule(Name="r", EventPattern='{"source": ["botyard"]}')
    target = {"Id": "1", "Arn": arn, "InputTransformer": TEMPLATE, "HttpParameters": {"PathParameterValues": ["a"]},
              "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 300}}
    with pytest.raises(ClientError, match=f"RoleArn is required for target {arn}"):
        aws("events").put_targets(Rule="r", Targets=[target])
    aws("events").put_targets(Rule="r", Targets=[target | {"RoleArn": ROLE}])
    assert aws("events").list_targets_by_rule(Rule="r")["Targets"] == [target | {"RoleArn": ROLE}]
