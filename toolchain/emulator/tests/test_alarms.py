"""How alarms are evaluated, and found."""

import pytest
from alarm import ALARM, put, query
from conftest import covers
from ministack.services import cloudwatch

from corrections import alarms


def alarm(**members):
    return {"EvaluationPeriods": 3, "Threshold": 10, "ComparisonOperator": "GreaterThanThreshold"} | members


@covers("alarms.evaluate")
@pytest.mark.parametrize("missing, values, state", [
    ("missing", [None, None, None], "INSUFFICIENT_DATA"),
    ("notBreaching", [None, None, None], "OK"),
    ("breaching", [None, None, None], "ALARM"),
    ("ignore", [None, None, None], None),
    ("missing", [None, None, 11], "ALARM"),  # the table in "Configuring how alarms treat missing data"
    ("ignore", [None, None, 11], None),
    ("breaching", [None, None, 11], "ALARM"),
    ("notBreaching", [None, None, 11], "OK"),
    ("breaching", [None, None, 9], "OK"),
    ("missing", [11, 11, 11], "ALARM"),
    ("missing", [11, 9, 11], "OK"),
])
def test_missing_data(missing, values, state):
    assert alarms.judge(alarm(TreatMissingData=missing), values)[0] == state


@covers("alarms.evaluate")
def test_m_out_of_n():
    assert alarms.judge(alarm(DatapointsToAlarm=2), [11, 9, 11])[0] == "ALARM"
    assert alarms.judge(alarm(DatapointsToAlarm=2), [9, 9, 11])[0] == "OK"


@covers("alarms.evaluate")
def test_an_alarm_sees_its_own_service_only():
    query(Action="PutMetricAlarm", **ALARM)
    now = 1_800_000_000.0
    for minute in range(1, 6):
        put("other", now - 60 * minute)
    few = cloudwatch._alarms["few"] | {"AlarmConfigurationUpdatedTimestamp": 0}
    cloudwatch._evaluate_alarm(few, now)
    assert few["StateValue"] == "ALARM", "its own metric is missing"
    for minute in range(1, 6):
        put("bot", now - 60 * minute)
    cloudwatch._evaluate_alarm(few, now)
    assert few["StateValue"] == "OK"
    assert alarms.values(few, now) == [1.0] * 5


@covers("alarms.evaluate")
def test_a_new_alarm_is_not_judged_by_the_time_before_it():
    query(Action="PutMetricAlarm", **ALARM)
    few = cloudwatch._alarms["few"]
    cloudwatch._evaluate_alarm(few, few["AlarmConfigurationUpdatedTimestamp"] + 59)
    assert few["StateValue"] == "INSUFFICIENT_DATA"
    cloudwatch._evaluate_alarm(few, few["AlarmConfigurationUpdatedTimestamp"] + 60)
    assert few["StateValue"] == "ALARM"


@covers("alarms.evaluate")
def test_a_change_of_state_runs_the_actions(monkeypatch):
    told = []
    monkeypatch.setattr(cloudwatch, "_dispatch_alarm_actions", lambda *given: told.append(given[1:3]))
    query(Action="PutMetricAlarm", **ALARM)
    few = cloudwatch._alarms["few"] | {"AlarmConfigurationUpdatedTimestamp": 0}
    cloudwatch._evaluate_alarm(few, 1_800_000_000.0)
    cloudwatch._evaluate_alarm(few, 1_800_000_000.0)
    assert told == [("INSUFFICIENT_DATA", "ALARM")]


PERCENTILE = {name: value for name, value in ALARM.items() if name != "Statistic"} | {
    "AlarmName": "slow", "ExtendedStatistic": "p95", "EvaluationPeriods": "1", "DatapointsToAlarm": "1",
    "Threshold": "95.5", "ComparisonOperator": "GreaterThanThreshold"}
NOW = 1_800_000_000.0


def slow(**members):
    """The alarm "slow", made long ago."""
    query(Action="PutMetricAlarm", **PERCENTILE | members)
    return cloudwatch._alarms["slow"] | {"AlarmConfigurationUpdatedTimestamp": 0}


@covers("alarms.evaluate")
@pytest.mark.parametrize("percentile, expected", [("p50", 50.5), ("p90", 90.1), ("p95", 95.05), ("p99", 99.01),
                                                  ("p99.9", 99.901), ("p0", 1.0), ("p100", 100.0)])
def test_a_percentile_is_interpolated_over_all_values_of_the_period(percentile, expected):
    for value in range(100, 0, -1):
        put("bot", NOW - 30, value)
    alarm = slow(ExtendedStatistic=percentile)
    assert alarms.values(alarm, NOW) == [pytest.approx(expected)]


