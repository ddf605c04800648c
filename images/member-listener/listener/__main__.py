"""Starts the listener: on Discord when DISCORD_TOKEN is set, else with its heartbeat alone."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable

import fleet_logs
from listener import heartbeat

log = logging.getLogger("listener")


def main() -> None:
    """Runs until SIGTERM or SIGINT; exits with 1 and the reason when the connection to Discord fails for good."""
    fleet_logs.setup()
    heartbeat.seconds()  # refuses a bad setting at once
    heartbeat.forget()
    sys.exit(asyncio.run(_listen(heartbeat.token())))


async def _listen(token: str) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if not token:
        log.info("DISCORD_TOKEN is empty: not on Discord, only the heartbeat shows that the listener runs")
        await _tell(stop, listening=_beat)
        log.info("ending")
        return 0
    return await _on_discord(stop, token)


def _beat() -> bool:
    heartbeat.beat()
    return True


async def _tell(stop: asyncio.Event, listening: Callable[[], bool]) -> None:
    """A log line at each interval at which the listener listens, until stop."""
    while not stop.is_set():
        if listening():
            log.info("listening", extra={"event": "heartbeat"})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), heartbeat.seconds())


async def _on_discord(stop: asyncio.Event, token: str) -> int:
    import discord  # 30 MB, for who uses it

    from listener.discord_channel import Listener

    client = Listener()
    listening = asyncio.create_task(client.start(token))
    listening.add_done_callback(lambda _: stop.set())
    await _tell(stop, client.listening)
    failed = listening.done()
    log.info("ending")
    await client.close()
    if not failed:
        listening.cancel()
        return 0
    try:
        listening.result()
    except discord.LoginFailure:
        log.error("Discord refuses DISCORD_TOKEN: put the bot's token from Discord's developer portal into the secret")
    except Exception:
        log.exception("the connection to Discord ended")
    return 1


if __name__ == "__main__":
    main()
