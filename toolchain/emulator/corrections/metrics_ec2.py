"""CloudWatch: what EC2 publishes of the instances of Auto Scaling groups (viewing_metrics_with_cloudwatch)."""

import time

from ministack.core.responses import request_scope
from ministack.services import autoscaling, cloudwatch

from corrections import hosts, instances, metrics_credits, metrics_usage


def publish(usage):
    """One datapoint for each instance in service; usage is metrics_usage.Usage by container id."""
    for (account, region, _), group in autoscaling._asgs.all_items():
        with request_scope(account, region):
            hosts.publish_failed(group)
            for instance in group["Instances"]:
                if instance["LifecycleState"] == "InService":
                    _publish_instance(group["AutoScalingGroupName"], instance, usage)


def _publish_instance(group_name, instance, usage):
    cores = sum(usage[container].cores for task in instances.tasks_on(instance["InstanceId"])
                for container in task.get("_docker_ids") or [] if container in usage)
    percent = metrics_usage.percent_of_host(cores)
    found = [("CPUUtilization", percent, "Percent"), *((check, 0, "Count") for check in hosts.CHECKS),
             *_credits(instance, percent)]
    for dimensions in ({"AutoScalingGroupName": group_name}, {"InstanceId": instance["InstanceId"]}):
        for name, value, unit in found:
            cloudwatch.record_metric("AWS/EC2", name, value, unit, dimensions)


def _credits(instance, percent):
    """CPU credits since the last minute. They are kept with the instance: a new one starts with all it can have."""
    kind = metrics_credits.type_of(instance)
    if kind not in metrics_credits.EARNED:
        return []
    now = time.time()
    before = instance.get("_credits") or {"balance": metrics_credits.full(kind), "at": now - 60}
    minutes = max(0.0, now - before["at"]) / 60
    spent, balance = metrics_credits.spend(kind, before["balance"], percent, minutes)
    instance["_credits"] = {"balance": balance, "at": now}
    return [("CPUCreditUsage", spent, "Count"), ("CPUCreditBalance", balance, "Count")]
