"""Start and stop of the emulator: whose containers it removes, and how."""

import logging
from concurrent.futures import ThreadPoolExecutor

from ministack.core import container_reaper

import engine
from corrections import corrects, loops

logger = logging.getLogger("lifecycle")

DATABASE_STOP_SECONDS = 10
TASK_STOP_SECONDS = 8


@corrects("app:_stop_docker_containers")
def stop_only_ours(original, include_unlabelled=False):
    """A host that goes down gives its containers time to end (ecs-agent-config, ECS_CONTAINER_STOP_TIMEOUT). At
    start this removes what a killed emulator left running, before services and databases are started anew on
    their data.

    ministack: gives two seconds, and at start takes unlabelled containers of other emulators as well.
    """
    client = engine.client()
    if client is None:
        return
    mine = client.containers.list(all=True, sparse=True, filters={
        "label": f"{engine.LABEL}={container_reaper.instance_id()}"})
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(_remove, mine))


def _remove(container):
    """At a shutdown containers get the time to end; what a killed emulator left behind only what a database needs."""
    database = (container.attrs.get("Labels") or {}).get("ministack") == "rds"
    seconds = DATABASE_STOP_SECONDS if database else TASK_STOP_SECONDS if loops.closing.is_set() else 1
    try:
        container.stop(timeout=seconds)
        container.remove(v=True, force=True)
    except Exception as error:
        logger.warning("container %s is not removed: %s", container.id[:12], error)
