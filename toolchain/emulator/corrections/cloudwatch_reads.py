"""CloudWatch: metrics answered by the minute, of exactly the dimensions that are asked for."""

import collections
import math

from ministack.services import cloudwatch

from corrections import corrects
from corrections.cloudwatch import nested, to_xml


def periods(metric, period, start, end, unit=None):
    """{start of the period: its datapoints} of one metric between two times, oldest first."""
    key = metric.get("Namespace"), metric.get("MetricName"), cloudwatch._dims_key(
        cloudwatch._dims_from_list(metric.get("Dimensions") or []))
    found = collections.defaultdict(list)
    for point in sorted(cloudwatch._metrics.get(key) or [], key=lambda point: point["Timestamp"]):
        if start <= point["Timestamp"] < end and unit in (None, point["Unit"]):
            found[int(point["Timestamp"] // period) * period].append(point)
    return found


def _span(asked):
    """(start, end) of a request; the start is rounded down to the whole minute, where the youngest metrics begin."""
    start, end = cloudwatch._parse_ts(asked.get("StartTime")), cloudwatch._parse_ts(asked.get("EndTime"))
    return (-math.inf if start is None else start // 60 * 60), (math.inf if end is None else end)


@corrects("cloudwatch:_get_metric_statistics")
def answer_statistics(original, params, cbor_data, is_cbor, is_json=False):
    """Statistics and percentiles are of the metric with exactly these dimensions, none if none is named
    (API_GetMetricStatistics).

    ministack: takes all dimensions together where none is named, and writes percentiles as no XML parser reads them.
    """
    asked = cbor_data if is_cbor or is_json else nested(params)
    found = periods(asked, int(asked.get("Period") or 60), *_span(asked), asked.get("Unit"))
    answer = {"Label": asked.get("MetricName"), "Datapoints": [_datapoint(asked, *each) for each in found.items()]}
    if is_cbor:
        return cloudwatch._cbor_ok(answer | {"Datapoints": [*map(cloudwatch._cbor_datapoint, answer["Datapoints"])]})
    return _answer("GetMetricStatistics", answer, is_json)


def _datapoint(asked, start, points):
    stats = cloudwatch._calc_stats(points)
    extended = {name: cloudwatch._stat_value(stats, name, points) for name in asked.get("ExtendedStatistics") or ()}
    extended = {name: value for name, value in extended.items() if value is not None}
    made = {"Timestamp": cloudwatch._ts_iso(start), "Unit": points[0]["Unit"],
            **{name: stats[name] for name in asked.get("Statistics") or (() if extended else stats) if name in stats}}
    return made | {"ExtendedStatistics": extended} if extended else made


@corrects("cloudwatch:_get_metric_data")
def answer_data(original, params, cbor_data, is_cbor, is_json=False):
    """Values come newest first unless asked otherwise, of the metric with exactly these dimensions
    (API_GetMetricData).

    ministack: oldest first always, and takes all dimensions together where none is named.
    """
    asked = cbor_data if is_cbor or is_json else nested(params)
    newest_first = asked.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    results = [_result(query, _span(asked), newest_first) for query in asked.get("MetricDataQueries") or []
               if query.get("ReturnData", True)]
    if is_cbor:
        return cloudwatch._cbor_ok({"MetricDataResults": [*map(cloudwatch._cbor_metric_data_result, results)]})
    return _answer("GetMetricData", {"MetricDataResults": results}, is_json)


def _result(query, span, newest_first):
    wanted = query.get("MetricStat")
    if not wanted:
        return {"Id": query["Id"], "Label": query.get("Label", query["Id"]), "Timestamps": [], "Values": [],
                "StatusCode": "InternalError",
                "Messages": [{"Code": "Unsupported", "Value": "metric math is not emulated"}]}
    found = periods(wanted["Metric"], int(wanted["Period"]), *span, wanted.get("Unit"))
    values = [(start, cloudwatch._stat_value(cloudwatch._calc_stats(points), wanted["Stat"], points))
              for start, points in sorted(found.items(), reverse=newest_first)]
    values = [(cloudwatch._ts_iso(start), value) for start, value in values if value is not None]
    return {"Id": query["Id"], "Label": query.get("Label", wanted["Metric"]["MetricName"]), "StatusCode": "Complete",
            "Timestamps": [start for start, _ in values], "Values": [value for _, value in values]}


def _answer(action, answer, is_json):
    if is_json:
        return cloudwatch._json_ok(answer)
    return cloudwatch._xml(200, f"{action}Response", f"<{action}Result>{to_xml(answer)}</{action}Result>")
