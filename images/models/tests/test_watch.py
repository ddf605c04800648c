"""A database that hangs counts as one that is away, in time, and as one that is there when it answers again."""

import os
import socket
import subprocess
import sys
import threading
import time

import pytest
from django.db import OperationalError

from fleet_models import watch


@pytest.fixture
def hanging(monkeypatch):
    """A database whose answer can be held back, and how often it was asked."""
    answers, asked = threading.Event(), []

    def check():
        asked.append(threading.current_thread().name)
        answers.wait(10)

    monkeypatch.setattr("fleet_models.database.check", check)
    monkeypatch.setattr(watch, "LIMIT", 0.2)
    yield answers, asked
    answers.set()


def test_an_answer_passes():
    watch.Watch().check()


def test_a_mistake_is_passed_on(monkeypatch):
    def down():
        raise OperationalError("down")

    monkeypatch.setattr("fleet_models.database.check", down)
    with pytest.raises(OperationalError, match="^down$"):
        watch.Watch().check()


def test_a_connection_that_hangs_is_told_in_time_and_asked_once(hanging):
    answers, asked = hanging
    checker = watch.Watch()
    for _ in range(3):
        before = time.monotonic()
        with pytest.raises(OperationalError, match="^the database gave no answer in 0.2 s$"):
            checker.check()
        assert 0.2 <= time.monotonic() - before < 1
    assert asked == ["database-watch"]
    answers.set()
    checker.check()
    checker.check()
    assert set(asked) == {"database-watch"}


ASK = """
import os, time, django
from django.conf import settings
from fleet_models.settings import APPS, databases
settings.configure(INSTALLED_APPS=APPS, DATABASES=databases(os.environ))
django.setup()
from fleet_models import watch
before = time.monotonic()
try:
    watch.check()
except watch.database.NOT_READY as error:
    print(error, round(time.monotonic() - before))
"""


def test_a_server_that_accepts_and_stays_silent():
    """In place of Postgres, with libpq's own limit off. Nor does the thread that hangs hold up the process's end."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://u:p@127.0.0.1:{silent.getsockname()[1]}/leveling?connect_timeout=60"
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "DATABASE_URL": url}
        done = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout, done.stderr) == (0, "the database gave no answer in 3 s 3\n", "")
