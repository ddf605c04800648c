"""Databases as the API shows them, and how their containers are started."""

import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from ministack.services import rds

from corrections import rds as corrected


@pytest.fixture
def client(aws):
    return aws("rds")


GIVEN = {"DBInstanceIdentifier": "db", "Engine": "postgres", "EngineVersion": "15", "DBInstanceClass": "db.t4g.micro",
         "AllocatedStorage": 20, "MasterUsername": "master"}


def create(client, **members):
    return client.create_db_instance(**GIVEN | members)["DBInstance"]


@covers("rds.create_as_asked", "rds.answer_all")
def test_a_managed_password_is_in_secrets_manager(client, aws):
    made = create(client, ManageMasterUserPassword=True)
    secret = made["MasterUserSecret"]
    assert secret["SecretStatus"] == "active" and secret["KmsKeyId"].startswith("arn:aws:kms:us-east-1:000000000000:key/")
    value = json.loads(aws("secretsmanager").get_secret_value(SecretId=secret["SecretArn"])["SecretString"])
    assert value == {"username": "master", "password": rds._instances["db"]["_MasterUserPassword"]}
    assert len(value["password"]) >= 28
    assert client.describe_db_instances()["DBInstances"][0]["MasterUserSecret"] == secret


@covers("rds.create_as_asked")
def test_a_managed_password_is_not_given_as_well(client):
    with pytest.raises(ClientError, match="You can't specify MasterUserPassword"):
        create(client, ManageMasterUserPassword=True, MasterUserPassword="secret123")


@covers("rds.create_as_asked", "rds.answer_all")
def test_settings_are_answered_as_asked(client):
    given = {"PreferredBackupWindow": "02:00-02:30", "PreferredMaintenanceWindow": "sun:04:30-sun:05:30",
             "BackupRetentionPeriod": 7, "StorageEncrypted": True, "DeletionProtection": True, "StorageType": "gp3",
             "CopyTagsToSnapshot": True, "MultiAZ": True, "MaxAllocatedStorage": 100,
             "EnableCloudwatchLogsExports": ["postgresql", "upgrade"], "Tags": [{"Key": "team", "Value": "society"}]}
    create(client, MasterUserPassword="secret123", **given)
    shown, = client.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"]
    answered = {name: shown.get(name) for name in given}
    answered["EnableCloudwatchLogsExports"] = shown["EnabledCloudwatchLogsExports"]
    answered["Tags"] = shown["TagList"]
    assert answered == given
    assert shown["KmsKeyId"] == corrected._service_key("rds"), "the account's default key"


@covers("rds.create_as_asked", "rds.answer_all")
def test_a_database_is_named_only_if_asked_for(client):
    assert "DBName" not in create(client, MasterUserPassword="secret123")
    assert rds._instances["db"]["DBName"] == "postgres", "what its container is made with"
    named = create(client, DBInstanceIdentifier="named", DBName="leveling", MasterUserPassword="secret123")
    assert named["DBName"] == "leveling"


@covers("rds.modify_log_exports")
def test_log_exports_are_modified(client):
    create(client, MasterUserPassword="secret123", EnableCloudwatchLogsExports=["upgrade"])
    made = client.modify_db_instance(DBInstanceIdentifier="db", CloudwatchLogsExportConfiguration={
        "EnableLogTypes": ["postgresql"], "DisableLogTypes": ["upgrade"]})["DBInstance"]
    assert made["EnabledCloudwatchLogsExports"] == ["postgresql"]


@covers("rds.delete_for_good")
def test_deleting_takes_secret_and_volume(client, aws, monkeypatch):
    removed = []
    engine = SimpleNamespace(volumes=SimpleNamespace(
        get=lambda name: SimpleNamespace(remove=lambda: removed.append(name))))
    arn = create(client, ManageMasterUserPassword=True)["MasterUserSecret"]["SecretArn"]
    rds._instances["db"]["_docker_volume_name"] = "data"
    monkeypatch.setattr(corrected.engine, "client", lambda: engine)
    client.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    assert removed == ["data"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws("secretsmanager").get_secret_value(SecretId=arn)


@covers("rds.delete_for_good")
def test_protected_databases_stay(client):
    create(client, ManageMasterUserPassword=True, DeletionProtection=True)
    with pytest.raises(ClientError, match="DeletionProtection"):
        client.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    assert "db" in rds._instances


@covers("rds.find_by_resource_id")
def test_an_instance_is_found_by_its_resource_id(client):
    first = create(client, MasterUserPassword="secret123")
    create(client, DBInstanceIdentifier="other", MasterUserPassword="secret123")

    def found(resource_id):
        filters = [{"Name": "dbi-resource-id", "Values": [resource_id]}]
        return [d["DBInstanceIdentifier"] for d in client.describe_db_instances(Filters=filters)["DBInstances"]]
    assert found(first["DbiResourceId"]) == ["db"]
    assert found("db-GONE") == []


@covers("rds.name_whose_it_is")
def test_two_emulators_share_no_container(monkeypatch):
    mine = rds._rds_docker_name("db")
    monkeypatch.setattr(corrected.container_reaper, "instance_id", lambda: "botyard-other:4566")
    assert rds._rds_docker_name("db") != mine


@covers("rds.run_private", "rds.answer_where_all_can_reach")
def test_a_database_listens_on_loopback_and_the_bridge(monkeypatch):
    volumes, created = [], {}
    monkeypatch.setattr(corrected.engine, "bridge_address", lambda: "172.17.0.1")
    monkeypatch.setattr(corrected.engine, "create_volume", lambda *given: volumes.append(given))
    corrected.answer_where_all_can_reach()
    monkeypatch.setattr(rds, "_pg_server_material", lambda names, ips: created.update(ips=ips) or ("c", "k"))
    container = SimpleNamespace(put_archive=lambda *_: True, start=lambda: None)
    engine = SimpleNamespace(containers=SimpleNamespace(create=lambda **kwargs: created.update(kwargs) or container))
    assert rds._run_rds_container(engine, "postgres", {"image": "i", "ports": {"5432/tcp": 15432},
                                                       "volumes": {"data": {}}}) is container
    assert created["ports"] == {"5432/tcp": [("127.0.0.1", 15432), ("172.17.0.1", 15432)]}
    assert created["restart_policy"] == {"Name": "unless-stopped"}
    assert "172.17.0.1" in created["ips"], "the certificate is valid for the endpoint"
    assert volumes == [("data", corrected.container_reaper.instance_id())]


@covers("rds.keep_the_endpoint")
def test_the_endpoint_follows_the_bridge():
    instance = {"Endpoint": {"Address": "172.99.0.1", "Port": 15432}, "DBInstanceStatus": "creating"}
    rds._start_rds_container_for_instance("db", instance)
    assert instance["Endpoint"] == {"Address": rds._MINISTACK_HOST, "Port": 15432}


def test_parameter_groups_round_trip(client):
    client.create_db_parameter_group(DBParameterGroupName="p", DBParameterGroupFamily="postgres15", Description="d")
    client.modify_db_parameter_group(DBParameterGroupName="p", Parameters=[
        {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}])
    shown, = client.describe_db_parameters(DBParameterGroupName="p", Source="user")["Parameters"]
    assert (shown["ParameterName"], shown["ParameterValue"], shown["ApplyMethod"]) == ("rds.force_ssl", "1", "immediate")
