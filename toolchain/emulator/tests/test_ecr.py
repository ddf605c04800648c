"""Repositories, and the registry that docker push and pull speak to."""

import asyncio
import concurrent.futures
import hashlib
import json
import time

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from ministack.core.responses import StreamingResponse
from ministack.services import ecr

from corrections import ecr as corrected


@pytest.fixture
def client(aws):
    made = aws("ecr")
    made.create_repository(repositoryName="bot", imageTagMutability="IMMUTABLE")
    return made


def registry(method, path, body=b"", **params):
    query = {key: [value] for key, value in params.items()}
    return asyncio.run(ecr.handle_registry_request(method, path, {}, body, query))


def push_layer(content, repository="bot"):
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    _, headers, _ = registry("POST", f"/v2/{repository}/blobs/uploads/")
    registry("PATCH", headers["Location"], content)
    assert registry("PUT", headers["Location"], b"", digest=digest)[0] == 201
    return digest


def push_manifest(tag, text="one", repository="bot"):
    return registry("PUT", f"/v2/{repository}/manifests/{tag}", json.dumps({"x": text}).encode())


def content_of(response):
    sent = []

    async def run():
        await response[2].runner(lambda message: sent.append(message["body"]) or asyncio.sleep(0), None)
    assert isinstance(response[2], StreamingResponse)
    asyncio.run(run())
    return b"".join(sent)


@covers("ecr.store_layer", "ecr.serve_layer")
def test_layers_are_files(client):
    digest = push_layer(b"layer" * 1000)
    assert corrected.layer_file(digest).read_bytes() == b"layer" * 1000
    assert ecr._layer_blobs["bot"] == {digest: 5000}, "nothing of it in memory"
    assert registry("HEAD", f"/v2/bot/blobs/{digest}")[1]["Content-Length"] == "5000"
    assert content_of(registry("GET", f"/v2/bot/blobs/{digest}")) == b"layer" * 1000


@covers("ecr.store_layer")
def test_a_layer_sent_in_one_request(client):
    digest = "sha256:" + hashlib.sha256(b"whole").hexdigest()
    assert registry("POST", "/v2/bot/blobs/uploads/", b"whole", digest=digest)[0] == 201
    assert corrected.layer_file(digest).read_bytes() == b"whole"


@covers("ecr.store_layer")
def test_layers_pushed_side_by_side(client, monkeypatch):
    write = corrected.Path.write_bytes
    monkeypatch.setattr(corrected.Path, "write_bytes", lambda file, content: (write(file, content), time.sleep(0.05)))
    contents = [bytes([number]) * 1000 for number in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        digests = list(pool.map(push_layer, contents))
    assert [corrected.layer_file(digest).read_bytes() for digest in digests] == contents
    assert ecr._layer_blobs["bot"] == dict.fromkeys(digests, 1000)


@covers("ecr.store_layer")
def test_repositories_share_layers(client):
    digest = push_layer(b"base")
    client.create_repository(repositoryName="api")
    status, headers, _ = registry("POST", "/v2/api/blobs/uploads/", b"", mount=digest, **{"from": "bot"})
    assert status == 201 and registry("HEAD", f"/v2/api/blobs/{digest}")[0] == 200


@covers("ecr.serve_layer")
def test_a_layer_that_is_not_there(client):
    assert registry("HEAD", "/v2/bot/blobs/sha256:0")[0] == 404
    assert registry("GET", "/v2/none/blobs/sha256:0")[0] == 404
    digest = push_layer(b"lost")
    corrected.layer_file(digest).unlink()
    assert registry("GET", f"/v2/bot/blobs/{digest}")[0] == 404


@covers("ecr.delete_with_images")
def test_a_deleted_repository_leaves_nothing(client):
    shared, own = push_layer(b"shared"), push_layer(b"own")
    client.create_repository(repositoryName="api")
    push_layer(b"shared", "api")
    push_manifest("v1")
    client.delete_repository(repositoryName="bot", force=True)
    assert corrected.layer_file(shared).exists() and not corrected.layer_file(own).exists()
    client.create_repository(repositoryName="bot")
    digest = "sha256:" + hashlib.sha256(json.dumps({"x": "one"}).encode()).hexdigest()
    assert registry("GET", f"/v2/bot/manifests/{digest}")[0] == 404


@covers("ecr.refuse_in_words")
def test_an_immutable_tag_takes_the_same_image_only(client):
    assert push_manifest("v1")[0] == 201
    assert push_manifest("v1")[0] == 201
    status, _, body = push_manifest("v1", "other")
    error, = json.loads(body)["errors"]
    assert (status, error["code"]) == (400, "TAG_INVALID")
    assert error["message"] == ("The image tag 'v1' already exists in the 'bot' repository and cannot be overwritten "
                                "because the tag is immutable.")


@covers("ecr.name_missing_images")
def test_an_image_that_is_not_there_is_an_error(client):
    push_manifest("v1")
    assert client.describe_images(repositoryName="bot", imageIds=[{"imageTag": "v1"}])["imageDetails"][0][
        "imageTags"] == ["v1"]
    with pytest.raises(ClientError, match=r"ImageNotFoundException.*imageTag:'v2'"):
        client.describe_images(repositoryName="bot", imageIds=[{"imageTag": "v1"}, {"imageTag": "v2"}])


@covers("ecr.keep_pushes")
def test_a_push_is_on_disk_when_it_is_answered(client, monkeypatch):
    saved = []
    monkeypatch.setattr(corrected.state, "save_service", saved.append)
    push_manifest("v1")
    assert saved == ["ecr"]
    registry("GET", "/v2/bot/manifests/v1")
    assert saved == ["ecr"]


def test_settings_round_trip(client):
    made = client.create_repository(
        repositoryName="kms", imageTagMutability="IMMUTABLE", imageScanningConfiguration={"scanOnPush": True},
        encryptionConfiguration={"encryptionType": "KMS", "kmsKey": "arn:aws:kms:us-east-1:000000000000:key/1"})
    shown, = client.describe_repositories(repositoryNames=["kms"])["repositories"]
    assert shown == made["repository"] and shown["encryptionConfiguration"]["encryptionType"] == "KMS"
    policy = json.dumps({"rules": [{"rulePriority": 1, "action": {"type": "expire"}, "selection": {
        "tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 20}}]})
    client.put_lifecycle_policy(repositoryName="kms", lifecyclePolicyText=policy)
    assert client.get_lifecycle_policy(repositoryName="kms")["lifecyclePolicyText"] == policy
