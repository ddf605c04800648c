"""Alarms kept and answered."""

import json
import time

from alarm import ALARM, put, query
from conftest import covers
from ministack.core import persistence
from ministack.services import cloudwatch

from corrections import metrics_values


@covers("cloudwatch.keep_all_members", "cloudwatch.answer_all_members")
def test_an_alarm_is_answered_whole_in_xml():
    query(Action="PutMetricAlarm", **ALARM)
    shown, = query(Action="DescribeAlarms", **{"AlarmNames.member.1": "few"})["MetricAlarms"]
    expected = {"AlarmDescription": "a < b", "MetricName": "CPUUtilization", "Namespace": "AWS/ECS",
                "Statistic": "SampleCount", "Period": 60, "EvaluationPeriods": 5, "DatapointsToAlarm": 3,
                "Threshold": 1.0, "ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching",
                "ActionsEnabled": False, "Unit": "Percent", "StateValue": "INSUFFICIENT_DATA",
                "AlarmActions": ["arn:aws:sns:us-east-1:000000000000:a"],
                "OKActions": ["arn:aws:sns:us-east-1:000000000000:o"],
                "InsufficientDataActions": ["arn:aws:sns:us-east-1:000000000000:i"],
                "Dimensions": [{"Name": "ClusterName", "Value": "c"}, {"Name": "ServiceName", "Value": "bot"}]}
    assert {name: shown.get(name) for name in expected} == expected
    assert shown["AlarmConfigurationUpdatedTimestamp"].year >= 2026


MATH = {"AlarmName": "math", "EvaluationPeriods": "1", "Threshold": "0", "ComparisonOperator": "GreaterThanThreshold",
        "Metrics.member.1.Id": "e", "Metrics.member.1.Expression": "m / 2", "Metrics.member.1.ReturnData": "true",
        "Metrics.member.2.Id": "m", "Metrics.member.2.ReturnData": "false",
        "Metrics.member.2.MetricStat.Metric.Namespace": "N", "Metrics.member.2.MetricStat.Metric.MetricName": "M",
        "Metrics.member.2.MetricStat.Metric.Dimensions.member.1.Name": "D",
        "Metrics.member.2.MetricStat.Metric.Dimensions.member.1.Value": "V",
        "Metrics.member.2.MetricStat.Period": "60", "Metrics.member.2.MetricStat.Stat": "Sum"}


@covers("cloudwatch.keep_all_members", "cloudwatch.answer_all_members")
def test_metric_math_is_kept():
    query(Action="PutMetricAlarm", **MATH)
    shown, = query(Action="DescribeAlarms")["MetricAlarms"]
    assert shown["Metrics"] == [
        {"Id": "e", "Expression": "m / 2", "ReturnData": True},
        {"Id": "m", "ReturnData": False, "MetricStat": {"Period": 60, "Stat": "Sum", "Metric": {
            "Namespace": "N", "MetricName": "M", "Dimensions": [{"Name": "D", "Value": "V"}]}}}]
    assert not {"MetricName", "Namespace", "Statistic", "Period"} & set(shown)


@covers("cloudwatch.answer_all_members")
def test_alarms_are_filtered_and_paged():
    for name in ("a1", "a2", "b1"):
        query(Action="PutMetricAlarm", **ALARM | {"AlarmName": name})
    names = [a["AlarmName"] for a in query(Action="DescribeAlarms", AlarmNamePrefix="a")["MetricAlarms"]]
    assert names == ["a1", "a2"]
    first = query(Action="DescribeAlarms", MaxRecords="2")
    assert len(first["MetricAlarms"]) == 2
    rest = query(Action="DescribeAlarms", MaxRecords="2", NextToken=first["NextToken"])
    assert [a["AlarmName"] for a in rest["MetricAlarms"]] == ["b1"]


@covers("cloudwatch.answer_all_members")
def test_composite_alarms():
    query(Action="PutMetricAlarm", **ALARM)
    query(Action="PutCompositeAlarm", AlarmName="both", AlarmRule='ALARM("few")', ActionsEnabled="true",
          **{"AlarmActions.member.1": "arn:aws:sns:us-east-1:000000000000:a"})
    shown, = query(Action="DescribeAlarms", **{"AlarmTypes.member.1": "CompositeAlarm"})["CompositeAlarms"]
    assert (shown["AlarmRule"], shown["ActionsEnabled"], shown["AlarmActions"]) == (
        'ALARM("few")', True, ["arn:aws:sns:us-east-1:000000000000:a"])


