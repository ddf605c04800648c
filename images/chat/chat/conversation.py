"""From a message to its reply. No web in here."""

import logging
import time
from collections.abc import Callable

from cachetools import TTLCache

from chat.model import Model
from chat.replies import HANDOFF, Replies

log = logging.getLogger(__name__)
SENDERS = 10_000  # that may be waiting for a second try at once; beyond, the one that has waited longest is forgotten
PATIENCE = 1800.0  # seconds after which a sender's next message begins anew


class Conversations:
    """Answers senders. All that is kept of one is how often in a row nothing was understood, and that in memory: a
    restart, or a second copy, costs the sender one more try."""

    def __init__(self, model: Model, replies: Replies, now: Callable[[], float] = time.monotonic) -> None:
        self._model = model
        self._replies = replies
        self._misses: TTLCache[str, int] = TTLCache(maxsize=SENDERS, ttl=PATIENCE, timer=now)

    def answer(self, sender: str, message: str) -> str:
        """The reply to a message."""
        intent, confidence = self._model.classify(message)
        understood = confidence >= self._replies.threshold
        # Neither sender nor text: what people write stays between them and the bot.
        log.info("message", extra={"intent": intent, "confidence": round(confidence, 3), "understood": understood})
        misses = self._misses.pop(sender, 0)
        if understood:
            return self._replies.by_intent[intent]
        if misses + 1 >= self._replies.handoff_after:
            log.info("handoff", extra={"misses": misses + 1})
            return self._replies.by_intent[HANDOFF]
        self._misses[sender] = misses + 1
        return self._replies.fallback
