"""Dashboards, in the query protocol of the Terraform AWS provider and in that of botocore."""

import asyncio
import json
import urllib.parse

import pytest
from alarm import query
from botocore.exceptions import ClientError
from conftest import covers
from ministack.services import cloudwatch

BODY = '{ "widgets": [ {"type": "text",\r\n"properties": {"markdown": "a < b & \\"c\\" \\u00e9 é"}} ] }\n'


def code(**params):
    """The status and error code of a query request."""
    status, _, content = asyncio.run(cloudwatch.handle_request(
        "POST", "/", {"content-type": "application/x-www-form-urlencoded"}, urllib.parse.urlencode(params).encode(), {}))
    return status, content.decode().partition("<Code>")[2].partition("</Code>")[0]


@covers("dashboards.answer_the_same_body")
def test_the_body_is_read_back_byte_for_byte(aws):
    query(Action="PutDashboard", DashboardName="d", DashboardBody=BODY)
    for _ in range(2):
        shown = query(Action="GetDashboard", DashboardName="d")
        assert (shown["DashboardBody"], shown["DashboardName"], shown["DashboardArn"]) == (
            BODY, "d", "arn:aws:cloudwatch::000000000000:dashboard/d")
    assert aws("cloudwatch").get_dashboard(DashboardName="d")["DashboardBody"] == BODY
    query(Action="PutDashboard", DashboardName="d", DashboardBody="{}")
    assert query(Action="GetDashboard", DashboardName="d")["DashboardBody"] == "{}"


@covers("dashboards.name_the_error")
def test_what_is_not_there_is_not_found(aws):
    assert code(Action="GetDashboard", DashboardName="d") == (404, "ResourceNotFound")
    assert code(Action="DeleteDashboards", **{"DashboardNames.member.1": "d"}) == (404, "ResourceNotFound")
    query(Action="PutDashboard", DashboardName="d", DashboardBody="{}")
    query(Action="DeleteDashboards", **{"DashboardNames.member.1": "d"})
    with pytest.raises(ClientError, match="ResourceNotFound"):
        aws("cloudwatch").get_dashboard(DashboardName="d")


@covers("dashboards.refuse_wrong_bodies")
@pytest.mark.parametrize("body", ["", "x", "[]", '"text"'])
def test_a_wrong_body_is_refused(aws, body):
    assert code(Action="PutDashboard", DashboardName="d", DashboardBody=body) == (400, "InvalidParameterInput")
    with pytest.raises(ClientError, match="The field DashboardBody must be a valid JSON object"):
        aws("cloudwatch").put_dashboard(DashboardName="d", DashboardBody=body)
    assert code(Action="GetDashboard", DashboardName="d") == (404, "ResourceNotFound")


def test_it_survives_a_restart():
    query(Action="PutDashboard", DashboardName="d", DashboardBody=BODY)
    saved = json.loads(json.dumps(cloudwatch.get_state()["dashboards"]["d"]))
    state = cloudwatch.get_state()
    cloudwatch.reset()
    cloudwatch._restore_state(state)
    assert query(Action="GetDashboard", DashboardName="d")["DashboardBody"] == BODY == saved["DashboardBody"]
