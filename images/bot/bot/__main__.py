"""Starts the bot: the REST channel always, Discord when DISCORD_TOKEN is set."""

import asyncio
import logging
import os
import signal
import sys

import django
from aiohttp import web
from django.conf import settings

import fleet_logs
from bot.gateway import Gateway
from fleet_models.settings import APPS, databases

log = logging.getLogger("bot")
DRAIN = 3.0  # seconds that requests under way get at the end


def main() -> None:
    """Runs until SIGTERM or SIGINT; exits with 1 and the reason when a channel fails."""
    fleet_logs.setup()
    port = _port(os.environ.get("PORT", "5005"))
    settings.configure(INSTALLED_APPS=APPS, DATABASES=databases(os.environ), USE_TZ=True, LOGGING_CONFIG=None)
    django.setup()
    sys.exit(asyncio.run(_serve(port, os.environ.get("DISCORD_TOKEN", "").strip())))


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise SystemExit(f"PORT is {text!r}: it must be a number from 1 to 65535")
    return int(text)


async def _serve(port: int, token: str) -> int:
    from bot import rest  # the models can be imported only when Django is set up
    from bot.store import Store

    store, stop, gateway = Store(), asyncio.Event(), Gateway() if token else None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(rest.build(store, gateway), access_log=None, shutdown_timeout=DRAIN)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", port).start()
    log.info("the REST channel answers on port %d", port)
    try:
        return await _until(stop, store, gateway, token)
    finally:
        log.info("ending")
        await runner.cleanup()
        store.close()


async def _until(stop: asyncio.Event, store, gateway: Gateway | None, token: str) -> int:
    """Waits for stop, on Discord meanwhile if there is a token. Returns the exit code."""
    if gateway is None:
        log.info("DISCORD_TOKEN is empty: not on Discord, the REST channel alone answers")
        await stop.wait()
        return 0
    import discord  # 30 MB, for who uses it

    from bot.discord_channel import Channel

    client = Channel(store, gateway)
    talking, stopping = asyncio.create_task(client.start(token)), asyncio.create_task(stop.wait())
    await asyncio.wait({talking, stopping}, return_when=asyncio.FIRST_COMPLETED)
    await client.close()
    if stop.is_set():
        talking.cancel()
        return 0
    stopping.cancel()
    try:
        talking.result()
    except discord.LoginFailure:
        log.error("Discord refuses DISCORD_TOKEN: put the bot's token from Discord's developer portal into the secret")
    except Exception:
        log.exception("the connection to Discord ended")
    return 1


if __name__ == "__main__":
    main()
