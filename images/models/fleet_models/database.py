"""Asking the database whether it answers, and telling what is wrong with it in words that may be shown."""

from django.db import InterfaceError, OperationalError, ProgrammingError, connection

# What a query raises when the database is away, or has no tables yet.
NOT_READY = (OperationalError, ProgrammingError, InterfaceError)


def check() -> None:
    """Raises one of NOT_READY unless the database answers. The tables are not looked at: they may come later."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def explain(error: Exception) -> str:
    """Why the database is not ready, without its address or the query."""
    if "does not exist" in str(error) or "no such table" in str(error):
        return "the tables are not there yet: leveling-api's migrate makes them before it starts"
    return "the database does not answer"
