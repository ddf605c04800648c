"""State on disk, written before a change is answered.

ministack saves its state when it is shut down in order. Here a change is on disk
before its caller hears of it, so that a killed emulator forgets nothing that a
deployment relies on. What changes by itself (tasks, log events) follows within
seconds.
"""

import hashlib
import json
import logging
import threading
import time

from ministack import app
from ministack.core import persistence

logger = logging.getLogger("state")

FOLLOW_SECONDS = 1.0
# Saving in the background takes at most one part in this many of the time.
IDLE_SHARE = 50
READS = ("Describe", "List", "Get", "Head", "BatchGet", "Filter", "Lookup", "StartLiveTail")
# Data, not resources: these come in all the time, and nothing in a deployment relies on their last second.
DATA = ("PutMetricData", "PutLogEvents")

_lock = threading.Lock()
_saved: dict[str, bytes] = {}
_wake = threading.Event()

# One line a service and second would bury the rest of the log.
logging.getLogger("persistence").setLevel(logging.WARNING)


def is_read(action: str | None) -> bool:
    """Whether an action ("ecs:DescribeServices") changes nothing that must be on disk before it is answered."""
    return bool(action) and action.split(":")[-1].startswith(READS + DATA)


def save(key: str, get_state) -> bool:
    """Write one service's state if it differs from what is on disk; tell whether it did."""
    with _lock:
        state = _snapshot(get_state)
        if state is None:
            return False
        text = json.dumps(state, default=persistence._json_default, sort_keys=False)
        digest = hashlib.sha256(text.encode()).digest()
        if _saved.get(key) == digest:
            return False
        persistence.save_state(key, state)
        _saved[key] = digest
        return True


def _snapshot(get_state, attempts: int = 20):
    """Another thread may add to a table while it is copied; then copy it again."""
    for attempt in range(attempts):
        try:
            return get_state()
        except RuntimeError:
            if attempt == attempts - 1:
                raise
            time.sleep(0.01)


def save_service(service: str) -> None:
    """Write the state of the service that a request went to, and soon that of those that it went on to."""
    module = app.SERVICE_REGISTRY[service]["module"]
    keys = {key for key, name in app._state_map.items() if name == module}
    for key, get_state in app._build_persistence_save_dict().items():
        if key in keys:
            save(key, get_state)
    _wake.set()


def save_all() -> None:
    """Write every service's state that changed."""
    for key, get_state in app._build_persistence_save_dict().items():
        try:
            save(key, get_state)
        except Exception:
            logger.exception("state of %s not saved; trying again", key)


def follow(closing: threading.Event) -> None:
    """Save what changes by itself, in the background, until `closing` is set."""
    def loop():
        pause = FOLLOW_SECONDS
        while not closing.is_set():
            _wake.wait(pause)
            _wake.clear()
            began = time.monotonic()
            save_all()
            took = time.monotonic() - began
            pause = max(FOLLOW_SECONDS, IDLE_SHARE * took)
            closing.wait(took)
    threading.Thread(target=loop, daemon=True, name="state").start()
