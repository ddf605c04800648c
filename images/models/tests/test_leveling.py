"""The rules: exact points, levels, ranks and histories."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fleet_models import leveling
from fleet_models.models import Member


@pytest.mark.parametrize(
    "points, level",
    [(0, 0), (19, 0), (20, 1), (79, 1), (80, 2), (179, 2), (180, 3), (1999, 9), (2000, 10)],
)
def test_level_for(points, level):
    assert leveling.level_for(points) == level


def test_level_begins_where_points_for_says():
    for level in range(1, 50):
        assert leveling.level_for(leveling.points_for(level)) == level
        assert leveling.level_for(leveling.points_for(level) - 1) == level - 1


def test_award_adds_up():
    leveling.award("u1", "Ada")
    assert leveling.award("u1", "Ada", points=20) == leveling.Standing("u1", "Ada", points=25, level=1, rank=1)


def test_the_database_makes_the_sum():
    """A sum made here would lose points when two messages come at one moment."""
    leveling.award("u1", "Ada")
    with CaptureQueriesContext(connection) as queries:
        leveling.award("u1", "Ada")
    assert any('SET "points" = ("fleet_models_member"."points" + 5)' in query["sql"] for query in queries)


def test_award_keeps_the_newest_name_and_one_member():
    leveling.award("u1", "Ada")
    leveling.award("u1", "Countess")
    assert list(Member.objects.values_list("sender", "name", "points")) == [("u1", "Countess", 10)]


def test_leaderboard_shares_ranks_and_keeps_the_limit():
    for sender, points in [("c", 10), ("a", 30), ("d", 10), ("b", 10), ("e", 5)]:
        leveling.award(sender, sender.upper(), points)
    board = leveling.leaderboard(limit=4)
    assert [(s.sender, s.rank) for s in board] == [("a", 1), ("b", 2), ("c", 2), ("d", 2)]
    assert leveling.standing("e").rank == 5


def test_nobody():
    assert leveling.standing("nobody") is None
    assert leveling.history("nobody") == []
    assert leveling.leaderboard(10) == []


def test_history_counts_from_the_first_message():
    for points in (5, 20, 1):
        leveling.award("u1", "Ada", points)
    assert [points for _, points in leveling.history("u1")] == [5, 25, 26]


def test_history_beyond_the_limit_keeps_the_true_totals():
    for _ in range(5):
        leveling.award("u1", "Ada")
    assert [points for _, points in leveling.history("u1", limit=2)] == [20, 25]
