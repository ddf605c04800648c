"""Heartbeats and the health check that looks at them."""

import os
import subprocess
import sys
import time

import pytest

from listener import heartbeat


@pytest.fixture(autouse=True)
def beats(tmp_path, monkeypatch):
    monkeypatch.setenv("HEARTBEAT_FILE", str(tmp_path / "beat"))
    monkeypatch.setenv("HEARTBEAT_SECONDS", "10")
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    return tmp_path / "beat"


def test_none_yet():
    assert heartbeat.trouble() == "there was no heartbeat yet: the listener has not begun to listen"


@pytest.mark.parametrize(
    "age, trouble", [(0, ""), (29, ""), (40, "the last heartbeat was 40 s ago: at most 30 s are well")]
)
def test_age(beats, age, trouble):
    heartbeat.beat()
    os.utime(beats, times=(time.time() - age,) * 2)
    assert heartbeat.trouble() == trouble


@pytest.mark.parametrize(
    "age, trouble",
    [
        (54, ""),
        (56, "Discord's gateway has acknowledged no heartbeat for 56 s: at most 55 s are well"),
    ],
)
def test_age_on_discord(monkeypatch, age, trouble):
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    heartbeat.beat(age)
    assert heartbeat.trouble() == trouble


def test_a_dead_gateway_is_unhealthy_within_90_seconds():
    """Each of three probes 10 s apart fails from the limit on, and the first comes up to 10 s after it."""
    assert 41.25 < heartbeat.ACK_LIMIT <= 90 - 3 * 10 - 5, "5 s are for the answers"


def test_an_earlier_process_is_forgotten(beats):
    heartbeat.beat()
    heartbeat.forget()
    heartbeat.forget()
    assert not beats.exists()


def test_a_new_beat_heals(beats):
    heartbeat.beat()
    os.utime(beats, times=(0, 0))
    assert heartbeat.trouble() != ""
    heartbeat.beat()
    assert heartbeat.trouble() == ""


@pytest.mark.parametrize("text", ["0", "-1", "soon", "nan", "inf", "3601"])
def test_bad_interval(monkeypatch, text):
    monkeypatch.setenv("HEARTBEAT_SECONDS", text)
    with pytest.raises(SystemExit, match=f"HEARTBEAT_SECONDS is '{text}': it must be a number of seconds"):
        heartbeat.seconds()


def test_health_command():
    command = [sys.executable, "-m", "listener.health"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ill = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (ill.returncode, ill.stderr) == (1, "there was no heartbeat yet: the listener has not begun to listen\n")
    heartbeat.beat()
    assert subprocess.run(command, env=env, check=False).returncode == 0
    os.utime(env["HEARTBEAT_FILE"], times=(1, 1))
    assert subprocess.run(command, env=env, capture_output=True, check=False).returncode == 1, "it hangs"
    silent = subprocess.run(command, env=env | {"DISCORD_TOKEN": "t"}, capture_output=True, text=True, check=False)
    assert silent.returncode == os.EX_TEMPFAIL, "Discord is silent: a restart would not bring it back"
    assert silent.stderr.startswith("Discord's gateway has acknowledged no heartbeat for ")
