"""ECR: layers on disk, immutable tags, and images that are gone when their repository is."""

import asyncio
import contextlib
import threading
import uuid
from pathlib import Path

from ministack.core.persistence import STATE_DIR
from ministack.core.responses import StreamingResponse, error_response_json
from ministack.services import ecr

import state
from corrections import corrects

CHUNK_BYTES = 1024 * 1024

_tagging = threading.Lock()


# ── Layers: ministack holds them in memory; here a file each, shared by all repositories ─────────────────────────

def layer_file(digest):
    """The file of a layer, by its content's digest."""
    return Path(STATE_DIR) / "layers" / digest.replace(":", "-")


def _to_disk(repository):
    layers = ecr._layer_blobs.get(repository) or {}
    for digest, content in list(layers.items()):
        if isinstance(content, bytes):
            file = layer_file(digest)
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists():  # two pushes may write the same layer at once
                part = file.with_suffix(f".{uuid.uuid4().hex}")
                part.write_bytes(content)
                part.replace(file)
            layers[digest] = len(content)


@corrects("ecr:_v2_start_blob_upload", "ecr:_v2_complete_blob_upload")
def store_layer(original, name, *rest):
    """A registry keeps what it is given (what-is-ecr), here each layer in a file that all repositories share.

    ministack: holds all layers in memory, and writes them as base64 in one JSON file.
    """
    response = original(name, *rest)
    _to_disk(name)
    return response


@corrects("ecr:_v2_head_blob", "ecr:_v2_get_blob")
def serve_layer(original, name, digest):
    """A layer is answered with its size and content (API_GetDownloadUrlForLayer), here from its file.

    ministack: from memory.
    """
    size = (ecr._layer_blobs.get(name) or {}).get(digest)
    if size is None:
        return original(name, digest)  # answers what is missing, the repository or the layer
    if not layer_file(digest).exists():
        return ecr._registry_error(404, "BLOB_UNKNOWN", "blob unknown to registry", {"digest": digest})
    headers = {"Content-Length": str(size), "Docker-Content-Digest": digest,
               "Content-Type": "application/octet-stream"}
    body = StreamingResponse(_send_file(layer_file(digest))) if original.__name__ == "_v2_get_blob" else b""
    return ecr._registry_ok(200, headers, body)


def _send_file(path):
    async def run(send, receive):
        with path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    return run


@corrects("ecr:_delete_repository")
def delete_with_images(original, data):
    """A deleted repository's images and layers are gone (API_DeleteRepository).

    ministack: keeps them for the next repository of that name.
    """
    response = original(data)
    if response[0] == 200:
        name = data["repositoryName"]
        ecr._manifest_blobs.pop(name, None)
        digests = set(ecr._layer_blobs.pop(name, None) or {})
        for digest in digests.difference(*(layers.keys() for layers in ecr._layer_blobs.all_values())):
            layer_file(digest).unlink(missing_ok=True)
    return response


# ── Tags and images ─────────────────────────────────────────────────────────

@corrects("ecr:_v2_put_manifest")
def refuse_in_words(original, name, ref, headers, body):
    """Pushing other content to an immutable tag is refused, in AWS's words (image-tag-mutability).

    ministack: in its own.
    """
    response = original(name, ref, headers, body)
    if response[0] == 400 and b"TAG_INVALID" in response[2]:
        return ecr._registry_error(400, "TAG_INVALID", f"The image tag '{ref}' already exists in the '{name}' "
                                   "repository and cannot be overwritten because the tag is immutable.")
    return response


@corrects("ecr:_describe_images")
def name_missing_images(original, data):
    """An image that is asked for and is not there is an error, ImageNotFoundException (API_DescribeImages).

    ministack: answers nothing.
    """
    name = data.get("repositoryName", "")
    for image in (data.get("imageIds") or []) if name in ecr._repositories else ():
        if not ecr._find_image(name, image):
            digest, tag = image.get("imageDigest", "null"), image.get("imageTag", "null")
            return error_response_json(
                "ImageNotFoundException", f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does "
                f"not exist within the repository with name '{name}' in the registry with id "
                f"'{ecr._registry_id()}'", 400)
    return original(data)


@corrects("ecr:handle_registry_request")
async def keep_pushes(original, method, path, headers, body, query_params):
    """A pushed image is there for good (docker-push-ecr-image): here it is on disk when the push is answered.

    ministack: writes it when it is shut down, and hashes layers in the loop that serves everything else.
    """
    changes = method.upper() not in ("GET", "HEAD", "PATCH")

    def answer():
        # Tags move from image to image: one change of them after the other. Layers are independent of each other.
        with _tagging if changes and "/manifests/" in path else contextlib.nullcontext():
            response = asyncio.run(original(method, path, headers, body, query_params))
        if changes:
            state.save_service("ecr")
        return response
    return await asyncio.to_thread(answer)
