"""Optional record of every API call, one JSON object a line; the deploy role's policy is derived from it."""

import json
import threading
import time
from pathlib import Path

from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region, get_request_client_ip


class RequestLog:
    """Appends to one file; does nothing without one."""

    def __init__(self, path: Path | None):
        self._file, self._lock = None, threading.Lock()
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", buffering=1)

    def record(self, service, action, resource, status, headers) -> None:
        """Write one call: service, IAM action, resource ARN or "*", HTTP status, and who called."""
        if not self._file:
            return
        line = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "service": service, "action": action,
                "resource": resource, "status": status, "region": get_region(), "client": get_request_client_ip(),
                "agent": headers.get("user-agent", "")}
        with self._lock:
            self._file.write(json.dumps(line) + "\n")


def action_of(service, method, path, headers, body, params) -> str | None:
    """The IAM action of a request ("ecs:CreateService"), or None where ministack knows none."""
    try:
        return iam_actions.extract_iam_action(service, method, path, headers, body, params)
    except Exception:
        return None


def resource_of(service, method, path, headers, body, params) -> str:
    """The ARN that a request is about, as far as it names one; else "*"."""
    try:
        return iam_actions.extract_resource_arn(service, method, path, headers, body, params, get_region(),
                                                get_account_id())
    except Exception:
        return "*"
