"""The REST channel over real HTTP."""

import asyncio
import threading

import pytest

from bot.replies import GREETING
from bot.rest import STORE, build
from bot.store import Store
from fleet_models.models import Member

WEBHOOK = "/webhooks/rest/webhook"


@pytest.fixture
async def client(aiohttp_client):
    store = Store()
    yield await aiohttp_client(build(store))
    store.close()


async def test_version(client):
    answer = await client.get("/")
    assert (answer.status, await answer.json()) == (200, {"version": "1.0.0", "greeting": GREETING})


async def test_health(client):
    answer = await client.get("/health")
    assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_message(client):
    answer = await client.post(WEBHOOK, json={"sender": "ada", "message": "hello"})
    text = f"{GREETING}, ada! You have 5 points (level 0). Try !help."
    assert (answer.status, await answer.json()) == (200, [{"recipient_id": "ada", "text": text}])


async def test_chart(client):
    answer = await client.post(WEBHOOK, json={"sender": "ada", "message": "!chart"})
    words, picture = await answer.json()
    assert words == {"recipient_id": "ada", "text": "ada, your points:"}
    assert picture["recipient_id"] == "ada"
    assert picture["image"].startswith("data:image/png;base64,iVBORw0KGgo")


async def test_messages_at_once_all_count(client):
    posts = (client.post(WEBHOOK, json={"sender": "ada", "message": ""}) for _ in range(20))
    assert [answer.status for answer in await asyncio.gather(*posts)] == [200] * 20
    assert await asyncio.to_thread(lambda: Member.objects.get(sender="ada").points) == 100


BODY = 'the body is not JSON: send {"sender": "ada", "message": "hello"}'
OBJECT = 'the body is not a JSON object: send {"sender": "ada", "message": "hello"}'
SENDER = '"sender" must be a string of 1 to 64 printable characters'
MESSAGE = '"message" must be a string of at most 2000 characters'


@pytest.mark.parametrize(
    "body, reason",
    [
        (b"", BODY),
        (b"\xff", BODY),
        (b"[" * 50_000, BODY),
        (b"[]", OBJECT),
        (b"{}", SENDER),
        (b'{"sender": 7, "message": "x"}', SENDER),
        (b'{"sender": " ", "message": "x"}', SENDER),
        (b'{"sender": "a\\u0000", "message": "x"}', SENDER),
        (b'{"sender": "\\ud800", "message": "x"}', SENDER),
        (b'{"sender": "%s", "message": "x"}' % (b"a" * 65), SENDER),
        (b'{"sender": "ada"}', MESSAGE),
        (b'{"sender": "ada", "message": null}', MESSAGE),
        (b'{"sender": "ada", "message": "%s"}' % (b"a" * 2001), MESSAGE),
    ],
)
async def test_bad_input_is_refused(client, body, reason):
    answer = await client.post(WEBHOOK, data=body)
    assert (answer.status, await answer.json()) == (400, {"error": reason})
    assert await asyncio.to_thread(Member.objects.count) == 0


async def test_too_large_a_body(client):
    assert (await client.post(WEBHOOK, data=b"x" * 70_000)).status == 413


async def test_before_the_tables_are_there(no_tables, client):
    answer = await client.post(WEBHOOK, json={"sender": "ada", "message": "hello"})
    reason = "the tables are not there yet: leveling-api's migrate makes them before it starts"
    assert (answer.status, await answer.json()) == (503, {"error": reason})
    assert (await client.get("/health")).status == 200


async def test_health_does_not_queue_behind_messages(client):
    free = threading.Event()
    busy = [asyncio.create_task(client.app[STORE].run(free.wait, 10)) for _ in range(20)]
    try:
        answer = await asyncio.wait_for(client.get("/health"), timeout=5)
        assert answer.status == 200
    finally:
        free.set()
        await asyncio.gather(*busy)


async def test_health_without_a_database(client, monkeypatch):
    from django.db import OperationalError

    def down():
        raise OperationalError('connection to server at "10.0.0.1" failed')

    monkeypatch.setattr("fleet_models.database.check", down)
    answer = await client.get("/health")
    assert (answer.status, await answer.json()) == (503, {"error": "the database does not answer"})
    assert answer.headers["Retry-After"] == "3600", "a restart would not bring it back"
    answer = await client.get("/alive")
    assert (answer.status, await answer.json()) == (200, {"status": "alive"})
