"""Events on their way to API destinations: what is tried again, how long, and over a restart."""

import json
import time

import pytest
from conftest import covers
from ministack.services import eventbridge, secretsmanager
from receiver import TEMPLATE, bodies, connect, deploy, destination, receiving, rule

from corrections import events_delivery


@pytest.fixture
def receiver(request, monkeypatch):
    yield from receiving(request, monkeypatch)


def settled(seconds=5):
    """Wait until nothing is on its way."""
    deadline = time.monotonic() + seconds
    while events_delivery._pending:
        assert time.monotonic() < deadline, events_delivery._pending
        time.sleep(0.005)


@covers("events_destinations.deliver_in_order")
@pytest.mark.parametrize("receiver", [[(status, {}) for status in (401, 407, 409, 429, 500, 503)]], indirect=True)
def test_what_fails_is_tried_again(aws, receiver):
    rule(aws, destination(aws, connect(aws), receiver.url), InputTransformer=TEMPLATE)
    deploy(aws, n=1)
    assert receiver.wait(7) == bodies(1) * 7
    settled()
    assert len(receiver.got) == 7


@covers("events_destinations.deliver_in_order")
@pytest.mark.parametrize("receiver", [[(status, {"Location": "/other"})] for status in (302, 400, 403, 404, 410)],
                         indirect=True)
def test_what_is_refused_is_not_tried_again(aws, receiver, caplog):
    rule(aws, destination(aws, connect(aws), receiver.url), InputTransformer=TEMPLATE)
    deploy(aws, n=1)
    settled()
    deploy(aws, n=2)
    assert receiver.wait(2) == bodies(1, 2)
    assert "which is not tried again; the event is dropped" in caplog.text


@covers("events_destinations.deliver_in_order")
@pytest.mark.parametrize("receiver", [[(500, {})] * 9], indirect=True)
@pytest.mark.parametrize("policy, attempts", [({"MaximumRetryAttempts": 2}, 3), ({"MaximumRetryAttempts": 0}, 1)])
def test_the_retry_policy_ends_it(aws, receiver, policy, attempts, caplog):
    rule(aws, destination(aws, connect(aws), receiver.url), RetryPolicy=policy)
    deploy(aws)
    settled()
    assert len(receiver.got) == attempts
    assert f"HTTP 500 after {attempts} attempts; the event is dropped" in caplog.text


@covers("events_destinations.deliver_in_order")
@pytest.mark.parametrize("receiver", [[(429, {"Retry-After": "0.3"})]], indirect=True)
def test_what_waits_holds_up_nothing_and_waits_as_long_as_asked(aws, receiver):
    rule(aws, destination(aws, connect(aws), receiver.url), InputTransformer=TEMPLATE)
    began = time.monotonic()
    deploy(aws, n=1)
    receiver.wait(1)
    deploy(aws, n=2)
    assert receiver.wait(3) == bodies(1, 2, 1)
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("attempts, retry_after, pause", [
    (1, 0, 1), (2, 0, 2), (5, 0, 16), (7, 0, 60), (20, 0, 60), (1, 9, 9), (3, 2, 4)])
def test_the_pauses_grow(attempts, retry_after, pause):
    event = {"attempts": attempts, "retries": 185, "until": time.time() + 300}
    assert events_delivery._try_later(event, "d", "HTTP 500", retry_after)
    assert event["due"] == pytest.approx(time.time() + pause, abs=0.5)


@pytest.mark.parametrize("attempts, retry_after, left", [(186, 0, 300), (1, -1, 300), (1, 301, 300), (5, 0, 15)])
def test_and_end(attempts, retry_after, left):
    event = {"attempts": attempts, "retries": 185, "until": time.time() + left}
    assert not events_delivery._try_later(event, "d", "HTTP 500", retry_after)


@pytest.mark.parametrize("policy, seconds", [({}, 300), ({"MaximumEventAgeInSeconds": 60}, 60),
                                             ({"MaximumEventAgeInSeconds": 86400}, 300)])
