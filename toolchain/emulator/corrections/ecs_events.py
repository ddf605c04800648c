"""ECS: the events about tasks, deployments, services and container instances (ecs_cwe_events)."""

from ministack.core.responses import request_scope
from ministack.services import ecs

from corrections import ecs_hosts, ecs_launch, ecs_stop, events, loops

# AWS does not say how many tasks in a row must fail to start before a service counts as impaired.
IMPAIRED_AFTER = 3
STEADY, IMPAIRED, UNPLACED = "SERVICE_STEADY_STATE", "SERVICE_TASK_START_IMPAIRED", "SERVICE_TASK_PLACEMENT_FAILURE"
STEADY_MESSAGE = "has reached a steady state."
_TYPES = {STEADY: "INFO", IMPAIRED: "WARN", UNPLACED: "ERROR"}

# (account, region, cluster) → instance id → (agentConnected, the last that was told of it).
_hosts: dict[tuple, dict] = {}


def tell_all():
    """Tell every change since the last look, in the order of tasks, deployments and services, hosts."""
    for _, task in ecs._tasks.all_items():
        with request_scope(*ecs_stop.scope(task)):
            _tell_task(task)
    for (account, region, _), service in ecs._services.all_items():
        with request_scope(account, region):
            for deployment in list(service["deployments"]):
                tell_deployment(service, deployment)
            _tell_actions(service)
    for (account, region, name), cluster in ecs._clusters.all_items():
        with request_scope(account, region):
            _tell_hosts(cluster, name, _hosts.setdefault((account, region, name), {}))


def state_of(task):
    """What of a task makes an event when it changes."""
    return [task["lastStatus"], task["desiredStatus"], task.get("connectivity"), task.get("healthStatus")]


def _tell_task(task):
    if task.get("_told") == state_of(task):
        return
    task["_told"] = state_of(task)
    shown = {key: value for key, value in ecs._sanitize(task).items() if value not in (None, "")}
    detail = shown | {"updatedAt": ecs._iso()}
    events.put("aws.ecs", "ECS Task State Change", detail, [task["taskArn"]])


def tell_deployment(service, deployment):
    """Tell what became of a deployment; one that fails may be gone at the next look."""
    state = deployment["rolloutState"]
    if deployment.get("_told") == state:
        return
    deployment["_told"] = state
    detail = {"eventType": "ERROR" if state == "FAILED" else "INFO", "eventName": f"SERVICE_DEPLOYMENT_{state}",
              "clusterArn": service["clusterArn"], "deploymentId": deployment["id"], "updatedAt": ecs._iso(),
              "reason": deployment.get("rolloutStateReason") or ""}
    events.put("aws.ecs", "ECS Deployment State Change", detail, [service["serviceArn"]])


def _tell_actions(service):
    """Tell what a service came to once, and again when it left that state and comes back (ecs_service_events)."""
    told = service.setdefault("_acted", {})
    for name, mark in _marks(service).items():
        if mark and told.get(name) != mark:
            if name == IMPAIRED:
                ecs_launch.event(service, "is unable to consistently start tasks successfully.")
            detail = {"eventType": _TYPES[name], "eventName": name, "clusterArn": service["clusterArn"]}
            if name == UNPLACED:
                detail |= _providers(service) | {"reason": mark}
            events.put("aws.ecs", "ECS Service Action", detail | {"createdAt": ecs._iso()}, [service["serviceArn"]])
        told[name] = mark


def _marks(service):
    """Each action and what tells one occurrence from the next; None while there is none."""
    newest = service["events"][0] if service["events"] else {"message": ""}
    steady = newest["message"].endswith(STEADY_MESSAGE)
    impaired = service.get("_failures_in_a_row", 0) >= IMPAIRED_AFTER
    return {STEADY: newest["id"] if steady else None, IMPAIRED: impaired or None, UNPLACED: service.get("_unplaced")}


def _providers(service):
    """The capacity providers that a task of the service might have been placed by."""
    cluster = ecs._clusters.get(ecs._cluster_name_from_arn(service["clusterArn"]))
    _, strategy, _ = ecs._launch_choice(service, cluster)
    prefix = service["clusterArn"].split(":cluster/")[0]
    arns = [f"{prefix}:capacity-provider/{item['capacityProvider']}" for item in strategy or []]
    return {"capacityProviderArns": arns} if arns else {}


def _tell_hosts(cluster, name, told):
    there = {}
    for instance in ecs_hosts.instances(name):
        shown = ecs_hosts.describe(name, instance) | {"clusterArn": cluster["clusterArn"]}
        there[instance["InstanceId"]] = (shown["agentConnected"], shown)
    gone = {host: (False, shown | {"status": "INACTIVE", "agentConnected": False})
            for host, (_, shown) in told.items() if host not in there}
    for host, (connected, shown) in (gone | there).items():
        if host in gone or told.get(host, (None,))[0] != connected:
            events.put("aws.ecs", "ECS Container Instance State Change", shown | {"updatedAt": ecs._iso()},
                       [shown["containerInstanceArn"]])
    told.clear()
    told.update(there)


def tell():
    """One look that no failure ends."""
    loops.attempt(tell_all, "events of ECS")
