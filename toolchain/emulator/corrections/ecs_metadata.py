"""ECS: the task metadata endpoint (task-metadata-endpoint-v4), from which a container learns its own address."""

import asyncio

from ministack.services import ecs, ecs_metadata

from corrections import corrects

WAIT_SECONDS = 5.0
LOOK_SECONDS = 0.02


@corrects("ecs:_record_task_ip")
def tell_the_network(original, task, container, network):
    """A container's metadata holds its Docker id and name, its address on its network and when it started
    (task-metadata-endpoint-v4-response).

    ministack: its Docker id only.
    """
    original(task, container, network)
    container.reload()
    shown = _payload(container.id)
    if shown is None:
        return
    networks = container.attrs["NetworkSettings"]["Networks"]
    addresses = [found["IPAddress"] for found in networks.values() if found.get("IPAddress")]
    mode = task.get("_network_mode") or "bridge"
    shown |= {
        "DockerName": container.name, "ImageID": container.attrs["Image"], "ContainerARN": _arn(task, shown["Name"]),
        "CreatedAt": container.attrs["Created"], "StartedAt": container.attrs["State"]["StartedAt"],
        "Networks": [{"NetworkMode": mode, "IPv4Addresses": addresses}],
    }


def _payload(docker_id):
    return next((shown for shown in list(ecs_metadata._TOKEN_TO_CONTAINER.values()) if shown["DockerId"] == docker_id),
                None)


def _arn(task, name):
    return next((c["containerArn"] for c in task["containers"] if c["name"] == name and c.get("containerArn")), "")


@corrects("ecs_metadata:handle_request")
async def wait_for_the_start(original, method, path, headers, body, query_params):
    """The agent knows a container before the container can ask (task-metadata-endpoint-v4).

    ministack: learns of it a moment after its start, and answers without id and address until then.
    """
    asked = ecs_metadata._PATH_RE.match(path)
    container = ecs_metadata._TOKEN_TO_CONTAINER.get(asked["token"]) if asked else None
    for _ in range(int(WAIT_SECONDS / LOOK_SECONDS)):
        if container is None or container.get("Networks"):
            break
        await asyncio.sleep(LOOK_SECONDS)
    return await original(method, path, headers, body, query_params)


def place(task_arn):
    """The zone of the host that the task was placed on."""
    task, shown = ecs._tasks.get(task_arn), ecs_metadata._TASKS.get(task_arn)
    if task and shown:
        shown |= {"AvailabilityZone": task["availabilityZone"],
                  "ServiceName": (task.get("group") or "").partition("service:")[2]}
