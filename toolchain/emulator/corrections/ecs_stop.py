"""ECS: what the agent on a host does to end a task: drain, SIGTERM, SIGKILL, and a record of how it ended."""

import logging
import re
import threading
import time

from ministack.core.concurrency import resource_lock, spawn_background
from ministack.core.responses import json_response, request_scope
from ministack.services import ecs, ecs_metadata

import engine
from corrections import corrects, ecs_logs, elb_targets, instances
from corrections.loops import changed

logger = logging.getLogger("ecs-stop")

STOP_TIMEOUT_SECONDS = 30  # ECS_CONTAINER_STOP_TIMEOUT of the agent


def docker_id(task, index):
    """The Docker id of a task's container, or None before it was made."""
    ids = task.get("_docker_ids") or []
    return ids[index] if index < len(ids) else None


def scope(task):
    """Account and region of a task, by its ARN."""
    _, _, _, region, account, _ = task["taskArn"].split(":", 5)
    return account, region


def stop(task, reason, code):
    """Begin to stop a task: it is told to stop now and is STOPPED once its containers are."""
    with resource_lock("ecs-task", task["taskArn"]):
        if task["lastStatus"] == "STOPPED" or task["desiredStatus"] == "STOPPED":
            return
        task |= {"desiredStatus": "STOPPED", "stoppedReason": reason, "stopCode": code, "stoppingAt": ecs._iso()}
        ecs._bump_task_version(task)
        if instances.silent(task):
            return  # nobody on the host hears of it: the containers go on until the host is terminated
        # Between now and SIGTERM the load balancer lets go of it (task-lifecycle-explanation).
        task["lastStatus"] = "DEACTIVATING"
    ecs_metadata.set_task_status(task["taskArn"], desired_status="STOPPED")
    spawn_background(_shut_down, task, thread_name="ecs-stop")
    changed.set()


def _shut_down(task):
    with request_scope(*scope(task)):
        elb_targets.drain(task)
        task["lastStatus"] = "STOPPING"
        stop_containers(task)
        finish(task)


def stop_containers(task):
    """SIGTERM, then SIGKILL after stopTimeout, to all containers of the task at once (API_StopTask)."""
    threads = [threading.Thread(target=_stop_container, args=(task, index), daemon=True)
               for index in range(len(task["containers"]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _stop_container(task, index):
    if not docker_id(task, index):
        return
    try:
        engine.client().containers.get(docker_id(task, index)).stop(timeout=_stop_timeout(task, index))
    except Exception as error:
        logger.debug("stopping %s: %s", docker_id(task, index), error)


def _stop_timeout(task, index):
    definition = ecs._task_defs.get(ecs._resolve_td_key(task["taskDefinitionArn"])) or {}
    containers = definition.get("containerDefinitions") or []
    return int(containers[index].get("stopTimeout") or STOP_TIMEOUT_SECONDS) if index < len(containers) else \
        STOP_TIMEOUT_SECONDS


def finish(task):
    """Record exit codes, ship the last log lines, remove the containers: only then is the task STOPPED."""
    for index, container in enumerate(task["containers"]):
        record_exit(task, index, container)
        container["lastStatus"] = "STOPPED"
    ecs_logs.flush(task)
    ecs._cleanup_task_resources(task, engine.client())
    with resource_lock("ecs-task", task["taskArn"]):
        if task["lastStatus"] == "STOPPED":
            return
        now = ecs._iso()
        task |= {"desiredStatus": "STOPPED", "lastStatus": "STOPPED", "stoppedAt": now,
                 "executionStoppedAt": task.get("executionStoppedAt") or now,
                 "stoppingAt": task.get("stoppingAt") or now, "_stopped": time.time()}
        ecs._bump_task_version(task)
    ecs_metadata.set_task_status(task["taskArn"], known_status="STOPPED", desired_status="STOPPED")
    ecs._recount_cluster(ecs._cluster_name_from_arn(task["clusterArn"]))
    changed.set()


def record_exit(task, index, container):
    """exitCode of a container; an out-of-memory kill says so (stopped-task-error-codes)."""
    if not docker_id(task, index) or container.get("exitCode") is not None:
        return
    try:
        state = engine.client().containers.get(docker_id(task, index)).attrs["State"]
    except Exception as error:
        logger.debug("state of %s: %s", docker_id(task, index), error)
        return
    if state["Status"] in ("exited", "dead"):
        container["exitCode"] = state["ExitCode"]
        if state.get("OOMKilled"):
            container["reason"] = "OutOfMemoryError: Container killed due to memory usage"


@corrects("ecs:_stop_task")
def stop_task(original, data):
    """StopTask answers at once; the task is STOPPED when its containers have ended by SIGTERM, or by SIGKILL
    after stopTimeout, with their exit codes (API_StopTask).

    ministack: says STOPPED and 0 first, and kills after 5 s.
    """
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    task = ecs._resolve_task(data.get("task", ""), cluster) if cluster else None
    if task is None:
        return original(data)
    stop(task, data.get("reason", "Task stopped by user"), "UserInitiated")
    return json_response({"task": ecs._sanitize(task)})


# What the engine was asked when it refused → what ECS calls that.
_REFUSED = {"/images/create": "CannotPullContainerError", "/containers/create": "CannotCreateContainerError",
            "/start": "CannotStartContainerError"}


def in_words_of_ecs(reason):
    """The reason for a failed start: ECS's word for it and what the engine said."""
    for asked, word in _REFUSED.items():
        said = re.search(rf"{asked}\S*: [^(]*\(\"(.*)\"\)", reason, re.DOTALL)
        if said:
            return f"{word}: Error response from daemon: {said[1]}"
    return reason


@corrects("ecs:_fail_task_start")
def fail_to_start(original, task, docker_client, reason):
    """A task that cannot start is STOPPED with TaskFailedToStart and the reason (stopped-task-error-codes).

    ministack: calls all that the engine refuses ResourceInitializationError.
    """
    reason = in_words_of_ecs(reason)
    if task["desiredStatus"] == "RUNNING":  # else it was told to stop while it started
        task |= {"stoppedReason": reason, "stopCode": "TaskFailedToStart"}
    finish(task)
