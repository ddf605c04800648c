"""ECS: what the API keeps and answers about clusters, services and task definitions."""

import datetime
import json

from ministack.core.responses import json_response
from ministack.services import ecs

from corrections import corrects, ecs_events, loops

# Members of CreateService and UpdateService that ministack forgets.
KEPT = ("availabilityZoneRebalancing", "placementConstraints", "placementStrategy", "enableECSManagedTags",
        "propagateTags", "serviceConnectConfiguration", "volumeConfigurations")


@corrects("ecs:_create_service", "ecs:_update_service")
def keep_what_was_asked(original, data):
    """Every member of the request is stored and answered, and a first deployment is IN_PROGRESS (API_Service); of
    deploymentConfiguration, what an update leaves out stays (API_UpdateService).

    ministack: forgets some, and calls the first deployment COMPLETED, so that no circuit breaker looks at it.
    """
    before = _service(data)
    configured = dict((before or {}).get("deploymentConfiguration") or {})
    status, headers, body = original(data)
    service = _service(data)
    if status != 200 or not service:
        return status, headers, body
    for name in KEPT:
        if name in data:
            service[name] = data[name]
    if before is not service:
        _begin(service)
    elif data.get("deploymentConfiguration"):
        service["deploymentConfiguration"] = configured | data["deploymentConfiguration"]
    service.setdefault("availabilityZoneRebalancing", "DISABLED")
    for deployment in service["deployments"]:
        if deployment["rolloutState"] == "IN_PROGRESS" and not deployment["rolloutStateReason"]:
            deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} in progress."
    # Told by ministack at every change, whatever happened.
    service["events"] = [e for e in service["events"] if "has begun draining connections on 1 tasks" not in e["message"]]
    loops.changed.set()
    return json_response({"service": answer(service)})


def _service(data):
    reference = data.get("serviceName") or (ecs._resolve_service_ref(data.get("service", "")) or [None])[0]
    return ecs._services.get(f"{ecs._resolve_cluster_name(data.get('cluster', 'default'))}/{reference}")


def _begin(service):
    """A first deployment has still to show that its tasks run, however many are wanted."""
    service["deployments"][0] |= {"rolloutState": "IN_PROGRESS", "rolloutStateReason": ""}


def answer(service):
    """A service as AWS answers it: networkConfiguration only for tasks that use awsvpc."""
    shown = {key: value for key, value in ecs._sanitize(service).items()
             if not (key == "networkConfiguration" and not value)}
    if not shown.get("loadBalancers"):
        shown.pop("healthCheckGracePeriodSeconds", None)
    return shown


@corrects("ecs:_describe_services")
def leave_out_empty_network(original, data):
    """networkConfiguration is left out unless the task uses awsvpc (API_Service).

    ministack: answers {}, on which AWS provider 5.68 crashes.
    """
    status, headers, body = original(data)
    shown = json.loads(body)
    if "services" in shown:
        shown["services"] = [answer(service) for service in shown["services"]]
    return json_response(shown, status)


@corrects("ecs:_delete_service")
def drain_before_inactive(original, data):
    """A deleted service is DRAINING until its last task has stopped, then INACTIVE (API_DeleteService).

    ministack: INACTIVE at once.
    """
    status, headers, body = original(data)
    service = _service(data)
    if status != 200 or not service:
        return status, headers, body
    service["status"] = "DRAINING"
    service["deployments"] = []
    loops.changed.set()
    return json_response({"service": answer(service)})


@corrects("ecs:_delete_cluster")
def refuse_while_in_use(original, data):
    """A cluster with services or tasks is not deleted (API_DeleteCluster).

    ministack: deletes it.
    """
    name = ecs._resolve_cluster_name(data.get("cluster", "default"))
    arn = (ecs._clusters.get(name) or {}).get("clusterArn")
    if any(service["clusterArn"] == arn and service["status"] == "ACTIVE" for service in ecs._services.values()):
        return ecs.error_response_json("ClusterContainsServicesException",
                                       "The Cluster cannot be deleted while Services are active.", 400)
    if any(task["clusterArn"] == arn and task["lastStatus"] != "STOPPED" for task in ecs._tasks.values()):
        return ecs.error_response_json("ClusterContainsTasksException",
                                       "The Cluster cannot be deleted while Tasks are active.", 400)
    return original(data)


@corrects("ecs:_register_task_definition")
def fill_in_defaults(original, data):
    """A container definition is answered with its lists and each port's protocol and host port
    (API_ContainerDefinition).

    ministack: as it was sent, which the provider takes for a change.
    """
    for container in data.get("containerDefinitions") or []:
        for name in ("portMappings", "environment", "mountPoints", "volumesFrom"):
            container.setdefault(name, [])
        for mapping in container["portMappings"]:
            mapping.setdefault("protocol", "tcp")
            mapping.setdefault("hostPort", 0 if data.get("networkMode", "bridge") == "bridge" else
                               mapping["containerPort"])
    return original(data)


@corrects("ecs:_restore_state")
def restore_services(original, data):
    """When hosts come back the services' tasks are started anew (ecs_services); the lost ones are STOPPED and
    no failures.

    ministack: says neither when nor why they stopped.
    """
    original(data)
    for _, task in ecs._tasks.all_items():
        task["_accounted"] = True
        if not task.get("stoppedAt"):
            task |= {"desiredStatus": "STOPPED", "stoppedAt": ecs._iso(), "stopCode": "TerminationNotice",
                     "stoppedReason": "The emulator was restarted"}
        for container in task.get("containers") or []:
            container["lastStatus"] = "STOPPED"
        task["_told"] = ecs_events.state_of(task)
    for _, service in ecs._services.all_items():
        for name in ("_failed_at", "_failures_in_a_row"):
            service.pop(name, None)


@corrects("ecs:_ts_to_epoch")
def tell_milliseconds(original, value):
    """Times are answered with their milliseconds (API_Task, the examples).

    ministack: in whole seconds.
    """
    try:
        return round(datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp(), 3)
    except (AttributeError, ValueError):
        return original(value)
