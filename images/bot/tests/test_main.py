"""The bot as a process: what it prints, how it ends, and the container's health check against it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

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


def ask(port: str, path: str, body: bytes | None = None) -> tuple[int, dict | str]:
    """The status and the body of an answer."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        text = error.read().decode()
        return error.code, json.loads(text) if text.startswith("{") else text


def test_a_database_that_hangs():
    """A server that accepts and stays silent in place of Postgres, with libpq's own limit off: a probe waits 5 s."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://u:p@127.0.0.1:{silent.getsockname()[1]}/leveling?connect_timeout=60"
        env = environment(DATABASE_URL=url)
        bot = subprocess.Popen([sys.executable, "-m", "bot"], env=env, stdout=subprocess.PIPE, text=True)
        try:
            bot.stdout.readline()
            before = time.monotonic()
            assert ask(env["PORT"], "/health") == (503, {"error": "the database does not answer"})
            assert 3 <= time.monotonic() - before < 4
            assert health(env) == 1
            before = time.monotonic()
            bot.send_signal(signal.SIGTERM)
            assert bot.wait(timeout=10) == 0
            assert time.monotonic() - before < 2, "the question that hangs does not hold up the end"
        finally:
            bot.kill()
            bot.wait()
            bot.stdout.close()


BROKEN = """
import bot.store
from bot.__main__ import main

async def broken(self, function, *args):
    raise RuntimeError("details")

bot.store.Store.run = broken
main()
"""


def test_a_request_that_fails_is_one_line():
    env = environment()
    bot = subprocess.Popen(
        [sys.executable, "-c", BROKEN], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        bot.stdout.readline()
        status, _ = ask(env["PORT"], "/webhooks/rest/webhook", b'{"sender": "ada", "message": "hello"}')
        assert status == 500
    finally:
        bot.terminate()
        stdout, stderr = bot.communicate(timeout=10)
    assert stderr == ""
    (line,) = [line for line in map(json.loads, stdout.splitlines()) if line["level"] == "ERROR"]
    assert (line["logger"], line["message"]) == ("aiohttp.server", "Error handling request from 127.0.0.1")
    assert line["exc_info"].endswith("\nRuntimeError: details")


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
