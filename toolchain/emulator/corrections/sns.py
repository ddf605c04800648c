"""SNS: what EventBridge may publish, and how it looks."""

import logging

from ministack.services import sns

from corrections import corrects, policies

logger = logging.getLogger("events")


@corrects("eventbridge:_invoke_target")
def publish_if_allowed(original, target, event, rule, view=None):
    """A rule publishes to a topic only if the topic's policy lets events.amazonaws.com (eb-use-resource-based,
    "Amazon SNS permissions"); the policy that a topic is made with does not.

    ministack: asks no policy.
    """
    topic = sns._topic_by_arn_any_scope(target.get("Arn", ""))
    if topic and not policies.allow([topic["attributes"].get("Policy")], "events.amazonaws.com", "sns:Publish",
                                    topic["arn"], rule.get("Arn", "")):
        logger.warning("rule %s does not publish to %s: the topic's policy does not let events.amazonaws.com",
                       rule.get("Name"), topic["arn"])
        return None
    return original(target, event, rule, view)


@corrects("eventbridge:_dispatch_to_sns")
def publish_without_subject(original, arn, payload):
    """An event on a topic is a message without a subject (sns-message-and-json-formats).

    ministack: makes one up.
    """
    try:
        if sns.publish_internal(arn, payload) is None:
            logger.warning("topic %s is not there; the event is dropped", arn)
    except sns.SnsPublishError as error:
        logger.warning("topic %s refuses an event: %s", arn, error)
