"""The API's own settings over an empty SQLite database with the tables, for each test."""

import os

import django
import pytest
from django.core.management import call_command
from django.test import Client

os.environ["DATABASE_URL"] = "sqlite://:memory:"
os.environ["DJANGO_SETTINGS_MODULE"] = "leveling_api.settings"


def pytest_configure():
    django.setup()
    call_command("migrate", verbosity=0)


@pytest.fixture(autouse=True)
def empty_tables():
    yield
    call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def client():
    return Client(raise_request_exception=False)
