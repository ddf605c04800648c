"""An EventBridge rule whose events arrive in a queue."""

import json


class Mailbox:
    """What a rule with this pattern delivers."""

    def __init__(self, aws, pattern, **target):
        self.sqs, self.url = aws("sqs"), aws("sqs").create_queue(QueueName="mail")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        aws("events").put_rule(Name="r", EventPattern=json.dumps(pattern))
        aws("events").put_targets(Rule="r", Targets=[{"Id": "1", "Arn": arn} | target])

    def read(self):
        """The bodies that came since the last look, oldest first."""
        found = []
        while messages := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return found
