"""ECS: container instances. The instances of the cluster's Auto Scaling groups stand for this one machine."""

import hashlib
import json
import os

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import autoscaling, ecs

from corrections import corrects

# Where tasks run when the cluster has no Auto Scaling group: this machine, under a name of its own.
THIS_MACHINE = "i-0000000000000000a"


def instances(cluster_name):
    """Ids of the instances in service in the groups behind the cluster's capacity providers."""
    cluster = ecs._clusters.get(cluster_name) or {}
    groups = {provider["autoScalingGroupProvider"].get("autoScalingGroupArn")
              for name in cluster.get("capacityProviders") or []
              if (provider := ecs._capacity_providers.get(ecs._resolve_capacity_provider_name(name)))}
    return [instance for group in autoscaling._asgs.values() if group["AutoScalingGroupARN"] in groups
            for instance in group["Instances"] if instance["LifecycleState"] == "InService"]


def instance_arn(cluster_name, instance_id):
    """ARN of the container instance that an EC2 instance registers as; stable over restarts."""
    name = hashlib.md5(instance_id.encode(), usedforsecurity=False).hexdigest()
    return f"arn:aws:ecs:{get_region()}:{get_account_id()}:container-instance/{cluster_name}/{name}"


def instance_of(task):
    """The EC2 instance that a task runs on."""
    return task.get("_instance") or THIS_MACHINE


def place(task, cluster_name):
    """Give a task a host: the one with the fewest tasks (strategy spread)."""
    found = [instance["InstanceId"] for instance in instances(cluster_name)] or [THIS_MACHINE]
    load = {instance: 0 for instance in found}
    for other in ecs._tasks.values():
        if other is not task and other["lastStatus"] != "STOPPED" and other.get("_instance") in load:
            load[other["_instance"]] += 1
    task["_instance"] = min(found, key=lambda instance: load[instance])
    task["containerInstanceArn"] = instance_arn(cluster_name, task["_instance"])


def started_tasks(body):
    """Ids of the tasks in an answer of RunTask, after giving each a host."""
    tasks = [ecs._tasks.get(task["taskArn"]) for task in json.loads(body).get("tasks") or []]
    return [task["taskArn"].rsplit("/", 1)[-1] for task in tasks if task]


@corrects("ecs:_run_task")
def run_on_a_host(original, data):
    """A task on EC2 names the container instance that it runs on (API_Task).

    ministack: names one that does not exist.
    """
    response = original(data)
    answer = json.loads(response[2])
    for shown in answer.get("tasks") or []:
        task = ecs._tasks.get(shown["taskArn"])
        if task and task["launchType"] == "EC2":
            place(task, ecs._cluster_name_from_arn(task["clusterArn"]))
            shown["containerInstanceArn"] = task["containerInstanceArn"]
        elif task:
            task.pop("containerInstanceArn", None)
            shown.pop("containerInstanceArn", None)
    return json_response(answer, response[0])


@corrects("ecs:_recount_cluster")
def count_hosts(original, cluster_name):
    """registeredContainerInstancesCount counts the cluster's instances (API_Cluster).

    ministack: 0.
    """
    original(cluster_name)
    if cluster_name in ecs._clusters:
        ecs._clusters[cluster_name]["registeredContainerInstancesCount"] = len(instances(cluster_name))


@corrects("ecs:_list_container_instances")
def list_hosts(original, data):
    """The instances of the cluster's Auto Scaling groups are its container instances
    (API_ListContainerInstances).

    ministack: there are none.
    """
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    return json_response({"containerInstanceArns": [
        instance_arn(cluster, instance["InstanceId"]) for instance in instances(cluster)]})


@corrects("ecs:_describe_container_instances")
def describe_hosts(original, data):
    """A container instance tells its EC2 instance, state and tasks (API_ContainerInstance).

    ministack: there are none.
    """
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    wanted = [reference.rsplit("/", 1)[-1] for reference in data.get("containerInstances") or []]
    shown = [_describe(cluster, instance) for instance in instances(cluster)]
    found = [host for host in shown if host["containerInstanceArn"].rsplit("/", 1)[-1] in wanted]
    names = {host["containerInstanceArn"].rsplit("/", 1)[-1] for host in found}
    return json_response({"containerInstances": found, "failures": [
        {"arn": reference, "reason": "MISSING"} for reference in data.get("containerInstances") or []
        if reference.rsplit("/", 1)[-1] not in names]})


def _describe(cluster, instance):
    arn = instance_arn(cluster, instance["InstanceId"])
    states = [task["lastStatus"] for task in ecs._tasks.values() if task.get("containerInstanceArn") == arn]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    resources = [{"name": "CPU", "type": "INTEGER", "integerValue": 1024 * (os.cpu_count() or 1)},
                 {"name": "MEMORY", "type": "INTEGER", "integerValue": memory}]
    return {
        "containerInstanceArn": arn, "ec2InstanceId": instance["InstanceId"], "status": "ACTIVE",
        "agentConnected": True, "version": 1, "registeredResources": resources, "remainingResources": resources,
        "runningTasksCount": states.count("RUNNING"), "pendingTasksCount": states.count("PENDING"),
        "attributes": [{"name": "ecs.availability-zone", "value": instance["AvailabilityZone"]},
                       {"name": "ecs.os-type", "value": "linux"}],
    }


@corrects("ecs:_create_capacity_provider")
def keep_draining(original, data):
    """A capacity provider keeps managedDraining, ENABLED if not asked, and fills in its managed scaling
    (API_AutoScalingGroupProvider, API_ManagedScaling).

    ministack: forgets managedDraining until the first update, and leaves the scaling as it was sent.
    """
    asked = data.get("autoScalingGroupProvider") or {}
    if asked.get("managedScaling"):
        asked["managedScaling"] = {"targetCapacity": 100, "minimumScalingStepSize": 1, "maximumScalingStepSize": 10000,
                                   "instanceWarmupPeriod": 300} | asked["managedScaling"]
    response = original(data)
    provider = ecs._capacity_providers.get(data.get("name", ""))
    if response[0] != 200 or not provider:
        return response
    provider["autoScalingGroupProvider"]["managedDraining"] = asked.get("managedDraining", "ENABLED")
    return json_response({"capacityProvider": provider})
