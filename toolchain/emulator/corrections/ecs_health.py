"""ECS: health of containers and tasks by the task definition's health checks."""

import logging
import threading
import time

from ministack.services import ecs

import engine
from corrections import ecs_container

logger = logging.getLogger("ecs-health")

PROBE_SECONDS = 1


def of_status(line):
    """A container's health by the engine's status line, in ECS's words; None while the engine does not know it."""
    for word, health in (("(healthy)", "HEALTHY"), ("(unhealthy)", "UNHEALTHY")):
        if word in line:
            return health
    return None


def checks(task):
    """The health check of each container of the task, None for one without or one that is not essential."""
    definition = ecs._task_defs.get(ecs._resolve_td_key(task["taskDefinitionArn"])) or {}
    return [c.get("healthCheck") if c.get("essential", True) else None
            for c in definition.get("containerDefinitions") or []]


def of_task(task):
    """UNHEALTHY if one essential container with a check is, HEALTHY if all are (healthcheck, "Task health")."""
    checked = [container["healthStatus"] for container, check in zip(task["containers"], checks(task)) if check]
    if not checked:
        return "UNKNOWN"
    if "UNHEALTHY" in checked:
        return "UNHEALTHY"
    return "HEALTHY" if all(health == "HEALTHY" for health in checked) else "UNKNOWN"


def probe_early(task, index, container, note):
    """Run the health check each second until it holds once; the engine alone would look first after `interval`.

    Only the waiting is shorter than on AWS: a container is HEALTHY when its own
    check says so, and UNHEALTHY only when the engine has counted `retries` failures.
    """
    check = checks(task)[index]
    now = time.monotonic()
    if not check or container.get("_probing") or now - container.get("_probed", 0) < PROBE_SECONDS:
        return
    container |= {"_probing": True, "_probed": now}
    threading.Thread(target=_probe, args=(task, index, container, check, note), daemon=True).start()


def _probe(task, index, container, check, note):
    try:
        _kind, *command = ecs_container.health_check(check)["test"]
        if _kind == "CMD-SHELL":
            command = ["/bin/sh", "-c", *command]
        running = engine.client().containers.get(task["_docker_ids"][index])
        if running.exec_run(command).exit_code == 0:
            note(task, container, "HEALTHY")
    except Exception as error:
        logger.debug("probing %s: %s", container["name"], error)
    finally:
        container["_probing"] = False