@covers("alarms.evaluate")
def test_an_alarm_on_a_percentile_changes_its_state():
    for value in range(1, 101):
        put("bot", NOW - 30, value)
        put("bot", NOW + 30, value + 1)
    alarm = slow()
    cloudwatch._evaluate_alarm(alarm, NOW)
    assert alarm["StateValue"] == "OK", "p95 is 95.05"
    cloudwatch._evaluate_alarm(alarm, NOW + 60)
    assert alarm["StateValue"] == "ALARM", "p95 is 96.05"


@covers("alarms.evaluate")
@pytest.mark.parametrize("number, state", [(199, "INSUFFICIENT_DATA"), (200, "ALARM")])
def test_few_values_change_nothing_where_the_alarm_says_so(number, state):
    for _ in range(number):
        put("bot", NOW - 30, 99.0)
    alarm = slow(EvaluateLowSampleCountPercentile="ignore")
    cloudwatch._evaluate_alarm(alarm, NOW)
    assert alarm["StateValue"] == state


@covers("alarms.evaluate")
@pytest.mark.parametrize("percentile, needed", [("p99", 1000), ("p90", 100), ("p50", 20), ("p10", 100)])
def test_how_many_values_are_enough(percentile, needed):
    alarm = {"EvaluateLowSampleCountPercentile": "ignore", "ExtendedStatistic": percentile}
    assert alarms.too_few(alarm, [{"Value": 1.0}] * (needed - 1))
    assert not alarms.too_few(alarm, [{"Value": 1.0}] * needed)
    assert not alarms.too_few({"ExtendedStatistic": percentile}, [{"Value": 1.0}])
    assert not alarms.too_few(alarm, []), "missing data has its own rules"


@pytest.fixture
def four(aws):
    """Alarms in two states under two prefixes, and a composite alarm for each prefix."""
    for name in ("a-cold", "a-hot", "b-hot"):
        query(Action="PutMetricAlarm", **ALARM | {"AlarmName": name})
    for name in ("a-any", "b-any"):
        aws("cloudwatch").put_composite_alarm(AlarmName=name, AlarmRule='ALARM("a-hot") OR ALARM("b-hot")')
    for name in ("a-hot", "b-hot"):
        aws("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="said so")


FOUND = [({"AlarmNamePrefix": "a-", "StateValue": "ALARM"}, ["a-hot"], []),
         ({"AlarmNamePrefix": "a-"}, ["a-cold", "a-hot"], []),
         ({"StateValue": "ALARM"}, ["a-hot", "b-hot"], []),
         ({"AlarmTypes": ["CompositeAlarm"], "AlarmNamePrefix": "a-", "StateValue": "ALARM"}, [], ["a-any"]),
         ({"AlarmTypes": ["CompositeAlarm", "MetricAlarm"], "StateValue": "ALARM"}, ["a-hot", "b-hot"],
          ["a-any", "b-any"]),
         ({"AlarmTypes": ["CompositeAlarm"], "StateValue": "OK"}, [], [])]


@covers("cloudwatch.answer_all_members")
@pytest.mark.parametrize("asked, metric, composite", FOUND)
def test_alarms_are_found_by_prefix_state_and_kind(four, aws, asked, metric, composite):
    listed = {f"AlarmTypes.member.{place}": kind for place, kind in enumerate(asked.get("AlarmTypes", ()), 1)}
    plain = {name: value for name, value in asked.items() if name != "AlarmTypes"}
    for answer in (aws("cloudwatch").describe_alarms(**asked), query(Action="DescribeAlarms", **plain | listed)):
        assert [alarm["AlarmName"] for alarm in answer["MetricAlarms"]] == metric
        assert [alarm["AlarmName"] for alarm in answer["CompositeAlarms"]] == composite
        assert all(alarm["AlarmRule"] for alarm in answer["CompositeAlarms"])


@covers("alarms.evaluate")
def test_a_period_of_minutes_slides_with_each_minute():
    few = {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Statistic": "SampleCount", "Period": 300,
           "EvaluationPeriods": 2,
           "Dimensions": [{"Name": "ClusterName", "Value": "c"}, {"Name": "ServiceName", "Value": "bot"}]}
    hour = 1_800_000_000.0
    for second in (61, 62, 425):
        put("bot", hour + second)
    assert alarms.values(few, hour + 119) == [None, None], "the minute is not over"
    assert alarms.values(few, hour + 120) == [None, 2.0], "not at the end of a five minutes of the clock"
    assert alarms.values(few, hour + 360) == [None, 2.0]
    assert alarms.values(few, hour + 420) == [2.0, None]
    assert alarms.values(few, hour + 480) == [2.0, 1.0]
