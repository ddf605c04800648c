"""gunicorn as the image runs it, when something breaks: one line of JSON each, with the traceback inside."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from test_serving import free_port

HERE = Path(__file__).parent.parent

VIEW = """
from leveling_api.wsgi import application
from fleet_models import leveling

def broken(limit):
    raise RuntimeError("details")

leveling.leaderboard = broken
"""
SERVER = """
def application(environ, start_response):
    raise RuntimeError("details")
"""


LOADING = """
import django.core.wsgi

def broken():
    raise RuntimeError("details")

django.core.wsgi.get_wsgi_application = broken
from leveling_api.wsgi import application
"""
FROZEN = """
import os, signal, threading

def application(environ, start_response):
    raise RuntimeError("nobody asks")

def freeze():
    os.kill(os.getpid(), signal.SIGSTOP)

os.register_at_fork(after_in_child=lambda: threading.Timer(0.3, freeze).start())
"""


def environment(folder: Path, **changes: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(folder), *sys.path]),
        "PORT": str(free_port()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_URL": f"sqlite:///{folder}/api.sqlite3",
        **changes,
    }


def gunicorn(env: dict[str, str], module: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", module],
        cwd=HERE,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ask(server: subprocess.Popen, url: str) -> int:
    """The status of an answer, once somebody listens."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return urllib.request.urlopen(url, timeout=10).status  # noqa: S310
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            assert server.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)


def errors(stdout: str) -> list[dict]:
    return [line for line in map(json.loads, stdout.splitlines()) if line["level"] in ("ERROR", "CRITICAL")]


@pytest.mark.parametrize(
    "source, logger, message",
    [
        (VIEW, "django.request", "Internal Server Error: /leaderboard"),
        (SERVER, "gunicorn.error", "Error handling request GET /leaderboard"),
    ],
)
def test_a_request_that_fails(tmp_path, source, logger, message):
    (tmp_path / "broken_wsgi.py").write_text(source)
    env = environment(tmp_path)
    server = gunicorn(env, "broken_wsgi")
    try:
        assert ask(server, f"http://127.0.0.1:{env['PORT']}/leaderboard") == 500
    finally:
        server.terminate()
        stdout, stderr = server.communicate(timeout=10)
    assert stderr == ""
    (line,) = errors(stdout)
    assert (line["level"], line["logger"], line["message"]) == ("ERROR", logger, message)
    assert line["exc_info"].endswith("\nRuntimeError: details")


@pytest.mark.parametrize(
    "source, message",
    [
        (LOADING, "the API cannot be loaded"),
        ("raise ValueError('details')", "the process ends by an exception that nobody caught: ValueError"),
    ],
)
def test_an_api_that_cannot_be_loaded(tmp_path, source, message):
    (tmp_path / "broken_wsgi.py").write_text(source)
    server = gunicorn(environment(tmp_path), "broken_wsgi")
    stdout, stderr = server.communicate(timeout=20)
    assert (server.returncode, stderr) == (1, "")
    (line,) = errors(stdout)
    assert (line["level"], line["message"]) == ("CRITICAL", message)
    assert line["exc_info"].endswith("Error: details")


def test_a_worker_that_hangs(tmp_path):
    """gunicorn's own errors: it ends a worker that does not report in time."""
    (tmp_path / "broken_wsgi.py").write_text(FROZEN)
    env = environment(tmp_path, GUNICORN_CMD_ARGS="--timeout 1")
    server = gunicorn(env, "broken_wsgi")
    try:
        said = [json.loads(server.stdout.readline()) for _ in range(4)]
        while not any(line["message"].startswith("WORKER TIMEOUT (pid:") for line in said):
            said.append(json.loads(server.stdout.readline()))
            assert len(said) < 20, said
    finally:
        server.terminate()
        _, stderr = server.communicate(timeout=10)
    assert (said[-1]["level"], said[-1]["logger"], stderr) == ("CRITICAL", "gunicorn.error", "")


def test_a_database_that_hangs(tmp_path):
    """A server that accepts and stays silent in place of Postgres, with libpq's own limit off: a probe waits 5 s."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://u:p@127.0.0.1:{silent.getsockname()[1]}/leveling?connect_timeout=60"
        env = environment(tmp_path, DATABASE_URL=url)
        server = gunicorn(env, "leveling_api.wsgi")
        try:
            page = f"http://127.0.0.1:{env['PORT']}"
            assert ask(server, page + "/no-such-page") == 404
            before = time.monotonic()
            assert ask(server, page + "/healthz") == 503
            assert 3 <= time.monotonic() - before < 4
            command = [sys.executable, "-m", "leveling_api.health"]
            health = subprocess.run(command, cwd=HERE, env=env, capture_output=True, text=True, timeout=10)
            assert (health.returncode, health.stderr) == (
                1,
                '/healthz answered 503: {"error": "the database does not answer"}\n',
            )
        finally:
            server.terminate()
            server.communicate(timeout=10)


def test_a_migration_that_fails(tmp_path):
    """manage.py is what the one-off task before a rollout runs."""
    env = environment(tmp_path, DATABASE_URL="sqlite:////no/such/folder/api.sqlite3")
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"], cwd=HERE, env=env, capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (1, "")
    line = json.loads(done.stdout.splitlines()[-1])
    assert line["level"] == "CRITICAL"
    assert line["exc_info"].endswith("OperationalError: unable to open database file")
