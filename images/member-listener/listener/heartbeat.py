"""The sign of life: a file whose age the health check looks at.

On Discord it is as old as the gateway's last acknowledgement of a heartbeat, while the listener is on the gateway. An
open connection would say nothing: it stays open for hours after the other side is gone. Without a token the listener
touches it at each interval.

Imports next to nothing, since the health check's interpreter starts anew every few seconds.
"""

import contextlib
import os
import time

DEFAULT_FILE = "/tmp/member-listener.heartbeat"
DEFAULT_SECONDS = "30"
MISSED = 3  # beats that may fail to come before a listener without a token counts as dead

# How long ago the last acknowledgement may be, seconds. Discord asks for a heartbeat each 41.25 s, and acknowledges it
# at once, so that a gateway that works never comes near. With three probes 10 s apart a dead one is seen after at most
# 55 + 3 × 10 = 85 s, below 90. discord.py gives up a connection after 60 s without any message (heartbeat_timeout)
# and connects anew: one that is only broken heals before the last of these probes.
ACK_LIMIT = 55.0


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


def token() -> str:
    """The bot's token on Discord; empty where the listener is not to be there."""
    return os.environ.get("DISCORD_TOKEN", "").strip()


def beat(age: float = 0.0) -> None:
    """Leaves a sign of life of so many seconds ago."""
    with open(file(), "w", encoding="ascii"):
        pass
    at = time.time() - age
    os.utime(file(), times=(at, at))


def forget() -> None:
    """Removes the sign of life of an earlier process in the same container."""
    with contextlib.suppress(FileNotFoundError):
        os.remove(file())


def trouble() -> str:
    """Why the listener counts as dead, or an empty string."""
    try:
        age = time.time() - os.stat(file()).st_mtime
    except FileNotFoundError:
        return "there was no heartbeat yet: the listener has not begun to listen"
    if token():
        text = f"Discord's gateway has acknowledged no heartbeat for {age:.0f} s: at most {ACK_LIMIT:g} s are well"
        return "" if age <= ACK_LIMIT else text
    limit = MISSED * seconds()
    return "" if age <= limit else f"the last heartbeat was {age:.0f} s ago: at most {limit:g} s are well"
