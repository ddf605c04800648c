"""CloudWatch: alarms that are kept and answered whole."""

import json
import time

from ministack.services import cloudwatch

from corrections import corrects

KEEP_METRICS_SECONDS = 3 * 3600


@corrects("cloudwatch:_put_metric_alarm")
def keep_all_members(original, params, cbor_data, is_cbor, is_json=False):
    """An alarm keeps every member of its request (API_PutMetricAlarm).

    ministack: forgets metric math and the actions on missing data, and makes up a statistic where there is none.
    """
    response = original(params, cbor_data, is_cbor, is_json)
    asked = cbor_data if is_cbor or is_json else nested(params)
    alarm = cloudwatch._alarms.get(asked.get("AlarmName", ""))
    if response[0] != 200 or not alarm:
        return response
    for name in ("EvaluateLowSampleCountPercentile", "ThresholdMetricId", "Metrics"):
        if asked.get(name):
            alarm[name] = asked[name]
    alarm["InsufficientDataActions"] = list(asked.get("InsufficientDataActions") or [])
    # ministack fills in what the request left out; AWS answers only what an alarm has.
    for name in ("Statistic", "Period", "MetricName", "Namespace", "Threshold"):
        if not asked.get(name) and asked.get(name) != 0:
            alarm.pop(name, None)
    return response


def nested(params):
    """A query request ("A.member.1.B=x") as nested dicts and lists, with numbers and booleans where the API has them."""
    tree = {}
    for key, values in params.items():
        *path, last = [part for part in key.split(".") if part != "member"]
        node = tree
        for part in path:
            node = node.setdefault(part, {})
        node[last] = _typed(last, values[0] if isinstance(values, list) else values)
    return _lists(tree)


def _typed(name, value):
    if name in ("Period", "EvaluationPeriods", "DatapointsToAlarm"):
        return int(value)
    return value == "true" if name in ("ReturnData", "ActionsEnabled") else value


def _lists(node):
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _lists(value) for key, value in node.items()}


@corrects("cloudwatch:_describe_alarms", "cloudwatch:_describe_alarms_for_metric")
def answer_all_members(original, params, cbor_data, is_cbor, is_json=False):
    """DescribeAlarms answers alarms whole (API_MetricAlarm).

    ministack: in XML leaves out actions, period, statistic, dimensions and more.
    """
    if is_cbor or is_json:
        return original(params, cbor_data, is_cbor, is_json)
    # The same request in JSON gives the whole records, filters and pages as they are.
    asked = nested(params)
    if asked.get("MaxRecords"):
        asked["MaxRecords"] = int(asked["MaxRecords"])
    status, _, body = original({}, asked, False, True)
    if status != 200:
        return original(params, cbor_data, is_cbor, is_json)
    action = asked.get("Action", "DescribeAlarms")
    return cloudwatch._xml(200, f"{action}Response", f"<{action}Result>{to_xml(json.loads(body))}</{action}Result>")


def to_xml(value):
    """A value as the query protocol writes it: lists of <member>, ISO times, no empty members."""
    if isinstance(value, dict):
        return "".join(f"<{key}>{_time_or(key, item)}</{key}>" for key, item in value.items()
                       if item is not None and item != "" and not key.startswith("_"))
    if isinstance(value, list):
        return "".join(f"<member>{to_xml(item)}</member>" for item in value)
    if isinstance(value, bool):
        return str(value).lower()
    return cloudwatch._xml_escape(str(value))


def _time_or(key, item):
    return cloudwatch._ts_iso(item) if key.endswith("Timestamp") and isinstance(item, (int, float)) else to_xml(item)


@corrects("cloudwatch:get_state")
def keep_recent_metrics(original):
    """Metrics are kept (cloudwatch_concepts, "Metrics retention"); over a restart those of the last hours are
    here.

    ministack: writes two weeks of them at every save.
    """
    state = original()
    since = time.time() - KEEP_METRICS_SECONDS
    for key, points in list(state["metrics"]._data.items()):
        state["metrics"]._data[key] = [point for point in points if point["Timestamp"] >= since]
    return state
