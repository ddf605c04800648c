"""Discord as far as a bot's connection needs it, for tests: the login over HTTP, and a gateway that can fall silent.

It speaks real HTTP and a real WebSocket; discord.py's own client is what talks to it.
"""

import asyncio
import json
from contextlib import asynccontextmanager

import discord.gateway
import discord.http
import yarl
from aiohttp import WSMsgType, web

USER = {"id": "1", "username": "botyard", "discriminator": "0", "avatar": None, "bot": True}
APPLICATION = {
    "id": "1",
    "name": "botyard",
    "description": "",
    "icon": None,
    "bot_public": False,
    "bot_require_code_grant": False,
    "verify_key": "",
    "flags": 0,
    "owner": USER,
}
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, HELLO, ACK = 0, 1, 2, 6, 10, 11  # Discord's developer documentation, "Opcodes"


class Discord:
    """One Discord. Set silent to have heartbeats and logins on the gateway go unanswered."""

    def __init__(self, interval: float) -> None:
        self.interval = interval  # between the heartbeats that it asks for, seconds
        self.silent = False
        self.connections = 0  # of the gateway, since the start
        self._open: set[web.WebSocketResponse] = set()
        self._address = ""

    async def drop(self) -> None:
        """Closes the gateway's connections as Discord does when a server of its own restarts."""
        for socket in list(self._open):
            await socket.close(code=1001)

    @asynccontextmanager
    async def running(self, monkeypatch):
        """Runs it, and lets discord.py find it."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/api/users/@me", _user),
                web.get("/api/oauth2/applications/@me", _application),
                web.get("/", self._gateway),
            ]
        )
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._address = f"127.0.0.1:{runner.addresses[0][1]}"
        monkeypatch.setattr(discord.http.Route, "BASE", f"http://{self._address}/api")
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(f"ws://{self._address}/"))
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        self._open.add(socket)
        try:
            await _send(socket, HELLO, {"heartbeat_interval": self.interval * 1000})
            async for message in socket:
                if message.type is WSMsgType.TEXT and not self.silent:
                    await self._received(socket, json.loads(message.data)["op"])
        finally:
            self._open.discard(socket)
        return socket

    async def _received(self, socket: web.WebSocketResponse, op: int) -> None:
        if op == HEARTBEAT:
            await _send(socket, ACK)
        elif op == RESUME:
            await _send(socket, DISPATCH, {}, "RESUMED", 2)
        elif op == IDENTIFY:
            ready = {"v": 10, "user": USER, "guilds": [], "session_id": "s", "application": {"id": "1", "flags": 0}}
            await _send(socket, DISPATCH, {**ready, "resume_gateway_url": f"ws://{self._address}/"}, "READY", 1)


async def _user(_: web.Request) -> web.Response:
    return _json(USER)


async def _application(_: web.Request) -> web.Response:
    return _json(APPLICATION)


def _json(data: dict) -> web.Response:
    # discord.py knows JSON by exactly this type, without a charset.
    return web.Response(body=json.dumps(data).encode(), content_type="application/json")


async def _send(
    socket: web.WebSocketResponse, op: int, data: object = None, event: str = "", sequence: int = 0
) -> None:
    await socket.send_json({"t": event or None, "s": sequence or None, "op": op, "d": data})


async def until(true, within: float) -> None:
    """Waits until true() is, or what it awaits is; fails after so many seconds."""
    async with asyncio.timeout(within):
        while True:
            answer = true()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            await asyncio.sleep(0.02)
