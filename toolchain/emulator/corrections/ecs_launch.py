"""ECS: how the scheduler starts tasks of a service, and what it tells of it."""

import json
import time

from ministack.core.responses import new_uuid
from ministack.services import ecs

RESTART_SECONDS = 0.5
SLOWEST_RESTART_SECONDS = 60.0


def event(service, message):
    """Put a message on the service's event list, newest first, at most 100 (service-event-messages)."""
    service["events"].insert(0, {"id": new_uuid(), "createdAt": ecs._iso(),
                                 "message": f"(service {service['serviceName']}) {message}"})
    del service["events"][100:]


def may_start(service):
    """Tasks that fail to start are tried again ever more slowly, at most once a minute (service-throttle-logic)."""
    failures = service.get("_failures_in_a_row", 0)
    pause = min(2.0 ** (failures - 1), SLOWEST_RESTART_SECONDS) if failures else RESTART_SECONDS
    return time.monotonic() - service.get("_failed_at", -SLOWEST_RESTART_SECONDS) >= pause


def start(cluster, service, primary, count, has_tasks):
    """Start tasks of the service's primary deployment."""
    definition = ecs._task_defs.get(ecs._resolve_td_key(service["taskDefinition"])) or {}
    if ecs._deployment_needs_first_task(primary, definition, service):
        # The first task finds out which digest a tag means, the others wait for it.
        count = 0 if has_tasks else 1
    if not count:
        return
    fargate = service.get("launchType") == "FARGATE"
    _, _, body = ecs._run_task({
        "cluster": cluster, "taskDefinition": service["taskDefinition"], "count": count,
        "group": f"service:{service['serviceName']}", "startedBy": primary["id"],
        "launchType": service.get("launchType"), "capacityProviderStrategy": service.get("capacityProviderStrategy"),
        "platformVersion": service.get("platformVersion", "") if fargate else "",
        "networkConfiguration": service.get("networkConfiguration") or {},
        "enableExecuteCommand": service.get("enableExecuteCommand", False),
        "placementConstraints": service.get("placementConstraints"),
        "placementStrategy": service.get("placementStrategy"),
        "tags": _propagated_tags(service, definition), "_deploymentId": primary["id"],
    })
    answer = json.loads(body)
    started = [task["taskArn"].rsplit("/", 1)[-1] for task in answer.get("tasks") or []]
    if started:
        event(service, f"has started {len(started)} tasks: {' '.join(f'(task {task})' for task in started)}.")
    _tell_unplaced(service, [failure["reason"] for failure in answer.get("failures") or []])


# What a service says where RunTask names a reason (service-event-messages-list).
_IN_WORDS = {"EMPTY CAPACITY PROVIDER": "No Container Instances were found in your capacity provider",
             "RESOURCE:MEMORY": "No Container Instances were found in your cluster",
             "AGENT": "The closest matching container-instance encountered error \"AGENT\""}


def _tell_unplaced(service, reasons):
    """Say once why a task waits for a host; the scheduler goes on looking."""
    if not reasons:
        service.pop("_unplaced", None)
    elif service.get("_unplaced") != reasons[0]:
        service["_unplaced"] = reasons[0]
        why = _IN_WORDS.get(reasons[0], reasons[0]).rstrip(".")
        event(service, "was unable to place a task because no container instance met all of its requirements. "
                       f"Reason: {why}. For more information, see the Troubleshooting section of the Amazon ECS "
                       "Developer Guide.")


def _propagated_tags(service, definition):
    """Tags that a task takes from its service or task definition (API_CreateService, propagateTags)."""
    source = {"SERVICE": service["serviceArn"], "TASK_DEFINITION": definition.get("taskDefinitionArn")}
    return list(ecs._tags.get(source.get(service.get("propagateTags"), ""), []))
