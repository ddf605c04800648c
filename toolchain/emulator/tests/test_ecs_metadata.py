"""What a container learns of itself."""

import asyncio
import json
from types import SimpleNamespace

from conftest import covers
from ministack.services import ecs, ecs_metadata

ARN = "arn:aws:ecs:us-east-1:000000000000:task/c/1"
ATTRS = {"Image": "sha256:1", "Created": "then", "State": {"StartedAt": "now"},
         "NetworkSettings": {"Networks": {"bridge": {"IPAddress": "172.17.0.5"}, "none": {"IPAddress": ""}}}}


def register():
    """A container of a task whose start is not yet known; its path."""
    ecs._tasks[ARN] = {"taskArn": ARN, "lastStatus": "PENDING", "desiredStatus": "RUNNING", "group": "service:bot",
                       "availabilityZone": "us-east-1b", "containers": [{"name": "app", "containerArn": "arn:container"}]}
    env = {}
    ecs._register_metadata(ARN, "arn:aws:ecs:us-east-1:000000000000:cluster/c", {"family": "f", "revision": 3},
                           {"name": "app", "image": "i"}, "EC2", env, False, None)
    return "/v4/" + env["ECS_CONTAINER_METADATA_URI_V4"].rsplit("/", 1)[-1]


def start(path):
    ecs_metadata.set_docker_id(path.rsplit("/", 1)[-1], "abc")
    container = SimpleNamespace(id="abc", name="ministack-app", attrs=ATTRS, reload=lambda: None)
    ecs._record_task_ip(ecs._tasks[ARN], container, None)


async def ask(path):
    return json.loads((await ecs_metadata.handle_request("GET", path, {}, b"", {}))[2])


@covers("ecs_metadata.tell_the_network", "ecs_environment.reach_aws_from_inside")
def test_a_container_and_its_task():
    path = register()
    start(path)
    shown = asyncio.run(ask(path))
    assert shown["Networks"] == [{"NetworkMode": "bridge", "IPv4Addresses": ["172.17.0.5"]}]
    assert (shown["DockerId"], shown["DockerName"], shown["Name"], shown["ContainerARN"], shown["StartedAt"]) == (
        "abc", "ministack-app", "app", "arn:container", "now")
    task = asyncio.run(ask(f"{path}/task"))
    assert {name: task[name] for name in ("Family", "Revision", "TaskARN", "AvailabilityZone", "ServiceName")} == {
        "Family": "f", "Revision": "3", "TaskARN": ARN, "AvailabilityZone": "us-east-1b", "ServiceName": "bot"}
    assert task["Cluster"] == "arn:aws:ecs:us-east-1:000000000000:cluster/c" and task["Containers"] == [shown]


@covers("ecs_metadata.wait_for_the_start")
def test_who_asks_early_waits_for_the_answer():
    path = register()

    async def early():
        asked = asyncio.ensure_future(ask(path))
        await asyncio.sleep(0.05)
        assert not asked.done()
        start(path)
        return await asked
    assert asyncio.run(early())["DockerId"] == "abc"


@covers("ecs_metadata.wait_for_the_start")
def test_an_unknown_token_is_told_at_once():
    assert asyncio.run(ask("/v4/no-such-token")) == {"message": "unknown token"}
