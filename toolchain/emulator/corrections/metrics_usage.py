"""What the containers use, by the engine's own figures: for the metrics of tasks, hosts and databases."""

import logging
import os
import time
from dataclasses import dataclass

import engine

logger = logging.getLogger("metrics")

CORES = os.cpu_count() or 1
# A container that nobody looked at for this long is gone.
FORGET_SECONDS = 600

# Container id → (time, CPU seconds used so far) at the last look.
_cpu_before: dict[str, tuple[float, float]] = {}


@dataclass(frozen=True)
class Usage:
    """One container: cores used on average since the last look, bytes of memory now."""

    cores: float
    # As `docker stats` and the ECS agent count it: without page cache that can be dropped at once.
    memory: int
    # Without any page cache, as the kernel's MemAvailable has it.
    resident: int


def look(container_id: str) -> Usage | None:
    """What a container uses; None if it is gone or the engine does not answer."""
    try:
        stats = engine.client().api.stats(container_id, stream=False, one_shot=True)
        now, total = time.monotonic(), stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
        before, earlier = _cpu_before.get(container_id, (now - 60, 0.0))
        _cpu_before[container_id] = now, total
        memory = stats["memory_stats"]
        idle, active = _cache(memory, "inactive_file"), _cache(memory, "active_file")
        return Usage(max(0.0, total - earlier) / max(1.0, now - before), max(0, memory["usage"] - idle),
                     max(0, memory["usage"] - idle - active))
    except Exception as error:
        logger.debug("stats of %s: %s", container_id, error)
        return None


def _cache(memory, name):
    """Bytes of one list of the page cache; the older control groups count it with a prefix."""
    detail = memory.get("stats") or {}
    return detail.get(f"total_{name}", detail.get(name, 0))


def percent_of_host(cores: float) -> float:
    """Cores as percent of this machine, which is every emulated host."""
    return min(100.0, 100 * cores / CORES)


def forget_gone() -> None:
    """Drop what is remembered of containers that are no more."""
    for container_id, (looked, _) in list(_cpu_before.items()):
        if time.monotonic() - looked > FORGET_SECONDS:
            _cpu_before.pop(container_id, None)
