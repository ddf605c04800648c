"""Systems Manager: what the steps of a runbook do (automation-actions)."""

import datetime
import functools
import json
import os
import re
import time

import botocore.session
from botocore import xform_name
from ministack.core.responses import get_account_id, get_region

import settings
from corrections.logs_pattern import lookup_all

POLL_SECONDS = 0.5
_WHOLE = re.compile(r"\{\{\s*([\w.:-]+)\s*\}\}")
_PERIOD = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


class StepError(Exception):
    """Why a step failed."""


def substitute(value, values):
    """Put parameters and outputs in the place of {{ name }}; a value that is nothing else keeps its type."""
    if isinstance(value, dict):
        return {name: substitute(item, values) for name, item in value.items()}
    if isinstance(value, list):
        return [substitute(item, values) for item in value]
    if not isinstance(value, str):
        return value
    whole = _WHOLE.fullmatch(value.strip())
    return _named(whole[1], values) if whole else _WHOLE.sub(lambda m: as_text(_named(m[1], values)), value)


def _named(name, values):
    if name not in values:
        raise StepError(f"{{{{ {name} }}}} is neither a parameter nor an output of a step that ran")
    return values[name]


def as_text(value):
    """A value as it stands inside of a text."""
    return value if isinstance(value, str) else json.dumps(value, default=_plain)


def as_texts(value):
    """A value as the API answers it: a list of texts."""
    return [as_text(item) for item in (value if isinstance(value, list) else [value])]


def _plain(value):
    return value.isoformat() if isinstance(value, datetime.datetime) else str(value)


def run(step, inputs, cancelled):
    """(outputs, name of the next step or None) of a step; raises where it fails."""
    action = _ACTIONS.get(step["action"])
    if not action:
        raise StepError(f"{step['action']} is not emulated")
    return action(step, inputs, cancelled)


def _sleep(step, inputs, cancelled):
    read = _PERIOD.fullmatch(inputs.get("Duration", ""))
    if not read or not any(read.groups()):
        raise StepError(f"Duration: {inputs.get('Duration')!r} is no ISO 8601 duration like PT5M")
    hours, minutes, seconds = (int(part or 0) for part in read.groups())
    end = time.monotonic() + (hours * 3600 + minutes * 60 + seconds) / settings.timing("EMULATED_SLEEP_DIVISOR")
    while (left := end - time.monotonic()) > 0 and not cancelled():
        time.sleep(min(left, POLL_SECONDS))
    return {}, None


@functools.lru_cache(maxsize=32)
def client(service, account, region):
    """A client of this emulator itself."""
    return botocore.session.Session().create_client(
        service, region_name=region, endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        aws_access_key_id=account, aws_secret_access_key="test")


def _call(inputs):
    """What the API answers, as plain JSON."""
    members = {key: value for key, value in inputs.items()
               if key not in ("Service", "Api", "PropertySelector", "DesiredValues")}
    found = client(inputs["Service"], get_account_id(), get_region())
    answer = getattr(found, xform_name(inputs["Api"]))(**members)
    answer.pop("ResponseMetadata", None)
    return json.loads(json.dumps(answer, default=_plain))


def _select(answer, path):
    found = lookup_all(answer, path)
    if "[*]" in path:
        return found
    if not found:
        raise StepError(f"{path} is not in the answer")
    return found[0]


def _execute_api(step, inputs, cancelled):
    answer = _call(inputs)
    return {output["Name"]: _select(answer, output["Selector"]) for output in step.get("outputs") or []}, None


def _assert_property(step, inputs, cancelled):
    values = as_texts(_property(inputs))
    if not set(values) & set(map(as_text, inputs["DesiredValues"])):
        raise StepError(f"{inputs['PropertySelector']} is {values}, not one of {inputs['DesiredValues']}")
    return {}, None


def _property(inputs):
    try:
        return _select(_call(inputs), inputs["PropertySelector"])
    except StepError:
        return []


def _wait_for_property(step, inputs, cancelled):
    deadline = time.monotonic() + int(step.get("timeoutSeconds", 3600))
    while True:
        try:
            return _assert_property(step, inputs, cancelled)
        except StepError as error:
            if cancelled() or time.monotonic() > deadline:
                raise StepError(f"timed out, {error}") from None
        time.sleep(POLL_SECONDS)


_TESTS = {
    "StringEquals": lambda value, wanted: as_text(value) == wanted,
    "EqualsIgnoreCase": lambda value, wanted: as_text(value).lower() == wanted.lower(),
    "StartsWith": lambda value, wanted: as_text(value).startswith(wanted),
    "EndsWith": lambda value, wanted: as_text(value).endswith(wanted),
    "Contains": lambda value, wanted: wanted in as_text(value),
    "BooleanEquals": lambda value, wanted: str(value).lower() == str(wanted).lower(),
    "NumericEquals": lambda value, wanted: float(value) == float(wanted),
    "NumericGreater": lambda value, wanted: float(value) > float(wanted),
    "NumericLesser": lambda value, wanted: float(value) < float(wanted),
    "NumericGreaterOrEquals": lambda value, wanted: float(value) >= float(wanted),
    "NumericLesserOrEquals": lambda value, wanted: float(value) <= float(wanted),
}


def _branch(step, inputs, cancelled):
    for choice in inputs["Choices"]:
        if _holds(choice):
            return {}, choice["NextStep"]
    return {}, inputs.get("Default")


def _holds(choice):
    if "And" in choice or "Or" in choice:
        return all(map(_holds, choice.get("And", []))) if "And" in choice else any(map(_holds, choice["Or"]))
    if "Not" in choice:
        return not _holds(choice["Not"])
    test = next((word for word in choice if word in _TESTS), None)
    if not test:
        raise StepError(f"the choice has no operator: {sorted(choice)}")
    return _TESTS[test](choice["Variable"], choice[test])


_ACTIONS = {"aws:sleep": _sleep, "aws:executeAwsApi": _execute_api, "aws:branch": _branch,
            "aws:waitForAwsResourceProperty": _wait_for_property, "aws:assertAwsResourceProperty": _assert_property}
