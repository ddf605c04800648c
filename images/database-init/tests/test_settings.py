"""What the task is asked, and every way to ask wrongly."""

import json

import pytest

from database_init.settings import BadSettings, Database, Role, load

ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:bot-abc"
OWNER = {"service": "leveling-api", "access": "owner", "secret": ARN}


def environment(databases=None, **changes):
    described = [{"name": "leveling", "roles": [OWNER]}] if databases is None else databases
    right = {
        "DB_HOST": "db.example",
        "DB_PORT": "5432",
        "MASTER_SECRET": '{"username": "master", "password": "p"}',
        "DATABASES": json.dumps(described),
    }
    return {**right, **changes}


def test_right():
    settings = load(environment())
    assert (settings.host, settings.port, settings.user, settings.password) == ("db.example", 5432, "master", "p")
    assert settings.databases == (Database("leveling", (Role("leveling-api", "owner", ARN),)),)
    assert settings.databases[0].owner.name == "leveling_api"


def role(**changes):
    return [{"name": "leveling", "roles": [OWNER, {**OWNER, "service": "bot", "access": "write", **changes}]}]


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"DB_HOST": ""}, "DB_HOST is not set"),
        ({"DB_PORT": "5432x"}, "DB_PORT is '5432x': it must be a number from 1 to 65535"),
        ({"MASTER_SECRET": "hunter2"}, "MASTER_SECRET is not set as it must be"),
        ({"MASTER_SECRET": '{"username": "m", "password": ""}'}, "MASTER_SECRET has no password"),
        ({"DATABASES": "{}"}, "DATABASES is not set as it must be"),
        ({"databases": [{"roles": []}]}, r"DATABASES\[0\].name is missing"),
        ({"databases": ["x"]}, r"DATABASES\[0\].name is missing"),
        ({"databases": [{"name": "Leveling", "roles": []}]}, r"DATABASES\[0\].name is 'Leveling': it must match"),
        (
            {"databases": [{"name": "postgres", "roles": [OWNER]}]},
            r"DATABASES\[0\].name is 'postgres': that database is",
        ),
        ({"databases": [{"name": "leveling"}]}, r"DATABASES\[0\].roles is missing"),
        (
            {"databases": [{"name": "leveling", "roles": []}]},
            r"\(leveling\) has 0 owners \[\]: it must have exactly one",
        ),
        ({"databases": role(access="owner")}, r"has 2 owners \['leveling-api', 'bot'\]"),
        (
            {"databases": role(access="admin")},
            r"DATABASES\[0\].roles\[1\].access is 'admin': it must be one of owner, write, read",
        ),
        ({"databases": role(secret="bot")}, r"DATABASES\[0\].roles\[1\].secret is 'bot': it must be a secret's ARN"),
        ({"databases": role(service="leveling-api")}, "names the service leveling_api twice"),
        ({"databases": role(service="master")}, "a role 'master', which is the server's own"),
        ({"databases": role(service="pg-bot")}, "a role 'pg_bot', which is the server's own"),
        ({"databases": [{"name": "a", "roles": [OWNER]}] * 2}, "names the database a twice"),
    ],
)
def test_wrong(changes, reason):
    with pytest.raises(BadSettings, match=reason) as refused:
        load(environment(**changes))
    assert "hunter2" not in str(refused.value)
