"""Secrets without a value."""

from conftest import covers


@covers("secretsmanager.leave_out_empty_versions")
def test_a_secret_without_a_value_has_no_version(aws):
    client = aws("secretsmanager")
    client.create_secret(Name="empty")
    assert client.describe_secret(SecretId="empty").get("VersionIdsToStages", {}) == {}
    version = client.put_secret_value(SecretId="empty", SecretString="value")["VersionId"]
    assert client.describe_secret(SecretId="empty")["VersionIdsToStages"] == {version: ["AWSCURRENT"]}
