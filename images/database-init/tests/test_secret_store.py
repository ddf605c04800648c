"""Secrets Manager's answers, by botocore's own stub: both sides are held against the service's description."""

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from database_init.secret_store import SecretStore

ARN = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:bot-abc"


@pytest.fixture
def store(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return SecretStore()


@pytest.fixture
def stub(store):
    with Stubber(store._client(ARN)) as stub:
        yield stub
        stub.assert_no_pending_responses()


def test_the_region_is_the_secrets(store):
    assert store._client(ARN).meta.region_name == "eu-west-1"


@pytest.mark.parametrize("text, value", [('{"password": "p"}', {"password": "p"}), ("not JSON", None), ("[1]", None)])
def test_read(store, stub, text, value):
    stub.add_response("get_secret_value", {"SecretString": text}, {"SecretId": ARN})
    assert store.read(ARN) == value


def test_a_secret_without_a_value(store, stub):
    stub.add_client_error("get_secret_value", "ResourceNotFoundException")
    assert store.read(ARN) is None


def test_a_refusal_is_no_missing_value(store, stub):
    stub.add_client_error("get_secret_value", "AccessDeniedException")
    with pytest.raises(ClientError, match="AccessDenied"):
        store.read(ARN)


def test_write(store, stub):
    stub.add_response("put_secret_value", {}, {"SecretId": ARN, "SecretString": '{"password": "p"}'})
    store.write(ARN, {"password": "p"})
