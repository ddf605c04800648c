"""ECS: container instances. The instances of the cluster's Auto Scaling groups stand for this one machine."""

import hashlib
import os

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import autoscaling, ecs

from corrections import answers, corrects

# Where tasks run when the cluster has no Auto Scaling group: this machine, under a name of its own.
THIS_MACHINE = "i-0000000000000000a"


def groups(cluster_name, provider=None):
    """The Auto Scaling groups behind the cluster's capacity providers, or behind one of them."""
    cluster = ecs._clusters.get(cluster_name) or {}
    names = [provider] if provider else cluster.get("capacityProviders") or []
    arns = {found["autoScalingGroupProvider"].get("autoScalingGroupArn"): found["name"]
            for name in names if (found := ecs._capacity_providers.get(ecs._resolve_capacity_provider_name(name)))}
    return [(arns[group["AutoScalingGroupARN"]], group) for group in autoscaling._asgs.values()
            if group["AutoScalingGroupARN"] in arns]


def instances(cluster_name, provider=None):
    """The instances in service in these groups, each with the name of its capacity provider."""
    return [instance | {"_provider": name} for name, group in groups(cluster_name, provider)
            for instance in group["Instances"] if instance["LifecycleState"] == "InService"]


def instance_arn(cluster_name, instance_id):
    """ARN of the container instance that an EC2 instance registers as; stable over restarts."""
    name = hashlib.md5(instance_id.encode(), usedforsecurity=False).hexdigest()
    return f"arn:aws:ecs:{get_region()}:{get_account_id()}:container-instance/{cluster_name}/{name}"


def instance_of(task):
    """The EC2 instance that a task runs on."""
    return task.get("_instance") or THIS_MACHINE


def place(task, cluster_name, instance):
    """Give a task its host."""
    task |= {"containerInstanceArn": instance_arn(cluster_name, instance["InstanceId"]),
             "availabilityZone": instance["AvailabilityZone"], "_instance": instance["InstanceId"]}
    if task.get("capacityProviderName"):  # else it was placed by launch type
        task["capacityProviderName"] = instance.get("_provider", task["capacityProviderName"])


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
    shown = [describe(cluster, instance) for instance in instances(cluster)]
    found = [host for host in shown if host["containerInstanceArn"].rsplit("/", 1)[-1] in wanted]
    names = {host["containerInstanceArn"].rsplit("/", 1)[-1] for host in found}
    return json_response({"containerInstances": found, "failures": [
        {"arn": reference, "reason": "MISSING"} for reference in data.get("containerInstances") or []
        if reference.rsplit("/", 1)[-1] not in names]})


@answers("ecs", "DeregisterContainerInstance")
def forget_host(data):
    """A container instance is INACTIVE once it is deregistered, which one without an agent must be by hand after its
    host is terminated (API_DeregisterContainerInstance). Here only such a one: of a host that runs, ECS would start
    the tasks a second time.

    ministack: does not know the action.
    """
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    name = data.get("containerInstance", "").rsplit("/", 1)[-1]
    live = {instance_arn(cluster, instance["InstanceId"]) for instance in instances(cluster)}
    arn = f"arn:aws:ecs:{get_region()}:{get_account_id()}:container-instance/{cluster}/{name}"
    if arn in live:
        return error_response_json(
            "InvalidParameterException", f"{arn}: deregistering a host that runs is not emulated", 400)
    return json_response({"containerInstance": {
        "containerInstanceArn": arn, "status": "INACTIVE", "agentConnected": False}})


def describe(cluster, instance):
    """A container instance as DescribeContainerInstances answers it."""
    arn = instance_arn(cluster, instance["InstanceId"])
    states = [task["lastStatus"] for task in ecs._tasks.values() if task.get("containerInstanceArn") == arn]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    resources = [{"name": "CPU", "type": "INTEGER", "integerValue": 1024 * (os.cpu_count() or 1)},
                 {"name": "MEMORY", "type": "INTEGER", "integerValue": memory}]
    return {
        "containerInstanceArn": arn, "ec2InstanceId": instance["InstanceId"], "status": "ACTIVE",
        "agentConnected": not instance.get("_agent_gone"), "version": 1, "capacityProviderName": instance["_provider"],
        "registeredResources": resources, "remainingResources": resources,
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
