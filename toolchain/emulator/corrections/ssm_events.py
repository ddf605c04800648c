"""Systems Manager: the events by which Parameter Store tells of its parameters."""

from ministack.services import ssm

from corrections import corrects, events


def _tell(operation, parameter):
    detail = {"name": parameter["Name"], "type": parameter["Type"], "operation": operation}
    if parameter["Description"]:
        detail["description"] = parameter["Description"]
    events.put("aws.ssm", "Parameter Store Change", detail, [parameter["ARN"]])


@corrects("ssm:_put_parameter")
def tell_what_was_put(original, data):
    """A parameter that was made or overwritten is an event, Parameter Store Change (sysman-paramstore-cwe).

    ministack: tells nothing.
    """
    operation = "Update" if data.get("Name") in ssm._parameters else "Create"
    status, headers, body = original(data)
    if status == 200:
        _tell(operation, ssm._parameters[data["Name"]])
    return status, headers, body


@corrects("ssm:_delete_parameter", "ssm:_delete_parameters")
def tell_what_was_deleted(original, data):
    """A parameter that was deleted is an event, Parameter Store Change (sysman-paramstore-cwe).

    ministack: tells nothing.
    """
    before = dict(ssm._parameters.items())
    answer = original(data)
    for name in before.keys() - dict(ssm._parameters.items()).keys():
        _tell("Delete", before[name])
    return answer
