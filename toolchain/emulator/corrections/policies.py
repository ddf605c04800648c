"""Resource policies at work, where a service of AWS asks another one in the account's name."""

import json

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region


def allow(documents, service, action, resource, source) -> bool:
    """Whether the policies let a service ("events.amazonaws.com") take an action for the ARN `source`, over TLS."""
    context = EvalContext(
        principal_arn="*", principal_type="Service", principal_account="", action=action, resource_arn=resource,
        region=get_region(), secure_transport=True, service_context={
            "aws:sourcearn": source, "aws:sourceaccount": get_account_id(), "aws:principalisawsservice": "true",
            "aws:principalservicename": service})
    statements = [statement for document in documents for statement in _statements(document)]
    return evaluate_resource_policy({"Statement": statements}, context, service=service).decision == "Allow"


def _statements(document):
    found = json.loads(document or "{}").get("Statement") or []
    return [found] if isinstance(found, dict) else found
