"""CloudWatch: the metrics that ECS and EC2 publish by themselves each minute (cloudwatch-metrics, viewing_metrics)."""

import collections
import logging
import os
import time

from ministack.core.responses import request_scope
from ministack.services import autoscaling, cloudwatch, ecs

import engine
from corrections import at_start, hosts, loops

logger = logging.getLogger("metrics")

# In the middle of the minute: a little delay never moves a datapoint into the next period.
SECOND_OF_MINUTE = 30

# Container id → (time, CPU seconds used so far) at the last look.
_cpu_before: dict[str, tuple[float, float]] = {}


def publish():
    """One datapoint for each running task of a service and each instance in service."""
    for (account, region, _), task in ecs._tasks.all_items():
        counts = task["lastStatus"] == "RUNNING" and (task.get("group") or "").startswith("service:")
        if counts and not hosts.silent(task):
            with request_scope(account, region):
                _publish_task(task)
    for (account, region, _), group in autoscaling._asgs.all_items():
        with request_scope(account, region):
            _publish_hosts(group)
    _forget_gone()


def _publish_task(task):
    cluster, service = task["clusterArn"].rsplit("/", 1)[-1], task["group"].split(":", 1)[1]
    definition = ecs._task_defs.get(ecs._resolve_td_key(task["taskDefinitionArn"])) or {}
    used = [_usage(container_id) for container_id in task.get("_docker_ids") or []]
    used = [usage for usage in used if usage]
    if not used:
        return
    cores, bytes_used = map(sum, zip(*used))
    units, mib = reserved(definition)
    for dimensions in ({"ClusterName": cluster, "ServiceName": service}, {"ClusterName": cluster}):
        cloudwatch.record_metric("AWS/ECS", "CPUUtilization", 100 * cores * 1024 / units, "Percent", dimensions)
        cloudwatch.record_metric("AWS/ECS", "MemoryUtilization", 100 * bytes_used / 2**20 / mib, "Percent", dimensions)


def reserved(definition):
    """CPU units and MiB that a task reserves: its own or its containers', else all of the host."""
    totals = collections.Counter()
    for container in definition.get("containerDefinitions") or []:
        totals["cpu"] += int(container.get("cpu") or 0)
        totals["memory"] += int(container.get("memoryReservation") or container.get("memory") or 0)
    host_memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return (int(definition.get("cpu") or 0) or totals["cpu"] or 1024 * (os.cpu_count() or 1),
            int(definition.get("memory") or 0) or totals["memory"] or host_memory)


def _usage(container_id):
    """(cores used since the last look, bytes of memory used) of a container; None if it is gone."""
    try:
        stats = engine.client().api.stats(container_id, stream=False, one_shot=True)
        now, total = time.monotonic(), stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
        before, earlier = _cpu_before.get(container_id, (now - 60, 0.0))
        _cpu_before[container_id] = now, total
        memory = stats["memory_stats"]
        # As `docker stats` and the ECS agent do: page cache that can be dropped is not used memory.
        detail = memory.get("stats") or {}
        cache = detail.get("total_inactive_file", detail.get("inactive_file", 0))
        return max(0.0, total - earlier) / max(1.0, now - before), max(0, memory["usage"] - cache)
    except Exception as error:
        logger.debug("stats of %s: %s", container_id, error)
        return None


def _publish_hosts(group):
    hosts.publish_failed(group)
    names = [{"AutoScalingGroupName": group["AutoScalingGroupName"]}]
    for instance in group["Instances"]:
        if instance["LifecycleState"] == "InService":
            for dimensions in [*names, {"InstanceId": instance["InstanceId"]}]:
                for check in hosts.CHECKS:
                    cloudwatch.record_metric("AWS/EC2", check, 0, "Count", dimensions)


def _forget_gone():
    live = {cid for _, task in ecs._tasks.all_items() for cid in task.get("_docker_ids") or []}
    for container_id in set(_cpu_before) - live:
        _cpu_before.pop(container_id, None)


@at_start
def publish_each_minute():
    """Each minute ECS publishes CPUUtilization and MemoryUtilization of every service and cluster, EC2 the
    status checks of every instance (available-metrics, viewing_metrics_with_cloudwatch).

    ministack: nothing.
    """
    loops.repeat(publish, lambda: (SECOND_OF_MINUTE - time.time()) % 60 or 60, "metrics")
