"""Logging as the fleet's services do it: one JSON object a line on standard output, also for what nobody catches.

It needs python-json-logger, which a layer above base brings.
"""

import logging
import logging.config
import os
import sys
import threading

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")  # no higher one: errors are what a metric filter counts
log = logging.getLogger(__name__)


def config(level: str | None = None) -> dict:
    """A logging.config dictionary. The level is LOG_LEVEL's (debug, info, warning, error), info where it is not set."""
    level = (level or os.environ.get("LOG_LEVEL") or "info").upper()
    if level not in LEVELS:
        raise SystemExit(f"LOG_LEVEL is {level.lower()!r}: it must be one of debug, info, warning, error")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": "{asctime}{levelname}{name}{message}",
                "style": "{",
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            }
        },
        "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
        "root": {"level": level, "handlers": ["stdout"]},
    }


def setup() -> None:
    """Sets logging up, and makes what nobody catches a line too."""
    logging.config.dictConfig(config())
    catch_all()


def catch_all() -> None:
    """Logs what nobody catches as one CRITICAL line with the traceback inside, in place of plain lines on stderr.

    asyncio logs what its tasks and callbacks do not catch by itself, as ERROR.
    """
    sys.excepthook = lambda kind, error, trace: _critical("the process ends by", kind, error, trace)
    threading.excepthook = lambda args: _critical(
        f"the thread {args.thread.name if args.thread else 'unknown'} ends by",
        args.exc_type,
        args.exc_value,
        args.exc_traceback,
    )


def _critical(what: str, kind: type[BaseException], error: BaseException | None, trace: object) -> None:
    log.critical("%s an exception that nobody caught: %s", what, kind.__name__, exc_info=(kind, error, trace))
