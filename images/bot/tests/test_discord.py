"""The Discord channel with messages made here: who gets points, who gets an answer."""

from types import SimpleNamespace

import pytest

from bot.discord_channel import Channel
from bot.gateway import Gateway
from bot.store import Store
from fleet_models.models import Member


class Sent(list):
    async def send(self, text=None, file=None):
        self.append(text or file.filename)


@pytest.fixture
def channel():
    store = Store()
    yield Channel(store, Gateway())
    store.close()


def message(content, bot=False, name="Ada"):
    author = SimpleNamespace(id=42, bot=bot, display_name=name)
    return SimpleNamespace(author=author, content=content, channel=Sent())


async def points() -> int:
    return await Store().run(lambda: sum(Member.objects.values_list("points", flat=True)))


async def test_a_plain_message_earns_points_in_silence(channel):
    said = message("hello")
    await channel.on_message(said)
    assert said.channel == []
    assert await points() == 5


async def test_a_command_is_answered(channel):
    said = message("!rank")
    await channel.on_message(said)
    assert said.channel == ["Ada, you are number 1 with 5 points (level 0)."]


async def test_a_chart_is_a_file(channel):
    said = message("!chart")
    await channel.on_message(said)
    assert said.channel == ["Ada, your points:", "chart.png"]


async def test_bots_are_left_alone(channel):
    said = message("!rank", bot=True)
    await channel.on_message(said)
    assert said.channel == []
    assert await points() == 0


async def test_a_long_name_is_cut(channel):
    await channel.on_message(message("hello", name="x" * 100))
    assert await Store().run(lambda: Member.objects.get().name) == "x" * 64


async def test_no_tables_is_no_crash(no_tables, channel):
    said = message("!rank")
    await channel.on_message(said)
    assert said.channel == []


async def test_a_mistake_in_an_event_is_logged(channel, caplog):
    """discord.py goes on after it, so that the log alone tells."""
    try:
        raise RuntimeError("details")
    except RuntimeError:
        await channel.on_error("on_message")
    (record,) = caplog.records
    assert (record.levelname, record.name, record.getMessage()) == (
        "ERROR",
        "discord.client",
        "Ignoring exception in on_message",
    )
    assert record.exc_info[0] is RuntimeError
