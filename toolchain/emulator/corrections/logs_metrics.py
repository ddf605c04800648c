"""CloudWatch Logs: log events become metrics by the log group's metric filters."""

import json
import threading
import time

from ministack.services import cloudwatch, cloudwatch_logs

from corrections import corrects
from corrections.logs_pattern import MISSING, PatternError, compiled, decoded, lookup

# (log group, filter, metric, minute) → the default point of that minute, None once an event matched in it.
_minutes: dict[tuple, dict | None] = {}
KEEP_MINUTES = 15
_lock = threading.Lock()


@corrects("cloudwatch_logs:_compile_filter_pattern")
def match_patterns(original, raw):
    """A filter pattern matches terms with their case, and fields of JSON events (FilterAndPatternSyntax).

    ministack: ignores case, and takes every event for a match of a JSON pattern.
    """
    return compiled(raw)


@corrects("cloudwatch_logs:_subscription_pattern_matches")
def match_subscriptions(original, pattern, message):
    """A subscription filter forwards what its pattern matches (SubscriptionFilters).

    ministack: what contains all words of the pattern.
    """
    return compiled(pattern)(message or "")


@corrects("cloudwatch_logs:_filter_log_events", "cloudwatch_logs:_put_metric_filter",
          "cloudwatch_logs:_put_subscription_filter")
def refuse_wrong_patterns(original, data):
    """A pattern that is wrong is refused (API_PutMetricFilter).

    ministack: keeps it.
    """
    try:
        compiled(data.get("filterPattern"))
    except PatternError as error:
        return cloudwatch_logs.error_response_json("InvalidParameterException", str(error), 400)
    return original(data)


@corrects("cloudwatch_logs:_put_log_events")
def count_matches(original, data):
    """Each event that matches a metric filter of its group puts a data point, and the default value stands for a
    minute with events but no match (MonitoringLogData).

    ministack: keeps metric filters and does nothing with them.
    """
    response = original(data)
    if response[0] == 200:
        for found in list(cloudwatch_logs._metric_filters.values()):
            if found["logGroupName"] == data["logGroupName"]:
                with _lock:
                    _apply(found, data.get("logEvents") or [])
    return response


def _apply(found, events):
    matches = compiled(found["filterPattern"])
    for event in events:
        at, line = event.get("timestamp", time.time() * 1000) / 1000, event.get("message", "")
        matched = matches(line)
        for transformation in found["metricTransformations"]:
            if matched:
                _put_match(found, transformation, at, line)
            elif transformation.get("defaultValue") is not None:
                _put_default(found, transformation, at)


def _put_match(found, transformation, at, line):
    value = _value(transformation["metricValue"], line)
    dimensions = {name: _field(path, line) for name, path in (transformation.get("dimensions") or {}).items()}
    if value is None or MISSING in dimensions.values():
        return
    standing = _minutes.get(_minute(found, transformation, at))
    if standing:
        points = _bucket(transformation, {})
        points[:] = [point for point in points if point is not standing]
    _minutes[_minute(found, transformation, at)] = None
    _put(transformation, at, value, dimensions)


def _put_default(found, transformation, at):
    """At most one a minute; a match of the same minute takes it away again."""
    key = _minute(found, transformation, at)
    if key not in _minutes:
        _minutes[key] = _put(transformation, at, transformation["defaultValue"], {})
        for old in [old for old in _minutes if old[-1] < key[-1] - KEEP_MINUTES]:
            _minutes.pop(old, None)


def _minute(found, transformation, at):
    scope = cloudwatch_logs.get_account_id(), cloudwatch_logs.get_region()
    return (*scope, found["logGroupName"], found["filterName"], transformation["metricName"], int(at // 60))


def _value(asked, line):
    try:
        return float(_field(asked, line) if asked.startswith("$") else asked)
    except (TypeError, ValueError):  # no number there: nothing is published
        return None


def _field(path, line):
    value = lookup(decoded(line), path)
    return value if value is MISSING or isinstance(value, str) else json.dumps(value)


def _bucket(transformation, dimensions):
    return cloudwatch._metric_bucket((transformation["metricNamespace"], transformation["metricName"],
                                      cloudwatch._dims_key(dimensions)))


def _put(transformation, at, value, dimensions):
    point = {"Timestamp": at, "Value": float(value), "Unit": transformation.get("unit") or "None",
             "Dimensions": dimensions}
    _bucket(transformation, dimensions).append(point)
    return point
