"""RDS: managed passwords, endpoints that answer, volumes of our own, and settings that stay."""

import hashlib
import json
import logging

from ministack.core import container_reaper
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import rds, secretsmanager

import engine
from corrections import at_start, corrects

logger = logging.getLogger("rds-corrections")


# ── Containers ──────────────────────────────────────────────────────────────

@at_start
def answer_where_all_can_reach():
    """One endpoint serves all in the VPC (USER_ConnectToInstance), here the host's address on the Docker
    bridge.

    ministack: localhost, which in a container is the container.
    """
    rds._MINISTACK_HOST = engine.bridge_address() or engine.LOOPBACK


@corrects("rds:_rds_docker_scope")
def name_whose_it_is(original, account_id=None, region=None):
    """An instance's identifier is unique in its account (CHAP_Limits); two emulators on one engine are two
    accounts.

    ministack: gives both one container and one volume.
    """
    mine = f"{container_reaper.instance_id()}:{original(account_id, region)}"
    return hashlib.sha256(mine.encode()).hexdigest()[:12]


@corrects("rds:_run_rds_container")
def run_private(original, docker_client, engine_name, container_kwargs, tls_names=(), tls_ips=()):
    """A database that is not public answers inside its network only, and one that crashes comes back
    (USER_VPC.WorkingWithRDSInstanceinaVPC).

    ministack: listens on all interfaces, and its certificate is not valid for the endpoint's address.
    """
    for port, host_port in container_kwargs["ports"].items():
        number, _, protocol = port.partition("/")
        container_kwargs["ports"] = engine.publish(int(number), host_port, protocol or "tcp")
    container_kwargs["restart_policy"] = {"Name": "unless-stopped"}
    for volume in container_kwargs.get("volumes") or {}:
        engine.create_volume(volume, container_reaper.instance_id())
    return original(docker_client, engine_name, container_kwargs, tls_names, (*tls_ips, rds._MINISTACK_HOST))


@corrects("rds:_start_rds_container_for_instance")
def keep_the_endpoint(original, db_id, instance):
    """An instance keeps its endpoint over a restart (USER_RebootInstance), here also where the bridge's address
    changed.

    ministack: as it was saved.
    """
    instance.setdefault("Endpoint", {})["Address"] = rds._MINISTACK_HOST
    return original(db_id, instance)


@corrects("rds:_delete_db_instance_impl")
def delete_for_good(original, params):
    """A deleted instance's data and managed secret are gone (USER_DeleteInstance).

    ministack: leaves the volume, and mounts it in the next instance of that name.
    """
    instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier")) or {}
    volume, secret = instance.get("_docker_volume_name"), instance.get("MasterUserSecret")
    response = original(params)
    if response[0] != 200:
        return response
    if secret:
        secretsmanager.delete_secret_in_process(secret["SecretArn"])
    if volume and engine.client():
        try:
            engine.client().volumes.get(volume).remove()
        except Exception as error:
            logger.warning("volume %s is left: %s", volume, error)
    return response


# ── What the API keeps and answers ──────────────────────────────────────────

