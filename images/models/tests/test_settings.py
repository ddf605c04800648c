"""What follows from the environment, and what is refused."""

import pytest
from django.core.management import call_command

from fleet_models import database
from fleet_models.settings import PATIENCE, databases


def test_postgres_url():
    config = databases({"DATABASE_URL": "postgresql://bot:p%40ss@db.example:5433/leveling"})["default"]
    assert (config["ENGINE"], config["USER"], config["PASSWORD"]) == ("django.db.backends.postgresql", "bot", "p@ss")
    assert (config["HOST"], config["PORT"], config["NAME"]) == ("db.example", 5433, "leveling")
    assert config["OPTIONS"] == PATIENCE
    assert config["CONN_HEALTH_CHECKS"] is True


def test_the_url_may_say_otherwise():
    config = databases({"DATABASE_URL": "postgresql://bot@db/leveling?sslmode=require&connect_timeout=9"})["default"]
    assert config["OPTIONS"] == {**PATIENCE, "sslmode": "require", "connect_timeout": 9}


@pytest.mark.parametrize("environment", [{}, {"DATABASE_URL": ""}, {"DATABASE_URL": "  "}])
def test_no_database_is_said(environment):
    with pytest.raises(SystemExit, match="DATABASE_URL is not set"):
        databases(environment)


def test_the_migrations_are_complete():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_check_passes_on_a_database_that_answers():
    database.check()


@pytest.mark.parametrize(
    "message", ['relation "fleet_models_member" does not exist', "no such table: fleet_models_member"]
)
def test_missing_tables_are_named(message):
    assert database.explain(Exception(message)).startswith("the tables are not there yet")


def test_the_database_address_is_not_shown():
    assert database.explain(Exception("connection to 10.0.0.1 failed")) == "the database does not answer"
