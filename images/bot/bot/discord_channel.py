"""The Discord channel: every message earns points, and gets an answer when it is a command or makes a new level."""

import io
import logging

import discord

from bot import replies
from bot.gateway import Gateway
from bot.store import Store
from fleet_models import database
from fleet_models.models import NAME_LENGTH

log = logging.getLogger(__name__)


class Channel(discord.Client):
    """The bot on Discord. Needs the message content intent, which is set in Discord's developer portal."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        # Nobody is pinged by a reply, whatever a member's name looks like.
        # The debug events are the one public sign of an acknowledgement: latency says how long one took, not when. They
        # cost a task for each message of the gateway, of which a small team's server has few.
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none(), enable_debug_events=True)
        self._store = store
        self._gateway = gateway

    async def on_socket_raw_receive(self, message: str) -> None:
        self._gateway.receive(message)

    async def on_disconnect(self) -> None:
        self._gateway.lost()

    async def on_resumed(self) -> None:
        self._gateway.ready()

    async def on_ready(self) -> None:
        self._gateway.ready()
        log.info("on Discord as %s in %d servers", self.user, len(self.guilds))

    async def on_message(self, message: discord.Message) -> None:
        if message.author.bot:  # itself too: a bot that answers itself never stops
            return
        name = message.author.display_name[:NAME_LENGTH]
        try:
            answers = await self._store.run(replies.respond, str(message.author.id), name, message.content)
        except database.NOT_READY as error:
            log.warning("a message got no points, the database is not ready: %s", str(error).splitlines()[0])
            return
        for answer in answers:
            if answer.png:
                await message.channel.send(file=discord.File(io.BytesIO(answer.png), "chart.png"))
            elif not answer.quiet:
                await message.channel.send(answer.text)
