"""What EventBridge publishes, and where it may not."""

import json

import pytest
from conftest import covers
from letterbox import Mailbox
from receiver import deploy, rule

PATTERN = {"source": ["nothing"]}


@pytest.fixture
def topic(aws):
    """A topic, and what a queue that listens to it has got."""
    arn = aws("sns").create_topic(Name="t")["TopicArn"]
    mail = Mailbox(aws, PATTERN)
    queue = aws("sqs").get_queue_attributes(QueueUrl=mail.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)
    return arn, mail


def let(aws, arn, *statements):
    aws("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(
        {"Version": "2012-10-17", "Statement": list(statements)}))


def statement(**members):
    return {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish",
            "Resource": "arn:aws:sns:us-east-1:000000000000:t"} | members


def of(rule_name):
    return {"ArnEquals": {"aws:SourceArn": f"arn:aws:events:us-east-1:000000000000:rule/{rule_name}"}}


PLAIN = statement(Effect="Deny", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})


@covers("sns.publish_if_allowed")
@pytest.mark.parametrize("statements, count", [
    ([statement()], 1), ([statement(), PLAIN], 1), ([statement(Principal="*")], 1), ([PLAIN], 0),
    ([statement(Principal={"Service": "cloudwatch.amazonaws.com"})], 0), ([statement(Action="sns:Subscribe")], 0),
    ([statement(Action="SNS:Publish", Condition=of("deploys"))], 1), ([statement(Condition=of("other"))], 0),
    ([statement(Condition={"StringEquals": {"aws:SourceAccount": "000000000000"}})], 1),
    ([statement(), statement(Effect="Deny")], 0), ([statement(Resource="arn:aws:sns:us-east-1:000000000000:u")], 0)])
def test_a_rule_publishes_what_the_topic_allows(aws, topic, statements, count, caplog):
    arn, mail = topic
    let(aws, arn, *statements)
    rule(aws, arn, name="deploys")
    deploy(aws)
    assert len(mail.read()) == count
    assert ("rule deploys does not publish to arn:aws:sns" in caplog.text) is (count == 0)


@covers("sns.publish_if_allowed")
def test_the_policy_that_a_topic_is_made_with_does_not(aws, topic):
    arn, mail = topic
    rule(aws, arn, name="deploys")
    deploy(aws)
    assert mail.read() == []
    aws("sns").publish(TopicArn=arn, Message="by the account")
    assert [message["Message"] for message in mail.read()] == ["by the account"]


@covers("sns.publish_without_subject")
def test_a_message_has_no_subject(aws, topic):
    arn, mail = topic
    let(aws, arn, statement())
    rule(aws, arn, name="deploys", InputTransformer={
        "InputPathsMap": {"stack": "$.detail.stack"}, "InputTemplate": '"<stack> is deployed"'})
    deploy(aws)
    message, = mail.read()
    assert message["Message"] == '"prod is deployed"' and "Subject" not in message


@covers("sns.publish_without_subject")
def test_a_topic_that_is_gone_is_told(aws, topic, caplog):
    arn, mail = topic
    rule(aws, arn, name="deploys")
    aws("sns").delete_topic(TopicArn=arn)
    deploy(aws)
    assert mail.read() == [] and f"topic {arn} is not there; the event is dropped" in caplog.text
