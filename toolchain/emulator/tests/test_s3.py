"""S3 as make model and the warden use it: versions, uploads in parts that go on, parts of a version."""

import botocore.exceptions
import pytest
from conftest import covers

PART = 5 << 20  # the smallest that S3 takes of all but the last


@pytest.fixture
def bucket(aws):
    client = aws("s3")
    client.create_bucket(Bucket="models")
    client.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": "Enabled"})
    return client


def upload(client, *parts, **settings):
    """Begin an upload and send the parts; returns its id and what completing it takes."""
    begun = client.create_multipart_upload(Bucket="models", Key="m", ChecksumAlgorithm="SHA256", **settings)["UploadId"]
    sent = []
    for number, part in enumerate(parts, 1):
        answer = client.upload_part(Bucket="models", Key="m", UploadId=begun, PartNumber=number, Body=part,
                                    ChecksumAlgorithm="SHA256")
        sent.append({"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": answer["ChecksumSHA256"]})
    return begun, sent


def complete(client, begun, sent):
    done = client.complete_multipart_upload(Bucket="models", Key="m", UploadId=begun, MultipartUpload={"Parts": sent})
    return done["VersionId"]


def tags(client, version):
    found = client.get_object_tagging(Bucket="models", Key="m", VersionId=version)["TagSet"]
    return {tag["Key"]: tag["Value"] for tag in found}


@covers("s3.keep_tags_of_upload", "s3.tag_completed_upload")
def test_an_upload_in_parts_keeps_its_tags_and_metadata(bucket):
    first = complete(bucket, *upload(bucket, b"a" * PART, b"b", Tagging="keep=no", Metadata={"sha256": "aa"}))
    second = complete(bucket, *upload(bucket, b"c"))
    assert (tags(bucket, first), tags(bucket, second)) == ({"keep": "no"}, {})
    kept = {"TagSet": [{"Key": "keep", "Value": "yes"}]}
    bucket.put_object_tagging(Bucket="models", Key="m", VersionId=first, Tagging=kept)
    assert (tags(bucket, first), tags(bucket, second)) == ({"keep": "yes"}, {})
    head = bucket.head_object(Bucket="models", Key="m", VersionId=first)
    assert (head["Metadata"], head["ContentLength"]) == ({"sha256": "aa"}, PART + 1)
    assert bucket.head_object(Bucket="models", Key="m")["VersionId"] == second


def test_an_upload_that_was_cut_off_can_be_found_and_gone_on_with(bucket):
    begun, sent = upload(bucket, b"a" * PART)
    found, = bucket.list_multipart_uploads(Bucket="models", Prefix="m")["Uploads"]
    assert (found["Key"], found["UploadId"]) == ("m", begun)
    part, = bucket.list_parts(Bucket="models", Key="m", UploadId=begun)["Parts"]
    assert (part["PartNumber"], part["Size"], part["ChecksumSHA256"]) == (1, PART, sent[0]["ChecksumSHA256"])
    version = complete(bucket, begun, sent)
    assert bucket.get_object(Bucket="models", Key="m", VersionId=version)["Body"].read() == b"a" * PART
    assert "Uploads" not in bucket.list_multipart_uploads(Bucket="models", Prefix="m")


@covers("s3.answer_part_of_version")
def test_a_part_of_an_old_version_is_answered_alone(bucket):
    old = bucket.put_object(Bucket="models", Key="m", Body=b"0123456789")["VersionId"]
    bucket.put_object(Bucket="models", Key="m", Body=b"new")
    answer = bucket.get_object(Bucket="models", Key="m", VersionId=old, Range="bytes=7-")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert (answer["ContentRange"], answer["ContentLength"]) == ("bytes 7-9/10", 3)
    assert answer["Body"].read() == b"789"
    assert bucket.get_object(Bucket="models", Key="m", VersionId=old)["Body"].read() == b"0123456789"
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidRange"):
        bucket.get_object(Bucket="models", Key="m", VersionId=old, Range="bytes=10-")
