"""The databases, roles and privileges on the server.

The master of an RDS server is no superuser: it may make roles and databases, and acts for an owner only as a member of
the owner's role. Nothing here needs more than that.
"""

import psycopg
from psycopg import Connection, sql

from database_init.settings import Database, Role

OLDEST = 150000  # PostgreSQL 15: the first where the public schema belongs to the database's owner alone
# Two runs at once would make the same roles; the second waits for the first. Any fixed number would do.
LOCK = 7_205_759

TABLES = {"write": "SELECT, INSERT, UPDATE, DELETE", "read": "SELECT"}
SEQUENCES = {"write": "USAGE, SELECT", "read": "SELECT"}


def lock(master: Connection) -> None:
    """Waits until this is the only run on the server; the connection's end lets go."""
    if master.info.server_version < OLDEST:
        raise psycopg.NotSupportedError(
            f"the server is PostgreSQL {master.info.server_version // 10000}: it must be 15 or newer"
        )
    master.execute("SELECT pg_advisory_lock(%s)", [LOCK])


def make_role(master: Connection, role: Role) -> bool:
    """Makes the role unless it is there, without a password yet. Tells whether it was made."""
    found = master.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.name]).fetchone()
    if not found:
        master.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role.name)))
    return not found


def make_database(master: Connection, database: Database) -> bool:
    """Makes the database unless it is there, and gives it to its owner. Tells whether it was made."""
    owner, name = sql.Identifier(database.owner.name), sql.Identifier(database.name)
    master.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))
    found = master.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database.name]
    ).fetchone()
    if not found:
        master.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
    elif found[0] != database.owner.name:
        master.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, owner))
    return not found


def take_over(inside: Connection, database: Database) -> list[str]:
    """Gives the owner what former owners of the database left in it; returns their names."""
    owner = database.owner.name
    owners = inside.execute(
        "SELECT DISTINCT rolname::text FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner"
        " WHERE relnamespace = 'public'::regnamespace AND rolname NOT IN (%s, current_user)"
        " AND NOT rolsuper AND rolname !~ '^(pg_|rds)'",  # an extension's tables stay the server's own
        [owner],
    ).fetchall()
    for (former,) in owners:
        inside.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(former)))
        inside.execute(sql.SQL("REASSIGN OWNED BY {} TO {}").format(sql.Identifier(former), sql.Identifier(owner)))
    return [former for (former,) in owners]


def grant(inside: Connection, database: Database) -> None:
    """Gives each role its privileges and no more, on the tables there are and on those that the owner will make."""
    with inside.transaction():
        inside.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(database.owner.name)))
        inside.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database.name)))
        inside.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for role in database.roles:
            if role.access != "owner":
                _grant_role(inside, database.name, role)


def _grant_role(inside: Connection, database: str, role: Role) -> None:
    name = sql.Identifier(role.name)
    inside.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(sql.Identifier(database), name))
    inside.execute(sql.SQL("REVOKE ALL ON SCHEMA public FROM {}").format(name))
    inside.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), name))
    inside.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name))
    for kind, privileges in (("TABLES", TABLES), ("SEQUENCES", SEQUENCES)):
        what, allowed = sql.SQL(kind), sql.SQL(privileges[role.access])
        # Revoked first, so that a service whose access was lowered keeps nothing.
        inside.execute(sql.SQL("REVOKE ALL ON ALL {} IN SCHEMA public FROM {}").format(what, name))
        inside.execute(sql.SQL("GRANT {} ON ALL {} IN SCHEMA public TO {}").format(allowed, what, name))
        future = sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public ")
        inside.execute(future + sql.SQL("REVOKE ALL ON {} FROM {}").format(what, name))
        inside.execute(future + sql.SQL("GRANT {} ON {} TO {}").format(allowed, what, name))


def set_password(master: Connection, role: Role, password: str) -> None:
    """Sets the role's password. The server is sent a SCRAM verifier, so no log of statements has the password."""
    verifier = master.pgconn.encrypt_password(password.encode(), role.name.encode(), b"scram-sha-256").decode()
    master.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role.name), sql.Literal(verifier)))
