"""CloudWatch: dashboards are read back as they were put."""

import json

from ministack.services import cloudwatch

from corrections import corrects


@corrects("cloudwatch:_put_dashboard")
def refuse_wrong_bodies(original, params, cbor_data, is_cbor, is_json=False):
    """A dashboard's body is a JSON object (API_PutDashboard, DashboardInvalidInputError).

    ministack: takes any text.
    """
    body = cbor_data.get("DashboardBody", "") if is_cbor or is_json else cloudwatch._p(params, "DashboardBody")
    try:
        right = isinstance(json.loads(body), dict)
    except ValueError:
        right = False
    if not right:
        return cloudwatch._error("InvalidParameterInput", "The field DashboardBody must be a valid JSON object", 400,
                                 use_json=is_json, use_cbor=is_cbor)
    return original(params, cbor_data, is_cbor, is_json)


@corrects("cloudwatch:_get_dashboard")
def answer_the_same_body(original, params, cbor_data, is_cbor, is_json=False):
    """GetDashboard answers the body that was put (API_GetDashboard).

    ministack: in XML does not escape it, so that one with < or & cannot be read.
    """
    found = None if is_cbor or is_json else cloudwatch._dashboards.get(cloudwatch._p(params, "DashboardName"))
    if not found:
        return original(params, cbor_data, is_cbor, is_json)
    members = "".join(f"<{name}>{_text(found[name])}</{name}>"
                      for name in ("DashboardArn", "DashboardBody", "DashboardName"))
    return cloudwatch._xml(200, "GetDashboardResponse", f"<GetDashboardResult>{members}</GetDashboardResult>")


def _text(value):
    """A carriage return would be read as a newline."""
    return cloudwatch._xml_escape(value).replace("\r", "&#13;")


@corrects("cloudwatch:_delete_dashboards")
def name_the_error(original, params, cbor_data, is_cbor, is_json=False):
    """A dashboard that is not there is the error ResourceNotFound (API_DeleteDashboards).

    ministack: DashboardNotFoundError, which is the name of its shape.
    """
    asked = cbor_data.get("DashboardNames") or [] if is_cbor or is_json else [
        values[0] for name, values in params.items() if name.startswith("DashboardNames.member.")]
    gone = [name for name in asked if name not in cloudwatch._dashboards]
    if gone:
        return cloudwatch._error("ResourceNotFound", f"Dashboard {', '.join(gone)} does not exist", 404,
                                 use_json=is_json, use_cbor=is_cbor)
    return original(params, cbor_data, is_cbor, is_json)
