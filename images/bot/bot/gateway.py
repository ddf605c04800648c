"""What is known of Discord's gateway: whether the bot is on it, and when it last acknowledged a heartbeat.

An open connection says nothing: it stays open for hours after the other side is gone. No Discord in here, so that it
costs nothing to import.
"""

import json
import time
from collections.abc import Callable

# How long ago the last acknowledgement may be, seconds. Discord asks for a heartbeat each 41.25 s, and acknowledges it
# at once, so that a gateway that works never comes near. With three probes 10 s apart a dead one is seen after at most
# 55 + 3 × 10 = 85 s, below 90. discord.py gives up a connection after 60 s without any message (heartbeat_timeout)
# and connects anew: one that is only broken heals before the last of these probes.
ACK_LIMIT = 55.0
READY_LIMIT = 60.0  # seconds from the start, or from a lost connection, until the bot must be ready (again)

HEARTBEAT_ACK = 11  # Discord's developer documentation, "Gateway Opcodes"
ACK_LENGTH = 200  # characters; it has some 40. Longer messages, which are events, are not parsed a second time


class Gateway:
    """Times are of a clock that never goes back, seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._started = now()
        self._acknowledged: float | None = None
        self._away_since: float | None = self._started  # None while the bot is ready

    def receive(self, message: str) -> None:
        """Takes each message of the gateway, as it came."""
        if len(message) <= ACK_LENGTH and json.loads(message).get("op") == HEARTBEAT_ACK:
            self._acknowledged = self._now()

    def ready(self) -> None:
        """The bot gets events from now on."""
        self._away_since = None

    def lost(self) -> None:
        """The connection has ended, or could not be made; discord.py tells of each try."""
        if self._away_since is None:
            self._away_since = self._now()

    def age(self) -> float | None:
        """How long ago the last acknowledgement was, seconds with one decimal; None before the first."""
        return None if self._acknowledged is None else round(self._now() - self._acknowledged, 1)

    def trouble(self) -> str:
        """What is wrong with the gateway, or an empty string."""
        now = self._now()
        if self._away_since is not None and now - self._away_since > READY_LIMIT:
            return f"not ready on Discord for {now - self._away_since:.0f} s: at most {READY_LIMIT:g} s are well"
        if self._away_since is not None and self._acknowledged is None:
            return ""  # it is still starting
        age = now - (self._started if self._acknowledged is None else self._acknowledged)
        if age > ACK_LIMIT:
            return f"Discord's gateway has acknowledged no heartbeat for {age:.0f} s: at most {ACK_LIMIT:g} s are well"
        return ""
