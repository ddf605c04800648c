"""The task: databases and roles first, then each role's password, so that a run that was cut off can run again."""

import logging
import secrets
import time
from typing import Protocol
from urllib.parse import quote

import psycopg

from database_init import server
from database_init.settings import Database, Role, Settings

log = logging.getLogger("database-init")
PATIENCE = 120.0  # seconds for the server to come up


class Store(Protocol):
    """Where the passwords are kept: secret_store.SecretStore, or a dictionary in tests."""

    def read(self, arn: str) -> dict | None: ...

    def write(self, arn: str, value: dict) -> None: ...


def run(settings: Settings, store: Store, patience: float = PATIENCE) -> None:
    """Makes what the settings ask for. Changes nothing that is right already. Raises psycopg's and botocore's."""
    with _connect(settings, "postgres", patience) as master:
        server.lock(master)
        for database in settings.databases:
            _make(settings, master, database)
            for role in database.roles:
                _give_password(settings, master, database, role, store)


def _connect(settings: Settings, database: str, patience: float) -> psycopg.Connection:
    """A connection as the master. Waits for a server that is not up yet."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return psycopg.connect(
                host=settings.host, port=settings.port, user=settings.user, password=settings.password, dbname=database,
                connect_timeout=5, autocommit=True, application_name="database-init",
            )  # fmt: skip
        except psycopg.OperationalError as error:
            if time.monotonic() >= deadline:
                raise
            log.info("the server is not ready: %s", str(error).splitlines()[0])
            time.sleep(min(2.0, patience))


def _make(settings: Settings, master: psycopg.Connection, database: Database) -> None:
    for role in database.roles:
        if server.make_role(master, role):
            log.info("role %s: made", role.name)
    if server.make_database(master, database):
        log.info("database %s: made, owner %s", database.name, database.owner.name)
    with _connect(settings, database.name, patience=0) as inside:
        for former in server.take_over(inside, database):
            log.info("database %s: %s's tables given to %s", database.name, former, database.owner.name)
        server.grant(inside, database)
    log.info("database %s: %s", database.name, ", ".join(f"{role.name} ({role.access})" for role in database.roles))


def _give_password(
    settings: Settings, master: psycopg.Connection, database: Database, role: Role, store: Store
) -> None:
    """Keeps a password that logs in, with the server's present address; else makes a new one."""
    kept = store.read(role.secret) or {}
    password = kept.get("password")
    if isinstance(password, str) and password and _logs_in(settings, database, role, password):
        value = _value(settings, database, role, password)
        if value == kept:
            log.info("role %s: its secret logs in", role.name)
            return
        store.write(role.secret, value)
        log.info("role %s: its secret logs in and now has the server's present address", role.name)
        return
    password = secrets.token_urlsafe(32)
    server.set_password(master, role, password)
    store.write(role.secret, _value(settings, database, role, password))
    log.info("role %s: given a new password, which is in its secret", role.name)


def _logs_in(settings: Settings, database: Database, role: Role, password: str) -> bool:
    try:
        psycopg.connect(
            host=settings.host, port=settings.port, user=role.name, password=password, dbname=database.name,
            connect_timeout=5,
        ).close()  # fmt: skip
    except psycopg.OperationalError as error:
        # Only this means a wrong password; on a full or failing server a good one must not be replaced.
        if "password authentication failed" in str(error):
            return False
        raise
    return True


def _value(settings: Settings, database: Database, role: Role, password: str) -> dict:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {
        "username": role.name,
        "password": password,
        "host": settings.host,
        "port": settings.port,
        "dbname": database.name,
        "url": f"postgresql://{quote(role.name, '')}:{quote(password, '')}@{host}:{settings.port}/{database.name}",
    }
