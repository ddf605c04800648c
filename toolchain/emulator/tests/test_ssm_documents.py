"""Documents of Systems Manager, as the provider makes and reads them."""

import asyncio
import json

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import ssm

from corrections import ssm_automation, ssm_documents

CONTENT = json.dumps({"schemaVersion": "0.3", "description": "d", "parameters": {
    "Group": {"type": "String", "description": "which"}, "Zones": {"type": "StringList", "default": ["a"]}},
    "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]}, indent=1)


@pytest.fixture
def client(aws):
    return aws("ssm")


@pytest.fixture
def made(client):
    return client.create_document(Name="d", Content=CONTENT, DocumentType="Automation", DocumentFormat="JSON",
                                  Tags=[{"Key": "a", "Value": "b"}])["DocumentDescription"]


@covers("ssm_api.answer_documents")
def test_a_document_is_read_back_as_it_was_made(client, made):
    expected = {"Name": "d", "Status": "Active", "DocumentType": "Automation", "DocumentFormat": "JSON",
                "DocumentVersion": "1", "DefaultVersion": "1", "LatestVersion": "1", "SchemaVersion": "0.3",
                "Description": "d", "HashType": "Sha256", "Owner": "000000000000", "Tags": [{"Key": "a", "Value": "b"}],
                "Parameters": [{"Name": "Group", "Type": "String", "Description": "which"},
                               {"Name": "Zones", "Type": "StringList", "DefaultValue": '["a"]'}]}
    for _ in range(2):
        shown = client.describe_document(Name="d")["Document"]
        assert {name: shown[name] for name in expected} == expected == {name: made[name] for name in expected}
        assert "TargetType" not in shown and "VersionName" not in shown and shown["CreatedDate"].year >= 2026
        content = client.get_document(Name="d", DocumentVersion="$LATEST")
        assert (content["Content"], content["DocumentFormat"], content["DocumentType"]) == (CONTENT, "JSON", "Automation")
        assert client.describe_document_permission(Name="d", PermissionType="Share")["AccountIds"] == []
        assert client.list_tags_for_resource(ResourceType="Document", ResourceId="d")["TagList"] == expected["Tags"]


@covers("ssm_api.answer_documents")
def test_versions(client, made):
    other = CONTENT.replace("PT1S", "PT2S")
    with pytest.raises(client.exceptions.DuplicateDocumentContent):
        client.update_document(Name="d", Content=CONTENT, DocumentVersion="1")
    updated = client.update_document(Name="d", Content=other, DocumentVersion="$LATEST")["DocumentDescription"]
    assert (updated["DocumentVersion"], updated["DefaultVersion"], updated["LatestVersion"]) == ("2", "1", "2")
    assert client.get_document(Name="d")["Content"] == CONTENT
    client.update_document_default_version(Name="d", DocumentVersion="2")
    assert client.get_document(Name="d")["Content"] == other == client.get_document(
        Name="d", DocumentVersion="$LATEST")["Content"]
    assert client.get_document(Name="d", DocumentVersion="1")["Content"] == CONTENT
    assert client.describe_document(Name="d")["Document"]["Hash"] != made["Hash"]
    with pytest.raises(ClientError, match="InvalidDocumentVersion"):
        client.get_document(Name="d", DocumentVersion="3")


@covers("ssm_api.answer_documents")
def test_a_deleted_document_is_gone(client, made):
    client.delete_document(Name="d")
    for ask in (client.describe_document, client.get_document, client.delete_document):
        with pytest.raises(client.exceptions.InvalidDocument, match="Document with name d does not exist") as refused:
            ask(Name="d")
        assert refused.value.response["Error"]["Message"] == "Document with name d does not exist."


@covers("ssm_api.answer_documents")
@pytest.mark.parametrize("members, code", [
    ({"Name": "ddd"}, "DocumentAlreadyExists"), ({"Content": "schemaVersion: '0.3'"}, "InvalidDocumentContent"),
    ({"Content": "{}"}, "InvalidDocumentContent"), ({"DocumentFormat": "YAML"}, "InvalidDocumentContent"),
    ({"Content": '{"schemaVersion": "0.3", "mainSteps": [{"name": "a"}]}'}, "InvalidDocumentContent")])
def test_what_is_refused(client, members, code):
    given = {"Name": "ddd", "Content": CONTENT, "DocumentType": "Automation"}
    client.create_document(**given)
    with pytest.raises(ClientError, match=code):
        client.create_document(**given | {"Name": "other"} | members)


@covers("ssm_api.answer_documents")
def test_a_refusal_is_read_by_the_go_sdk():
    asked = {"x-amz-target": "AmazonSSM.DescribeDocument"}
    status, headers, body = asyncio.run(ssm.handle_request("POST", "/", asked, b'{"Name": "d"}', {}))
    assert (status, headers["x-amzn-errortype"]) == (400, "InvalidDocument")
    assert json.loads(body)["Message"] == "Document with name d does not exist."


@covers("ssm_api.answer_documents")
def test_parameters_are_still_ministacks(client):
    client.put_parameter(Name="/a", Value="v", Type="String")
    assert client.get_parameter(Name="/a")["Parameter"]["Value"] == "v"


@covers("ssm_api.save_documents", "ssm_api.restore_documents", "ssm_api.forget_documents")
def test_documents_outlive_a_restart(client, made, monkeypatch):
    running = AccountRegionScopedDict()
    running["e"] = {"AutomationExecutionStatus": "InProgress"}
    saved = ssm.get_state() | {"automations": running}
    before = saved["documents"].all_items()
    monkeypatch.setattr(ssm_documents, "documents", AccountRegionScopedDict())
    ssm._restore_state(saved)
    assert ssm_documents.documents.all_items() == before and client.describe_document(Name="d")
    assert ssm_automation.executions["e"]["AutomationExecutionStatus"] == "Failed"
    ssm.reset()
    assert len(ssm_documents.documents) == 0 == len(ssm_automation.executions)
