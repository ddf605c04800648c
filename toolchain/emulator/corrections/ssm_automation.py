"""Systems Manager: executions of Automation runbooks (automation-actions)."""

import json
import logging
import time

from ministack.core.concurrency import spawn_background
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid, request_scope

from corrections import ssm_documents, ssm_steps
from corrections.ssm_documents import DocumentError

logger = logging.getLogger("automation")

# Execution id → the execution, as GetAutomationExecution answers it.
executions = AccountRegionScopedDict()
# How a parameter of a type is read from the list of texts that a request gives; other types are texts.
_READ = {"StringList": list, "Boolean": lambda given: given[0].lower() == "true", "Integer": lambda given: int(given[0]),
         "StringMap": lambda given: json.loads(given[0]), "MapList": lambda given: [json.loads(item) for item in given]}
KEEP = 50


def start(name, version=None, parameters=None):
    """Start a runbook; returns the id of the execution. Raises DocumentError as AWS refuses."""
    try:
        document, number = ssm_documents.find(name, version)
    except DocumentError as error:
        raise DocumentError("AutomationDefinitionNotFoundException", str(error)) from None
    content = ssm_documents.read(document["versions"][number - 1]["content"])
    if document["type"] != "Automation":
        raise DocumentError("AutomationDefinitionNotFoundException", f"{name} is no Automation document.")
    given = _parameters(content, parameters or {})
    execution = {
        "AutomationExecutionId": new_uuid(), "DocumentName": name.rsplit("/", 1)[-1], "DocumentVersion": str(number),
        "AutomationExecutionStatus": "InProgress", "ExecutionStartTime": time.time(), "Mode": "Auto", "Outputs": {},
        "Parameters": parameters or {}, "ExecutedBy": f"arn:aws:iam::{get_account_id()}:root",
        "StepExecutions": [{"StepName": step["name"], "Action": step["action"], "StepStatus": "Pending", "Inputs": {},
                            "Outputs": {}, "StepExecutionId": new_uuid()} for step in content.get("mainSteps") or []],
    }
    for old in list(executions.keys())[:-KEEP]:
        executions.pop(old, None)
    executions[execution["AutomationExecutionId"]] = execution
    spawn_background(_run, execution, content, given, (get_account_id(), get_region()), thread_name="automation")
    return execution["AutomationExecutionId"]


def _parameters(content, given):
    declared = content.get("parameters") or {}
    wrong = sorted(set(given) - set(declared)) + sorted(
        name for name, rule in declared.items() if name not in given and "default" not in rule)
    if wrong:
        raise DocumentError("InvalidAutomationExecutionParametersException",
                            f"Unknown or missing parameters of the document: {', '.join(wrong)}")
    try:
        return {name: _read(rule["type"])(given[name]) if name in given else rule["default"]
                for name, rule in declared.items()}
    except (ValueError, IndexError):
        raise DocumentError("InvalidAutomationExecutionParametersException", "A parameter is not of its type.") from None


def _read(kind):
    return list if kind.startswith("List<") else _READ.get(kind, lambda given: given[0])


def _run(execution, content, values, scope):
    """Run the steps one after the other, each as the one before says."""
    steps = content.get("mainSteps") or []
    places = {step["name"]: index for index, step in enumerate(steps)}
    values = values | {"automation:EXECUTION_ID": execution["AutomationExecutionId"], "global:REGION": scope[1],
                       "global:ACCOUNT_ID": scope[0]}
    status, at = "Success", 0
    with request_scope(*scope):
        while at is not None and at < len(steps) and execution["AutomationExecutionStatus"] == "InProgress":
            step, shown = steps[at], execution["StepExecutions"][at]
            execution["CurrentStepName"], execution["CurrentAction"] = step["name"], step["action"]
            following = _attempt(step, shown, values, lambda: execution["AutomationExecutionStatus"] != "InProgress")
            if shown["StepStatus"] == "Failed":
                on_failure = step.get("onFailure", "Abort")
                if step.get("isCritical", on_failure != "Continue"):
                    status, execution["FailureMessage"] = "Failed", f"Step fails when it is {shown['FailureMessage']}"
                if on_failure == "Abort":
                    break
                following = on_failure.removeprefix("step:") if on_failure.startswith("step:") else None
            following = following or step.get("nextStep")
            at = places[following] if following else None if step.get("isEnd") else at + 1
    for name in content.get("outputs") or []:
        if name in values:
            execution["Outputs"][name] = ssm_steps.as_texts(values[name])
    if execution["AutomationExecutionStatus"] == "InProgress":
        execution["AutomationExecutionStatus"] = status
    execution["ExecutionEndTime"] = time.time()


def _attempt(step, shown, values, cancelled):
    """Run one step, `maxAttempts` times if it fails; its outputs go to the values. Returns the step that it names."""
    shown |= {"StepStatus": "InProgress", "ExecutionStartTime": time.time()}
    for left in reversed(range(int(step.get("maxAttempts", 1)))):
        try:
            inputs = ssm_steps.substitute(step.get("inputs") or {}, values)
            shown["Inputs"] = {name: ssm_steps.as_text(value) for name, value in inputs.items()}
            outputs, following = ssm_steps.run(step, inputs, cancelled)
        except Exception as error:  # whatever it is, it is the step's failure
            logger.info("step %s: %s", step["name"], error)
            shown |= {"StepStatus": "Failed", "FailureMessage": f"executing {step['name']}: {error}"}
            if left:
                continue
            following = None
        else:
            shown |= {"StepStatus": "Success", "Outputs": {k: ssm_steps.as_texts(v) for k, v in outputs.items()}}
            values.update({f"{step['name']}.{name}": value for name, value in outputs.items()})
        break
    shown["ExecutionEndTime"] = time.time()
    return following


def end_interrupted(execution):
    """What ran when the emulator ended does not go on."""
    if execution["AutomationExecutionStatus"] == "InProgress":
        execution |= {"AutomationExecutionStatus": "Failed", "FailureMessage": "The emulator was restarted"}


def _find(data):
    found = executions.get(data["AutomationExecutionId"])
    if not found:
        raise DocumentError("AutomationExecutionNotFoundException",
                            f"Automation execution {data['AutomationExecutionId']} does not exist.")
    return found


def _describe(data):
    rules = {rule["Key"]: rule["Values"] for rule in data.get("Filters") or []}
    keys = {"ExecutionStatus": "AutomationExecutionStatus", "ExecutionId": "AutomationExecutionId",
            "DocumentNamePrefix": "DocumentName"}
    found = [execution for execution in reversed(list(executions.values()))
             if all(any(execution[keys[key]].startswith(value) for value in values) for key, values in rules.items())]
    return {"AutomationExecutionMetadataList": [
        {key: value for key, value in execution.items() if key not in ("StepExecutions", "Parameters")}
        for execution in found]}


def _stop(data):
    _find(data)["AutomationExecutionStatus"] = "Cancelled"
    return {}


ACTIONS = {
    "StartAutomationExecution": lambda data: {"AutomationExecutionId": start(
        data["DocumentName"], data.get("DocumentVersion"), data.get("Parameters"))},
    "GetAutomationExecution": lambda data: {"AutomationExecution": _find(data)},
    "DescribeAutomationExecutions": _describe,
    "DescribeAutomationStepExecutions": lambda data: {"StepExecutions": _find(data)["StepExecutions"]},
    "StopAutomationExecution": _stop,
}
