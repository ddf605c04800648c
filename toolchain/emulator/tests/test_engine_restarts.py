"""A database, and restarts of the emulator, with real containers."""

import json
import signal

import machine as machines
import pytest
from botocore.exceptions import ClientError
from cluster import CHECK

pytestmark = pytest.mark.engine


@pytest.fixture(scope="session")
def database(machine):
    """A PostgreSQL instance with a row in it: (host, port, password)."""
    if not machines.docker("images", "--quiet", machines.DATABASE_IMAGE).strip():
        complaint = f"there is no image {machines.DATABASE_IMAGE}; toolchain/baseimages/postgres.sh makes it"
        (pytest.fail if machine.environ.get("CI") == "true" else pytest.skip)(complaint)
    client = machine.client("rds")
    client.create_db_instance(DBInstanceIdentifier="db", Engine="postgres", EngineVersion="15", AllocatedStorage=20,
                              DBInstanceClass="db.t4g.micro", MasterUsername="master", ManageMasterUserPassword=True)
    made = machine.until(lambda: next((d for d in client.describe_db_instances()["DBInstances"]
                                       if d["DBInstanceStatus"] == "available"), None), 60, "the database is not there")
    value = machine.client("secretsmanager").get_secret_value(SecretId=made["MasterUserSecret"]["SecretArn"])
    found = made["Endpoint"]["Address"], made["Endpoint"]["Port"], json.loads(value["SecretString"])["password"]
    sql(found, "create table kept (x int)", "insert into kept values (42)")
    return found


def sql(database, *statements):
    import psycopg2

    host, port, password = database
    connection = psycopg2.connect(host=host, port=port, user="master", password=password, dbname="postgres",
                                  sslmode="require", connect_timeout=3)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def test_the_database_is_private(machine, database):
    container, = machine.mine("ps", "--filter", "label=ministack=rds")
    ports = json.loads(machines.docker("inspect", "-f", "{{json .HostConfig.PortBindings}}", container))
    assert {binding["HostIp"] for bindings in ports.values() for binding in bindings} == {"127.0.0.1", database[0]}


@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM"])
def test_all_comes_back_after(machine, cluster, database, how):
    definition = cluster.definition("back", {}, healthCheck=CHECK)
    name = f"back-{how.lower()}"
    cluster.ecs.create_service(cluster="c", serviceName=name, taskDefinition=definition, desiredCount=2)
    cluster.settled(name)
    machine.stop(getattr(signal, how))
    assert len(machine.mine()) == (3 if how == "SIGKILL" else 0)
    assert machine.start() < 10
    cluster.settled(name)
    machine.until(lambda: len(machine.mine()) == 3, 20, "containers are doubled or missing")
    assert sql(database, "select x from kept") == [(42,)]
    assert cluster.service(name)["deployments"][0]["failedTasks"] == 0
    machines.docker("pull", cluster.image)
    cluster.delete(name)


def test_a_deleted_database_leaves_no_volume(machine, database):
    before = machine.mine("volume ls")
    machine.client("rds").delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    assert len(machine.mine("volume ls")) == len(before) - 1
    with pytest.raises(ClientError, match="DBInstanceNotFound"):
        machine.client("rds").describe_db_instances(DBInstanceIdentifier="db")


def test_requests_were_recorded(machine):
    lines = [json.loads(line) for line in open(machine.settings.request_log)]
    assert {"ecs:CreateService", "rds:CreateDBInstance", "ecr:CreateRepository"} <= {line["action"] for line in lines}
