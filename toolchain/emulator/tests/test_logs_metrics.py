"""Filter patterns, and the metrics that log events become."""

import json

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from ministack.services import cloudwatch, cloudwatch_logs

from corrections import logs_metrics
from corrections.logs_pattern import PatternError, compiled

LINE = json.dumps({"event": "lease", "level": "warn", "n": 5, "share": -0.5, "up": True, "gone": False, "nothing": None,
                   "user": {"name": "a b", "ids": [7, 8]}, "a.b": "dotted", "code": "404", "big": 1200})


@pytest.mark.parametrize("pattern, matches", [
    ('{ $.event = "lease" }', True), ("{$.event=lease}", True), ('{ $.event = "Lease" }', False),
    ('{ $.event != "lease" }', False), ('{ $.event != "x" }', True), ('{ $.none != "x" }', False),
    ('{ $.event = "le*" }', True), ('{ $.event = "*as*" }', True), ('{ $.event = "l*x" }', False),
    ("{ $.event = * }", True), ("{ $.none = * }", False),
    ("{ $.n = 5 }", True), ("{ $.n = 5.0 }", True), ("{ $.n != 5 }", False),
    ("{ $.n > 4 }", True), ("{ $.n < 5 }", False), ("{ $.n >= 5 }", True), ("{ $.n <= 4.9 }", False),
    ("{ $.share < -1e-1 }", True), ("{ $.big = 1.2e3 }", True), ("{ $.event > 1 }", False), ("{ $.up = 1 }", False),
    ('{ $.code = "404" }', True), ("{ $.n = 5* }", True), ("{ $.up IS TRUE }", True), ("{ $.up IS FALSE }", False),
    ("{ $.gone IS FALSE }", True), ("{ $.nothing IS NULL }", True), ("{ $.none IS NULL }", False),
    ("{ $.none NOT EXISTS }", True), ("{ $.n NOT EXISTS }", False), ('{ $.user.name = "a b" }', True),
    ("{ $.user.ids[1] = 8 }", True), ("{ $.user.ids[2] NOT EXISTS }", True), ("{ $.['a.b'] = dotted }", True),
    ("{ $.event = %^l.a% }", True), ('{ $.n = 4 || $.n = 5 && $.level = "warn" }', True),
    ('{ ($.n = 5 || $.n = 4) && $.level = "info" }', False), ('{ $.n = 5 || $.n = 4 && $.level = "info" }', True),
    ("", True), ("lease", True), ("Lease", False), ("lease warn", True), ("lease info", False),
    ("?info ?warn", True), ("?info ?debug", False), ("lease -warn", False), ("lease -info", True),
    ('"a b"', True), ('"b a"', False), ("?warn info", False), (r'"\"n\": 5"', True), ("%w.rn%", True),
])
def test_patterns(pattern, matches):
    assert compiled(pattern)(LINE) is matches


@pytest.mark.parametrize("line", ["no json", "5", '"lease"', "null", "{broken"])
def test_a_json_pattern_matches_only_json_objects(line):
    assert not compiled("{ $.event NOT EXISTS }")(line)


@pytest.mark.parametrize("pattern", [
    "{ $.a = }", "{ $.a == 1 }", "{ a = 1 }", "{ $.a = 1", "{ ($.a = 1 }", "{ $.a = 1 ) }", "{ $.a > x }",
    "{ $.a IS x }", "{ $.a = 1 && }", "{ $.a NOT 1 }", "{ }", "[a, b]"])
def test_a_wrong_pattern(pattern):
    with pytest.raises(PatternError):
        compiled(pattern)


@pytest.fixture
def logs(aws, monkeypatch):
    monkeypatch.setattr(logs_metrics, "_minutes", {})
    aws("logs").create_log_group(logGroupName="/g")
    aws("logs").create_log_stream(logGroupName="/g", logStreamName="s")
    return aws("logs")


def watch(logs, pattern, name="M", value="1", **members):
    logs.put_metric_filter(logGroupName="/g", filterName=f"f-{name}", filterPattern=pattern, metricTransformations=[
        {"metricName": name, "metricNamespace": "N", "metricValue": value} | members])


def write(logs, *lines, at=1_800_000_000_000):
    logs.put_log_events(logGroupName="/g", logStreamName="s", logEvents=[
        {"timestamp": at, "message": line if isinstance(line, str) else json.dumps(line)} for line in lines])


