"""ECS: what the agent on a host sees: which containers run, how they ended, how healthy they are.

ministack asks the engine about every container ten times a second and knows no
health. Here one loop lists all containers of the emulator four times a second.
"""

import time

from ministack.core import container_reaper
from ministack.core.responses import request_scope
from ministack.services import ecs

import engine
from corrections import at_start, corrects, ecs_health, ecs_stop, instances, loops
from corrections.ecs_stop import docker_id
from corrections.loops import changed

POLL_SECONDS = 0.25
KEEP_STOPPED_SECONDS = 3600
ESSENTIAL_EXITED = "Essential container in task exited"


def watch_once():
    """One look at all containers: the tasks whose essential container is gone stop, health is noted."""
    if not ecs._tasks.has_any() or not engine.client():
        return
    tasks = ecs._tasks.all_items()  # before the containers: one that starts meanwhile is not missed
    running = [task for _, task in tasks if task["lastStatus"] == "RUNNING" and task["desiredStatus"] == "RUNNING"
               and not instances.silent(task)]
    seen = {c.id: c.attrs for c in engine.client().containers.list(
        all=True, sparse=True, filters={"label": [f"{engine.LABEL}={container_reaper.instance_id()}",
                                                  "ministack=ecs"]})}
    for task in running:
        with request_scope(*ecs_stop.scope(task)):
            _look(task, seen)
    for key, task in tasks:
        if task["lastStatus"] == "STOPPED" and \
                time.time() - task.setdefault("_stopped", time.time()) > KEEP_STOPPED_SECONDS:
            ecs._tasks.pop_scoped(*key, None)


def _look(task, seen):
    exited = []
    for index, container in enumerate(task["containers"]):
        found = seen.get(docker_id(task, index))
        if found is None or found["State"] in ("exited", "dead"):
            if container["lastStatus"] != "STOPPED":
                ecs_stop.record_exit(task, index, container)
                container["lastStatus"] = "STOPPED"
            exited.append(index)
        else:
            health = ecs_health.of_status(found["Status"])
            _note_health(task, container, health)
            if not health and container["healthStatus"] == "UNKNOWN":
                ecs_health.probe_early(task, index, container, _note_health)
    essentials = task.get("_container_essentials") or []
    gone = [i for i in exited if i >= len(essentials) or essentials[i]]
    if gone or len(exited) == len(task["containers"]):
        ecs_stop.stop(task, ESSENTIAL_EXITED, "EssentialContainerExited")


def _note_health(task, container, health):
    if health and container["healthStatus"] != health:
        container["healthStatus"] = health
        task["healthStatus"] = ecs_health.of_task(task)
        changed.set()


@at_start
def watch_containers():
    """Exit codes, out-of-memory kills and health reach the task (task-lifecycle-explanation, healthcheck).

    ministack: knows exit codes only.
    """
    loops.repeat(watch_once, lambda: POLL_SECONDS, "ecs-agent")


@corrects("ecs:_maybe_mark_stopped", "ecs:_watch_task_lifecycle")
def leave_it_to_the_agent(original, task, *_):
    """A task's state is what the agent of its host reports (task-lifecycle-explanation); reads change nothing.

    ministack: asks the engine in every read, and ten times a second for each task.
    """


@corrects("ecs:_mark_task_running")
def see_a_start(original, task_arn, task):
    """A service goes on as soon as a task is RUNNING (task-lifecycle-explanation).

    ministack: a second later.
    """
    running = original(task_arn, task)
    task["_running_since"] = time.monotonic()
    changed.set()
    return running
