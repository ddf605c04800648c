"""Logging as the fleet's services do it: one JSON object a line on standard output."""

import logging
import os


def config(level: str | None = None) -> dict:
    """A logging.config dictionary. The level is LOG_LEVEL's (debug, info, warning, error), info where it is not set."""
    level = (level or os.environ.get("LOG_LEVEL") or "info").upper()
    if level not in logging.getLevelNamesMapping():
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
