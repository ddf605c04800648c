"""Instances of Auto Scaling groups: which one is meant, and what runs on it."""

from ministack.services import autoscaling, ecs


def find(instance_id):
    """((account, region), group, instance record) of an instance in a group; None if no group has it."""
    for (account, region, _), group in autoscaling._asgs.all_items():
        for instance in group["Instances"]:
            if instance["InstanceId"] == instance_id:
                return (account, region), group, instance
    return None


def silent(task):
    """Whether nothing hears of the task: the agent of its host is gone, the host is not."""
    found = find(task["_instance"]) if task.get("_instance") else None
    return bool(found) and bool(found[2].get("_agent_gone"))


def tasks_on(instance_id):
    """The tasks on an instance that are not STOPPED."""
    return [task for _, task in ecs._tasks.all_items()
            if task.get("_instance") == instance_id and task["lastStatus"] != "STOPPED"]
