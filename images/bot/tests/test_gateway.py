"""Health by Discord's gateway: by a clock made here, and by a real WebSocket that falls silent and speaks again."""

import asyncio
import contextlib
import json
import re

import pytest

from bot import gateway
from bot.discord_channel import Channel
from bot.gateway import Gateway
from bot.rest import build
from bot.store import Store
from fake_discord import Discord, until

ACK = json.dumps({"t": None, "s": None, "op": 11, "d": None})


class Clock:
    time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock():
    return Clock()


def test_it_has_a_minute_to_become_ready(clock):
    known = Gateway(clock)
    clock.time += 60
    assert (known.trouble(), known.age()) == ("", None)
    clock.time += 1
    assert known.trouble() == "not ready on Discord for 61 s: at most 60 s are well"
    known.receive(ACK)
    assert known.trouble() == "not ready on Discord for 61 s: at most 60 s are well", "an acknowledgement is not enough"
    known.ready()
    assert (known.trouble(), known.age()) == ("", 0.0)


def test_an_old_acknowledgement_is_trouble(clock):
    known = Gateway(clock)
    known.receive(ACK)
    known.ready()
    clock.time += 55
    assert (known.trouble(), known.age()) == ("", 55.0)
    clock.time += 0.6
    assert known.trouble() == "Discord's gateway has acknowledged no heartbeat for 56 s: at most 55 s are well"
    assert known.age() == 55.6
    known.receive(ACK)
    assert known.trouble() == ""


def test_a_dead_gateway_is_unhealthy_within_90_seconds():
    """Each of three probes 10 s apart fails from the limit on, and the first comes up to 10 s after it."""
    assert 41.25 < gateway.ACK_LIMIT <= 90 - 3 * 10 - 5, "5 s are for the answers"


def test_no_acknowledgement_at_all_is_trouble_too(clock):
    known = Gateway(clock)
    known.ready()
    clock.time += 56
    assert known.trouble() == "Discord's gateway has acknowledged no heartbeat for 56 s: at most 55 s are well"


def test_a_lost_connection_has_a_minute_to_come_back(clock):
    known = Gateway(clock)
    known.ready()
    for _ in range(7):  # discord.py tells of each try, and some get as far as an acknowledgement
        known.lost()
        clock.time += 10
        known.receive(ACK)
    assert known.trouble() == "not ready on Discord for 70 s: at most 60 s are well"
    known.ready()
    assert known.trouble() == ""


@pytest.mark.parametrize(
    "message", [json.dumps({"op": 1}), json.dumps({"op": 0, "d": {"op": 11}}), '{"op": 11, ' + " " * 300]
)
def test_other_messages_acknowledge_nothing(clock, message):
    known = Gateway(clock)
    known.receive(message)
    assert known.age() is None


@contextlib.asynccontextmanager
async def on_discord(monkeypatch, aiohttp_client, discord):
    """A bot on that Discord: its channel, and a function that asks its health page."""
    store, known = Store(), Gateway()
    client = await aiohttp_client(build(store, known))

    async def health():
        answer = await client.get("/health")
        return answer.status, await answer.json()

    async with discord.running(monkeypatch):
        channel = Channel(store, known)
        talking = asyncio.create_task(channel.start("token"))
        try:
            yield channel, health
        finally:
            await channel.close()
            talking.cancel()
            store.close()
            with contextlib.suppress(asyncio.CancelledError):
                await talking  # raises what it failed by


async def test_a_gateway_that_falls_silent_and_speaks_again(monkeypatch, aiohttp_client):
    monkeypatch.setattr(gateway, "ACK_LIMIT", 1.0)
    discord = Discord(interval=0.2)

    async def well():
        status, answer = await health()
        return status == 200 and isinstance(answer["gatewayAckAgeSeconds"], float)

    async def ill():
        status, answer = await health()
        return status == 503 and re.fullmatch(
            r"Discord's gateway has acknowledged no heartbeat for \d s: at most 1 s are well", answer["error"]
        )

    async def holds():
        for _ in range(15):
            status, answer = await health()
            assert status == 200, answer
            assert answer.keys() == {"status", "gatewayAckAgeSeconds"} and 0 <= answer["gatewayAckAgeSeconds"] < 1
            await asyncio.sleep(0.1)

    async with on_discord(monkeypatch, aiohttp_client, discord) as (channel, health):
        assert await health() == (200, {"status": "ok", "gatewayAckAgeSeconds": None})
        await until(well, 5)
        await until(channel.is_ready, 5)  # discord.py waits 2 s for servers
        monkeypatch.setattr(gateway, "READY_LIMIT", 1.0)
        await holds()
        discord.silent = True
        await until(ill, 3)
        assert discord.connections == 1, "the connection is still open"
        discord.silent = False
        await discord.drop()
        await until(well, 5)
        assert discord.connections == 2
        await holds()


async def test_a_gateway_that_never_lets_it_in(monkeypatch, aiohttp_client):
    monkeypatch.setattr(gateway, "READY_LIMIT", 0.5)
    discord = Discord(interval=0.2)
    discord.silent = True

    async def ill():
        return await health() == (503, {"error": "not ready on Discord for 1 s: at most 0.5 s are well"})

    async with on_discord(monkeypatch, aiohttp_client, discord) as (_, health):
        await until(ill, 3)
