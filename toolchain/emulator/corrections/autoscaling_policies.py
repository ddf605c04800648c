"""EC2 Auto Scaling: scaling policies that scale, and single instances that are given up."""

import math

from ministack.core.concurrency import spawn_background
from ministack.services import autoscaling

from corrections import answers, corrects, hosts, instances


def execute(policy, excess=0.0):
    """Change the group's capacity as the policy says, within its sizes; by steps, as the excess says."""
    group = autoscaling._asgs.get(policy["AutoScalingGroupName"])
    amount = _adjustment(policy, excess)
    if not group or amount is None:
        return
    now = group["DesiredCapacity"]
    kind = policy["AdjustmentType"]
    if kind == "PercentChangeInCapacity":
        change = now * amount / 100
        change = math.floor(change) if change > 1 else 1 if change > 0 else math.ceil(change) if change < -1 else -1
        least = int(policy.get("MinAdjustmentMagnitude") or 0)
        wanted = now + (0 if not amount else math.copysign(max(abs(change), least), amount))
    else:
        wanted = amount if kind == "ExactCapacity" else now + amount
    group["DesiredCapacity"] = int(min(max(wanted, group["MinSize"]), group["MaxSize"]))
    autoscaling._reconcile_instances(group)


def _adjustment(policy, excess):
    if policy["PolicyType"] == "SimpleScaling":
        return policy["ScalingAdjustment"]
    for step in policy.get("StepAdjustments") or []:
        low = step.get("MetricIntervalLowerBound", -math.inf)
        high = step.get("MetricIntervalUpperBound", math.inf)
        # Above the threshold a step holds its lower bound, below it its upper one.
        if (low <= excess < high) if excess >= 0 else (low < excess <= high):
            return int(step["ScalingAdjustment"])
    return None


@corrects("autoscaling:_put_scaling_policy")
def keep_the_policy(original, params):
    """A policy keeps its ARN when it is put again, and has a cooldown only if it was given one (API_PutScalingPolicy).

    ministack: gives it another ARN, which no alarm names, and 300 seconds.
    """
    key = f"{autoscaling._p(params, 'AutoScalingGroupName')}/{autoscaling._p(params, 'PolicyName')}"
    before = autoscaling._policies.get(key)
    if autoscaling._p(params, "AutoScalingGroupName") not in autoscaling._asgs:
        return autoscaling._error("ValidationError", "Group " + autoscaling._p(params, "AutoScalingGroupName")
                                  + " not found")
    status, headers, body = original(params)
    policy = autoscaling._policies.get(key)
    if status != 200 or policy is None:
        return status, headers, body
    if before:
        body = body.replace(policy["PolicyARN"].encode(), before["PolicyARN"].encode())
        policy["PolicyARN"] = before["PolicyARN"]
    if not autoscaling._p(params, "Cooldown"):
        policy.pop("Cooldown", None)
    return status, headers, body


@corrects("autoscaling:_describe_policies")
def describe_the_named(original, params):
    """DescribePolicies answers the policies that it is asked for (API_DescribePolicies).

    ministack: all of the group, so that the provider finds too many.
    """
    names = autoscaling._parse_member_list(params, "PolicyNames")
    kinds = autoscaling._parse_member_list(params, "PolicyTypes")
    group = autoscaling._p(params, "AutoScalingGroupName")
    found = [policy for policy in autoscaling._policies.values()
             if (not group or policy["AutoScalingGroupName"] == group) and (not kinds or policy["PolicyType"] in kinds)
             and (not names or policy["PolicyName"] in names or policy["PolicyARN"] in names)]
    members = autoscaling._member_xml([{"StepAdjustments": [], "Alarms": []} | policy for policy in found])
    return autoscaling._xml(200, "DescribePoliciesResponse",
                            f"<DescribePoliciesResult><ScalingPolicies>{members}</ScalingPolicies></DescribePoliciesResult>")


@answers("autoscaling", "ExecutePolicy")
def execute_policy(params):
    """A policy is executed without an alarm (API_ExecutePolicy).

    ministack: does not know the action.
    """
    name, group = autoscaling._p(params, "PolicyName"), autoscaling._p(params, "AutoScalingGroupName")
    for policy in autoscaling._policies.values():
        if name == policy["PolicyARN"] or (name, group) == (policy["PolicyName"], policy["AutoScalingGroupName"]):
            value, threshold = (float(autoscaling._p(params, key) or 0) for key in ("MetricValue", "BreachThreshold"))
            execute(policy, value - threshold)
            return autoscaling._xml(200, "ExecutePolicyResponse", "")
    return autoscaling._error("ValidationError", f"No policy found with name {name}")


@answers("autoscaling", "TerminateInstanceInAutoScalingGroup")
def terminate_instance(params):
    """An instance ends, and is replaced unless the capacity is decremented (API_TerminateInstanceInAutoScalingGroup).

    ministack: does not know the action.
    """
    found = instances.find(autoscaling._p(params, "InstanceId"))
    if not found:
        return autoscaling._error("ValidationError", f"Instance Id not found - No managed instance found for instance "
                                  f"ID: {autoscaling._p(params, 'InstanceId')}")
    _, group, instance = found
    if autoscaling._p(params, "ShouldDecrementDesiredCapacity") == "true":
        group["DesiredCapacity"] = max(0, group["DesiredCapacity"] - 1)
    spawn_background(hosts.fail, instance["InstanceId"], thread_name="hosts")
    activity = {"ActivityId": autoscaling.new_uuid(), "AutoScalingGroupName": group["AutoScalingGroupName"],
                "Description": f"Terminating EC2 instance: {instance['InstanceId']}", "StatusCode": "InProgress",
                "Cause": "instance was taken out of service in response to a user request.", "Progress": 0,
                "StartTime": autoscaling.now_iso()}
    return autoscaling._xml(200, "TerminateInstanceInAutoScalingGroupResponse",
                            "<TerminateInstanceInAutoScalingGroupResult><Activity>"
                            f"{autoscaling._member_xml(activity)}</Activity></TerminateInstanceInAutoScalingGroupResult>")


@answers("autoscaling", "SetInstanceHealth")
def set_instance_health(params):
    """An instance that is called Unhealthy is terminated and replaced (API_SetInstanceHealth).

    ministack: does not know the action.
    """
    found = instances.find(autoscaling._p(params, "InstanceId"))
    if not found:
        return autoscaling._error("ValidationError", f"Instance Id not found - {autoscaling._p(params, 'InstanceId')}")
    if autoscaling._p(params, "HealthStatus") == "Unhealthy":
        found[2]["HealthStatus"] = "Unhealthy"
        spawn_background(hosts.fail, found[2]["InstanceId"], thread_name="hosts")
    return autoscaling._xml(200, "SetInstanceHealthResponse", "")
