"""EventBridge: API destinations and the targets that name them."""

import logging

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response, new_uuid
from ministack.services import eventbridge

from corrections import corrects, events_delivery

logger = logging.getLogger("events")


@corrects("eventbridge:_create_api_destination", "eventbridge:_update_api_destination")
def want_a_connection(original, data):
    """An API destination uses a connection that is there, and its ARN ends in an id (API_CreateApiDestination). Here
    it may be an http:// endpoint as well; AWS takes https:// only.

    ministack: takes any connection, and knows no id.
    """
    connection = data.get("ConnectionArn")
    if connection not in (None, *(there["ConnectionArn"] for there in eventbridge._connections.values())):
        return error_response_json("ResourceNotFoundException", f"Connection '{connection}' does not exist.", 400)
    response = original(data)
    made = eventbridge._api_destinations.get(data.get("Name"))
    if response[0] != 200 or made["ApiDestinationArn"].count("/") > 1:
        return response
    made["ApiDestinationArn"] += f"/{new_uuid()}"
    return json_response({name: made[name] for name in ("ApiDestinationArn", "ApiDestinationState", "CreationTime",
                                                        "LastModifiedTime")})


@corrects("eventbridge:_put_targets")
def want_a_role(original, data):
    """A target that is an API destination has a role that may invoke it (eb-use-identity-based, API_Target). Here the
    role must be named; its policies are not asked.

    ministack: needs none.
    """
    for target in data.get("Targets") or []:
        if ":api-destination/" in target.get("Arn", "") and not target.get("RoleArn"):
            return error_response_json("ValidationException", f"RoleArn is required for target {target['Arn']}.", 400)
    return original(data)


@corrects("eventbridge:_dispatch_to_api_destination")
def deliver_in_order(original, spec, payload, target):
    """An event is sent to an API destination until it takes it, for 24 hours and 185 times at most or as the target's
    retry policy says (eb-api-destinations, eb-rule-retry-policy); here for five minutes at most.

    ministack: sends each once, all at the same time.
    """
    if (spec.account_id, spec.region) != (get_account_id(), get_region()):
        logger.warning("API destination %s is not in this account and region; the event is dropped", spec)
        return
    events_delivery.put(str(spec), payload, target)