@corrects("rds:_create_db_instance_impl")
def create_as_asked(original, params):
    """ManageMasterUserPassword keeps the password in Secrets Manager (rds-secrets-manager); backup window, log
    exports, default key and a missing DBName are as asked (API_CreateDBInstance).

    ministack: "password" for a managed password, a fixed window, no exports, no key, and a database mydb.
    """
    params = dict(params)
    managed = rds._p(params, "ManageMasterUserPassword") == "true"
    if managed and rds._p(params, "MasterUserPassword"):
        return rds._error("InvalidParameterCombination", "You can't specify MasterUserPassword when "
                          "ManageMasterUserPassword is enabled.", 400)
    if managed:
        params["MasterUserPassword"] = [rds._generate_master_user_password()]
    unnamed = not rds._p(params, "DBName") and rds._is_postgres_engine(rds._p(params, "Engine") or "postgres")
    if unnamed:
        params["DBName"] = ["postgres"]  # the database that is always there
    response = original(params)
    instance = rds._instances.get(rds._p(params, "DBInstanceIdentifier"))
    if response[0] != 200 or not instance:
        return response
    instance |= {"_unnamed": unnamed, "EnabledCloudwatchLogsExports":
                 rds._parse_member_list(params, "EnableCloudwatchLogsExports"),
                 "PreferredBackupWindow": rds._p(params, "PreferredBackupWindow") or "03:00-04:00"}
    if instance["StorageEncrypted"] and not instance["KmsKeyId"]:
        instance["KmsKeyId"] = _service_key("rds")
    if managed:
        instance["MasterUserSecret"] = _store_master_secret(params, instance)
    return rds._single_instance_response("CreateDBInstanceResponse", "CreateDBInstanceResult", instance)


def _service_key(service):
    """ARN of the account's own AWS managed key of a service; the same each time."""
    name = hashlib.md5(f"{get_account_id()}/{service}".encode(), usedforsecurity=False).hexdigest()
    key_id = "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:]))
    return f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{key_id}"


def _store_master_secret(params, instance):
    value = {"username": instance["MasterUsername"], "password": rds._p(params, "MasterUserPassword")}
    arn = secretsmanager.create_secret_in_process(
        f"rds!db-{new_uuid()}", json.dumps(value),
        f"The secret associated with the primary RDS DB instance: {instance['DBInstanceArn']}")
    return {"SecretArn": arn, "SecretStatus": "active",
            "KmsKeyId": rds._p(params, "MasterUserSecretKmsKeyId") or _service_key("secretsmanager")}


@corrects("rds:_instance_xml")
def answer_all(original, instance):
    """DescribeDBInstances tells the managed secret and the exported logs (API_DBInstance).

    ministack: neither.
    """
    shown = original({**instance, "DBName": ""} if instance.get("_unnamed") else instance)
    if instance.get("_unnamed"):
        shown = shown.replace("<DBName></DBName>", "")
    exports = "".join(f"<member>{name}</member>" for name in instance.get("EnabledCloudwatchLogsExports") or [])
    shown = shown.replace("<EnabledCloudwatchLogsExports/>",
                          f"<EnabledCloudwatchLogsExports>{exports}</EnabledCloudwatchLogsExports>")
    secret = instance.get("MasterUserSecret")
    if secret:
        shown += "<MasterUserSecret>" + "".join(f"<{k}>{v}</{k}>" for k, v in secret.items()) + "</MasterUserSecret>"
    return shown


@corrects("rds:_modify_db_instance")
def modify_log_exports(original, params):
    """ModifyDBInstance turns log exports on and off (API_ModifyDBInstance).

    ministack: does not.
    """
    response = original(params)
    instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
    if response[0] != 200 or not instance:
        return response
    prefix = "CloudwatchLogsExportConfiguration"
    on = rds._parse_member_list(params, f"{prefix}.EnableLogTypes")
    off = rds._parse_member_list(params, f"{prefix}.DisableLogTypes")
    exports = set(instance.get("EnabledCloudwatchLogsExports") or []) | set(on)
    instance["EnabledCloudwatchLogsExports"] = sorted(exports - set(off))
    return rds._single_instance_response("ModifyDBInstanceResponse", "ModifyDBInstanceResult", instance)


@corrects("rds:_apply_instance_filters")
def find_by_resource_id(original, instances, filters):
    """DescribeDBInstances is asked for an instance by its resource id, too (API_DescribeDBInstances, dbi-resource-id).

    ministack: knows no such filter and answers all instances, so that the provider waits without end for one that is
    gone.
    """
    wanted = filters.get("dbi-resource-id")
    return [instance for instance in original(instances, filters)
            if wanted is None or instance["DbiResourceId"] in wanted]
