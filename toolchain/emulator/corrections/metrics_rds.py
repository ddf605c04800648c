"""CloudWatch: what RDS publishes of its database instances (rds-metrics)."""

import logging
import threading
import time

from ministack.core.responses import request_scope
from ministack.services import cloudwatch, rds

from corrections import at_start, loops, metrics, metrics_postgres, metrics_usage

logger = logging.getLogger("metrics")

# What the engine and the database together may take: within the minute, and before the next look.
LOOK_SECONDS = 10
GIB = 2**30
# GiB of memory: of each size of a burstable class, and of the size "large" of the others, by the class's first letter
# (Concepts.DBInstanceClass.Summary).
_BURSTABLE = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
_LARGE = {"m": 8, "r": 16}

# ARN → (operations, seconds) of reads and of writes at the last look.
_disk_before: dict[str, dict[str, tuple[int, float]]] = {}
# ARN → the look that has not come back.
_looking: dict[str, threading.Thread] = {}


def publish():
    """One datapoint of each metric for each available Postgres instance that answers in time."""
    looks = {}
    for (account, region, _), instance in rds._instances.all_items():
        arn = instance["DBInstanceArn"]
        if _can_answer(instance) and not (arn in _looking and _looking[arn].is_alive()):
            found = []
            _looking[arn] = threading.Thread(target=_look, args=(instance, found), daemon=True, name=f"look at {arn}")
            looks[arn] = (account, region), instance, found
            _looking[arn].start()
    deadline = time.monotonic() + LOOK_SECONDS
    for arn, (scope, instance, found) in looks.items():
        _looking[arn].join(max(0.0, deadline - time.monotonic()))
        with request_scope(*scope):
            for metric in figures(instance, *found[0]) if found else ():
                cloudwatch.record_metric("AWS/RDS", *metric, {"DBInstanceIdentifier": instance["DBInstanceIdentifier"]})
    _forget_gone()


def _can_answer(instance):
    return bool(instance.get("_docker_container_id")) and instance["DBInstanceStatus"] == "available" and \
        rds._is_postgres_engine(instance["Engine"])


def _look(instance, found):
    try:
        usage, facts = metrics_usage.look(instance["_docker_container_id"]), metrics_postgres.ask(instance)
    except Exception as error:  # the database is down, or slower than the limit: no datapoints, as of AWS
        logger.info("no metrics of %s in this minute: %s", instance["DBInstanceIdentifier"], error)
        return
    if usage:
        found.append((usage, facts))


def figures(instance, usage, facts):
    """(name, value, unit) of everything that is known: metrics_usage.Usage, metrics_postgres.Facts."""
    found = [("CPUUtilization", metrics_usage.percent_of_host(usage.cores), "Percent"),
             ("FreeStorageSpace", max(0, int(instance["AllocatedStorage"]) * GIB - facts.size), "Bytes"),
             ("DatabaseConnections", facts.connections, "Count"),
             ("MaximumUsedTransactionIDs", facts.used_transaction_ids, "Count")]
    memory = memory_of(instance["DBInstanceClass"])
    if memory:
        found.append(("FreeableMemory", max(0, memory - usage.resident), "Bytes"))
    before = _disk_before.get(instance["DBInstanceArn"]) or {}
    now = {"ReadLatency": facts.reads, "WriteLatency": facts.writes}
    _disk_before[instance["DBInstanceArn"]] = now
    found += [(name, latency(before[name], now[name]), "Seconds") for name in now if before.get(name) and now[name]]
    return found


def latency(before, now):
    """Seconds that an operation took on average between two looks; 0 if there was none, or the counts began anew."""
    operations, seconds = now[0] - before[0], now[1] - before[1]
    return seconds / operations if operations > 0 and seconds >= 0 else 0.0


def memory_of(instance_class):
    """Bytes of memory of an instance class ("db.t4g.micro"); None of one that the table does not have."""
    family, size = instance_class.split(".")[1:3]
    if family.startswith("t"):
        return GIB * _BURSTABLE[size] if size in _BURSTABLE else None
    times = 1 if size == "large" else 2 * int(size.removesuffix("xlarge") or 1) if size.endswith("xlarge") else 0
    return GIB * _LARGE[family[0]] * times if family[0] in _LARGE and times else None


def _forget_gone():
    live = {instance["DBInstanceArn"] for _, instance in rds._instances.all_items()}
    for arn in (set(_disk_before) | set(_looking)) - live:
        _disk_before.pop(arn, None)
        _looking.pop(arn, None)


@at_start
def publish_databases():
    """Each minute RDS publishes CPUUtilization, FreeableMemory, FreeStorageSpace, DatabaseConnections,
    MaximumUsedTransactionIDs and the latencies of its disks, of every instance (rds-metrics).

    ministack: nothing.
    """
    loops.repeat(publish, metrics.until_the_next, "metrics-rds")