@covers("cloudwatch.keep_recent_metrics")
def test_old_metrics_are_not_saved():
    put("bot", time.time())
    put("bot", time.time() - 4 * 3600)
    saved = cloudwatch.get_state()["metrics"].all_values()
    assert [len(points["rows"]) for points in saved] == [1]
    assert [len(points) for points in cloudwatch._metrics.values()] == [2]


KEY = ("AWS/ECS", "CPUUtilization", "ClusterName=c|ServiceName=bot")
HOUR = 3600


def ages(store):
    """How many hours old each datapoint of the service is, oldest first."""
    return [round((time.time() - point["Timestamp"]) / HOUR) for point in store.get(KEY) or ()]


@covers("cloudwatch.forget_old_metrics")
def test_metrics_are_kept_for_three_hours():
    for hours in (5, 4, 3, 0):
        put("bot", time.time() - hours * HOUR)
    cloudwatch._evict_old_metrics()
    assert ages(cloudwatch._metrics) == [3, 0]
    cloudwatch._metrics[KEY][:] = cloudwatch._metrics[KEY][:1]
    cloudwatch._metrics[KEY][0]["Timestamp"] -= HOUR
    cloudwatch._evict_old_metrics()
    assert len(cloudwatch._metrics) == 0, "a metric without datapoints is none"


@covers("cloudwatch.forget_old_metrics", "cloudwatch.keep_recent_metrics")
def test_metrics_are_kept_for_as_long_as_an_alarm_looks_back():
    query(Action="PutMetricAlarm", **ALARM | {"Period": "3600", "EvaluationPeriods": "6"})
    for hours in (8, 6, 0):
        put("bot", time.time() - hours * HOUR)
        put("other", time.time() - hours * HOUR)
        cloudwatch._metric_bucket(("AWS/ECS", "MemoryUtilization", "")).append(
            {"Timestamp": time.time() - hours * HOUR, "Value": 1.0, "Unit": "Percent", "Dimensions": {}})
    cloudwatch._evict_old_metrics()
    assert ages(cloudwatch._metrics) == [6, 0]
    assert len(cloudwatch._metrics["AWS/ECS", "MemoryUtilization", ""]) == 1
    assert len(cloudwatch.get_state()["metrics"][KEY]["rows"]) == 2


@covers("cloudwatch.keep_recent_metrics")
def test_all_else_is_saved_as_well():
    query(Action="PutMetricAlarm", **ALARM)
    saved = cloudwatch.get_state()
    assert set(saved) == {"metrics", "alarms", "composite_alarms", "composite_triggers", "alarm_history", "dashboards",
                          "resource_tags"}
    assert saved["alarms"]["few"] == cloudwatch._alarms["few"]
    assert saved["alarms"]["few"] is not cloudwatch._alarms["few"]


@covers("cloudwatch.take_up_metrics", "cloudwatch.keep_recent_metrics")
def test_metrics_are_the_same_after_a_restart():
    now = round(time.time())
    common = {"Unit": "Count", "Dimensions": {"D": "V"}}
    points = [{"Timestamp": now - 60, "Value": 1.5} | common, {"Timestamp": now, "Value": 2.0, "Count": 3.0} | common,
              {"Timestamp": now, "Value": 4.0, "Unit": "Percent", "Dimensions": {"D": "V"}},
              {"Timestamp": now} | common | metrics_values.point([0.25, 0.5])]
    cloudwatch._metric_bucket(("N", "M", "D=V")).extend(points)
    saved = json.dumps(cloudwatch.get_state(), default=persistence._json_default)
    cloudwatch._metrics.clear()
    cloudwatch.load_persisted_state(json.loads(saved, object_hook=persistence._json_object_hook))
    assert cloudwatch._metrics["N", "M", "D=V"] == points
    # What an earlier version wrote is read as well.
    cloudwatch.load_persisted_state({"metrics": {("N", "M", "D=V"): points[:1]}})
    assert cloudwatch._metrics["N", "M", "D=V"] == points[:1]
