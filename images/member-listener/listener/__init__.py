"""Listens to who joins, changes and leaves a Discord server."""
