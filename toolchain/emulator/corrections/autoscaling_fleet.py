"""EC2 Auto Scaling: a group's instances come, boot and go. Each stands for a host, all hosts are this machine."""

import collections
import threading
import time

from ministack.core.responses import get_region, request_scope
from ministack.services import autoscaling, ec2

import settings
from corrections import at_start, autoscaling_warm, corrects, hosts, loops

LOOK_SECONDS = 0.25
lock = threading.RLock()


def zones_of(subnets, default):
    """The Availability Zones of a comma-separated list of subnets, in their order."""
    found = [(ec2._subnets.get(subnet.strip()) or {}).get("AvailabilityZone") for subnet in subnets.split(",")]
    return list(dict.fromkeys(zone for zone in found if zone)) or default


@corrects("autoscaling:_reconcile_instances")
def keep_the_size(original, group):
    """A group has as many instances as it wants, evenly in the zones of its subnets, those of its warm pool first;
    each is Pending until it has booted (ec2-auto-scaling-lifecycle).

    ministack: has them at once, and in one zone.
    """
    with lock:
        if group.get("VPCZoneIdentifier"):
            group["AvailabilityZones"] = zones_of(group["VPCZoneIdentifier"], [f"{get_region()}a"])
        surplus = len(group["Instances"]) - group["DesiredCapacity"]
        leaving = [_leave(group) for _ in range(surplus)]
        while len(group["Instances"]) < group["DesiredCapacity"]:
            group["Instances"].append(autoscaling_warm.take(group) or launch(group))
        autoscaling_warm.fill(group, launch)
        boot(group)
    _shut_down([instance for instance in leaving if instance])
    loops.changed.set()


def _leave(group):
    """Take one instance away: the newest of the zone with the most, none that is protected (default policy)."""
    load = collections.Counter(instance["AvailabilityZone"] for instance in group["Instances"])
    free = [instance for instance in group["Instances"] if not instance["ProtectedFromScaleIn"]]
    if not free:
        return None
    instance = max(reversed(free), key=lambda instance: load[instance["AvailabilityZone"]])
    group["Instances"].remove(instance)
    if not autoscaling_warm.take_back(group, instance):
        hosts.end_record(instance["InstanceId"])
    return instance


def _shut_down(instances):
    """Tasks on hosts that go are told to stop: SIGTERM, as at any shutdown of a machine."""
    for instance in instances:
        hosts.evacuate(instance["InstanceId"])


def launch(group, state="Pending", seconds="EMULATED_BOOT_SECONDS"):
    """A new instance in the zone with the fewest; on its way to the state that `boot` gives it."""
    zones = group["AvailabilityZones"] or [f"{get_region()}a"]
    all_of_it = [*group["Instances"], *autoscaling_warm.instances(group)]
    load = collections.Counter(instance["AvailabilityZone"] for instance in all_of_it)
    zone = min(zones, key=lambda name: (load[name], zones.index(name)))
    template = dict(group.get("LaunchTemplate") or {})
    return {
        "InstanceId": _record(group, zone), "LifecycleState": state, "HealthStatus": "Healthy",
        "AvailabilityZone": zone, "ProtectedFromScaleIn": group["NewInstancesProtectedFromScaleIn"],
        "LaunchTemplate": template, "LaunchConfigurationName": group.get("LaunchConfigurationName", ""),
        "_ready": time.time() + settings.timing(seconds),
    }


def _record(group, zone):
    """The EC2 instance behind it, so that DescribeInstances and TerminateInstances know it; returns its id."""
    subnets = [name.strip() for name in group.get("VPCZoneIdentifier", "").split(",") if name.strip()]
    subnet = next((name for name in subnets if (ec2._subnets.get(name) or {}).get("AvailabilityZone") == zone), "")
    made, = ec2._launch_instances_internal("ami-00000000000000000", "t3.small", subnet, 1)
    made["Placement"]["AvailabilityZone"] = zone
    for mapping in made["BlockDeviceMappings"]:
        ec2._volumes.pop(mapping["Ebs"]["VolumeId"], None)
    made["BlockDeviceMappings"] = []
    ec2._tags[made["InstanceId"]] = [{"Key": "aws:autoscaling:groupName", "Value": group["AutoScalingGroupName"]}]
    return made["InstanceId"]


def boot(group, now=None):
    """Move on every instance whose time has come."""
    now = now or time.time()
    for instance in [*group["Instances"], *autoscaling_warm.instances(group)]:
        state = instance["LifecycleState"]
        if state in ("Pending", "Warmed:Pending") and instance.get("_ready", 0) <= now:
            instance["LifecycleState"] = "InService" if state == "Pending" else autoscaling_warm.resting(group)
            loops.changed.set()


def boot_all():
    """Look at every group of every region."""
    for (account, region, _), group in autoscaling._asgs.all_items():
        with request_scope(account, region), lock:
            boot(group)


@at_start
def boot_hosts():
    """An instance takes its time from Pending to InService (ec2-auto-scaling-lifecycle).

    ministack: none.
    """
    loops.repeat(boot_all, lambda: LOOK_SECONDS, "autoscaling")


@corrects("autoscaling:_delete_asg")
def delete_with_instances(original, params):
    """A group is not deleted before its warm pool, and its instances end with it (API_DeleteAutoScalingGroup).

    ministack: forgets the group, whatever it has.
    """
    group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
    forced = autoscaling._p(params, "ForceDelete") == "true"
    if group and group.get("_warm") and not forced:
        return autoscaling._error("ResourceInUse", "You cannot delete an AutoScalingGroup while there is a warm pool "
                                  "still in the group.")
    if group:
        with lock:
            group |= {"MinSize": 0, "DesiredCapacity": 0, "NewInstancesProtectedFromScaleIn": False, "_warm": None}
            for instance in group["Instances"]:
                instance["ProtectedFromScaleIn"] = False
        autoscaling._reconcile_instances(group)
    return original(params)
