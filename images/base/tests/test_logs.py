"""What goes wrong is one line of JSON with the traceback inside, whoever notices it; nothing goes to standard error."""

import json
import os
import subprocess
import sys

import pytest

import fleet_logs

LOGGED = """
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("bot").exception("it failed")
"""
UNCAUGHT = "1 / 0"
IN_A_THREAD = """
import threading
thread = threading.Thread(target=lambda: 1 / 0, name="store_0")
thread.start()
thread.join()
"""
IN_A_TASK = """
import asyncio
async def fail():
    1 / 0
async def main():
    asyncio.create_task(fail())
    await asyncio.sleep(0.01)
asyncio.run(main())
"""
IN_A_CALLBACK = """
import asyncio
async def main():
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.01)
asyncio.run(main())
"""


@pytest.mark.parametrize(
    "script, code, level, logger, message",
    [
        (LOGGED, 0, "ERROR", "bot", "it failed"),
        (
            UNCAUGHT,
            1,
            "CRITICAL",
            "fleet_logs",
            "the process ends by an exception that nobody caught: ZeroDivisionError",
        ),
        (
            IN_A_THREAD,
            0,
            "CRITICAL",
            "fleet_logs",
            "the thread store_0 ends by an exception that nobody caught: ZeroDivisionError",
        ),
        (IN_A_TASK, 0, "ERROR", "asyncio", "Task exception was never retrieved"),
        (IN_A_CALLBACK, 0, "ERROR", "asyncio", "Exception in callback main.<locals>.<lambda>()"),
    ],
)
def test_one_line(script, code, level, logger, message):
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    script = "import logging\nimport fleet_logs\nfleet_logs.setup()\n" + script
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (code, "")
    (line,) = [json.loads(text) for text in done.stdout.splitlines()]
    assert (line["level"], line["logger"]) == (level, logger)
    assert line["message"].startswith(message)
    assert line["exc_info"].startswith("Traceback (most recent call last):\n")
    assert line["exc_info"].endswith("\nZeroDivisionError: division by zero")


@pytest.mark.parametrize("level", ["critical", "notset", "loud"])
def test_no_level_hides_errors(level):
    with pytest.raises(SystemExit, match=f"LOG_LEVEL is '{level}': it must be one of debug, info, warning, error"):
        fleet_logs.config(level)
