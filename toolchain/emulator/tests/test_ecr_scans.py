"""What ECR tells of an image's scan, and how a test plants a finding."""

import asyncio
import json

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from ministack import app
from ministack.core.responses import set_request_client_ip
from ministack.services import ecr

FINDING = {"name": "CVE-2026-1234", "severity": "HIGH", "uri": "https://example.org/CVE-2026-1234",
           "attributes": [{"key": "package_name", "value": "openssl"}, {"key": "package_version", "value": "3.0.11"}]}


@pytest.fixture
def client(aws):
    return aws("ecr")


def push(client, repository="botyard/bot", scan=True):
    client.create_repository(repositoryName=repository, imageScanningConfiguration={"scanOnPush": scan})
    client.put_image(repositoryName=repository, imageTag="v1", imageManifest=json.dumps({"x": repository}))
    return client.describe_images(repositoryName=repository)["imageDetails"][0]["imageDigest"]


def scan_of(client, digest, repository="botyard/bot"):
    return client.describe_image_scan_findings(repositoryName=repository, imageId={"imageDigest": digest})


def plant(body, repository="botyard/bot", client="127.0.0.1", method="POST"):
    set_request_client_ip(client)
    answer = asyncio.run(app._handle_admin_config_request(f"/_botyard/scans/{repository}", method, body))
    return answer and (answer[0], json.loads(answer[2]))


@covers("ecr_scans.answer_scans")
def test_a_pushed_image_has_been_scanned(client):
    digest = push(client)
    shown = scan_of(client, digest)
    assert shown["imageScanStatus"] == {"status": "COMPLETE", "description": "The scan was completed successfully."}
    assert (shown["repositoryName"], shown["imageId"]) == ("botyard/bot", {"imageDigest": digest})
    assert shown["imageScanFindings"]["findings"] == [] and not shown["imageScanFindings"]["findingSeverityCounts"]
    assert "_planted" not in client.describe_repositories()["repositories"][0]


@covers("ecr_scans.answer_scans")
def test_what_has_no_scan(client):
    digest = push(client, scan=False)
    with pytest.raises(client.exceptions.ScanNotFoundException, match="Image scan does not exist for the image"):
        scan_of(client, digest)
    client.put_image_scanning_configuration(repositoryName="botyard/bot", imageScanningConfiguration={"scanOnPush": True})
    assert scan_of(client, digest)["imageScanStatus"]["status"] == "COMPLETE"
    with pytest.raises(ClientError, match="ImageNotFoundException"):
        scan_of(client, "sha256:" + "0" * 64)
    with pytest.raises(client.exceptions.RepositoryNotFoundException):
        scan_of(client, digest, "none")


@covers("ecr_scans.plant")
def test_a_planted_finding_is_found_until_it_is_taken_back(client, monkeypatch):
    digest, other = push(client), push(client, "botyard/api")
    saved = []
    monkeypatch.setattr("corrections.ecr_scans.state.save_service", saved.append)
    assert plant(json.dumps({"findings": [FINDING, FINDING | {"name": "CVE-2026-1"}]})) == (
        200, {"repository": "botyard/bot", "findings": 2})
    assert saved == ["ecr"], "a restart keeps it"
    shown = scan_of(client, digest)["imageScanFindings"]
    assert shown["findings"][0] == FINDING and shown["findingSeverityCounts"] == {"HIGH": 2}
    assert scan_of(client, other, "botyard/api")["imageScanFindings"]["findings"] == []
    later = client.put_image(repositoryName="botyard/bot", imageTag="v2", imageManifest='{"x": "later"}')["image"]
    assert len(scan_of(client, later["imageId"]["imageDigest"])["imageScanFindings"]["findings"]) == 2
    plant(b"")
    assert scan_of(client, digest)["imageScanFindings"]["findings"] == []


@covers("ecr_scans.plant")
def test_a_planted_status(client):
    digest = push(client)
    plant(b'{"status": "UNSUPPORTED_IMAGE", "description": "no packages"}')
    shown = scan_of(client, digest)
    assert shown["imageScanStatus"] == {"status": "UNSUPPORTED_IMAGE", "description": "no packages"}
    assert "imageScanFindings" not in shown


@covers("ecr_scans.plant")
def test_what_is_not_planted(client):
    push(client)
    assert plant(b"{}", client="10.0.0.1")[0] == 403
    assert plant(b"[")[0] == plant(b"[]")[0] == plant(b'{"findings": [{}]}')[0] == 400
    assert plant(b"{}", repository="botyard/none") == (404, {"message": "there is no repository botyard/none"})
    assert plant(b"{}", method="GET") is None
    assert "_planted" not in ecr._repositories["botyard/bot"]
