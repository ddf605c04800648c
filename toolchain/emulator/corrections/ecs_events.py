"""ECS: the events about tasks, deployments and container instances (ecs_cwe_events)."""

from ministack.core.responses import request_scope
from ministack.services import ecs

from corrections import ecs_hosts, ecs_stop, events, loops

# (account, region, cluster) → instance id → (agentConnected, the last that was told of it).
_hosts: dict[tuple, dict] = {}


def tell_all():
    """Tell every change since the last look, in the order of tasks, deployments, hosts."""
    for _, task in ecs._tasks.all_items():
        with request_scope(*ecs_stop.scope(task)):
            _tell_task(task)
    for (account, region, _), service in ecs._services.all_items():
        with request_scope(account, region):
            for deployment in list(service["deployments"]):
                _tell_deployment(service, deployment)
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


def _tell_deployment(service, deployment):
    state = deployment["rolloutState"]
    if deployment.get("_told") == state:
        return
    deployment["_told"] = state
    detail = {"eventType": "ERROR" if state == "FAILED" else "INFO", "eventName": f"SERVICE_DEPLOYMENT_{state}",
              "clusterArn": service["clusterArn"], "deploymentId": deployment["id"], "updatedAt": ecs._iso(),
              "reason": deployment.get("rolloutStateReason") or ""}
    events.put("aws.ecs", "ECS Deployment State Change", detail, [service["serviceArn"]])


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
