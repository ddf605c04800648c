"""ECS: a service registers its tasks with the load balancer (service-load-balancing)."""

import time

from ministack.services import alb, ecs

from corrections import ecs_hosts, elb_targets
from corrections.ecs_launch import event


def register_running(service, tasks):
    """Register each running task with the target groups that the service names."""
    for task in tasks:
        if task["lastStatus"] == "RUNNING" and "_targets" not in task:
            task["_targets"] = [t for t in (_target(entry, task) for entry in service.get("loadBalancers") or []) if t]
            for group_arn, target_id, port in task["_targets"]:
                elb_targets.register(group_arn, target_id, port)
                event(service, f"registered 1 targets in (target-group {group_arn})")


def _target(entry, task):
    """(group, id, port) of a task in one target group: its host and host port, or its own address."""
    group = alb._tgs.get(entry.get("targetGroupArn"))
    if not group:
        return None
    if group.get("TargetType", "instance") == "ip":
        return entry["targetGroupArn"], ecs._task_ip(task), int(entry["containerPort"])
    for container in task["containers"]:
        if container["name"] == entry.get("containerName"):
            for binding in container.get("networkBindings") or []:
                if binding["containerPort"] == int(entry["containerPort"]):
                    return entry["targetGroupArn"], ecs_hosts.instance_of(task), binding["hostPort"]
    return None


def in_rotation(service, task):
    """Whether every target of a task passed its health check; a group that no listener uses does not count."""
    return all(_state(target) in ("healthy", "unavailable") for target in task.get("_targets") or [] if _used(target))


def failed(service, task):
    """The target group that found the task unhealthy once its grace period is over, or None."""
    grace = service.get("healthCheckGracePeriodSeconds") or 0
    if time.monotonic() - task.get("_running_since", 0) < grace:
        return None
    return next((t[0] for t in task.get("_targets") or [] if _used(t) and _state(t) == "unhealthy"), None)


def _used(target):
    return bool((alb._tgs.get(target[0]) or {}).get("LoadBalancerArns"))


def _state(target):
    group_arn, target_id, port = target
    return elb_targets.known(group_arn, {"Id": target_id, "Port": port}).state
