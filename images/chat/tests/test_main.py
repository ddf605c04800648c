"""The bot as a process: what it prints, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(**changes: str) -> dict[str, str]:
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    return {**own, "PORT": str(free_port()), **changes}


def test_starts_tells_and_ends_at_once(write, document):
    env = environment(MODEL=write(document))
    bot = subprocess.Popen([sys.executable, "-m", "chat"], env=env, stdout=subprocess.PIPE, text=True)
    try:
        lines = [json.loads(bot.stdout.readline()) for _ in range(3)]
        assert lines[0]["level"] == "WARNING"
        assert lines[0]["message"].startswith("the model knows no intent for the replies affirm, bot_challenge, deny,")
        assert (lines[1]["message"], lines[1]["accuracy"]) == ("model intents, 3 intents", 0.95)
        assert lines[1]["digest"].startswith("sha256:")
        assert lines[2]["message"] == f"the REST channel answers on port {env['PORT']}"
        with urllib.request.urlopen(f"http://127.0.0.1:{env['PORT']}/health", timeout=5) as answer:  # noqa: S310
            assert answer.status == 200
        before = time.monotonic()
        bot.send_signal(signal.SIGTERM)
        assert bot.wait(timeout=10) == 0
        assert time.monotonic() - before < 2
    finally:
        bot.kill()
        bot.wait()
        bot.stdout.close()


def start(env: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "chat"], env=env, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({}, "MODEL is not set: it must be the path of the model's file, which botyard:services.chat.models sets\n"),
        ({"MODEL": "x", "PORT": "http"}, "PORT is 'http': it must be a number from 1 to 65535\n"),
        ({"MODEL": "x", "LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud': it must be one of debug, info, warning, error\n"),
    ],
)
def test_a_bad_setting_ends_it_with_the_reason(changes, reason):
    done = start(environment(**changes))
    assert (done.returncode, done.stderr) == (1, reason)


def test_a_model_that_cannot_be_read_ends_it():
    done = start(environment(MODEL="/nowhere/intents.json"))
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, done.stderr, line["level"]) == (1, "", "ERROR")
    assert line["message"] == "cannot start: /nowhere/intents.json cannot be read: No such file or directory"


def test_a_model_that_does_not_fit_ends_it(write, document):
    document["intents"][0] = "weather"
    done = start(environment(MODEL=write(document)))
    (line,) = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 1
    assert (
        line["message"] == "cannot start: the model knows intents without a reply: weather; write them into replies.yml"
    )
