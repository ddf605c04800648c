"""The metrics that RDS publishes by itself."""

import threading
import time

import psycopg2
import pytest
from conftest import covers
from ministack.services import rds
from series import published, units

from corrections import metrics_postgres, metrics_rds, metrics_usage
from corrections.metrics_postgres import Facts
from corrections.metrics_usage import Usage

GIB, MIB = 2**30, 2**20


@pytest.fixture
def answers(monkeypatch):
    """What each database tells: Facts, an error, or a function to run first; on a machine of two cores."""
    told = {"db": Facts(7, 123_456, 3 * GIB)}

    def ask(instance):
        answer = told[instance["DBInstanceIdentifier"]]
        answer = answer() if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer
    monkeypatch.setattr(metrics_postgres, "ask", ask)
    monkeypatch.setattr(metrics_usage, "look", lambda container: Usage(0.5, 300 * MIB, 200 * MIB))
    monkeypatch.setattr(metrics_usage, "CORES", 2)
    metrics_rds._disk_before.clear()
    metrics_rds._looking.clear()
    return told


def database(name="db", **members):
    rds._instances[name] = {"DBInstanceIdentifier": name, "DBInstanceStatus": "available", "Engine": "postgres",
                            "DBInstanceArn": f"arn:aws:rds:us-east-1:000000000000:db:{name}", "AllocatedStorage": 20,
                            "DBInstanceClass": "db.t4g.micro", "_docker_container_id": "box"} | members


def of(name):
    return published("AWS/RDS", f"DBInstanceIdentifier={name}")


@covers("metrics_rds.publish_databases")
def test_a_database_has_one_datapoint_of_each(answers):
    database()
    metrics_rds.publish()
    assert of("db") == {"CPUUtilization": [25.0], "FreeableMemory": [824 * MIB], "FreeStorageSpace": [17 * GIB],
                        "DatabaseConnections": [7], "MaximumUsedTransactionIDs": [123_456]}
    assert units("AWS/RDS") == {"CPUUtilization": {"Percent"}, "FreeableMemory": {"Bytes"},
                                "FreeStorageSpace": {"Bytes"}, "DatabaseConnections": {"Count"},
                                "MaximumUsedTransactionIDs": {"Count"}}


def test_nothing_is_free_below_nothing(answers, monkeypatch):
    monkeypatch.setattr(metrics_usage, "look", lambda container: Usage(9.0, 2 * GIB, 2 * GIB))
    answers["db"] = Facts(1, 1, 21 * GIB)
    database()
    metrics_rds.publish()
    found = of("db")
    assert (found["FreeableMemory"], found["FreeStorageSpace"], found["CPUUtilization"]) == ([0], [0], [100.0])


def test_latencies_are_of_the_time_between_two_looks(answers):
    database()
    for reads, writes in (((10, 1.0), (100, 5.0)), ((30, 1.5), (100, 5.0)), ((5, 0.1), (100, 5.0))):
        answers["db"] = Facts(1, 1, 1, reads, writes)
        metrics_rds.publish()
    # 20 reads took half a second; then the counts began anew. Nothing was written.
    assert of("db")["ReadLatency"] == [0.025, 0.0]
    assert of("db")["WriteLatency"] == [0.0, 0.0]
    assert units("AWS/RDS")["ReadLatency"] == {"Seconds"}


@pytest.mark.parametrize("members", [{"DBInstanceStatus": "stopped"}, {"_docker_container_id": None},
                                     {"Engine": "mysql"}])
def test_what_does_not_run_has_none(answers, members):
    database(**members)
    metrics_rds.publish()
    assert of("db") == {}


def test_a_database_that_does_not_answer_has_none(answers):
    answers["db"], answers["other"] = psycopg2.OperationalError("connection refused"), Facts(2, 1, 1)
    database()
    database("other")
    metrics_rds.publish()
    assert of("db") == {}
    assert of("other")["DatabaseConnections"] == [2]


def test_a_slow_database_holds_nobody_up_and_is_not_asked_twice(answers, monkeypatch):
    go_on, asked = threading.Event(), []

    def slowly():
        asked.append("db")
        go_on.wait(20)
        return Facts(1, 1, 1)
    monkeypatch.setattr(metrics_rds, "LOOK_SECONDS", 0.2)
    answers["db"], answers["other"] = slowly, Facts(2, 1, 1)
    database()
    database("other")
    began = time.monotonic()
    metrics_rds.publish()
    metrics_rds.publish()
    assert time.monotonic() - began < 5
    assert (of("db"), asked) == ({}, ["db"])
    assert of("other")["DatabaseConnections"] == [2, 2]
    go_on.set()
    metrics_rds._looking["arn:aws:rds:us-east-1:000000000000:db:db"].join(5)
    assert of("db") == {}, "an answer that is late is none"
    answers["db"] = Facts(3, 1, 1)
    metrics_rds.publish()
    assert of("db")["DatabaseConnections"] == [3]


def test_a_deleted_database_is_forgotten(answers):
    database()
    metrics_rds.publish()
    rds._instances.pop("db")
    metrics_rds.publish()
    assert (metrics_rds._disk_before, metrics_rds._looking) == ({}, {})


@pytest.mark.parametrize("instance_class, gib", [
    ("db.t3.micro", 1), ("db.t4g.micro", 1), ("db.t4g.small", 2), ("db.t3.medium", 4), ("db.t4g.large", 8),
    ("db.t4g.2xlarge", 32), ("db.m6g.large", 8), ("db.m7i.xlarge", 16), ("db.m6i.4xlarge", 64), ("db.r6g.large", 16),
    ("db.r7g.16xlarge", 512), ("db.x2g.large", None), ("db.t3.metal", None), ("db.m6g.metal", None)])
def test_the_memory_of_a_class(instance_class, gib):
    assert metrics_rds.memory_of(instance_class) == (gib and gib * GIB)
