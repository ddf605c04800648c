"""The sign of life: a file that the listener touches while it listens, and the health check looks at.

Imports next to nothing, since the health check's interpreter starts anew every few seconds.
"""

import os
import time

DEFAULT_FILE = "/tmp/member-listener.heartbeat"
DEFAULT_SECONDS = "30"
MISSED = 3  # beats that may fail to come before the listener counts as dead


def file() -> str:
    """Where the beats are kept: HEARTBEAT_FILE, or the default in the only folder that can be written to."""
    return os.environ.get("HEARTBEAT_FILE") or DEFAULT_FILE


def seconds() -> float:
    """The time between two beats: HEARTBEAT_SECONDS. Exits with the reason when that is not a time."""
    text = os.environ.get("HEARTBEAT_SECONDS") or DEFAULT_SECONDS
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 3600:  # false for nan too
        raise SystemExit(f"HEARTBEAT_SECONDS is {text!r}: it must be a number of seconds from 0.1 to 3600")
    return value


def beat() -> None:
    """Leaves a sign of life now."""
    with open(file(), "w", encoding="ascii"):
        pass


def trouble() -> str:
    """Why the listener counts as dead, or an empty string."""
    limit = MISSED * seconds()
    try:
        age = time.time() - os.stat(file()).st_mtime
    except FileNotFoundError:
        return "there was no heartbeat yet: the listener has not begun to listen"
    return "" if age <= limit else f"the last heartbeat was {age:.0f} s ago: at most {limit:g} s are well"
