"""CloudWatch: the minute in which ECS and EC2 publish their metrics by themselves."""

import time

from ministack.services import cloudwatch, ecs

from corrections import at_start, loops, metrics_ec2, metrics_ecs, metrics_usage

# In the middle of the minute: a little delay never moves a datapoint into the next period.
SECOND_OF_MINUTE = 30


def until_the_next():
    """Seconds until the next datapoints are due."""
    return (SECOND_OF_MINUTE - time.time()) % 60 or 60


def publish():
    """One look at all containers of tasks, and the datapoints of services, clusters, instances and groups."""
    usage = _look_at_all()
    loops.attempt(metrics_ecs.publish, "ECS metrics", usage)
    loops.attempt(metrics_ec2.publish, "EC2 metrics", usage)
    metrics_usage.forget_gone()
    cloudwatch._evict_old_metrics()


def _look_at_all():
    containers = {container for _, task in ecs._tasks.all_items() if task["lastStatus"] != "STOPPED"
                  for container in task.get("_docker_ids") or []}
    found = {container: metrics_usage.look(container) for container in sorted(containers)}
    return {container: usage for container, usage in found.items() if usage}


@at_start
def publish_each_minute():
    """Each minute ECS publishes CPUUtilization and MemoryUtilization of every service and cluster
    (available-metrics), EC2 CPUUtilization, CPU credits and status checks of every instance and group
    (viewing_metrics_with_cloudwatch).

    ministack: nothing.
    """
    loops.repeat(publish, until_the_next, "metrics")
