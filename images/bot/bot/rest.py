"""The REST channel, in the format of Rasa's: a website or a test posts a message and gets the replies."""

import base64
import json
import logging

from aiohttp import web

from bot import VERSION, replies
from bot.gateway import Gateway
from bot.store import Store
from fleet_models import database
from fleet_models.models import NAME_LENGTH

log = logging.getLogger(__name__)
STORE = web.AppKey("store", Store)
GATEWAY = web.AppKey("gateway", Gateway | None)
MESSAGE_LENGTH = 2000  # characters, as on Discord
BODY_SIZE = 64 * 1024  # bytes
# What the health page asks of the warden while Discord or the database is away, seconds: a restart brings neither back.
PATIENCE = "3600"


def build(store: Store, gateway: Gateway | None = None) -> web.Application:
    """The web application of the bot; gateway is what is known of Discord's where the bot is on Discord."""
    app = web.Application(client_max_size=BODY_SIZE)
    app[STORE] = store
    app[GATEWAY] = gateway
    pages = [web.get("/", _version), web.get("/alive", _alive), web.get("/health", _health)]
    app.add_routes([*pages, web.post("/webhooks/rest/webhook", _message)])
    return app


async def _version(request: web.Request) -> web.Response:
    return web.json_response({"version": VERSION, "greeting": replies.GREETING})


async def _alive(request: web.Request) -> web.Response:
    """For the load balancer: the process answers. What it lacks is the warden's to judge, by /health."""
    return web.json_response({"status": "alive"})


async def _health(request: web.Request) -> web.Response:
    gateway, well = request.app[GATEWAY], {"status": "ok"}
    if gateway is not None:
        if trouble := gateway.trouble():
            log.warning(trouble)
            return web.json_response({"error": trouble}, status=503, headers={"Retry-After": PATIENCE})
        well["gatewayAckAgeSeconds"] = gateway.age()
    try:
        await request.app[STORE].check()
    except database.NOT_READY as error:
        return _not_ready(error, PATIENCE)
    return web.json_response(well)


async def _message(request: web.Request) -> web.Response:
    try:
        sender, message = _parse(await request.read())
    except ValueError as error:
        return web.json_response({"error": str(error)}, status=400)
    try:
        answers = await request.app[STORE].run(replies.respond, sender, sender, message)
    except database.NOT_READY as error:
        return _not_ready(error)
    return web.json_response([{"recipient_id": sender, **_payload(answer)} for answer in answers])


def _parse(body: bytes) -> tuple[str, str]:
    """The sender and the message of a request's body. Raises ValueError with what would be right."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError('the body is not JSON: send {"sender": "ada", "message": "hello"}') from None
    if not isinstance(data, dict):
        raise ValueError('the body is not a JSON object: send {"sender": "ada", "message": "hello"}')
    sender, message = data.get("sender"), data.get("message")
    if not isinstance(sender, str) or not sender.strip() or not sender.isprintable() or len(sender) > NAME_LENGTH:
        raise ValueError(f'"sender" must be a string of 1 to {NAME_LENGTH} printable characters')
    if not isinstance(message, str) or len(message) > MESSAGE_LENGTH:
        raise ValueError(f'"message" must be a string of at most {MESSAGE_LENGTH} characters')
    return sender, message


def _payload(reply: replies.Reply) -> dict[str, str]:
    if reply.png:
        return {"image": "data:image/png;base64," + base64.b64encode(reply.png).decode()}
    return {"text": reply.text}


def _not_ready(error: Exception, again: str = "5") -> web.Response:
    log.warning("the database is not ready: %s", str(error).splitlines()[0])
    return web.json_response({"error": database.explain(error)}, status=503, headers={"Retry-After": again})
