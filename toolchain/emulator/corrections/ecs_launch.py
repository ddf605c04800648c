"""ECS: how the scheduler starts tasks of a service, and what it tells of it."""

import time

from ministack.core.responses import new_uuid
from ministack.services import ecs

from corrections import ecs_hosts

RESTART_SECONDS = 1.0
SLOWEST_RESTART_SECONDS = 60.0


def event(service, message):
    """Put a message on the service's event list, newest first, at most 100 (service-event-messages)."""
    service["events"].insert(0, {"id": new_uuid(), "createdAt": ecs._iso(),
                                 "message": f"(service {service['serviceName']}) {message}"})
    del service["events"][100:]


def may_start(service):
    """Tasks that fail to start are tried again ever more slowly, at most once a minute (service-throttle-logic)."""
    failures = service.get("_failures_in_a_row", 0)
    pause = min(RESTART_SECONDS * 2 ** max(0, failures - 1), SLOWEST_RESTART_SECONDS)
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
        "tags": _propagated_tags(service, definition), "_deploymentId": primary["id"],
    })
    started = ecs_hosts.started_tasks(body)
    if started:
        event(service, f"has started {len(started)} tasks: {' '.join(f'(task {task})' for task in started)}.")


def _propagated_tags(service, definition):
    """Tags that a task takes from its service or task definition (API_CreateService, propagateTags)."""
    source = {"SERVICE": service["serviceArn"], "TASK_DEFINITION": definition.get("taskDefinitionArn")}
    return list(ecs._tags.get(source.get(service.get("propagateTags"), ""), []))
