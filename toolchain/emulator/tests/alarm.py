"""An alarm, and the query protocol in which the Terraform AWS provider speaks of it."""

import asyncio
import urllib.parse

import botocore.parsers
import botocore.session
from ministack.services import cloudwatch

ALARM = {"AlarmName": "few", "AlarmDescription": "a < b", "MetricName": "CPUUtilization", "Namespace": "AWS/ECS",
         "Statistic": "SampleCount", "Period": "60", "EvaluationPeriods": "5", "DatapointsToAlarm": "3",
         "Threshold": "1", "ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching",
         "ActionsEnabled": "false", "Unit": "Percent", "AlarmActions.member.1": "arn:aws:sns:us-east-1:000000000000:a",
         "OKActions.member.1": "arn:aws:sns:us-east-1:000000000000:o",
         "InsufficientDataActions.member.1": "arn:aws:sns:us-east-1:000000000000:i",
         "Dimensions.member.1.Name": "ClusterName", "Dimensions.member.1.Value": "c",
         "Dimensions.member.2.Name": "ServiceName", "Dimensions.member.2.Value": "bot"}


def query(**params):
    """A request in the query protocol, which the Terraform AWS provider speaks; the answer as botocore reads it."""
    body = urllib.parse.urlencode(params).encode()
    status, headers, content = asyncio.run(cloudwatch.handle_request(
        "POST", "/", {"content-type": "application/x-www-form-urlencoded"}, body, {}))
    model = botocore.session.Session().get_service_model("cloudwatch").operation_model(params["Action"])
    return botocore.parsers.create_parser("query").parse(
        {"status_code": status, "headers": headers, "body": content}, model.output_shape)


def put(service, at, value=50.0):
    """One datapoint of a service's CPUUtilization."""
    key = ("AWS/ECS", "CPUUtilization", f"ClusterName=c|ServiceName={service}")
    cloudwatch._metric_bucket(key).append({"Timestamp": at, "Value": value, "Unit": "Percent", "Dimensions": {}})
