"""The bot as a process: what it prints, how it ends, and the container's health check against it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(**changes: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH",)}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PORT": str(free_port()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_URL": "sqlite://:memory:",
        **changes,
    }


def health(env: dict[str, str]) -> int:
    return subprocess.run([sys.executable, "-m", "bot.health"], env=env, capture_output=True, check=False).returncode


def test_starts_tells_and_ends_at_once():
    env = environment()
    bot = subprocess.Popen([sys.executable, "-m", "bot"], env=env, stdout=subprocess.PIPE, text=True)
    try:
        lines = [json.loads(bot.stdout.readline()) for _ in range(2)]
        assert lines[0]["message"] == f"the REST channel answers on port {env['PORT']}"
        assert lines[1]["message"] == "DISCORD_TOKEN is empty: not on Discord, the REST channel alone answers"
        assert health(env) == 0
        before = time.monotonic()
        bot.send_signal(signal.SIGTERM)
        assert bot.wait(timeout=10) == 0
        assert time.monotonic() - before < 2
    finally:
        bot.kill()
        bot.wait()
        bot.stdout.close()
    assert health(env) == 1


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"PORT": "http"}, "PORT is 'http': it must be a number from 1 to 65535"),
        ({"PORT": "70000"}, "PORT is '70000': it must be a number from 1 to 65535"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud'"),
    ],
)
def test_a_bad_setting_ends_it_with_the_reason(changes, reason):
    done = subprocess.run(
        [sys.executable, "-m", "bot"], env=environment(**changes), capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1
    assert reason in done.stderr
