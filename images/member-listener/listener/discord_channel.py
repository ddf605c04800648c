"""The gateway to Discord: each change of a member becomes one log line."""

import logging

import discord

log = logging.getLogger(__name__)
PARTS = ("nick", "roles", "pending", "timed_out_until")  # of a member, that are told by name when they change


class Listener(discord.Client):
    """Tells of members. Needs the server members intent, which is set in Discord's developer portal."""

    def __init__(self) -> None:
        intents = discord.Intents.none()
        intents.guilds = True  # which servers there are: member events come with their server's id only
        intents.members = True
        # All members are kept, about 1 kB each: discord.py tells of a change only of those that it knows.
        super().__init__(intents=intents, chunk_guilds_at_startup=True)
        self.connected = False  # to the gateway, now: a client that is "ready" may have lost it since

    async def on_ready(self) -> None:
        self.connected = True
        log.info("on Discord as %s in %d servers", self.user, len(self.guilds))

    async def on_resumed(self) -> None:
        self.connected = True

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
