"""EventBridge: the events that AWS's services put by themselves, and targets that ministack cannot serve."""

import json
import logging
import re
from types import SimpleNamespace

from ministack.services import eventbridge

from corrections import corrects, ssm_automation

logger = logging.getLogger("events")

KEEP = 200  # events in the log that ministack saves


def put(source, kind, detail, resources):
    """Put an event on the default bus, for all rules that match it."""
    eventbridge._ensure_default_bus()
    eventbridge._put_events({"Entries": [{"Source": source, "DetailType": kind, "Detail": json.dumps(detail),
                                          "Resources": resources}]}, allow_aws_source=True)
    del eventbridge._events_log_list()[:-KEEP]


class BrokenInputError(ValueError):
    """An input transformer whose outcome is no JSON, although its template is."""


class _Indexed(dict):
    """A dict in which the key "a[0]" is the first element of the list at "a"."""

    def __missing__(self, key):
        named = re.fullmatch(r"(.+)\[(\d+)\]", key)
        if not named:
            raise KeyError(key)
        return self[named[1]][int(named[2])]


def _indexed(value):
    if isinstance(value, dict):
        return _Indexed({key: _indexed(item) for key, item in value.items()})
    return [_indexed(item) for item in value] if isinstance(value, list) else value


@corrects("eventbridge:_apply_input_transformer")
def follow_indexes(original, transformer, rule, view):
    """An input path may name an element of a list: $.detail.containers[0].exitCode (eb-transform-target-input).

    ministack: finds nothing there.
    """
    event = _indexed(view.event_with_detail())
    return original(transformer, rule, SimpleNamespace(event_with_detail=lambda: event, envelope=view.envelope))


@corrects("eventbridge:_render_placeholder")
def escape_nothing(original, name, token, replacements, in_string):
    """Quotes are put around a string outside of quotes, but values are not escaped (eb-transform-target-input, "Common
    issues").

    ministack: escapes what it puts quotes around.
    """
    value = replacements.get(name)
    if isinstance(value, str) and not in_string:
        return f'"{value}"'
    return original(name, token, replacements, in_string)


def input_of(target, rule, view):
    """What a target is given instead of the event, or None; raises BrokenInputError where that is no JSON."""
    if not target.get("InputTransformer"):
        return target.get("Input")
    made = eventbridge._apply_input_transformer(target["InputTransformer"], rule, view)
    if target["InputTransformer"].get("InputTemplate", "").lstrip()[:1] in ("{", "["):
        try:
            json.loads(made)
        except ValueError as error:
            raise BrokenInputError(f"the input transformer makes no JSON ({error}): {made}") from error
    return made


@corrects("eventbridge:_invoke_target")
def drop_broken_input(original, target, event, rule, view=None):
    """Values are not escaped (eb-transform-target-input, "Common issues"): one with a quote, a backslash or a newline
    breaks the JSON of the template, and the target is not invoked.

    ministack: delivers what is no JSON.
    """
    if not target.get("InputTransformer"):
        return original(target, event, rule, view)
    view = view or eventbridge._pattern_event_view(event)
    try:
        given = input_of(target, rule, view)
    except BrokenInputError as error:
        logger.warning("rule %s does not invoke %s: %s", rule.get("Name"), target.get("Arn"), error)
        return None
    kept = {name: value for name, value in target.items() if name != "InputTransformer"}
    return original(kept | {"Input": given}, event, rule, view)


@corrects("eventbridge:_invoke_target")
def start_automations(original, target, event, rule, view=None):
    """A target that is an Automation runbook is started with the input as its parameters (eb-targets).

    ministack: takes the target and does nothing.
    """
    named = re.fullmatch(r"arn:[^:]+:ssm:[^:]+:[^:]*:automation-definition/([^:]+)(?::(.+))?", target.get("Arn", ""))
    if not named:
        return original(target, event, rule, view)
    view = view or eventbridge._pattern_event_view(event)
    try:
        given = input_of(target, rule, view) or "{}"
        parameters = {name: value if isinstance(value, list) else [value] for name, value in json.loads(given).items()}
        return ssm_automation.start(named[1], named[2] or "$DEFAULT", parameters)
    except ValueError as error:  # also a parameter that the runbook does not have
        logger.warning("rule %s does not start %s: %s", rule.get("Name"), named[1], error)
