"""What the listener tells, and how it starts and ends as a process."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from fake_discord import Discord, until
from listener import __main__ as listener
from listener import heartbeat
from listener.discord_channel import Listener


def member(**changes):
    parts = {
        "id": 42,
        "guild": SimpleNamespace(id=7),
        "nick": None,
        "roles": [],
        "pending": False,
        "timed_out_until": None,
    }
    return SimpleNamespace(**{**parts, **changes})


@pytest.fixture
def told(caplog):
    caplog.set_level(logging.INFO)
    return lambda: [
        {key: getattr(record, key) for key in ("event", "server", "member", "parts") if hasattr(record, key)}
        for record in caplog.records
        if hasattr(record, "event")
    ]


async def test_members_are_told_by_id(told):
    client = Listener()
    await client.on_member_join(member())
    await client.on_member_update(member(), member(nick="Ada", roles=["admin"]))
    await client.on_raw_member_remove(SimpleNamespace(guild_id=7, user=SimpleNamespace(id=42)))
    who = {"server": "7", "member": "42"}
    assert told() == [
        {"event": "member_joined", **who},
        {"event": "member_changed", **who, "parts": ["nick", "roles"]},
        {"event": "member_left", **who},
    ]


ACK = json.dumps({"t": None, "s": None, "op": 11, "d": None})


@pytest.fixture
def beats(tmp_path, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    monkeypatch.setenv("HEARTBEAT_FILE", str(tmp_path / "beat"))
    monkeypatch.setenv("HEARTBEAT_SECONDS", "0.1")
    return tmp_path / "beat"


async def test_only_an_acknowledgement_on_the_gateway_is_a_beat(beats, monkeypatch):
    """A listener that has lost Discord, or was never let in, must not look well."""
    now = [1000.0]
    client = Listener()
    monkeypatch.setattr("listener.discord_channel.time.monotonic", lambda: now[0])
    await client.on_socket_raw_receive(ACK)
    assert not beats.exists(), "it is not ready yet"
    now[0] += 40
    await client.on_ready()
    assert time.time() - beats.stat().st_mtime == pytest.approx(40, abs=2), "as old as the acknowledgement"
    assert client.listening()
    for message in (json.dumps({"op": 1}), json.dumps({"op": 0, "d": {"op": 11}}), '{"op": 11, ' + " " * 300):
        await client.on_socket_raw_receive(message)
    assert time.time() - beats.stat().st_mtime > 38, "other messages are none"
    await client.on_socket_raw_receive(ACK)
    assert time.time() - beats.stat().st_mtime < 2
    await client.on_disconnect()
    beats.unlink()
    await client.on_socket_raw_receive(ACK)
    assert not beats.exists() and not client.listening()
    await client.on_resumed()
    assert beats.exists() and client.listening()


async def test_a_gateway_that_falls_silent_and_speaks_again(told, beats, monkeypatch):
    monkeypatch.setattr(heartbeat, "ACK_LIMIT", 1.0)
    discord, client, stop = Discord(interval=0.2), Listener(), asyncio.Event()

    async def holds():
        for _ in range(15):
            assert heartbeat.trouble() == "" and client.listening()
            await asyncio.sleep(0.1)

    async with discord.running(monkeypatch):
        listening, telling = (
            asyncio.create_task(client.start("token")),
            asyncio.create_task(listener._tell(stop, client.listening)),
        )
        await asyncio.sleep(0.5)
        assert heartbeat.trouble() == "there was no heartbeat yet: the listener has not begun to listen"
        await until(lambda: heartbeat.trouble() == "", 5)  # discord.py waits 2 s for servers
        await holds()
        discord.silent = True
        await until(heartbeat.trouble, 3)
        assert heartbeat.trouble() == "Discord's gateway has acknowledged no heartbeat for 1 s: at most 1 s are well"
        count = len(told())
        assert count >= 10 and discord.connections == 1, "the connection is still open"
        await asyncio.sleep(0.3)
        assert len(told()) == count, "nor is it told that it listens"
        discord.silent = False
        await discord.drop()
        await until(lambda: heartbeat.trouble() == "", 5)
        assert discord.connections == 2
        await holds()
        stop.set()
        await telling
        await client.close()
        listening.cancel()


def test_without_a_token(tmp_path):
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "HEARTBEAT_FILE": str(tmp_path / "beat"),
        "HEARTBEAT_SECONDS": "0.1",
        "DISCORD_TOKEN": " ",
    }
    process = subprocess.Popen([sys.executable, "-m", "listener"], env=env, stdout=subprocess.PIPE, text=True)
    try:
        lines = [json.loads(process.stdout.readline()) for _ in range(3)]
        assert lines[0]["message"].startswith("DISCORD_TOKEN is empty: not on Discord")
        assert [(line["message"], line["event"]) for line in lines[1:]] == [("listening", "heartbeat")] * 2
        before = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert time.monotonic() - before < 2
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_bad_setting_ends_it_with_the_reason():
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "LOG_LEVEL": "loud",
    }
    done = subprocess.run([sys.executable, "-m", "listener"], env=env, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (1, "LOG_LEVEL is 'loud': it must be one of debug, info, warning, error\n")
