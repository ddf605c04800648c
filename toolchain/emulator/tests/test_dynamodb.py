"""The lease: conditional writes on one item, from many threads; and the table as the provider reads it back."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from conftest import ACCOUNT, REGION, covers
from ministack.core.responses import request_scope

KEY = {"id": {"S": "bot"}}
TABLE = {"TableName": "leases", "BillingMode": "PAY_PER_REQUEST", "DeletionProtectionEnabled": True,
         "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "SSESpecification": {"Enabled": True},
         "Tags": [{"Key": "app", "Value": "bot"}]}


@pytest.fixture
def table(aws):
    aws("dynamodb").create_table(**TABLE)
    return aws("dynamodb")


def item(client):
    return client.get_item(TableName="leases", Key=KEY, ConsistentRead=True).get("Item")


def update(client, expression, condition=None, names=None, values=None, **members):
    given = {"UpdateExpression": expression, "ConditionExpression": condition, "ExpressionAttributeNames": names,
             "ExpressionAttributeValues": values} | members
    return client.update_item(TableName="leases", Key=KEY, **{key: value for key, value in given.items() if value})


def take(client, owner, now, **members):
    """Take the lease if nobody has it, it is over, or it is ours."""
    return update(client, "SET #o = :me, expires = :end, epoch = if_not_exists(epoch, :zero) + :one",
                  "attribute_not_exists(id) OR expires < :now OR (#o = :me AND attribute_exists(expires))",
                  {"#o": "owner"}, {":me": {"S": owner}, ":now": {"N": str(now)}, ":end": {"N": str(now + 10)},
                                    ":zero": {"N": "0"}, ":one": {"N": "1"}}, ReturnValues="ALL_NEW", **members)


def test_a_lease_is_taken_renewed_and_lost(table):
    assert take(table, "a", 100)["Attributes"]["epoch"] == {"N": "1"}
    assert take(table, "a", 105)["Attributes"]["expires"] == {"N": "115"}
    with pytest.raises(ClientError, match="ConditionalCheckFailedException.*The conditional request failed") as refused:
        take(table, "b", 115, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    held = KEY | {"owner": {"S": "a"}, "expires": {"N": "115"}, "epoch": {"N": "2"}}
    assert refused.value.response["Item"] == held == item(table)
    with pytest.raises(ClientError) as refused:
        take(table, "b", 110)
    assert "Item" not in refused.value.response
    taken = take(table, "b", 116)["Attributes"]
    assert taken == KEY | {"owner": {"S": "b"}, "expires": {"N": "126"}, "epoch": {"N": "3"}}


def test_attributes_of_every_kind(table):
    given = KEY | {"n": {"N": "1.5"}, "yes": {"BOOL": True}, "none": {"NULL": True}, "log": {"L": [{"S": "x"}]},
                   "where": {"M": {"zone": {"S": "a"}}}, "tags": {"SS": ["p", "q"]}}
    table.put_item(TableName="leases", Item=given, ConditionExpression="attribute_not_exists(id)")
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        table.put_item(TableName="leases", Item=given, ConditionExpression="attribute_not_exists(id)")
    update(table, "SET #l = list_append(#l, :more), #w.#z = :z, n = n - :half REMOVE #none, tags",
           "#yes = :yes AND #w.#z = :a AND n BETWEEN :half AND :two AND NOT contains(#l, :b) AND size(#l) = :one",
           {"#l": "log", "#w": "where", "#z": "zone", "#none": "none", "#yes": "yes"},
           {":more": {"L": [{"S": "y"}]}, ":z": {"S": "b"}, ":a": {"S": "a"}, ":half": {"N": "0.5"},
            ":yes": {"BOOL": True}, ":two": {"N": "2"}, ":b": {"S": "y"}, ":one": {"N": "1"}})
    assert item(table) == KEY | {"n": {"N": "1"}, "yes": {"BOOL": True}, "log": {"L": [{"S": "x"}, {"S": "y"}]},
                                 "where": {"M": {"zone": {"S": "b"}}}}
    update(table, "SET #l = list_append(if_not_exists(#l, :empty), :more)", names={"#l": "other"},
           values={":empty": {"L": []}, ":more": {"L": [{"N": "1"}]}})
    assert item(table)["other"] == {"L": [{"N": "1"}]}


@pytest.mark.parametrize("condition, holds", [
    ("epoch = :n", True), ("epoch <> :n", False), ("epoch < :n", False), ("epoch <= :n", True), ("epoch > :n", False),
    ("epoch >= :n", True), ("attribute_exists(gone)", False), ("attribute_not_exists(gone)", True), ("gone = :n", False),
    ("gone < :n", False), ("epoch > :n OR epoch = :n AND attribute_exists(gone)", False),
    ("(epoch > :n OR epoch = :n) AND attribute_not_exists(gone)", True)])
def test_conditions(table, condition, holds):
    table.put_item(TableName="leases", Item=KEY | {"epoch": {"N": "10"}})
    given = {"expression": "SET seen = :n", "condition": condition, "values": {":n": {"N": "10"}}}
    if holds:
        update(table, **given)
    else:
        with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
            update(table, **given)
    assert ("seen" in item(table)) is holds


@pytest.fixture
def hurried():
    """Threads that change places as often as Python lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(work, count, threads=8):
    """What each call says, "lost" for a condition that failed."""
    def call(number):
        with request_scope(ACCOUNT, REGION):
            try:
                return work(number)
            except ClientError as error:
                assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"
                return "lost"
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(call, range(count)))


