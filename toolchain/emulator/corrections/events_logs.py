"""EventBridge: rules whose target is a log group."""

import json
import logging
import re
import uuid

from ministack.services import cloudwatch_logs, eventbridge

from corrections import corrects, events, policies

logger = logging.getLogger("events")

_GROUP = re.compile(r"arn:[^:]+:logs:[^:]+:[^:]*:log-group:([^:]+)(?::\*)?")


class NotWrittenError(Exception):
    """Why an event does not reach its log group."""


@corrects("eventbridge:_invoke_target")
def write_to_log_group(original, target, event, rule, view=None):
    """A target that is a log group gets the event as a log event, if a resource policy of CloudWatch Logs lets
    events.amazonaws.com create streams and put events in it (eb-use-resource-based, "CloudWatch Logs permissions").

    ministack: takes the target and does nothing.
    """
    named = _GROUP.fullmatch(target.get("Arn", ""))
    if not named:
        return original(target, event, rule, view)
    view = view or eventbridge._pattern_event_view(event)
    try:
        given = events.input_of(target, rule, view) or json.dumps(view.event_with_detail())
        _write(named[1], rule, *_log_event(given, event))
    except (events.BrokenInputError, NotWrittenError) as error:
        logger.warning("rule %s does not write to the log group %s: %s", rule.get("Name"), named[1], error)
    return None


def _log_event(given, event):
    """(milliseconds, message): a transformer for a log group makes {"timestamp": …, "message": …} (API_PutTargets)."""
    at = int(event.get("Time") or 0) * 1000
    try:
        made = json.loads(given)
    except ValueError:
        return at, given
    if not isinstance(made, dict) or set(made) != {"timestamp", "message"}:
        return at, given
    message = made["message"] if isinstance(made["message"], str) else json.dumps(made["message"])
    return (int(made["timestamp"]) if str(made["timestamp"]).isdigit() else at), message


def _write(group, rule, at, message):
    if group not in cloudwatch_logs._log_groups:
        raise NotWrittenError("it is not there")
    # One stream a rule; its name says nothing, as on AWS.
    stream = str(uuid.uuid5(uuid.NAMESPACE_URL, rule["Arn"]))
    _check(group, rule, stream)
    if stream not in cloudwatch_logs._log_groups[group]["streams"]:
        cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": stream})
    cloudwatch_logs._put_log_events({"logGroupName": group, "logStreamName": stream,
                                     "logEvents": [{"timestamp": at, "message": message}]})


def _check(group, rule, stream):
    account, region = cloudwatch_logs.get_account_id(), cloudwatch_logs.get_region()
    streams = f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:"
    documents = [policy["policyDocument"] for policy in cloudwatch_logs._resource_policies.values()]
    if group in cloudwatch_logs._log_group_policies:
        documents.append(cloudwatch_logs._log_group_policies[group]["policyDocument"])
    for action, resource in (("logs:CreateLogStream", streams), ("logs:PutLogEvents", streams + stream)):
        if not policies.allow(documents, "events.amazonaws.com", action, resource, rule["Arn"]):
            raise NotWrittenError("no resource policy of CloudWatch Logs lets events.amazonaws.com "
                                  f"{action} on {resource}")
