"""The points tables for asynchronous callers: each call runs in a thread, since Django's queries block."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

from fleet_models import database

T = TypeVar("T")
THREADS = 4  # for messages; with the health check's, the bot holds at most five database connections


class Store:
    """Runs functions over the tables. Each thread keeps its own connection."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store")
        # The health check has a thread of its own: behind a queue of charts a busy bot would look like a dead one.
        self._health = ThreadPoolExecutor(1, thread_name_prefix="health")

    async def run(self, function: Callable[..., T], *args: object) -> T:
        """Calls function(*args) in a thread. Raises what it raises, among it fleet_models.database.NOT_READY."""
        return await _call(self._threads, function, *args)

    async def check(self) -> None:
        """Raises one of fleet_models.database.NOT_READY unless the database answers."""
        await _call(self._health, database.check)

    def close(self) -> None:
        """Ends the threads without waiting for queries that hang: the process is about to end."""
        for threads in (self._threads, self._health):
            threads.shutdown(wait=False, cancel_futures=True)


async def _call(threads: ThreadPoolExecutor, function: Callable[..., T], *args: object) -> T:
    def call() -> T:
        close_old_connections()  # a connection that broke since the last call is left behind
        return function(*args)

    return await asyncio.get_running_loop().run_in_executor(threads, call)
