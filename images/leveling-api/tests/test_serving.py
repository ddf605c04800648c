"""gunicorn as the image runs it: migrate first, then serve, then end at once."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_migrate_serve_end(tmp_path):
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PORT": str(free_port()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/api.sqlite3",
    }

    def python(*args: str) -> int:
        return subprocess.run(
            [sys.executable, *args], cwd=HERE, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ).returncode

    assert python("manage.py", "migrate", "--noinput") == 0
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "leveling_api.wsgi"], cwd=HERE, env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 20
        while python("-m", "leveling_api.health") != 0:
            assert server.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        before = time.monotonic()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 0
        assert time.monotonic() - before < 4
        lines = [json.loads(line) for line in server.stdout]
        assert "ALLOWED_HOSTS is not set: requests for every host name are answered" in [
            line["message"] for line in lines
        ]
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    assert python("-m", "leveling_api.health") == 1
