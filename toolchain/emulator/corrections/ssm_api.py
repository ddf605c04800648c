"""Systems Manager: the actions on documents and executions, and what of them outlives a restart."""

import copy
import json

from ministack.core.responses import error_response_json, json_response

from corrections import corrects, ssm_automation, ssm_documents


@corrects("ssm:handle_request")
async def answer_documents(original, method, path, headers, body, query_params):
    """Documents are kept and Automation runs them (systems-manager-automation, API_CreateDocument).

    ministack: does not know the actions.
    """
    action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    answer = (ssm_documents.ACTIONS | ssm_automation.ACTIONS).get(action)
    if not answer:
        return await original(method, path, headers, body, query_params)
    try:
        return json_response(answer(json.loads(body or b"{}")))
    except ssm_documents.DocumentError as error:
        # These errors have a Message, and the Go SDK, unlike botocore, reads no other member.
        return error_response_json(error.code, str(error), 400, message_key="Message")


@corrects("ssm:get_state")
def save_documents(original):
    """Documents and executions outlive a restart (documents)."""
    return original() | {"documents": copy.deepcopy(ssm_documents.documents),
                         "automations": copy.deepcopy(ssm_automation.executions)}


@corrects("ssm:_restore_state")
def restore_documents(original, data):
    """Documents are there after a restart (documents); an execution that it ended has failed."""
    original(data)
    ssm_documents.documents.update((data or {}).get("documents", {}))
    ssm_automation.executions.update((data or {}).get("automations", {}))
    for _, execution in ssm_automation.executions.all_items():
        ssm_automation.end_interrupted(execution)


@corrects("ssm:reset")
def forget_documents(original):
    """An empty account has no documents (documents)."""
    original()
    ssm_documents.documents.clear()
    ssm_automation.executions.clear()
