"""The REST channel, in the format of Rasa's, and the pages that tell how the bot is."""

import json
import os

from aiohttp import web

from chat import cors
from chat.conversation import Conversations
from chat.model import Model

CONVERSATIONS = web.AppKey("conversations", Conversations)
MODEL = web.AppKey("model", Model)
FILE = web.AppKey("file", str)
WEBHOOK = "/webhooks/rest/webhook"
SENDER_LENGTH, MESSAGE_LENGTH = 64, 2000  # characters
BODY_SIZE = 64 * 1024  # bytes
EXAMPLE = '{"sender": "ada", "message": "hello"}'


def build(model: Model, file: str, conversations: Conversations, allowed: frozenset[str]) -> web.Application:
    """The web application; file is the model's, allowed are the origins of the websites that the bot is on."""
    app = web.Application(client_max_size=BODY_SIZE)
    app[CONVERSATIONS], app[MODEL], app[FILE] = conversations, model, os.path.basename(file)
    app.add_routes([web.get("/alive", _alive), web.get("/health", _health), web.get("/status", _status)])
    app.add_routes([web.post(WEBHOOK, _message), web.options(WEBHOOK, _preflight)])
    cors.allow(app, allowed)
    return app


async def _alive(_: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})


async def _health(_: web.Request) -> web.Response:
    """The bot lacks nothing that could be away: its model was read at the start."""
    return web.json_response({"status": "ok"})


async def _status(request: web.Request) -> web.Response:
    """Rasa's three fields, and what the model's file says of itself."""
    model = request.app[MODEL]
    rasa = {"model_file": request.app[FILE], "model_id": model.digest, "num_active_training_jobs": 0}
    own = {"name": model.name, "data": model.data, "examples": model.examples, "accuracy": model.accuracy}
    return web.json_response({**rasa, **own, "intents": model.intents})


async def _preflight(_: web.Request) -> web.Response:
    return web.Response(status=204)


async def _message(request: web.Request) -> web.Response:
    try:
        sender, message = _parse(await request.read())
    except ValueError as error:
        return web.json_response({"error": str(error)}, status=400)
    return web.json_response([{"recipient_id": sender, "text": request.app[CONVERSATIONS].answer(sender, message)}])


def _parse(body: bytes) -> tuple[str, str]:
    """The sender and the message of a request's body. Raises ValueError with what would be right."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError(f"the body is not JSON: send {EXAMPLE}") from None
    if not isinstance(data, dict):
        raise ValueError(f"the body is not a JSON object: send {EXAMPLE}")
    sender, message = data.get("sender"), data.get("message")
    if not isinstance(sender, str) or not sender.strip() or not sender.isprintable() or len(sender) > SENDER_LENGTH:
        raise ValueError(f'"sender" must be a string of 1 to {SENDER_LENGTH} printable characters')
    if not isinstance(message, str) or len(message) > MESSAGE_LENGTH:
        raise ValueError(f'"message" must be a string of at most {MESSAGE_LENGTH} characters')
    return sender, message
