"""A SQLite file with the tables, emptied after each test. The bot's threads share a file, not a memory."""

import os
import tempfile

import django
import pytest
from django.conf import settings
from django.core.management import call_command

from fleet_models.settings import APPS, databases

FOLDER = tempfile.TemporaryDirectory()


def pytest_configure():
    # Immediate: SQLite refuses a transaction that begins by reading while another writes; Postgres lets it wait.
    url = "sqlite:///" + os.path.join(FOLDER.name, "bot.sqlite3") + "?transaction_mode=IMMEDIATE"
    settings.configure(INSTALLED_APPS=APPS, DATABASES=databases({"DATABASE_URL": url}), USE_TZ=True)
    django.setup()
    call_command("migrate", verbosity=0)


def pytest_unconfigure():
    FOLDER.cleanup()


@pytest.fixture(autouse=True)
def empty_tables():
    yield
    call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def no_tables():
    """The time before leveling-api's migrate has run."""
    call_command("migrate", "fleet_models", "zero", verbosity=0)
    yield
    call_command("migrate", verbosity=0)
