"""What a run leaves on a real PostgreSQL: who may do what, and which passwords are kept."""

import copy

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from database_init.settings import Database, Role, Settings
from database_init.task import run

OWNER = Role("leveling-api", "owner", "arn:owner")
BOT = Role("bot", "write", "arn:bot")
REPORT = Role("report", "read", "arn:report")
LEVELING = Database("leveling", (OWNER, BOT, REPORT))


class Kept(dict):
    """Secrets in memory."""

    def read(self, arn):
        return copy.deepcopy(self.get(arn))

    def write(self, arn, value):
        self[arn] = value


@pytest.fixture
def secrets():
    return Kept()


@pytest.fixture
def go(master, secrets):
    def go(*databases, **changes):
        run(Settings(**{**master, **changes}, databases=databases or (LEVELING,)), secrets, patience=0)

    return go


def may(secrets, role, statement) -> bool:
    with psycopg.connect(secrets[role.secret]["url"]) as connection:
        try:
            connection.execute(statement)
        except InsufficientPrivilege:
            return False
        return True


def test_the_owner_makes_tables_and_the_others_cannot(go, secrets):
    go()
    assert may(secrets, OWNER, "CREATE TABLE points (id serial, n int)")
    for role in (BOT, REPORT):
        assert not may(secrets, role, "CREATE TABLE mine (n int)")
        assert not may(secrets, role, "CREATE SCHEMA mine")
        assert not may(secrets, role, "CREATE TEMP TABLE mine (n int)")


@pytest.mark.parametrize("when", ["tables made after the run", "tables there before a second run"])
def test_writers_write_and_readers_read(go, secrets, when):
    go(Database("leveling", (OWNER,))) if "before" in when else go()
    assert may(secrets, OWNER, "CREATE TABLE points (id serial, n int)")
    if "before" in when:
        go()
    for statement in ("INSERT INTO points (n) VALUES (1)", "UPDATE points SET n = 2", "DELETE FROM points"):
        assert may(secrets, BOT, statement)
        assert not may(secrets, REPORT, statement)
    for role in (BOT, REPORT):
        assert may(secrets, role, "SELECT * FROM points")
        assert not may(secrets, role, "TRUNCATE points")
        assert not may(secrets, role, "DROP TABLE points")
        assert not may(secrets, role, "ALTER TABLE points ADD COLUMN x int")


def test_lowered_access_takes_away(go, secrets):
    go()
    assert may(secrets, OWNER, "CREATE TABLE points (n int)")
    go(Database("leveling", (OWNER, Role("bot", "read", BOT.secret))))
    assert may(secrets, OWNER, "CREATE TABLE later (n int)")
    for table in ("points", "later"):
        assert may(secrets, BOT, f"SELECT * FROM {table}")
        assert not may(secrets, BOT, f"INSERT INTO {table} VALUES (1)")


def test_a_role_of_another_database_is_kept_out(go, secrets, superuser_url):
    other = Role("shop", "owner", "arn:shop")
    go(LEVELING, Database("shop", (other,)))
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(secrets[other.secret]["url"].removesuffix("/shop") + "/leveling")
    with psycopg.connect(superuser_url, dbname="leveling") as inside:
        for privilege in ("USAGE", "CREATE"):
            assert inside.execute("SELECT has_schema_privilege('shop', 'public', %s)", [privilege]).fetchone() == (
                False,
            )


def test_no_role_has_powers_of_its_own(go, root):
    go()
    powers = "rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls OR rolreplication"
    mighty = root.execute(f"SELECT rolname FROM pg_roles WHERE rolname <> current_user AND ({powers})").fetchall()
    assert mighty == [("master",)]


def test_the_secret_has_all_that_a_service_needs(go, master, secrets):
    go()
    value = secrets[BOT.secret]
    assert sorted(value) == ["dbname", "host", "password", "port", "url", "username"]
    assert (value["username"], value["dbname"], value["host"], value["port"]) == (
        "bot",
        "leveling",
        master["host"],
        master["port"],
    )
    assert value["url"] == f"postgresql://bot:{value['password']}@{master['host']}:{master['port']}/leveling"
    assert len(value["password"]) >= 40


def test_a_second_run_changes_nothing(go, secrets):
    go()
    before = copy.deepcopy(secrets)
    go()
    assert secrets == before


@pytest.mark.parametrize("broken", [{}, {"password": "wrong"}, {"password": 7}, {"username": "bot"}])
def test_a_secret_that_does_not_log_in_is_replaced_alone(go, secrets, broken):
    go()
    before = copy.deepcopy(secrets)
    secrets[BOT.secret] = broken
    go()
    assert may(secrets, BOT, "SELECT 1")
    assert secrets[OWNER.secret] == before[OWNER.secret] and secrets[REPORT.secret] == before[REPORT.secret]


def test_a_moved_server_keeps_the_password(go, secrets):
    go()
    right = copy.deepcopy(secrets)
    secrets[BOT.secret] |= {"host": "old.example", "url": "postgresql://bot@old.example/leveling"}
    go()
    assert secrets == right


def test_a_run_cut_off_before_the_secret_was_written_is_made_good(go, secrets):
    go()
    del secrets[BOT.secret]
    go()
    assert may(secrets, BOT, "SELECT 1")


def test_a_full_server_is_no_wrong_password(go, secrets, root):
    go()
    before = copy.deepcopy(secrets)
    root.execute("ALTER ROLE bot CONNECTION LIMIT 0")
    with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
        go()
    assert secrets == before


def test_another_owner_takes_the_tables_over(go, secrets):
    go()
    assert may(secrets, OWNER, "CREATE TABLE points (n int)")
    heir = Role("points-api", "owner", "arn:heir")
    go(Database("leveling", (heir, Role("leveling-api", "read", OWNER.secret), BOT)))
    assert may(secrets, heir, "ALTER TABLE points ADD COLUMN x int")
    assert may(secrets, BOT, "INSERT INTO points (n) VALUES (1)")
    assert may(secrets, OWNER, "SELECT * FROM points")
    assert not may(secrets, OWNER, "DROP TABLE points")


def test_the_server_never_sees_a_password(go, secrets, root):
    go()
    log = root.execute("SELECT setting FROM pg_settings WHERE name = 'log_statement'").fetchone()[0]
    stored = root.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'bot'").fetchone()[0]
    assert stored.startswith("SCRAM-SHA-256$")
    if log == "all":
        data = root.execute("SELECT setting FROM pg_settings WHERE name = 'data_directory'").fetchone()[0]
        with open(f"{data}/../log", encoding="utf-8") as lines:
            text = lines.read()
        assert "ALTER ROLE" in text
        assert not any(value["password"] in text for value in secrets.values())


def test_a_server_that_is_away_is_an_error_after_a_while(go):
    with pytest.raises(psycopg.OperationalError, match="refused"):
        go(port=1)
