"""CloudWatch: alarms are evaluated by their own metric, with missing data, all the time."""

import math
import time

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from corrections import at_start, corrects, loops

EVALUATE_SECONDS = 5
_BREACHES = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


@corrects("cloudwatch:_evaluate_alarm")
def evaluate(original, alarm, now=None):
    """M of the last N periods of the alarm's own metric breach, or are missing and count so (alarm-evaluation).

    ministack: takes all metrics of the name together and knows no missing data.
    """
    if not alarm.get("MetricName"):
        return  # metric math is kept, not computed
    now = now or time.time()
    periods = windows(alarm, now)
    if too_few(alarm, periods[-1]):
        return
    found = _statistics(alarm, periods)
    if not any(value is not None for value in found) and now < alarm["AlarmConfigurationUpdatedTimestamp"] + 60:
        return  # CloudWatch looks first about a minute after an alarm is made
    state, reason = judge(alarm, found)
    old = alarm["StateValue"]
    if state is None or state == old:
        return
    alarm |= {"StateValue": state, "StateReason": reason, "StateUpdatedTimestamp": int(time.time())}
    cloudwatch._record_history(alarm["AlarmName"], old, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def windows(alarm, now):
    """The datapoints of each of the last N periods, oldest first. They slide on with each minute, whatever their length
    (alarm-evaluation-window, "SlidingWindow").
    """
    period, count = alarm.get("Period") or 60, alarm["EvaluationPeriods"]
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
    points = cloudwatch._metrics.get((alarm["Namespace"], alarm["MetricName"], dimensions)) or []
    end = math.floor(now / 60) * 60 if period >= 60 else math.floor(now / period) * period
    return [[p for p in points if start <= p["Timestamp"] < start + period]
            for start in range(end - period * count, end, period)]


def values(alarm, now):
    """The statistic of each of the last N whole periods, oldest first; None where there was no data."""
    return _statistics(alarm, windows(alarm, now))


def _statistics(alarm, periods):
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")
    return [cloudwatch._stat_value(cloudwatch._calc_stats(inside), statistic, inside) if inside else None
            for inside in periods]


def too_few(alarm, points):
    """Whether a percentile of so few values says nothing, and the alarm is to keep its state then (percentiles-with-
    low-samples): of fewer than 10/(1-p), or 10/p below the median.
    """
    if alarm.get("EvaluateLowSampleCountPercentile") != "ignore" or not points:
        return False
    share = float(alarm["ExtendedStatistic"][1:]) / 100
    needed = 10 / (1 - share if share >= 0.5 else share)
    # The share is no exact binary number: 10/(1-0.9) is a little more than 100.
    return cloudwatch._calc_stats(points)["SampleCount"] < round(needed, 6)


def judge(alarm, found):
    """(new state, reason) by the values of the last periods; (None, "") keeps the state."""
    missing = alarm.get("TreatMissingData") or "missing"
    present = [value for value in found if value is not None]
    if not present:
        state = {"missing": "INSUFFICIENT_DATA", "breaching": "ALARM", "notBreaching": "OK"}.get(missing)
        return state, f"no datapoints were received for {len(found)} periods, treated as [{missing}]"
    breaches = _BREACHES.get(alarm["ComparisonOperator"])
    if breaches is None:
        return None, ""  # anomaly detection is not emulated
    bad = [value for value in present if breaches(value, alarm["Threshold"])]
    number = len(bad) + (len(found) - len(present) if missing == "breaching" else 0)
    needed = alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"]
    unknown = len(found) - len(present) if missing in ("missing", "ignore") else 0
    if missing == "missing":
        needed = min(needed, len(present))
    elif number < needed <= number + unknown:
        return None, ""  # "ignore", and the missing ones would decide
    state = "ALARM" if number >= needed else "OK"
    return state, (f"Threshold Crossed: {number} out of the last {len(found)} datapoints {bad or present} was "
                   f"{'' if state == 'ALARM' else 'not '}{alarm['ComparisonOperator']} ({alarm['Threshold']})")


def evaluate_all():
    """Evaluate every alarm of every region; one that fails does not keep the others from it."""
    for (account, region, name), alarm in cloudwatch._alarms.all_items():
        with request_scope(account, region):
            loops.attempt(cloudwatch._evaluate_alarm, f"alarm {name}", alarm)


@at_start
def evaluate_alarms():
    """Alarms are evaluated all the time, so that missing data counts (alarm-evaluation).

    ministack: when somebody puts data.
    """
    loops.repeat(evaluate_all, lambda: EVALUATE_SECONDS, "alarms")
