"""ECS: the service scheduler.

ministack starts and stops a service's tasks from many threads at once, knows no
health and no deregistration, and counts a first deployment as completed before
it began. Here one thread looks at every service after each change and four
times a second, and does what AWS's documentation says of rolling updates
(deployment-type-ecs, service_definition_parameters, deployment-circuit-breaker).
"""

import time

from ministack.core.responses import request_scope
from ministack.services import ecs

from corrections import (
    at_start,
    corrects,
    ecs_breaker,
    ecs_events,
    ecs_health,
    ecs_stop,
    ecs_targets,
    elb_targets,
    loops,
)
from corrections.ecs_launch import event, may_start, start

LOOK_SECONDS = 0.25
PAUSE_SECONDS = 0.05
# A container without a health check that ends at once is not taken for a running one.
STEADY_SECONDS = 1.0
BY_SCHEDULER = "ServiceSchedulerInitiated"


def look_at(cluster, service):
    """One look: account for what stopped, stop what is unwell, then move towards what is wanted."""
    tasks = _tasks(service)
    live = [task for task in tasks if task["lastStatus"] != "STOPPED"]
    if service["status"] == "DRAINING" and not live:
        service["status"] = "INACTIVE"
    if service["status"] != "ACTIVE":
        return
    for task in tasks:
        if task["lastStatus"] == "STOPPED":
            elb_targets.drain(task)  # one that a restart of the emulator ended is still registered
            if not task.get("_accounted"):
                task["_accounted"] = True
                ecs_breaker.account_for(service, task)
    wanted = [task for task in live if task["desiredStatus"] == "RUNNING"]
    for task in wanted:
        _stop_if_unwell(service, task)
    wanted = [task for task in wanted if task["desiredStatus"] == "RUNNING"]
    ecs_targets.register_running(service, wanted)
    primary = ecs._primary_deployment(service)
    if primary and primary["rolloutState"] != "FAILED":
        _move(cluster, service, primary, wanted, live)
    ecs._refresh_service_state(cluster, f"service:{service['serviceName']}")


def _tasks(service):
    group = f"service:{service['serviceName']}"
    return [task for task in ecs._tasks.values()
            if task.get("group") == group and task["clusterArn"] == service["clusterArn"]]


def _stop_if_unwell(service, task):
    """A task that fails its health check is stopped and replaced (service-event-messages-list)."""
    if task.get("healthStatus") == "UNHEALTHY":
        why = "failed container health checks"
    elif group := ecs_targets.failed(service, task):
        why = f"failed ELB health checks in (target-group {group})"
    else:
        return
    task["_unwell"] = True
    event(service, f"(task {_short(task)}) {why}.")
    ecs_stop.stop(task, f"Task {why}", BY_SCHEDULER)


def well(service, task):
    """Whether a task counts as healthy: running, its checks hold, its targets are in the rotation."""
    if task["lastStatus"] != "RUNNING" or not ecs_targets.in_rotation(service, task):
        return False
    if any(ecs_health.checks(task)):
        return task["healthStatus"] == "HEALTHY"
    return time.monotonic() - task.get("_running_since", 0) >= STEADY_SECONDS


def _move(cluster, service, primary, wanted, live):
    desired = service["desiredCount"]
    current = [task for task in wanted if ecs._deployment_for_task(service, task) is primary]
    stale = [task for task in wanted if task not in current]
    _stop_surplus(service, current, desired)
    room = _limit(service, "maximumPercent", 200, desired) - len(live)
    missing = max(0, desired - len(current))
    _stop_stale(service, current, stale, missing - max(0, room))
    if missing and room > 0 and may_start(service):
        start(cluster, service, primary, min(missing, room), bool(current))
    if len(live) == desired and all(well(service, task) for task in current) and len(current) == desired:
        _settle(service, primary)


def _limit(service, name, default, desired):
    """A percentage of the wanted tasks: the maximum is rounded down, the minimum up, and neither blocks one task."""
    percent = int((service.get("deploymentConfiguration") or {}).get(name, default))
    return -(-desired * percent // 100) if name.startswith("minimum") else max(1, desired * percent // 100)


def _stop_surplus(service, current, desired):
    """Scaling in: tasks that do not run yet go first, then the newest."""
    order = sorted(current, key=lambda task: task["createdAt"], reverse=True)
    order.sort(key=lambda task: task["lastStatus"] == "RUNNING")
    for task in order[:max(0, len(current) - desired)]:
        _stop(service, task)


def _stop_stale(service, current, stale, room_needed):
    """Old tasks make room, or go once new ones are healthy; minimumHealthyPercent of all stay."""
    ready = sum(well(service, task) for task in current)
    keep = _limit(service, "minimumHealthyPercent", 100, service["desiredCount"])
    spare = ready + sum(well(service, task) for task in stale) - keep
    to_stop = max(room_needed, len(stale) - (service["desiredCount"] - ready))
    for task in sorted(stale, key=lambda task: well(service, task))[:max(0, to_stop)]:
        if well(service, task):
            if spare <= 0:
                return
            spare -= 1
        _stop(service, task)


def _stop(service, task):
    event(service, f"has stopped 1 running tasks: (task {_short(task)}).")
    deployment = task.get("_deployment_id", "")
    ecs_stop.stop(task, f"Scaling activity initiated by (deployment {deployment})", BY_SCHEDULER)


def _settle(service, primary):
    service["_failures_in_a_row"] = 0
    if primary["rolloutState"] == "IN_PROGRESS":
        primary |= {"rolloutState": "COMPLETED", "updatedAt": ecs._iso(), "failedTasks": 0,
                    "rolloutStateReason": f"ECS deployment {primary['id']} completed."}
        service["deployments"] = [primary]
        event(service, f"(deployment {primary['id']}) deployment completed.")
    if not service["events"] or not service["events"][0]["message"].endswith("has reached a steady state."):
        event(service, "has reached a steady state.")


def _short(task):
    return task["taskArn"].rsplit("/", 1)[-1]


@corrects("ecs:_reconcile_service_tasks")
def look_soon(original, cluster, service_key):
    """A change of a service is answered at once and acted on by the scheduler (deployment-type-ecs).

    ministack: acts inside the request, in as many threads as there are requests.
    """
    loops.changed.set()


@corrects("ecs:_schedule_service_deployment_completion", "ecs:_complete_service_deployment",
          "ecs:_record_service_task_failure", "ecs:_sync_service_targets", "ecs:_start_restored_service_reconciler")
def not_here(original, *_, **__):
    """One scheduler decides on a rollout (deployment-type-ecs).

    ministack: these functions do, from many threads; here they do nothing.
    """


def look_at_all():
    """Wait for a change, a moment at most, look at every service and tell what changed."""
    loops.changed.wait(LOOK_SECONDS)
    loops.changed.clear()
    for (account, region, key), service in ecs._services.all_items():
        with request_scope(account, region):
            loops.attempt(look_at, f"looking at service {key}", key.split("/", 1)[0], service)
    ecs_events.tell()
    time.sleep(PAUSE_SECONDS)  # what changes together is looked at together


@at_start
def schedule():
    """The scheduler keeps to minimumHealthyPercent, maximumPercent, health and circuit breaker, and tells
    events (deployment-type-ecs, deployment-circuit-breaker).

    ministack: knows no health, no drained connections and few events.
    """
    loops.repeat(look_at_all, lambda: 0, "ecs-scheduler")
