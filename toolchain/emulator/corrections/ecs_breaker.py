"""ECS: the deployment circuit breaker (deployment-circuit-breaker)."""

import time

from ministack.services import ecs

from corrections import ecs_events
from corrections.ecs_launch import event

OWN_FAULT = ("EssentialContainerExited", "TaskFailedToStart")


def account_for(service, task):
    """Count a task that ended by its own fault, and trip the breaker at its threshold."""
    if task["stopCode"] not in OWN_FAULT and not task.get("_unwell"):
        return
    service["_failed_at"] = time.monotonic()
    if task["stopCode"] == "TaskFailedToStart":
        service["_failures_in_a_row"] = service.get("_failures_in_a_row", 0) + 1
    primary = ecs._primary_deployment(service)
    if not primary or primary["rolloutState"] != "IN_PROGRESS" or \
            ecs._deployment_for_task(service, task) is not primary:
        return
    primary["failedTasks"] = primary.get("failedTasks", 0) + 1
    breaker = (service.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}
    if breaker.get("enable") and primary["failedTasks"] >= ecs._circuit_breaker_threshold(service):
        _fail(service, primary)
        if breaker.get("rollback"):
            _roll_back(service, primary)


def _fail(service, primary):
    primary |= {"rolloutState": "FAILED", "updatedAt": ecs._iso(), "desiredCount": 0,
                "rolloutStateReason": "ECS deployment circuit breaker: tasks failed to start."}
    event(service, f"(deployment {primary['id']}) deployment failed: tasks failed to start.")
    ecs_events.tell_deployment(service, primary)  # now: a rollback may have ended before the next look


def _roll_back(service, failed):
    """Make the last completed deployment the primary one again; without one the failed one stays, and nothing runs."""
    last = next((d for d in service["deployments"] if d is not failed and d["rolloutState"] == "COMPLETED"), None)
    if last is None:
        return
    failed["status"] = "ACTIVE"
    last |= {"status": "PRIMARY", "rolloutState": "IN_PROGRESS", "updatedAt": ecs._iso(), "failedTasks": 0,
             "desiredCount": service["desiredCount"],
             "rolloutStateReason": f"ECS deployment circuit breaker: rolling back to deploymentId {last['id']}."}
    service["deployments"] = [last] + [d for d in service["deployments"] if d is not last]
    service["taskDefinition"] = last["taskDefinition"]
    event(service, f"rolling back to deployment {last['id']}.")
