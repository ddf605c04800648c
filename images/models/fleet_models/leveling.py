"""The rules of the game: what a message earns, what level that makes, who leads.

Plain functions over the tables. Levels grow further apart: level n begins at 20·n² points, so the first comes after
four messages and the tenth after four hundred.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from math import isqrt

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import Rank

from fleet_models.models import Member, PointEvent

POINTS_PER_MESSAGE = 5
POINTS_OF_LEVEL_ONE = 20


@dataclass(frozen=True)
class Standing:
    """Where a member stands. Rank 1 leads; members with equal points share a rank."""

    sender: str
    name: str
    points: int
    level: int
    rank: int

    def as_dict(self) -> dict:
        """The standing as the services' JSON has it."""
        return asdict(self)


def level_for(points: int) -> int:
    """The level that so many points make."""
    return isqrt(points // POINTS_OF_LEVEL_ONE)


def points_for(level: int) -> int:
    """The points at which a level begins."""
    return POINTS_OF_LEVEL_ONE * level * level


@transaction.atomic
def award(sender: str, name: str, points: int = POINTS_PER_MESSAGE) -> Standing:
    """Gives the sender points, who becomes a member at the first; returns where they stand now."""
    member, _ = Member.objects.get_or_create(sender=sender, defaults={"name": name})
    # The sum is made by the database: two messages at one moment must not read the same old value.
    Member.objects.filter(pk=member.pk).update(points=F("points") + points, name=name)
    PointEvent.objects.create(member=member, points=points)
    return standing(sender)


def standing(sender: str) -> Standing | None:
    """Where the sender stands, or None for who has never sent a message."""
    member = Member.objects.filter(sender=sender).first()
    if member is None:
        return None
    return _standing(member, rank=1 + Member.objects.filter(points__gt=member.points).count())


def leaderboard(limit: int) -> list[Standing]:
    """The first members by points; members with equal points in the order of their sender ids."""
    ranked = Member.objects.annotate(rank=Window(Rank(), order_by=F("points").desc())).order_by("rank", "sender")
    return [_standing(member, member.rank) for member in ranked[:limit]]


def history(sender: str, limit: int = 200) -> list[tuple[datetime, int]]:
    """The sender's last awards, oldest first, each with the points in total then."""
    member = Member.objects.filter(sender=sender).first()
    if member is None:
        return []
    points_at, total = [], member.points
    for event in member.events.order_by("-at", "-pk")[:limit]:  # backwards from what there is now
        points_at.append((event.at, total))
        total -= event.points
    return points_at[::-1]


def _standing(member: Member, rank: int) -> Standing:
    return Standing(member.sender, member.name, member.points, level_for(member.points), rank)
