"""CloudWatch: what ECS publishes of its services and clusters (available-metrics)."""

import collections
import os

from ministack.core.responses import request_scope
from ministack.services import cloudwatch, ecs

from corrections import instances


def publish(usage):
    """One datapoint for each running task of a service; usage is metrics_usage.Usage by container id."""
    for (account, region, _), task in ecs._tasks.all_items():
        counts = task["lastStatus"] == "RUNNING" and (task.get("group") or "").startswith("service:")
        if counts and not instances.silent(task):
            with request_scope(account, region):
                _publish_task(task, usage)


def _publish_task(task, usage):
    cluster, service = task["clusterArn"].rsplit("/", 1)[-1], task["group"].split(":", 1)[1]
    definition = ecs._task_defs.get(ecs._resolve_td_key(task["taskDefinitionArn"])) or {}
    used = [usage[container] for container in task.get("_docker_ids") or [] if container in usage]
    if not used:
        return
    units, mib = reserved(definition)
    cpu = 100 * sum(one.cores for one in used) * 1024 / units
    memory = 100 * sum(one.memory for one in used) / 2**20 / mib
    for dimensions in ({"ClusterName": cluster, "ServiceName": service}, {"ClusterName": cluster}):
        cloudwatch.record_metric("AWS/ECS", "CPUUtilization", cpu, "Percent", dimensions)
        cloudwatch.record_metric("AWS/ECS", "MemoryUtilization", memory, "Percent", dimensions)


def reserved(definition):
    """CPU units and MiB that a task reserves: its own or its containers', else all of the host."""
    totals = collections.Counter()
    for container in definition.get("containerDefinitions") or []:
        totals["cpu"] += int(container.get("cpu") or 0)
        totals["memory"] += int(container.get("memoryReservation") or container.get("memory") or 0)
    host_memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return (int(definition.get("cpu") or 0) or totals["cpu"] or 1024 * (os.cpu_count() or 1),
            int(definition.get("memory") or 0) or totals["memory"] or host_memory)
