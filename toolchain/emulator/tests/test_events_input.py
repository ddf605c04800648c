"""What a rule makes of an event for its target, and which events it matches."""

import json

import pytest
from conftest import covers
from letterbox import Mailbox
from ministack.services import eventbridge
from receiver import deploy

PATHS = {"name": "$.detail.name", "list": "$.detail.list", "first": "$.detail.list[0]", "last": "$.detail.list[9]",
         "any": "$.detail.list[*]", "number": "$.detail.number", "none": "$.detail.none", "type": "$.detail-type"}


def made(template, **detail):
    """What the template makes of an event with this detail, as text."""
    given = {"name": "bot", "list": ["a", "b"], "number": 1.5} | detail
    view = eventbridge._pattern_event_view({"Source": "botyard", "DetailType": "Deployment",
                                            "Detail": json.dumps(given), "EventId": "i", "Time": 0})
    transformer = {"InputPathsMap": PATHS, "InputTemplate": template}
    return eventbridge._apply_input_transformer(transformer, {"Name": "r", "Arn": "arn:r"}, view)


@covers("events.escape_nothing", "events.follow_indexes")
@pytest.mark.parametrize("template, text", [
    ('{"content": "**<type>** <name>\\n<number>"}', '{"content": "**Deployment** bot\\n1.5"}'),
    ('{"a": <name>, "b": <number>, "c": <list>}', '{"a": "bot", "b": 1.5, "c": ["a", "b"]}'),
    ('{"a": "<first><none><last><any>."}', '{"a": "a."}'),
    ('"<name> is <type>"', '"bot is Deployment"'),
    ('{"a": "list <list>"}', '{"a": "list [a, b]"}'),
    ('{"a": "<unknown>"}', '{"a": "<unknown>"}'),
    ('{"rule": "<aws.events.rule-name>", "arn": <aws.events.rule-arn>}', '{"rule": "r", "arn": "arn:r"}'),
])
def test_templates(template, text):
    assert made(template) == text


@covers("events.escape_nothing")
@pytest.mark.parametrize("value", ['say "no"', "a\\d", "two\nlines"])
@pytest.mark.parametrize("template", ['{"a": "<name>"}', '{"a": <name>}'])
def test_values_are_not_escaped(template, value):
    assert made(template, name=value) == f'{{"a": "{value}"}}'


def test_the_whole_event_is_a_value():
    made_of = json.loads(made('{"event": <aws.events.event.json>, "at": "<aws.events.event.ingestion-time>"}'))
    assert made_of["event"]["detail"]["list"] == ["a", "b"] and made_of["event"]["source"] == "botyard"
    assert len(made_of["at"]) == len("2026-01-01T00:00:00Z")


@covers("events.drop_broken_input")
def test_what_is_no_json_is_not_delivered(aws, caplog):
    mail = Mailbox(aws, {"source": ["botyard"]}, InputTransformer={
        "InputPathsMap": {"name": "$.detail.name"}, "InputTemplate": '{"content": "**<name>**"}'})
    deploy(aws, name='a "quoted" one')
    deploy(aws, name="plain")
    assert mail.read() == [{"content": "**plain**"}]
    assert "rule r does not invoke" in caplog.text and "the input transformer makes no JSON" in caplog.text


ALARM = {"source": ["aws.cloudwatch"], "detail": {"alarmName": [{"prefix": "botyard-prod-"}]}}
STACK = {"source": ["botyard"], "detail-type": ["Deployment"], "detail": {"stack": ["prod"]}}
EITHER = {"$or": [{"source": ["aws.cloudwatch"]}, {"detail": {"stack": ["prod"], "result": [{"exists": True}]}}]}


@pytest.mark.parametrize("pattern, source, detail, matches", [
    (STACK, "botyard", {"stack": "prod"}, True), (STACK, "botyard", {"stack": "test"}, False),
    (STACK, "botyard", {}, False), (STACK, "other", {"stack": "prod"}, False),
    ({"detail-type": ["Other"]}, "botyard", {}, False),
    (ALARM, "aws.cloudwatch", {"alarmName": "botyard-prod-cpu"}, True),
    (ALARM, "aws.cloudwatch", {"alarmName": "botyard-test-cpu"}, False),
    (ALARM, "aws.cloudwatch", {}, False),
    ({"detail": {"stack": [{"anything-but": "prod"}]}}, "botyard", {"stack": "test"}, True),
    ({"detail": {"stack": [{"anything-but": "prod"}]}}, "botyard", {"stack": "prod"}, False),
    ({"detail": {"stack": [{"anything-but": {"prefix": "pr"}}]}}, "botyard", {"stack": "prod"}, False),
    ({"detail": {"error": [{"exists": True}]}}, "botyard", {"error": None}, True),
    ({"detail": {"error": [{"exists": True}]}}, "botyard", {"stack": "prod"}, False),
    ({"detail": {"error": [{"exists": False}]}}, "botyard", {"stack": "prod"}, True),
    (EITHER, "aws.cloudwatch", {}, True), (EITHER, "botyard", {"stack": "prod", "result": "ok"}, True),
    (EITHER, "botyard", {"stack": "prod"}, False), (EITHER, "botyard", {"stack": "test", "result": "ok"}, False),
])
def test_which_events_a_rule_matches(aws, pattern, source, detail, matches):
    mail = Mailbox(aws, pattern)
    eventbridge._put_events({"Entries": [{"Source": source, "DetailType": "Deployment", "Detail": json.dumps(detail)}]},
                            allow_aws_source=True)
    assert [event["detail"] for event in mail.read()] == ([detail] if matches else [])


def test_a_program_puts_no_events_of_aws(aws):
    answer = aws("events").put_events(Entries=[{"Source": "aws.ecs", "DetailType": "x", "Detail": "{}"}])
    assert (answer["FailedEntryCount"], answer["Entries"][0]["ErrorCode"]) == (1, "NotAuthorizedForSourceException")
