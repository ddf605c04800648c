"""CloudWatch Logs: pages of events, and a size that a restart can carry."""

import base64
import json

from ministack.core.responses import json_response
from ministack.services import cloudwatch_logs

from corrections import corrects

KEEP_OVER_RESTART = 5000  # events of each log group
KEEP_IN_MEMORY = 50000  # events of each stream
MOST = 10000


@corrects("cloudwatch_logs:_filter_log_events")
def page_events(original, data):
    """FilterLogEvents answers at most `limit` events and a token for the rest, also by prefix of streams
    (API_FilterLogEvents).

    ministack: drops what is over the limit, and the prefix.
    """
    data = dict(data)
    limit = min(data.get("limit") or MOST, MOST)
    token = data.pop("nextToken", None)
    seen = 0
    if token:
        try:
            data["startTime"], seen = json.loads(base64.urlsafe_b64decode(token))
        except ValueError:
            return cloudwatch_logs.error_response_json("InvalidParameterException",
                                                       "The specified nextToken is invalid.", 400)
    if data.get("logStreamNamePrefix"):
        group = cloudwatch_logs._log_groups.get(cloudwatch_logs._resolve_log_group_name(data)) or {"streams": {}}
        data["logStreamNames"] = [name for name in group["streams"] if name.startswith(data["logStreamNamePrefix"])] \
            or [""]
    data["limit"] = MOST
    status, headers, body = original(data)
    if status != 200:
        return status, headers, body
    found = json.loads(body)["events"]
    page = found[seen:seen + limit]
    answer = {"events": page, "searchedLogStreams": []}
    if page and (len(found) > seen + limit or len(found) == MOST):
        # The token names the time of the last event and how many of that time were answered.
        last = page[-1]["timestamp"]
        answered = sum(event["timestamp"] == last for event in found[:seen + len(page)])
        answer["nextToken"] = base64.urlsafe_b64encode(json.dumps([last, answered]).encode()).decode()
    return json_response(answer)


@corrects("cloudwatch_logs:_append_log_events")
def bound_memory(original, stream, events):
    """A log group keeps events for its retention, on disk (Working-with-log-groups-and-streams); here the
    newest are kept.

    ministack: keeps all in memory, twice.
    """
    original(stream, events)
    for event in stream["events"][:-KEEP_IN_MEMORY]:
        cloudwatch_logs._log_records.pop(event["eventId"], None)
    del stream["events"][:-KEEP_IN_MEMORY]


@corrects("cloudwatch_logs:get_state")
def keep_newest(original):
    """A log group outlives the hosts of its tasks (using_awslogs); of each group the newest events survive a
    restart here.

    ministack: writes all of them at every save.
    """
    state = original()
    for _, group in state["log_groups"].all_items():
        room = KEEP_OVER_RESTART
        for stream in sorted(group["streams"].values(), key=lambda s: s["lastEventTimestamp"] or 0, reverse=True):
            stream["events"] = stream["events"][-room:] if room else []
            room -= len(stream["events"])
    state["log_records"] = type(state["log_records"])()
    return state
