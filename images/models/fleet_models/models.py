"""The points tables. leveling-api's migrate makes them; the bot only reads and writes rows."""

from django.db import models

NAME_LENGTH = 64  # characters, of a sender and of a name


class Member(models.Model):
    """Someone who has sent a message, on any channel."""

    sender = models.CharField(max_length=NAME_LENGTH, unique=True)  # the channel's own id, which never changes
    name = models.CharField(max_length=NAME_LENGTH)  # what people see, which may change
    points = models.PositiveIntegerField(default=0)  # the sum of the events', kept here so that ranking reads one table
    joined = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-points", "sender"], name="member_ranking")]

    def __str__(self) -> str:
        return f"{self.name} ({self.points} points)"


class PointEvent(models.Model):
    """One award of points. Events are only ever added."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="events")
    points = models.PositiveSmallIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["member", "at"], name="pointevent_history")]

    def __str__(self) -> str:
        return f"{self.points} points at {self.at:%Y-%m-%d %H:%M}"
