"""Logging as the fleet's services do it: one JSON object a line on standard output."""

import logging
import os
import sys

from pythonjsonlogger.json import JsonFormatter


def setup() -> None:
    """Sets the root logger up. The level is LOG_LEVEL's (debug, info, warning, error), info where it is not set."""
    level = (os.environ.get("LOG_LEVEL") or "info").upper()
    if level not in logging.getLevelNamesMapping():
        raise SystemExit(f"LOG_LEVEL is {level.lower()!r}: it must be one of debug, info, warning, error")
    renamed = {"asctime": "time", "levelname": "level", "name": "logger"}
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter("{asctime}{levelname}{name}{message}", style="{", rename_fields=renamed))
    logging.basicConfig(level=level, handlers=[handler])
