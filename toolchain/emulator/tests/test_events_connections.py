"""Connections: read back without their secrets, which are in Secrets Manager."""

import json

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from ministack.services import eventbridge, secretsmanager
from receiver import connect

from corrections import events_connections

SHOWN = {"ApiKeyAuthParameters": {"ApiKeyName": "Authorization"}}


def secret(aws, shown):
    return json.loads(aws("secretsmanager").get_secret_value(SecretId=shown["SecretArn"])["SecretString"])


@covers("events_connections.keep_the_secret", "events_connections.answer_what_is_not_secret")
def test_the_key_is_in_secrets_manager_only(aws):
    arn = connect(aws)
    name, unique = arn.removeprefix("arn:aws:events:us-east-1:000000000000:connection/").split("/")
    assert name == "c" and len(unique) == 36
    for _ in range(2):
        shown = aws("events").describe_connection(Name="c")
        assert (shown["ConnectionArn"], shown["ConnectionState"], shown["AuthorizationType"],
                shown["AuthParameters"]) == (arn, "AUTHORIZED", "API_KEY", SHOWN)
        assert "Description" not in shown
    assert "s3cret" not in repr(eventbridge._connections["c"]), "botocore drops what the shape of the answer has not"
    assert aws("secretsmanager").describe_secret(SecretId=shown["SecretArn"])["Name"] == f"events!connection/c/{unique}"
    assert secret(aws, shown) == {"api_key_name": "Authorization", "api_key_value": "Bot s3cret"}


@covers("events_connections.update_the_secret")
def test_an_update_keeps_the_arns_and_what_it_does_not_name(aws):
    arn, before = connect(aws), aws("events").describe_connection(Name="c")
    aws("events").update_connection(Name="c", Description="d")
    assert secret(aws, before) == {"api_key_name": "Authorization", "api_key_value": "Bot s3cret"}
    aws("events").update_connection(Name="c", AuthorizationType="API_KEY", AuthParameters={
        "ApiKeyAuthParameters": {"ApiKeyValue": "other"}})
    after = aws("events").describe_connection(Name="c")
    assert (after["ConnectionArn"], after["SecretArn"], after["Description"], after["AuthParameters"]) == (
        arn, before["SecretArn"], "d", SHOWN)
    assert secret(aws, after) == {"api_key_name": "Authorization", "api_key_value": "other"}
    aws("events").update_connection(Name="c", AuthorizationType="BASIC", AuthParameters={
        "BasicAuthParameters": {"Username": "u", "Password": "p"}})
    assert secret(aws, after) == {"username": "u", "password": "p"}
    assert eventbridge._connections["c"]["AuthParameters"] == {"BasicAuthParameters": {"Username": "u"}}


@covers("events_connections.keep_the_secret")
def test_secret_parameters_of_requests_are_hidden_too(aws):
    aws("events").create_connection(Name="c", AuthorizationType="OAUTH_CLIENT_CREDENTIALS", AuthParameters={
        "OAuthParameters": {"ClientParameters": {"ClientID": "i", "ClientSecret": "hidden"}, "HttpMethod": "POST",
                            "AuthorizationEndpoint": "https://h/token"},
        "InvocationHttpParameters": {"HeaderParameters": [{"Key": "A", "Value": "hidden", "IsValueSecret": True},
                                                          {"Key": "B", "Value": "b", "IsValueSecret": False}]}})
    shown = aws("events").describe_connection(Name="c")
    assert shown["AuthParameters"] == {
        "OAuthParameters": {"ClientParameters": {"ClientID": "i"}, "HttpMethod": "POST",
                            "AuthorizationEndpoint": "https://h/token"},
        "InvocationHttpParameters": {"HeaderParameters": [{"Key": "A", "IsValueSecret": True},
                                                          {"Key": "B", "Value": "b", "IsValueSecret": False}]}}
    assert "hidden" not in repr(eventbridge._connections["c"])
    whole = events_connections.with_secrets(eventbridge._connections["c"])["AuthParameters"]
    assert whole["OAuthParameters"]["ClientParameters"] == {"ClientID": "i", "ClientSecret": "hidden"}
    assert whole["InvocationHttpParameters"]["HeaderParameters"][0]["Value"] == "hidden"


@covers("events_connections.empty_the_secret")
def test_deauthorizing_removes_the_credentials(aws):
    connect(aws)
    aws("events").deauthorize_connection(Name="c")
    shown = aws("events").describe_connection(Name="c")
    assert (shown["ConnectionState"], shown.get("AuthParameters"), secret(aws, shown)) == ("DEAUTHORIZED", {}, {})


@covers("events_connections.delete_the_secret")
def test_the_secret_ends_with_its_connection(aws):
    connect(aws)
    first = aws("events").describe_connection(Name="c")["SecretArn"]
    aws("events").delete_connection(Name="c")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws("secretsmanager").describe_secret(SecretId=first)
    for action in (aws("events").describe_connection, aws("events").delete_connection):
        with pytest.raises(ClientError, match=r"ResourceNotFoundException.*Connection c does not exist"):
            action(Name="c")
    connect(aws)
    assert aws("events").describe_connection(Name="c")["SecretArn"] != first


@covers("events_connections.keep_the_secret")
def test_what_is_refused_leaves_no_secret(aws):
    connect(aws)
    with pytest.raises(ClientError, match="ResourceAlreadyExistsException"):
        connect(aws)
    assert len(aws("secretsmanager").list_secrets()["SecretList"]) == 1


def test_connections_survive_a_restart(aws):
    connect(aws)
    before = aws("events").describe_connection(Name="c")
    events, secrets = eventbridge.get_state(), secretsmanager.get_state()
    eventbridge.reset()
    secretsmanager.reset()
    eventbridge._restore_state(events)
    secretsmanager._restore_state(secrets)
    after = aws("events").describe_connection(Name="c")
    assert {k: v for k, v in after.items() if k != "ResponseMetadata"} == {
        k: v for k, v in before.items() if k != "ResponseMetadata"}
    assert secret(aws, after)["api_key_value"] == "Bot s3cret"