def points(name="M", dimensions=""):
    return [(p["Timestamp"], p["Value"], p["Unit"]) for p in cloudwatch._metrics.get(("N", name, dimensions)) or []]


@covers("logs_metrics.count_matches")
def test_each_match_puts_a_point(logs):
    watch(logs, '{ $.event = "beat" }')
    watch(logs, "ERROR", "Errors", unit="Count")
    write(logs, {"event": "beat"}, {"event": "other"}, "an ERROR", {"event": "beat"})
    assert points() == [(1_800_000_000.0, 1.0, "None")] * 2
    assert points("Errors") == [(1_800_000_000.0, 1.0, "Count")]


@covers("logs_metrics.count_matches")
def test_the_value_and_dimensions_come_from_the_line(logs):
    watch(logs, "{ $.wait = * }", value="$.wait", unit="Seconds", dimensions={"Bot": "$.bot", "Shard": "$.shard"})
    write(logs, {"wait": 1.5, "bot": "b", "shard": 0}, {"wait": "2.5", "bot": "b", "shard": 0},
          {"wait": "long", "bot": "b", "shard": 0}, {"wait": 3, "bot": "b"})
    assert points(dimensions=cloudwatch._dims_key({"Bot": "b", "Shard": "0"})) == [
        (1_800_000_000.0, 1.5, "Seconds"), (1_800_000_000.0, 2.5, "Seconds")]
    assert [key for key in cloudwatch._metrics if key[0] == "N"] == [("N", "M", "Bot=b|Shard=0")]


@covers("logs_metrics.count_matches")
def test_the_default_stands_for_a_minute_without_a_match(logs):
    watch(logs, "ERROR", defaultValue=0)
    for minute, lines in enumerate([("a", "b"), ("ERROR", "a"), ("a", "ERROR", "ERROR")]):
        write(logs, *lines, at=1_800_000_000_000 + 60_000 * minute)
    assert points() == [(1_800_000_000.0, 0.0, "None"), (1_800_000_060.0, 1.0, "None"),
                        (1_800_000_120.0, 1.0, "None"), (1_800_000_120.0, 1.0, "None")]


@covers("logs_metrics.count_matches")
def test_what_is_not_watched_puts_nothing(logs):
    watch(logs, "ERROR")
    write(logs, "a")
    logs.delete_metric_filter(logGroupName="/g", filterName="f-M")
    write(logs, "ERROR")
    assert points() == []


def test_a_filter_is_answered_as_it_was_put(logs):
    given = {"metricName": "M", "metricNamespace": "N", "metricValue": "$.v", "unit": "Count", "dimensions": {"A": "$.a"}}
    logs.put_metric_filter(logGroupName="/g", filterName="f", filterPattern="{ $.v = * }", metricTransformations=[given])
    shown, = logs.describe_metric_filters(logGroupName="/g", filterNamePrefix="f")["metricFilters"]
    assert (shown["metricTransformations"], shown["filterPattern"]) == ([given], "{ $.v = * }")


@covers("logs_metrics.refuse_wrong_patterns")
def test_a_wrong_pattern_is_refused(logs):
    with pytest.raises(ClientError, match="InvalidParameterException.*no closing brace"):
        watch(logs, "{ $.a = 1")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.filter_log_events(logGroupName="/g", filterPattern="{ a }")
    assert logs.describe_metric_filters(logGroupName="/g")["metricFilters"] == []


@covers("logs_metrics.match_patterns")
def test_events_are_found_by_pattern(logs):
    write(logs, {"event": "beat"}, {"event": "other"}, "an ERROR")
    found = logs.filter_log_events(logGroupName="/g", filterPattern='{ $.event = "beat" }')["events"]
    assert [event["message"] for event in found] == ['{"event": "beat"}']
    assert logs.filter_log_events(logGroupName="/g", filterPattern="error")["events"] == []


@covers("logs_metrics.match_subscriptions")
@pytest.mark.parametrize("pattern, matches", [
    ("", True), ('{ $.a = "x" }', True), ('{ $.a = "y" }', False), ("-x", False)])
def test_subscriptions_match_by_the_same_syntax(pattern, matches):
    assert cloudwatch_logs._subscription_pattern_matches(pattern, '{"a": "x"}') is matches
