"""Metrics as GetMetricStatistics and GetMetricData answer them, in each protocol."""

import datetime

import pytest
from alarm import query
from conftest import covers
from ministack.services import cloudwatch

from corrections import metrics_values

START = 1_800_000_000
SPACE, NAME = "AWS/ApplicationELB", "TargetResponseTime"
BALANCER = [{"Name": "LoadBalancer", "Value": "app/a/1"}]
STATISTICS = ["SampleCount", "Sum", "Average", "Minimum", "Maximum"]


def at(seconds):
    return datetime.datetime.fromtimestamp(START + seconds, datetime.UTC)


@pytest.fixture
def times():
    """100 response times of 1 to 100 s in the first minute, one of 7 s in the third; and those of another balancer."""
    for balancer, second, values in (("app/a/1", 30, range(100, 0, -1)), ("app/a/1", 150, [7]), ("app/b/2", 30, [9])):
        where = {"LoadBalancer": balancer}
        cloudwatch._metric_bucket((SPACE, NAME, cloudwatch._dims_key(where))).append(
            {"Timestamp": START + second, "Unit": "Seconds", "Dimensions": where} | metrics_values.point(values))


def statistics(client, **asked):
    given = {"Namespace": SPACE, "MetricName": NAME, "Dimensions": BALANCER, "StartTime": at(0), "EndTime": at(180),
             "Period": 60, "Statistics": STATISTICS} | asked
    return client.get_metric_statistics(**{name: value for name, value in given.items() if value})["Datapoints"]


def data(client, stat="Sum", period=60, metric=None, **asked):
    queries = [{"Id": "q", "MetricStat": {"Period": period, "Stat": stat, "Metric": metric or {
        "Namespace": SPACE, "MetricName": NAME, "Dimensions": BALANCER}}}]
    return client.get_metric_data(MetricDataQueries=queries, **{"StartTime": at(0), "EndTime": at(180)} | asked)[
        "MetricDataResults"][0]


@covers("cloudwatch_reads.answer_statistics")
def test_statistics_of_each_period(times, aws):
    first, third = statistics(aws("cloudwatch"))
    assert first == {"Timestamp": at(0), "Unit": "Seconds", "SampleCount": 100, "Sum": 5050, "Average": 50.5,
                     "Minimum": 1, "Maximum": 100}
    assert (third["Timestamp"], third["Sum"]) == (at(120), 7)
    whole, = statistics(aws("cloudwatch"), Period=180, Statistics=["Sum", "SampleCount"])
    assert whole == {"Timestamp": at(0), "Unit": "Seconds", "Sum": 5057, "SampleCount": 101}


PERCENTILES = {"p50": 50.5, "p90": 90.1, "p95": 95.05, "p99": 99.01, "p99.9": 99.901}


@covers("cloudwatch_reads.answer_statistics", "cloudwatch_reads.answer_data", "metrics_values.take_all_values")
def test_percentiles_are_interpolated_over_all_values(times, aws):
    first, third = statistics(aws("cloudwatch"), Statistics=None, ExtendedStatistics=list(PERCENTILES))
    assert first["ExtendedStatistics"] == pytest.approx(PERCENTILES)
    assert set(third["ExtendedStatistics"].values()) == {7.0}
    assert not set(STATISTICS) & set(first)
    for name, expected in PERCENTILES.items():
        assert data(aws("cloudwatch"), name)["Values"] == [7.0, pytest.approx(expected)]


