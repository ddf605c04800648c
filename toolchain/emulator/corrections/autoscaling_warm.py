"""EC2 Auto Scaling: warm pools (ec2-auto-scaling-warm-pools)."""

import time

from ministack.services import autoscaling

import settings
from corrections import answers, hosts

RESTING = {"Stopped": "Warmed:Stopped", "Running": "Warmed:Running", "Hibernated": "Warmed:Hibernated"}


def instances(group):
    """The instances of the group's warm pool."""
    return (group.get("_warm") or {}).get("instances", [])


def resting(group):
    """The state of an instance that is prepared."""
    return RESTING[group["_warm"]["config"]["PoolState"]]


def take(group):
    """An instance that waits in the pool, on its way into service; None if none waits."""
    for instance in instances(group):
        if instance["LifecycleState"] == resting(group):
            instances(group).remove(instance)
            seconds = settings.timing("EMULATED_WARM_START_SECONDS")
            return instance | {"LifecycleState": "Pending", "_ready": time.time() + seconds}
    return None


def take_back(group, instance):
    """Return an instance to the pool at scale-in, where the pool reuses them; tells whether it did."""
    config = (group.get("_warm") or {}).get("config") or {}
    if not (config.get("InstanceReusePolicy") or {}).get("ReuseOnScaleIn"):
        return False
    instances(group).append(instance | {"LifecycleState": resting(group)})
    return True


def fill(group, launch):
    """Bring the pool to its size: what the group may have prepared, less what it wants, at least MinSize."""
    if not group.get("_warm"):
        return
    config = group["_warm"]["config"]
    most = config.get("MaxGroupPreparedCapacity", -1)
    size = max((group["MaxSize"] if most < 0 else most) - group["DesiredCapacity"], config.get("MinSize", 0), 0)
    while len(instances(group)) > size:
        hosts.end_record(instances(group).pop()["InstanceId"])
    while len(instances(group)) < size:
        instances(group).append(launch(group, "Warmed:Pending"))


@answers("autoscaling", "PutWarmPool")
def put_warm_pool(params):
    """A group gets a warm pool, or another one's settings (API_PutWarmPool).

    ministack: does not know the action.
    """
    group = _group(params)
    if not group:
        return _missing(params)
    config = {"MinSize": int(autoscaling._p(params, "MinSize") or 0),
              "PoolState": autoscaling._p(params, "PoolState") or "Stopped"}
    if config["PoolState"] not in RESTING:
        return autoscaling._error("ValidationError", f"{config['PoolState']} is no pool state")
    if autoscaling._p(params, "MaxGroupPreparedCapacity") not in ("", "-1"):
        config["MaxGroupPreparedCapacity"] = int(autoscaling._p(params, "MaxGroupPreparedCapacity"))
    reuse = autoscaling._p(params, "InstanceReusePolicy.ReuseOnScaleIn")
    if reuse:
        config["InstanceReusePolicy"] = {"ReuseOnScaleIn": reuse == "true"}
    group["_warm"] = {"config": config, "instances": instances(group)}
    autoscaling._reconcile_instances(group)
    return autoscaling._xml(200, "PutWarmPoolResponse", "<PutWarmPoolResult/>")


@answers("autoscaling", "DescribeWarmPool")
def describe_warm_pool(params):
    """A warm pool tells its settings and instances (API_DescribeWarmPool).

    ministack: does not know the action.
    """
    group = _group(params)
    if not group:
        return _missing(params)
    config = (group.get("_warm") or {}).get("config")
    shown = f"<WarmPoolConfiguration>{autoscaling._member_xml(config)}</WarmPoolConfiguration>" if config else ""
    members = "".join(autoscaling._instance_member_xml(instance) for instance in instances(group))
    return autoscaling._xml(200, "DescribeWarmPoolResponse", f"<DescribeWarmPoolResult>{shown}<Instances>{members}"
                            "</Instances></DescribeWarmPoolResult>")


@answers("autoscaling", "DeleteWarmPool")
def delete_warm_pool(params):
    """A warm pool's instances end with it (API_DeleteWarmPool).

    ministack: does not know the action.
    """
    group = _group(params)
    if not group:
        return _missing(params)
    gone = instances(group)
    group["_warm"] = None
    for instance in gone:
        hosts.end_record(instance["InstanceId"])
    return autoscaling._xml(200, "DeleteWarmPoolResponse", "<DeleteWarmPoolResult/>")


def _group(params):
    return autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))


def _missing(params):
    name = autoscaling._p(params, "AutoScalingGroupName")
    return autoscaling._error("ValidationError", f"AutoScalingGroup name not found - AutoScalingGroup {name} not found")
