"""CloudWatch: alarms that are kept and answered whole, and metrics that are kept for a while."""

import copy
import json
import time

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch

from corrections import corrects, metrics_values

# Three hours, and the five-minute period in which they begin. An alarm may look further back.
KEEP_METRICS_SECONDS = 3 * 3600 + 300


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
    if key == "ExtendedStatistics":  # the one map among CloudWatch's answers
        return "".join(f"<entry><key>{name}</key><value>{value}</value></entry>" for name, value in item.items())
    return cloudwatch._ts_iso(item) if key.endswith("Timestamp") and isinstance(item, (int, float)) else to_xml(item)


@corrects("cloudwatch:get_state")
def keep_recent_metrics(original):
    """Metrics are kept (cloudwatch_concepts, "Metrics retention"); over a restart those of the last hours are
    here.

    ministack: writes two weeks of them at every save.
    """
    kept = kept_since()
    recent = AccountRegionScopedDict()
    for key, points in list(cloudwatch._metrics._data.items()):
        # A datapoint never changes once it is there: the table need not be copied whole, unlike the others.
        recent._data[key] = metrics_values.pack([point for point in points if point["Timestamp"] >= kept(key)])
    others = ("alarms", "composite_alarms", "composite_triggers", "alarm_history", "dashboards", "resource_tags")
    return {"metrics": recent} | {name: copy.deepcopy(getattr(cloudwatch, f"_{name}")) for name in others}


@corrects("cloudwatch:_restore_state")
def take_up_metrics(original, data):
    """Metrics are kept (cloudwatch_concepts, "Metrics retention"), over a restart as well.

    ministack: reads them as it writes them, which is not how they are written here.
    """
    original(data)
    for key, saved in list(cloudwatch._metrics._data.items()):
        if isinstance(saved, dict):
            cloudwatch._metrics._data[key] = metrics_values.unpack(saved)


def kept_since():
    """A function that tells, for a key of ministack's table of metrics, the time before which nothing is kept."""
    longest, now = {}, time.time()
    for (account, region, _), alarm in cloudwatch._alarms.all_items():
        key = account, region, alarm.get("Namespace"), alarm.get("MetricName")
        window = (alarm.get("Period") or 60) * (alarm["EvaluationPeriods"] + 1)
        longest[key] = max(longest.get(key, KEEP_METRICS_SECONDS), window)

    def since(key):
        account, region, (namespace, name, _) = key
        return now - longest.get((account, region, namespace, name), KEEP_METRICS_SECONDS)
    return since


@corrects("cloudwatch:_evict_old_metrics")
def forget_old_metrics(original):
    """Metrics go after their time (cloudwatch_concepts, "Metrics retention"), here after three hours, or when no
    alarm looks back to them.

    ministack: after two weeks; it goes through all datapoints at each request, and loses those that come meanwhile.
    """
    kept = kept_since()
    for key, points in list(cloudwatch._metrics._data.items()):
        while points and points[0]["Timestamp"] < kept(key):
            points.pop(0)
        if not points:
            cloudwatch._metrics._data.pop(key, None)
