"""Each page, exactly."""

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from fleet_models import leveling

ADA = {"sender": "u1", "name": "Ada", "points": 25, "level": 1, "rank": 1}
BOB = {"sender": "u2", "name": "Bob", "points": 5, "level": 0, "rank": 2}


@pytest.fixture
def members():
    leveling.award("u2", "Bob")
    leveling.award("u1", "Ada", points=25)


def get(client, path):
    answer = client.get(path)
    return answer.status_code, answer.json()


def test_leaderboard(client, members):
    assert get(client, "/leaderboard") == (200, {"members": [ADA, BOB]})
    assert get(client, "/leaderboard?limit=1") == (200, {"members": [ADA]})


def test_leaderboard_of_nobody(client):
    assert get(client, "/leaderboard") == (200, {"members": []})


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "", "1.5", "²", "9" * 5000])
def test_bad_limits(client, limit):
    reason = f"limit is {limit[:20]!r}: it must be a number from 1 to 100"
    assert get(client, f"/leaderboard?limit={limit}") == (400, {"error": reason})


def test_member(client, members):
    assert get(client, "/members/u2") == (200, BOB)


@pytest.mark.parametrize("sender", ["nobody", "a%00", "%ED%A0%80", "Ada"])
def test_no_such_member(client, members, sender):
    status, answer = get(client, f"/members/{sender}")
    assert (status, answer) == (404, {"error": "there is no such member: one becomes a member with the first message"})


def test_postgres_is_never_asked_for_what_it_cannot_store(client):
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/members/a%00").status_code == 404
    assert len(queries) == 0


def test_no_such_page(client):
    assert get(client, "/admin") == (404, {"error": "there is no such page: try /leaderboard or /members/<sender>"})


def test_only_reading(client):
    assert client.post("/leaderboard").status_code == 405


def test_health(client):
    assert get(client, "/healthz") == (200, {"status": "ok"})


def test_health_without_a_database(client, monkeypatch):
    def down():
        raise OperationalError('connection to server at "10.0.0.1" failed')

    monkeypatch.setattr("fleet_models.database.check", down)
    assert get(client, "/healthz") == (503, {"error": "the database does not answer"})
    assert client.get("/healthz").headers["Retry-After"] == "3600", "a restart would not bring it back"
    assert get(client, "/alive") == (200, {"status": "alive"})


def test_before_the_tables_are_there(client):
    call_command("migrate", "fleet_models", "zero", verbosity=0)
    try:
        reason = "the tables are not there yet: leveling-api's migrate makes them before it starts"
        assert get(client, "/leaderboard") == (503, {"error": reason})
        assert get(client, "/healthz") == (200, {"status": "ok"})
    finally:
        call_command("migrate", verbosity=0)


def test_a_mistake_is_a_plain_500(client, monkeypatch):
    def broken(limit):
        raise RuntimeError("details")

    monkeypatch.setattr("fleet_models.leveling.leaderboard", broken)
    assert get(client, "/leaderboard") == (500, {"error": "the API failed to answer: its log has the reason"})
