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


async def test_no_heartbeat_while_the_gateway_is_away(told, tmp_path, monkeypatch):
    """A listener that has lost Discord must not look well."""
    monkeypatch.setenv("HEARTBEAT_FILE", str(tmp_path / "beat"))
    monkeypatch.setenv("HEARTBEAT_SECONDS", "0.1")
    client, stop = Listener(), asyncio.Event()
    beating = asyncio.create_task(listener._beat(stop, connected=lambda: client.connected))
    await asyncio.sleep(0.25)
    assert told() == [] and heartbeat.trouble() != ""
    await client.on_resumed()
    await asyncio.sleep(0.25)
    count = len(told())
    assert 1 <= count <= 3 and heartbeat.trouble() == ""
    await client.on_disconnect()
    await asyncio.sleep(0.25)
    assert len(told()) <= count + 1
    stop.set()
    await beating


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
