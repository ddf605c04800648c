"""Asking the database whether it answers, in a limited time.

No setting of the connection does that for a database which hangs: its own statement_timeout hangs with it, and its
kernel still answers TCP's keepalives. So a thread asks, and who wants to know waits for it only so long.
"""

import threading
from concurrent.futures import Future
from queue import SimpleQueue

from django.db import OperationalError, close_old_connections

from fleet_models import database

LIMIT = 3.0  # seconds: the health check's own limit is 4 (fleet_models.probe), the warden's and the container's 5


class Watch:
    """One thread that asks, with its own connection; it begins with the first question, so after a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._questions: SimpleQueue[Future] = SimpleQueue()
        self._asked: Future | None = None

    def check(self) -> None:
        """Raises one of fleet_models.database.NOT_READY unless the database answers within LIMIT seconds."""
        try:
            self._ask().result(LIMIT)
        except TimeoutError:
            raise OperationalError(f"the database gave no answer in {LIMIT:g} s") from None

    def _ask(self) -> Future:
        """The question that is open, or a new one: those that hang must not pile up."""
        with self._lock:
            if self._asked is None:
                # A daemon: a query that hangs must not keep the process from ending.
                threading.Thread(target=self._answer, name="database-watch", daemon=True).start()
            if self._asked is None or self._asked.done():
                self._asked = Future()
                self._questions.put(self._asked)
            return self._asked

    def _answer(self) -> None:
        while True:
            asked = self._questions.get()
            try:
                close_old_connections()  # one that broke since the last question is left behind
                database.check()
            except Exception as error:
                asked.set_exception(error)
            else:
                asked.set_result(None)


_watch = Watch()
check = _watch.check
