"""An empty SQLite database with the tables, for each test."""

import django
import pytest
from django.conf import settings
from django.core.management import call_command

from fleet_models.settings import APPS, databases


def pytest_configure():
    settings.configure(INSTALLED_APPS=APPS, DATABASES=databases({"DATABASE_URL": "sqlite://:memory:"}), USE_TZ=True)
    django.setup()
    call_command("migrate", verbosity=0)


@pytest.fixture(autouse=True)
def empty_tables():
    yield
    call_command("flush", verbosity=0, interactive=False)
