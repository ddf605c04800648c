"""The points tables for asynchronous callers: each call runs in a thread, since Django's queries block."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

from fleet_models import watch

T = TypeVar("T")
THREADS = 4  # for messages; with the watch's, the bot holds at most five database connections


class Store:
    """Runs functions over the tables. Each thread keeps its own connection."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store")

    async def run(self, function: Callable[..., T], *args: object) -> T:
        """Calls function(*args) in a thread. Raises what it raises, among it fleet_models.database.NOT_READY."""

        def call() -> T:
            close_old_connections()  # a connection that broke since the last call is left behind
            return function(*args)

        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def check(self) -> None:
        """Raises one of fleet_models.database.NOT_READY unless the database answers in a few seconds.

        Not in the threads for messages: behind a queue of charts a busy bot would look like a dead one.
        """
        await asyncio.to_thread(watch.check)

    def close(self) -> None:
        """Ends the threads without waiting for queries that hang: the process is about to end."""
        self._threads.shutdown(wait=False, cancel_futures=True)
