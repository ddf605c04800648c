"""What the bot says, word for word."""

import pytest

from bot.replies import GREETING, HELP, Reply, respond
from fleet_models.models import Member


def test_a_message_earns_points():
    assert respond("u1", "Ada", "hello") == [
        Reply(f"{GREETING}, Ada! You have 5 points (level 0). Try !help.", quiet=True)
    ]
    assert respond("u1", "Ada", "")[0].text == f"{GREETING}, Ada! You have 10 points (level 0). Try !help."


def test_a_new_level_is_told_to_all():
    for _ in range(3):
        assert respond("u1", "Ada", "hello")[0].quiet
    assert respond("u1", "Ada", "hello") == [Reply(f"{GREETING}, Ada! You have reached level 1.")]


def test_rank():
    respond("u2", "Bob", "hello")
    respond("u2", "Bob", "hello")
    assert respond("u1", "Ada", "!rank") == [Reply("Ada, you are number 2 with 5 points (level 0).")]


def test_top():
    for _ in range(4):
        respond("u2", "Bob", "hello")
    assert respond("u1", "Ada", " !TOP please")[0].text == "1. Bob: 20 points (level 1)\n2. Ada: 5 points (level 0)"


def test_top_is_five():
    for n in range(7):
        respond(f"u{n}", f"N{n}", "hello")
    assert len(respond("u1", "N1", "!top")[0].text.splitlines()) == 5


@pytest.mark.parametrize("message", ["!help", "!", "!unknown"])
def test_help(message):
    assert respond("u1", "Ada", message) == [Reply(HELP)]


def test_chart():
    """The name is no formula: as one, this would be a mistake."""
    words, picture = respond("u1", r"$\x$", "!chart")
    assert words == Reply(r"$\x$, your points:")
    assert picture.png.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(picture.png[16:20], "big") == 640 and int.from_bytes(picture.png[20:24], "big") == 360


def test_commands_earn_points_too():
    respond("u1", "Ada", "!help")
    assert Member.objects.get(sender="u1").points == 5
