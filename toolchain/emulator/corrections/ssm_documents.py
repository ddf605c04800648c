"""Systems Manager: documents (documents, API_DocumentDescription), kept with their versions."""

import hashlib
import json
import time

from ministack.core.responses import AccountRegionScopedDict, get_account_id
from ministack.services import ssm

# Name → {"versions": [{"content", "created", "name"}], "default": 1, "type": …, "target": …}.
documents = AccountRegionScopedDict()


class DocumentError(ValueError):
    """What AWS refuses: an error code and its message."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def find(name, version=None):
    """(document, its number of the version that is asked for); $DEFAULT if none is."""
    document = documents.get(name.rsplit("/", 1)[-1])
    if not document:
        raise DocumentError("InvalidDocument", f"Document with name {name} does not exist.")
    number = {"$LATEST": len(document["versions"]), "$DEFAULT": document["default"], None: document["default"],
              "": document["default"]}.get(version) or (int(version) if version.isdigit() else 0)
    if not 0 < number <= len(document["versions"]):
        raise DocumentError("InvalidDocumentVersion", f"Document version {version} of {name} does not exist.")
    return document, number


def read(content):
    """The content of a document; only JSON is emulated."""
    try:
        decoded = json.loads(content)
        decoded["schemaVersion"]
    except (ValueError, KeyError, TypeError):
        raise DocumentError("InvalidDocumentContent", "The content is no JSON document with a schemaVersion.") from None
    if any(not step.get("name") or not step.get("action") for step in decoded.get("mainSteps") or []):
        raise DocumentError("InvalidDocumentContent", "Each step needs a name and an action.")
    return decoded


def _describe(name, version=None):
    document, number = find(name, version)
    made = document["versions"][number - 1]
    content = read(made["content"])
    parameters = [{key: value for key, value in {
        "Name": key, "Type": given["type"], "Description": given.get("description"),
        "DefaultValue": _text(given["default"]) if "default" in given else None}.items() if value is not None}
        for key, given in (content.get("parameters") or {}).items()]
    shown = {
        "Name": name, "Status": "Active", "DocumentType": document["type"], "DocumentFormat": "JSON",
        "DocumentVersion": str(number), "DefaultVersion": str(document["default"]), "CreatedDate": made["created"],
        "LatestVersion": str(len(document["versions"])), "SchemaVersion": content["schemaVersion"],
        "Hash": hashlib.sha256(made["content"].encode()).hexdigest(), "HashType": "Sha256", "Owner": get_account_id(),
        "Description": content.get("description"), "PlatformTypes": ["Windows", "Linux", "MacOS"],
        "Parameters": parameters, "VersionName": made["name"], "TargetType": document["target"],
        "Tags": [{"Key": key, "Value": value} for key, value in (ssm._tags.get(name) or {}).items()],
    }
    return {key: value for key, value in shown.items() if value is not None}


def _text(value):
    return value if isinstance(value, str) else json.dumps(value)


def _version(data):
    if (data.get("DocumentFormat") or "JSON") != "JSON":
        raise DocumentError("InvalidDocumentContent", "Only documents in JSON are emulated.")
    read(data["Content"])
    return {"content": data["Content"], "created": time.time(), "name": data.get("VersionName")}


def _create(data):
    name = data["Name"]
    if name in documents:
        raise DocumentError("DocumentAlreadyExists", "The specified document already exists.")
    documents[name] = {"versions": [_version(data)], "default": 1, "type": data.get("DocumentType", "Command"),
                       "target": data.get("TargetType")}
    ssm._tags[name] = {tag["Key"]: tag["Value"] for tag in data.get("Tags") or []}
    return {"DocumentDescription": _describe(name)}


def _update(data):
    document, _ = find(data["Name"])
    made = _version(data)
    if any(version["content"] == made["content"] for version in document["versions"]):
        raise DocumentError("DuplicateDocumentContent", "The content of the association document matches another "
                            "document. Change the content of the document and try again.")
    document["versions"].append(made)
    document["target"] = data.get("TargetType", document["target"])
    return {"DocumentDescription": _describe(data["Name"], "$LATEST")}


def _update_default(data):
    document, number = find(data["Name"], data["DocumentVersion"])
    document["default"] = number
    return {"Description": {"Name": data["Name"], "DefaultVersion": str(number)}}


def _get(data):
    shown = _describe(data["Name"], data.get("DocumentVersion"))
    document, number = find(data["Name"], data.get("DocumentVersion"))
    return {name: shown[name] for name in ("Name", "DocumentVersion", "Status", "DocumentType", "DocumentFormat")} | {
        "Content": document["versions"][number - 1]["content"], "CreatedDate": shown["CreatedDate"]}


def _delete(data):
    find(data["Name"])
    del documents[data["Name"]]
    ssm._tags.pop(data["Name"], None)
    return {}


def _permission(data):
    find(data["Name"])
    return {"AccountIds": [], "AccountSharingInfoList": []}


ACTIONS = {"CreateDocument": _create, "UpdateDocument": _update, "UpdateDocumentDefaultVersion": _update_default,
           "GetDocument": _get, "DeleteDocument": _delete, "DescribeDocumentPermission": _permission,
           "DescribeDocument": lambda data: {"Document": _describe(data["Name"], data.get("DocumentVersion"))}}
