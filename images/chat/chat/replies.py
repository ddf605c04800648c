"""What the bot says to which intent, from replies.yml."""

from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("replies.yml")
HANDOFF = "human_handoff"  # the intent whose reply ends the bot's own tries


class RepliesError(Exception):
    """What is wrong with the replies, or with a model for them."""


@dataclass(frozen=True)
class Replies:
    """The replies by intent, and what holds when none is understood."""

    threshold: float
    fallback: str
    handoff_after: int
    by_intent: dict[str, str]

    def fit(self, intents: list[str]) -> list[str]:
        """The replies that a model of these intents never gives. Raises RepliesError if one is missing."""
        if missing := sorted(set(intents) - set(self.by_intent)):
            raise RepliesError(
                f"the model knows intents without a reply: {', '.join(missing)}; write them into replies.yml"
            )
        return sorted(set(self.by_intent) - set(intents))


def load(path: Path = FILE) -> Replies:
    """Reads the replies. Raises RepliesError."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        fallback, replies = document["fallback"], document["replies"]
        loaded = Replies(fallback["threshold"], fallback["text"], fallback["handoff_after"], dict(replies))
    except (OSError, yaml.YAMLError, LookupError, TypeError, ValueError) as error:
        raise RepliesError(f"{path.name} cannot be understood: {error!r}; it has fallback and replies") from None
    if not isinstance(loaded.threshold, int | float) or not 0 < loaded.threshold < 1:
        raise RepliesError(f"{path.name}: fallback.threshold is {loaded.threshold!r}; it must be above 0 and below 1")
    if not isinstance(loaded.handoff_after, int) or loaded.handoff_after < 1:
        raise RepliesError(f"{path.name}: fallback.handoff_after is {loaded.handoff_after!r}; it must be 1 or more")
    texts = {"fallback.text": loaded.fallback} | {f"replies.{key}": text for key, text in loaded.by_intent.items()}
    for key, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise RepliesError(f"{path.name}: {key} is {text!r}; it must be a text")
    if HANDOFF not in loaded.by_intent:
        raise RepliesError(
            f"{path.name}: replies.{HANDOFF} is missing; it follows {loaded.handoff_after} fallbacks in a row"
        )
    return loaded
