"""What the task is asked to do, from its environment. Every mistake is told with its place and what would be right."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

ACCESS = ("owner", "write", "read")
DATABASE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
SERVICE_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
RESERVED = ("postgres", "template0", "template1", "rdsadmin")


class BadSettings(Exception):
    """The environment does not say what to do."""


@dataclass(frozen=True)
class Role:
    """A service's role: what it may do, and the ARN of the secret that keeps its password."""

    service: str
    access: str
    secret: str

    @property
    def name(self) -> str:
        """The role's name on the server."""
        return self.service.replace("-", "_")


@dataclass(frozen=True)
class Database:
    """A database and who may use it. Exactly one role is its owner."""

    name: str
    roles: tuple[Role, ...]

    @property
    def owner(self) -> Role:
        return next(role for role in self.roles if role.access == "owner")


@dataclass(frozen=True)
class Settings:
    """The server, its master's name and password, and the databases to make."""

    host: str
    port: int
    user: str
    password: str
    databases: tuple[Database, ...]


def load(environment: Mapping[str, str]) -> Settings:
    """The settings of DB_HOST, DB_PORT, MASTER_SECRET and DATABASES. Raises BadSettings; its text holds no password."""
    master = _json(environment, "MASTER_SECRET", dict, '{"username": …, "password": …}')
    for key in ("username", "password"):
        if not isinstance(master.get(key), str) or not master[key]:
            raise BadSettings(f"MASTER_SECRET has no {key}: it must be JSON with username and password")
    host, port = environment.get("DB_HOST", ""), environment.get("DB_PORT", "")
    if not host:
        raise BadSettings("DB_HOST is not set: it must be the server's name")
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise BadSettings(f"DB_PORT is {port!r}: it must be a number from 1 to 65535")
    described = _json(
        environment, "DATABASES", list, '[{"name": …, "roles": [{"service": …, "access": …, "secret": …}]}]'
    )
    databases = tuple(_database(entry, f"DATABASES[{index}]") for index, entry in enumerate(described))
    _check_names(databases, master["username"])
    return Settings(host, int(port), master["username"], master["password"], databases)


def _json(environment: Mapping[str, str], key: str, kind: type, form: str):
    try:
        value = json.loads(environment.get(key, ""))
    except ValueError:
        value = None
    if not isinstance(value, kind):
        raise BadSettings(f"{key} is not set as it must be: JSON like {form}")
    return value


def _database(entry: object, place: str) -> Database:
    name = _text(entry, "name", place, DATABASE_NAME)
    if name in RESERVED:
        raise BadSettings(f"{place}.name is {name!r}: that database is the server's own, take another name")
    if not isinstance(entry.get("roles"), list):
        raise BadSettings(f"{place}.roles is missing: it must be a list of {{service, access, secret}}")
    roles = tuple(_role(role, f"{place}.roles[{index}]") for index, role in enumerate(entry["roles"]))
    owners = [role.service for role in roles if role.access == "owner"]
    if len(owners) != 1:
        raise BadSettings(f"{place} ({name}) has {len(owners)} owners {owners}: it must have exactly one")
    return Database(name, roles)


def _role(entry: object, place: str) -> Role:
    service = _text(entry, "service", place, SERVICE_NAME)
    access = _text(entry, "access", place)
    if access not in ACCESS:
        raise BadSettings(f"{place}.access is {access!r}: it must be one of {', '.join(ACCESS)}")
    secret = _text(entry, "secret", place)
    if not secret.startswith("arn:") or secret.count(":") < 6:
        raise BadSettings(f"{place}.secret is {secret!r}: it must be a secret's ARN")
    return Role(service, access, secret)


def _text(entry: object, key: str, place: str, form: re.Pattern | None = None) -> str:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, str) or not value:
        raise BadSettings(f"{place}.{key} is missing")
    if form is not None and not form.fullmatch(value):
        raise BadSettings(f"{place}.{key} is {value!r}: it must match {form.pattern}")
    return value


def _check_names(databases: tuple[Database, ...], master: str) -> None:
    names = [database.name for database in databases]
    roles = [role.name for database in databases for role in database.roles]
    for kind, listed in (("database", names), ("service", roles)):
        twice = sorted({name for name in listed if listed.count(name) > 1})
        if twice:
            raise BadSettings(f"DATABASES names the {kind} {twice[0]} twice: each has one place")
    for name in roles:
        if name == master or name in RESERVED or name.startswith(("pg_", "rds")):
            raise BadSettings(
                f"DATABASES makes a role {name!r}, which is the server's own: give the service another name"
            )
