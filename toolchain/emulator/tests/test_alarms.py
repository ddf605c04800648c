"""How alarms are evaluated."""

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
