"""CloudWatch: what follows when an alarm changes its state, besides notifications."""

import datetime

from ministack.services import autoscaling, cloudwatch

from corrections import alarms, autoscaling_policies, corrects, events
from corrections.cloudwatch import nested

_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


@corrects("cloudwatch:_dispatch_alarm_actions")
def tell_and_act(original, alarm, old, new, reason):
    """Each change of an alarm's state is an event (cloudwatch-and-eventbridge), and an alarm's action may be a
    scaling policy (as-scaling-simple-step).

    ministack: notifies SNS topics only.
    """
    original(alarm, old, new, reason)
    _put_event(alarm, old, new, reason)
    if not alarm.get("ActionsEnabled", True):
        return
    for action in alarm.get(_ACTIONS.get(new, "")) or []:
        policy = next((p for p in autoscaling._policies.values() if p["PolicyARN"] == action), None)
        if policy:
            autoscaling_policies.execute(policy, _excess(alarm))


def _excess(alarm):
    """By how much the newest value is over the threshold: it chooses the step of a step scaling policy."""
    found = [value for value in alarms.values(alarm, datetime.datetime.now().timestamp()) if value is not None] \
        if alarm.get("MetricName") else []
    return found[-1] - alarm["Threshold"] if found else 0.0


def _put_event(alarm, old, new, reason):
    now = datetime.datetime.now(datetime.UTC)
    state = {"value": new, "reason": reason, "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}+0000"}
    if alarm.get("StateReasonData"):
        state["reasonData"] = alarm["StateReasonData"]
    previous = alarm.get("_told") or {}
    detail = {"alarmName": alarm["AlarmName"], "state": state, "configuration": _configuration(alarm),
              "previousState": previous if previous.get("value") == old else {"value": old}}
    alarm["_told"] = state
    events.put("aws.cloudwatch", "CloudWatch Alarm State Change", detail, [alarm["AlarmArn"]])


def _configuration(alarm):
    shown = {"description": alarm["AlarmDescription"]} if alarm.get("AlarmDescription") else {}
    if alarm.get("AlarmRule"):
        return shown | {"alarmRule": alarm["AlarmRule"]}
    if not alarm.get("MetricName"):
        return shown
    metric = {"namespace": alarm["Namespace"], "name": alarm["MetricName"],
              "dimensions": cloudwatch._dims_from_list(alarm.get("Dimensions") or [])}
    stat = {"metric": metric, "period": alarm.get("Period") or 60,
            "stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")}
    return shown | {"metrics": [{"id": "m1", "metricStat": stat, "returnData": True}]}


@corrects("cloudwatch:_put_composite_alarm")
def refuse_scaling(original, params, cbor_data, is_cbor, is_json=False):
    """A composite alarm takes no EC2 and no Auto Scaling actions (API_PutCompositeAlarm).

    ministack: takes and ignores them.
    """
    asked = cbor_data if is_cbor or is_json else nested(params)
    for name in _ACTIONS.values():
        for action in asked.get(name) or []:
            if action.split(":")[2:3] in (["autoscaling"], ["automate"]):
                return cloudwatch._error("ValidationError", f"Invalid action for a composite alarm: {action}", 400,
                                         use_json=is_json, use_cbor=is_cbor)
    return original(params, cbor_data, is_cbor, is_json)
