"""ECR's scans: done at once, without a finding unless somebody has planted one."""

import json
import re

from ministack.core.responses import error_response_json, get_request_client_ip, json_response
from ministack.services import ecr

import engine
import state
from corrections import corrects

DONE = {"status": "COMPLETE", "description": "The scan was completed successfully."}


@corrects("ecr:handle_request")
async def answer_scans(original, method, path, headers, body, query_params):
    """DescribeImageScanFindings tells what the scan of an image has found (API_DescribeImageScanFindings); here the scan
    is done when the push is, and finds what was planted. Where images are not scanned on push it is
    ScanNotFoundException. ministack: does not know the action.
    """
    if not headers.get("x-amz-target", "").endswith(".DescribeImageScanFindings"):
        return await original(method, path, headers, body, query_params)
    return _describe(json.loads(body or b"{}"))


def _describe(data):
    name, wanted = data.get("repositoryName", ""), data.get("imageId") or {}
    there = f"the repository with name '{name}' in the registry with id '{ecr._registry_id()}'"
    asked = f"{{imageDigest:'{wanted.get('imageDigest', 'null')}', imageTag:'{wanted.get('imageTag', 'null')}'}}"
    if name not in ecr._repositories:
        return error_response_json("RepositoryNotFoundException", f"The repository with name '{name}' does not exist "
                                   f"in the registry with id '{ecr._registry_id()}'", 400)
    image = ecr._find_image(name, wanted)
    if not image:
        return error_response_json("ImageNotFoundException", f"The image with imageId {asked} does not exist within "
                                   + there, 400)
    repository = ecr._repositories[name]
    if not repository["imageScanningConfiguration"].get("scanOnPush"):
        return error_response_json("ScanNotFoundException", f"Image scan does not exist for the image with '{asked}' "
                                   f"in {there}", 400)
    planted = repository.get("_planted", {})
    answer = {"registryId": ecr._registry_id(), "repositoryName": name, "imageId": {"imageDigest": image["imageDigest"]},
              "imageScanStatus": {"status": planted["status"], "description": planted.get("description", "")}
              if planted.get("status") else DONE}
    if answer["imageScanStatus"]["status"] == "COMPLETE":
        findings = planted.get("findings", [])
        severities = [finding["severity"] for finding in findings]
        answer["imageScanFindings"] = {
            "findings": findings, "findingSeverityCounts": {each: severities.count(each) for each in severities},
            "imageScanCompletedAt": image["imagePushedAt"], "vulnerabilitySourceUpdatedAt": image["imagePushedAt"]}
    return json_response(answer)


@corrects("app:_handle_admin_config_request")
async def plant(original, path, method, body):
    """A scan finds vulnerabilities (image-scanning-basic). Here tests plant them, in a repository and all its images of
    now and later: POST /_botyard/scans/<repository>, from this machine, with {"findings": [...]} as ECR answers them, or
    with {"status": "UNSUPPORTED_IMAGE"}; with {} nothing is found again.

    ministack: scans nothing.
    """
    asked = re.fullmatch(r"/_botyard/scans/(.+)", path)
    if not asked or method != "POST":
        return await original(path, method, body)
    if get_request_client_ip() != engine.LOOPBACK:
        return json_response({"message": "only from this machine's loopback"}, 403)
    try:
        planted = json.loads(body or b"{}")
        severities = [finding["severity"] for finding in planted.get("findings", [])]
    except (ValueError, AttributeError, KeyError, TypeError):
        return json_response({"message": "the body is no JSON object with findings, each with a severity"}, 400)
    for (_, _, name), repository in ecr._repositories.all_items():
        if name == asked[1]:
            repository["_planted"] = planted
            state.save_service("ecr")
            return json_response({"repository": name, "findings": len(severities)})
    return json_response({"message": f"there is no repository {asked[1]}"}, 404)
