"""The gateway to Discord: each change of a member becomes one log line."""

import json
import logging
import time

import discord

from listener import heartbeat

log = logging.getLogger(__name__)
PARTS = ("nick", "roles", "pending", "timed_out_until")  # of a member, that are told by name when they change

HEARTBEAT_ACK = 11  # Discord's developer documentation, "Gateway Opcodes"
ACK_LENGTH = 200  # characters; it has some 40. Longer messages, which are events, are not parsed a second time


class Listener(discord.Client):
    """Tells of members. Needs the server members intent, which is set in Discord's developer portal."""

    def __init__(self) -> None:
        intents = discord.Intents.none()
        intents.guilds = True  # which servers there are: member events come with their server's id only
        intents.members = True
        # All members are kept, about 1 kB each: discord.py tells of a change only of those that it knows.
        # The debug events are the one public sign of an acknowledgement: latency says how long one took, not when. They
        # cost a task for each message of the gateway, of which a small team's server has few.
        super().__init__(intents=intents, chunk_guilds_at_startup=True, enable_debug_events=True)
        self.connected = False  # to the gateway, now: a client that is "ready" may have lost it since
        self._acknowledged: float | None = None  # by a clock that never goes back, seconds

    def listening(self) -> bool:
        """Whether events come, as far as one can know."""
        return self.connected and not heartbeat.trouble()

    async def on_socket_raw_receive(self, message: str) -> None:
        if len(message) <= ACK_LENGTH and json.loads(message).get("op") == HEARTBEAT_ACK:
            self._acknowledged = time.monotonic()
            self._beat()

    def _beat(self) -> None:
        # Not before it is ready: a gateway acknowledges heartbeats also of who is not let in.
        if self.connected and self._acknowledged is not None:
            heartbeat.beat(age=time.monotonic() - self._acknowledged)

    async def on_ready(self) -> None:
        self.connected = True
        self._beat()
        log.info("on Discord as %s in %d servers", self.user, len(self.guilds))

    async def on_resumed(self) -> None:
        self.connected = True
        self._beat()

    async def on_disconnect(self) -> None:
        self.connected = False

    async def on_member_join(self, member: discord.Member) -> None:
        _tell("joined", member.guild.id, member.id)

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        _tell("left", payload.guild_id, payload.user.id)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        _tell(
            "changed",
            after.guild.id,
            after.id,
            [part for part in PARTS if getattr(before, part) != getattr(after, part)],
        )


def _tell(event: str, server: int, member: int, parts: list[str] | None = None) -> None:
    # Ids and no names: what is personal stays on Discord.
    what = {"event": f"member_{event}", "server": str(server), "member": str(member)}
    log.info("member %s", event, extra=what | ({"parts": parts} if parts else {}))