@covers("dynamodb.one_at_a_time")
def test_no_increment_is_lost(table, hurried):
    table.put_item(TableName="leases", Item=KEY | {"n": {"N": "0"}})
    at_once(lambda number: update(table, "SET n = n + :one", "attribute_exists(n)", values={":one": {"N": "1"}}), 100)
    assert item(table)["n"] == {"N": "100"}


@covers("dynamodb.one_at_a_time")
@pytest.mark.parametrize("turn", range(5))
def test_of_many_takes_exactly_one_wins(table, hurried, turn):
    said = at_once(lambda number: take(table, f"owner-{number}", 100)["Attributes"]["owner"]["S"], 16)
    assert len([word for word in said if word != "lost"]) == 1 and item(table)["epoch"] == {"N": "1"}
    assert item(table)["owner"]["S"] in said


@covers("dynamodb.forget_the_attribute")
def test_a_table_is_read_back_as_the_provider_made_it(table):
    assert table.describe_time_to_live(TableName="leases")["TimeToLiveDescription"] == {"TimeToLiveStatus": "DISABLED"}
    spec = {"AttributeName": "ttl", "Enabled": True}
    table.update_time_to_live(TableName="leases", TimeToLiveSpecification=spec)
    table.update_continuous_backups(TableName="leases", PointInTimeRecoverySpecification={
        "PointInTimeRecoveryEnabled": True})
    for _ in range(2):
        shown = table.describe_table(TableName="leases")["Table"]
        for name in ("KeySchema", "AttributeDefinitions", "DeletionProtectionEnabled"):
            assert shown[name] == TABLE[name]
        assert (shown["TableStatus"], shown["BillingModeSummary"]["BillingMode"]) == ("ACTIVE", "PAY_PER_REQUEST")
        assert (shown["SSEDescription"]["Status"], shown["SSEDescription"]["SSEType"]) == ("ENABLED", "KMS")
        assert "StreamSpecification" not in shown and "LocalSecondaryIndexes" not in shown
        assert table.describe_time_to_live(TableName="leases")["TimeToLiveDescription"] == {
            "TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
        backups = table.describe_continuous_backups(TableName="leases")["ContinuousBackupsDescription"]
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
        assert table.list_tags_of_resource(ResourceArn=shown["TableArn"])["Tags"] == TABLE["Tags"]
    table.update_time_to_live(TableName="leases", TimeToLiveSpecification=spec | {"Enabled": False})
    assert table.describe_time_to_live(TableName="leases")["TimeToLiveDescription"] == {"TimeToLiveStatus": "DISABLED"}


def test_a_protected_table_is_not_deleted(table):
    with pytest.raises(ClientError, match="protected against deletion"):
        table.delete_table(TableName="leases")
    table.update_table(TableName="leases", DeletionProtectionEnabled=False)
    table.delete_table(TableName="leases")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        table.describe_table(TableName="leases")
