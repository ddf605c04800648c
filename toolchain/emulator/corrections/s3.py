"""S3: parts of a version, and the tags of an upload in parts."""

from urllib.parse import parse_qs

from ministack.services import s3

from corrections import corrects


@corrects("s3:_get_object")
def answer_part_of_version(original, bucket, key, headers, query=None):
    """A range of any version is answered by 206 and the range alone (API_GetObject).

    ministack: answers all of a version that is named.
    """
    status, answered, body = original(bucket, key, headers, query)
    if status != 200 or not headers.get("range") or not (query or {}).get("versionId"):
        return status, answered, body
    found = s3._parse_range(headers["range"], len(body))
    if found is None:
        return (416, {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"},
                s3._xml_body(s3._range_error_xml(bucket, key)))
    first, last = found
    # A checksum of the whole says nothing about a part.
    answered = {name: value for name, value in answered.items() if not name.lower().startswith("x-amz-checksum-")}
    answered |= {"Content-Range": f"bytes {first}-{last}/{len(body)}", "Content-Length": str(last + 1 - first)}
    return 206, answered, body[first:last + 1]


@corrects("s3:_create_multipart_upload")
def keep_tags_of_upload(original, bucket, key, headers):
    """The tags that an upload in parts begins with are the object's (API_CreateMultipartUpload).

    ministack: forgets them.
    """
    before = set(s3._multipart_uploads)
    answer = original(bucket, key, headers)
    if answer[0] == 200 and headers.get("x-amz-tagging"):
        made, = set(s3._multipart_uploads) - before
        tags = parse_qs(headers["x-amz-tagging"], keep_blank_values=True)
        s3._multipart_uploads[made]["tags"] = {name: values[0] for name, values in tags.items()}
    return answer


@corrects("s3:_complete_multipart_upload")
def tag_completed_upload(original, bucket, key, body, query, headers=None):
    """The tags that an upload in parts begins with are the object's (API_CreateMultipartUpload).

    ministack: forgets them.
    """
    tags = (s3._multipart_uploads.get(s3._qp(query, "uploadId")) or {}).get("tags")
    status, answered, content = original(bucket, key, body, query, headers)
    if status == 200 and tags:
        found = s3._ensure_bucket(bucket)
        s3._object_tags[bucket, key, answered.get("x-amz-version-id")] = tags
        s3._persist_version_state(bucket, key, found)
    return status, answered, content
