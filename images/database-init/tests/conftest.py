"""A real PostgreSQL for the tests of what the task does to one.

TEST_POSTGRES_URL names a throw-away server with its superuser (the end-to-end tests give the local stack's image).
Without it a server is started from Debian's postgresql package, if that is installed; else those tests are skipped.
"""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from urllib.parse import urlsplit

import psycopg
import pytest


def unprivileged() -> dict:
    """PostgreSQL refuses to run as root: arguments for subprocess that run a program as somebody else then."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def superuser_url():
    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield url
        return
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    if not found:
        pytest.skip("no PostgreSQL: set TEST_POSTGRES_URL, or apt-get install postgresql")
    folder, who = tempfile.mkdtemp(prefix="database-init-"), unprivileged()
    if who:
        os.chown(folder, who["user"], who["group"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "cwd": folder, **who}
    initdb = [
        "-D",
        f"{folder}/data",
        "-U",
        "root_of_all",
        "--auth-local=trust",
        "--auth-host=scram-sha-256",
        "--no-sync",
    ]
    with open(f"{folder}/password", "w", encoding="ascii") as password:
        password.write("throw-away")
    os.chmod(f"{folder}/password", 0o644)
    subprocess.run([f"{found[-1]}/initdb", *initdb, f"--pwfile={folder}/password"], check=True, **quiet)
    settings = [
        "-c",
        f"port={port}",
        "-c",
        f"unix_socket_directories={folder}",
        "-c",
        "fsync=off",
        "-c",
        "log_statement=all",
    ]
    with open(f"{folder}/log", "w", encoding="utf-8") as log:
        server = subprocess.Popen([f"{found[-1]}/postgres", "-D", f"{folder}/data", *settings], stderr=log, **quiet)
    yield f"postgresql://root_of_all:throw-away@127.0.0.1:{port}/postgres"
    server.terminate()
    server.wait()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def root(superuser_url):
    """The superuser's connection."""
    for attempt in range(100):
        try:
            connection = psycopg.connect(superuser_url, autocommit=True, connect_timeout=5)
            break
        except psycopg.OperationalError:
            if attempt == 99:
                raise
            time.sleep(0.1)
    yield connection
    connection.close()


@pytest.fixture
def master(root, superuser_url):
    """A master as RDS has it: no superuser, but it may make databases and roles. All that it made goes at the end."""
    root.execute("CREATE ROLE master LOGIN CREATEDB CREATEROLE PASSWORD 'masters'")
    yield {
        "host": urlsplit(superuser_url).hostname,
        "port": urlsplit(superuser_url).port,
        "user": "master",
        "password": "masters",
    }
    owned = "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')"
    for (name,) in root.execute(owned).fetchall():
        root.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    for (name,) in root.execute(
        "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> current_user"
    ).fetchall():
        root.execute(f'DROP ROLE "{name}"')
