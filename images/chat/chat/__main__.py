"""Starts the bot with the model whose file MODEL names."""

import asyncio
import logging
import os
import signal
import sys

from aiohttp import web

import fleet_logs
from chat import cors, model, replies, rest
from chat.conversation import Conversations

log = logging.getLogger("chat")
DRAIN = 3.0  # seconds that requests under way get at the end


def main() -> None:
    """Runs until SIGTERM or SIGINT; exits with 1 and the reason when the model cannot be used."""
    fleet_logs.setup()
    port, allowed = _port(os.environ.get("PORT", "5005")), cors.origins(os.environ.get("ALLOWED_ORIGINS", ""))
    file = os.environ.get("MODEL", "")
    if not file:
        sys.exit("MODEL is not set: it must be the path of the model's file, which botyard:services.chat.models sets")
    try:
        loaded, texts = model.load(file), replies.load()
        unused = texts.fit(loaded.intents)
    except (model.ModelError, replies.RepliesError) as error:
        log.error("cannot start: %s", error)
        sys.exit(1)
    if unused:
        log.warning("the model knows no intent for the replies %s", ", ".join(unused))
    about = {"digest": loaded.digest, "data": loaded.data, "accuracy": loaded.accuracy}
    log.info("model %s, %d intents", loaded.name, len(loaded.intents), extra=about)
    asyncio.run(_serve(port, rest.build(loaded, file, Conversations(loaded, texts), allowed)))


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise SystemExit(f"PORT is {text!r}: it must be a number from 1 to 65535")
    return int(text)


async def _serve(port: int, app: web.Application) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=DRAIN)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", port).start()
    log.info("the REST channel answers on port %d", port)
    await stop.wait()
    log.info("ending")
    await runner.cleanup()


if __name__ == "__main__":
    main()
