"""The REST channel over real HTTP."""

import pytest

from chat import conversation, cors, model, replies, rest
from chat.conversation import Conversations

HANDOFF = "A colleague takes over: call +44 20 7946 0018 or write to help@example.org, Monday to Friday, 9 to 17."
HOURS = "We are open Monday to Saturday from 9 to 18, and closed on Sundays and public holidays."
FALLBACK = "Sorry, I did not get that. Could you say it in other words?"
SITE = "https://www.example.org"


class Clock:
    """A clock that the test sets, seconds."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def client(aiohttp_client, write, document, clock):
    path = write(document)
    loaded = model.load(path)
    app = rest.build(loaded, path, Conversations(loaded, replies.load(), clock), frozenset({SITE}))
    return await aiohttp_client(app)


async def say(client, message: str, sender: str = "ada") -> list[dict[str, str]]:
    answer = await client.post(rest.WEBHOOK, json={"sender": sender, "message": message})
    assert answer.status == 200
    return await answer.json()


async def test_an_intent_gets_its_reply(client):
    assert await say(client, "open") == [{"recipient_id": "ada", "text": HOURS}]
    assert await say(client, "a person", "grace") == [{"recipient_id": "grace", "text": HANDOFF}]


async def test_below_the_threshold_is_not_understood(client):
    # opening: e / (e + 2) = 0.576 is above 0.5; maybe: e^0.1 / (e^0.1 + 2) = 0.356 is below.
    assert (await say(client, "opening"))[0]["text"] == HOURS
    assert (await say(client, "maybe"))[0]["text"] == FALLBACK


@pytest.mark.parametrize(
    "confidence, text", [(0.5, "Hello! Ask me about opening hours, prices, orders and returns."), (0.4999, FALLBACK)]
)
def test_the_threshold_is_the_least_that_counts(confidence, text):
    class Sure:
        def classify(self, _: str) -> tuple[str, float]:
            return "greet", confidence

    assert Conversations(Sure(), replies.load()).answer("ada", "hello") == text


async def test_two_fallbacks_in_a_row_hand_over(client):
    texts = [(await say(client, message))[0]["text"] for message in ("maybe", "what", "what")]
    assert texts == [FALLBACK, HANDOFF, FALLBACK], "and then it begins anew"


async def test_what_is_understood_between_begins_anew(client):
    texts = [(await say(client, message))[0]["text"] for message in ("maybe", "open", "what")]
    assert texts == [FALLBACK, HOURS, FALLBACK]


async def test_each_sender_has_fallbacks_of_its_own(client):
    texts = [(await say(client, "what", sender))[0]["text"] for sender in ("ada", "grace", "ada")]
    assert texts == [FALLBACK, FALLBACK, HANDOFF]


async def test_a_fallback_is_forgotten_after_half_an_hour(client, clock):
    await say(client, "what")
    clock.now += conversation.PATIENCE + 1
    assert (await say(client, "what"))[0]["text"] == FALLBACK
    clock.now += conversation.PATIENCE - 1
    assert (await say(client, "what"))[0]["text"] == HANDOFF


async def test_the_log_has_no_word_of_what_was_said(client, caplog):
    caplog.set_level("INFO", "chat.conversation")
    await say(client, "opening secret", "ada")
    (record,) = caplog.records
    assert (record.message, record.intent, record.confidence, record.understood) == (
        "message",
        "opening_hours",
        0.576,
        True,
    )
    assert "secret" not in str(vars(record))
    assert "ada" not in str(vars(record))


async def test_the_pages(client, document):
    for path, body in (("/alive", {"status": "alive"}), ("/health", {"status": "ok"})):
        answer = await client.get(path)
        assert (answer.status, await answer.json()) == (200, body)
    told = await (await client.get("/status")).json()
    assert told == {
        "model_file": "intents.json",
        "model_id": client.app[rest.MODEL].digest,
        "num_active_training_jobs": 0,
        **{key: document[key] for key in ("name", "data", "examples", "accuracy", "intents")},
    }


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
        (b'{"sender": "%s", "message": "x"}' % (b"a" * 65), SENDER),
        (b'{"sender": "ada"}', MESSAGE),
        (b'{"sender": "ada", "message": "%s"}' % (b"a" * 2001), MESSAGE),
    ],
)
async def test_bad_input_is_refused(client, body, reason):
    answer = await client.post(rest.WEBHOOK, data=body)
    assert (answer.status, await answer.json()) == (400, {"error": reason})


async def test_too_large_a_body(client):
    assert (await client.post(rest.WEBHOOK, data=b"x" * 70_000)).status == 413


async def test_the_websites_pages_may_ask_from_a_browser(client):
    asked = {"Origin": SITE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = await client.options(rest.WEBHOOK, headers=asked)
    assert (answer.status, await answer.read()) == (204, b"")
    allowed = {key: value for key, value in answer.headers.items() if key.startswith("Access-Control-")}
    assert allowed == {
        "Access-Control-Allow-Origin": SITE,
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Max-Age": "600",
    }
    answer = await client.post(rest.WEBHOOK, json={"sender": "ada", "message": "open"}, headers={"Origin": SITE})
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example.org"}, {"Origin": SITE + "/"}])
async def test_other_pages_may_not(client, headers):
    for answer in (await client.options(rest.WEBHOOK, headers=headers), await client.get("/status", headers=headers)):
        assert not [key for key in answer.headers if key.startswith("Access-Control-")]


def test_the_origins():
    assert cors.origins("") == frozenset()
    assert cors.origins(" https://a.example.org, http://localhost:8080 ") == {
        "https://a.example.org",
        "http://localhost:8080",
    }
    for text in ("*", "https://a.example.org/", "a.example.org", "https://A.example.org"):
        with pytest.raises(
            SystemExit, match="^ALLOWED_ORIGINS has .*: right would be https://www.example.org, without a path$"
        ):
            cors.origins(text)