@covers("cloudwatch_reads.answer_statistics", "cloudwatch_reads.answer_data")
def test_the_query_protocol_answers_the_same(times):
    where = {"Dimensions.member.1.Name": "LoadBalancer", "Dimensions.member.1.Value": "app/a/1"}
    given = {"StartTime": at(0).isoformat(), "EndTime": at(180).isoformat()}
    first, third = query(Action="GetMetricStatistics", Namespace=SPACE, MetricName=NAME, Period="60", **where | given | {
        "Statistics.member.1": "Sum", "ExtendedStatistics.member.1": "p95", "ExtendedStatistics.member.2": "p50"})[
            "Datapoints"]
    assert first | {"Timestamp": None} == {"Timestamp": None, "Unit": "Seconds", "Sum": 5050.0, "ExtendedStatistics": {
        "p95": pytest.approx(95.05), "p50": 50.5}}
    stat = "MetricDataQueries.member.1.MetricStat"
    found, = query(Action="GetMetricData", **given | {
        "MetricDataQueries.member.1.Id": "q", f"{stat}.Stat": "p90", f"{stat}.Period": "60",
        f"{stat}.Metric.Namespace": SPACE, f"{stat}.Metric.MetricName": NAME} | {
            f"{stat}.Metric.{name}": value for name, value in where.items()})["MetricDataResults"]
    assert (found["Id"], found["Label"], found["StatusCode"]) == ("q", NAME, "Complete")
    assert found["Values"] == [7.0, pytest.approx(90.1)]
    assert [moment.timestamp() for moment in found["Timestamps"]] == [START + 120, START]


@covers("cloudwatch_reads.answer_data")
def test_the_newest_value_is_first_unless_asked_otherwise(times, aws):
    assert data(aws("cloudwatch"))["Timestamps"] == [at(120), at(0)]
    assert data(aws("cloudwatch"), ScanBy="TimestampAscending")["Values"] == [5050.0, 7.0]


@covers("cloudwatch_reads.answer_statistics", "cloudwatch_reads.answer_data")
def test_only_the_metric_of_exactly_these_dimensions_is_answered(times, aws):
    assert statistics(aws("cloudwatch"), Dimensions=None) == []
    assert data(aws("cloudwatch"), metric={"Namespace": SPACE, "MetricName": NAME})["Values"] == []
    assert statistics(aws("cloudwatch"), Unit="Count") == []
    other = [{"Name": "LoadBalancer", "Value": "app/b/2"}]
    assert [each["Sum"] for each in statistics(aws("cloudwatch"), Dimensions=other)] == [9]


@covers("cloudwatch_reads.answer_statistics", "cloudwatch_reads.answer_data")
def test_a_start_within_a_minute_takes_the_whole_of_it(times, aws):
    assert [each["Sum"] for each in statistics(aws("cloudwatch"), StartTime=at(59), EndTime=at(150))] == [5050]
    assert data(aws("cloudwatch"), StartTime=at(59))["Values"] == [7.0, 5050.0]


@covers("cloudwatch_reads.answer_data")
def test_metric_math_is_refused_in_words(aws):
    found, = aws("cloudwatch").get_metric_data(MetricDataQueries=[{"Id": "e", "Expression": "m / 2"}], StartTime=at(0),
                                               EndTime=at(1))["MetricDataResults"]
    assert (found["StatusCode"], found["Messages"][0]["Value"]) == ("InternalError", "metric math is not emulated")


@covers("metrics_values.take_all_values")
def test_of_very_many_values_enough_are_kept_for_percentiles():
    point = metrics_values.point([value / 1000 for value in range(1, 100_001)])
    assert len(point["_values"]) == metrics_values.KEPT
    assert point["_stat"] == {"SampleCount": 100_000, "Sum": pytest.approx(5_000_050), "Minimum": 0.001, "Maximum": 100}
    for name, expected in (("p50", 50), ("p95", 95), ("p99", 99), ("p99.9", 99.9)):
        assert cloudwatch._stat_value({}, name, [point]) == pytest.approx(expected, abs=0.5)
    assert cloudwatch._stat_value({}, "p100", [point]) == 100


@covers("metrics_values.take_all_values")
def test_values_of_several_kinds_of_datapoints_are_taken_together():
    plain = [{"Value": 1.0, "Count": 2.0}, {"Value": 5.0}]
    assert cloudwatch._stat_value({}, "p50", [*plain, metrics_values.point([2.0, 3.0])]) == 2.0
    assert cloudwatch._stat_value({}, "p50", [{"Value": -1.0}, metrics_values.point([2.0])]) is None


@covers("metrics_values.take_all_values")
def test_a_datapoint_of_many_values_weighs_as_much_as_it_had():
    many, few = metrics_values.point([1.0] * 10_000), metrics_values.point([9.0] * 200)
    assert cloudwatch._stat_value({}, "p97", [many, few]) == 1.0
    assert cloudwatch._stat_value({}, "p99", [many, few]) == 9.0