def test_how_long_it_is_tried(monkeypatch, policy, seconds):
    taken = []
    monkeypatch.setattr(events_delivery, "_wait_for", taken.extend)
    events_delivery.put("arn", "{}", {"RetryPolicy": policy})
    assert taken[0]["until"] - taken[0]["due"] == seconds


@pytest.mark.parametrize("text, seconds", [("7", 7), ("-1", -1), ("", 0), ("soon", 0)])
def test_retry_after(text, seconds):
    assert events_delivery._seconds(text) == seconds


def test_retry_after_as_a_date():
    assert events_delivery._seconds(time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 90))) == \
        pytest.approx(90, abs=2)


@covers("events_destinations.deliver_in_order")
def test_one_that_nobody_listens_on_is_tried_until_somebody_does(aws, receiver, monkeypatch):
    arn = destination(aws, connect(aws), "http://127.0.0.1:1/")
    rule(aws, arn, InputTransformer=TEMPLATE)
    deploy(aws, n=1)
    while not events_delivery._pending[0]["attempts"]:
        time.sleep(0.005)
    aws("events").update_api_destination(Name="d", InvocationEndpoint=receiver.url)
    assert receiver.wait(1) == bodies(1)


@covers("events_destinations.deliver_in_order")
def test_a_connection_without_authorization_waits(aws, receiver):
    rule(aws, destination(aws, connect(aws), receiver.url), InputTransformer=TEMPLATE)
    aws("events").deauthorize_connection(Name="c")
    deploy(aws, n=1)
    while not events_delivery._pending[0]["attempts"]:
        time.sleep(0.005)
    assert receiver.got == []
    aws("events").update_connection(Name="c", AuthParameters={"ApiKeyAuthParameters": {
        "ApiKeyName": "X-Key", "ApiKeyValue": "new"}})
    assert receiver.wait(1) == bodies(1)
    assert receiver.got[0][2]["X-Key"] == "new"


@covers("events_destinations.deliver_in_order")
def test_a_destination_that_was_made_anew_is_another(aws, receiver, caplog):
    connection = connect(aws)
    rule(aws, destination(aws, connection, receiver.url))
    aws("events").delete_api_destination(Name="d")
    destination(aws, connection, receiver.url)
    deploy(aws)
    settled()
    assert receiver.got == [] and "is not there; the event is dropped" in caplog.text


@covers("events_delivery.save_what_waits", "events_delivery.send_what_waited", "events_delivery.forget_what_waits")
def test_what_waits_is_sent_after_a_restart(aws, receiver):
    rule(aws, destination(aws, connect(aws), "http://127.0.0.1:1/", InvocationRateLimitPerSecond=300),
         InputTransformer=TEMPLATE)
    deploy(aws, n=1)
    deploy(aws, n=2)
    saved = json.dumps(eventbridge.get_state()["deliveries"])
    state, secrets = eventbridge.get_state(), secretsmanager.get_state()
    assert "s3cret" not in saved and "s3cret" not in repr(state["connections"])
    eventbridge.reset()
    secretsmanager.reset()
    assert events_delivery._pending == []
    state["deliveries"] = json.loads(saved)
    state["api_destinations"]["d"]["InvocationEndpoint"] = receiver.url
    secretsmanager._restore_state(secrets)
    eventbridge._restore_state(state)
    assert sorted(receiver.wait(2)) == bodies(1, 2)
    assert receiver.got[0][2]["Authorization"] == "Bot s3cret"


@covers("events_destinations.deliver_in_order")
def test_nothing_is_sent_without_its_key(aws, receiver):
    rule(aws, destination(aws, connect(aws), receiver.url), InputTransformer=TEMPLATE)
    secrets = secretsmanager.get_state()
    secretsmanager.reset()
    deploy(aws, n=1)
    while not events_delivery._pending[0]["attempts"]:
        time.sleep(0.005)
    assert receiver.got == []
    secretsmanager._restore_state(secrets)
    assert receiver.wait(1) == bodies(1) and receiver.got[0][2]["Authorization"] == "Bot s3cret"
