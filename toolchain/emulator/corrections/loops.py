"""What runs in the background for as long as the emulator does."""

import logging
import threading

logger = logging.getLogger("loops")

# Set when the emulator itself goes down: what stops then is no failure of a task.
closing = threading.Event()
# Set when a task or service changed, so that the scheduler looks at once.
changed = threading.Event()

# Name of a step → its last failure: the same one twice a second is told once.
_failures: dict[str, str] = {}


def repeat(step, seconds, name) -> None:
    """Run a step again and again in a thread, each time after `seconds()`, until `closing` is set.

    A step that fails is logged and tried again: nothing stops the scheduler but the end.
    """
    def loop():
        while not closing.wait(seconds()):
            attempt(step, name)
    threading.Thread(target=loop, daemon=True, name=name).start()


def attempt(step, name, *arguments) -> None:
    """Run a step; log its failure, unless it failed in the same way before."""
    try:
        step(*arguments)
        _failures.pop(name, None)
    except Exception as error:
        if _failures.get(name) != repr(error):
            logger.exception("%s failed; trying again", name)
        _failures[name] = repr(error)
