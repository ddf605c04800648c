"""Short words for the tests of services: make one, look at it, move its tasks on."""

import time

from ministack.services import ecs

from corrections import ecs_agent, ecs_scheduler, ecs_stop

CHECK = {"command": ["CMD", "/probe", "health"], "interval": 5}
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


class Fleet:
    """One cluster, through the API; `look` takes one step of the scheduler."""

    def __init__(self, client):
        self.client = client
        client.create_cluster(clusterName="c")

    def definition(self, family="app", **members):
        """Register a task definition of one container; returns its ARN."""
        container = {"name": "app", "image": "i@sha256:0", "memory": 64} | members
        return self.client.register_task_definition(
            family=family, networkMode="bridge", containerDefinitions=[container])["taskDefinition"]["taskDefinitionArn"]

    def service(self, definition, low=0, high=100, count=1, breaker=BREAKER, **members):
        """Create the service "s"."""
        return self.client.create_service(
            cluster="c", serviceName="s", taskDefinition=definition, desiredCount=count, launchType="EC2",
            deploymentConfiguration={"minimumHealthyPercent": low, "maximumPercent": high} | breaker,
            **members)["service"]

    def update(self, **members):
        """Update the service "s"."""
        return self.client.update_service(cluster="c", service="s", **members)["service"]

    def described(self):
        """The service as DescribeServices answers it."""
        return self.client.describe_services(cluster="c", services=["s"])["services"][0]

    def look(self, times=1):
        """Let the scheduler look at the service."""
        for _ in range(times):
            ecs_scheduler.look_at("c", ecs._services["c/s"])

    def tasks(self, status="RUNNING"):
        """The service's tasks in one lastStatus."""
        return [task for task in ecs._tasks.values() if task["lastStatus"] == status]

    def events(self):
        """The messages, oldest first, without the service's name."""
        return [event["message"].removeprefix("(service s) ") for event in reversed(self.described()["events"])]


def age(task, seconds=10.0):
    """Make a task as if it had run for a while."""
    task["_running_since"] = time.monotonic() - seconds


def health(task, word):
    """What the agent notes when a health check has its outcome."""
    task["containers"][0]["healthStatus"] = task["healthStatus"] = word


def end(task, exit_code=1):
    """The task's container ends by itself."""
    task["containers"][0] |= {"exitCode": exit_code, "lastStatus": "STOPPED"}
    ecs_stop.stop(task, ecs_agent.ESSENTIAL_EXITED, "EssentialContainerExited")
    settle(task)


def settle(*tasks):
    """Wait until tasks that were told to stop are STOPPED."""
    deadline = time.monotonic() + 5
    while any(task["lastStatus"] != "STOPPED" for task in tasks):
        assert time.monotonic() < deadline, "the task does not stop"
        time.sleep(0.005)


def retry_now(service):
    """Forget the pause after a failure."""
    service.pop("_failed_at", None)


def rolled_out(fleet, definition, **members):
    """A service with steady tasks; returns them."""
    fleet.service(definition, **members)
    fleet.look()
    for task in fleet.tasks():
        age(task)
        health(task, "HEALTHY")
    fleet.look()
    assert fleet.described()["deployments"][0]["rolloutState"] == "COMPLETED"
    return fleet.tasks()
