"""The metrics that Elastic Load Balancing publishes by itself."""

import asyncio
import re

import pytest
from balancer import make_group
from conftest import covers
from ministack.core.responses import StreamingResponse
from ministack.services import alb, cloudwatch
from series import published, units

from corrections import elb, elb_targets, metrics_elb

MINUTE = 1_800_000_000.0  # a whole one


@pytest.fixture
def client(aws):
    return aws("elbv2")


@pytest.fixture
def clock(monkeypatch):
    """A time that the test moves; nothing is left of other tests."""
    now = [MINUTE]
    monkeypatch.setattr(metrics_elb.time, "time", lambda: now[0])
    metrics_elb._seen.clear()
    metrics_elb._minutes.clear()
    return now


@pytest.fixture
def answer(monkeypatch):
    """What targets answer, in place of real requests: a status and the seconds that it takes, or None for no answer."""
    given = {"status": 200, "seconds": 0.0}
    watch = [0.0]
    monkeypatch.setattr(elb.time, "perf_counter", lambda: watch[0])

    async def proxied(*_):
        watch[0] += given["seconds"]
        if given["status"] is None:
            return 502, {}, b"connect error"
        return given["status"], {}, StreamingResponse(None)
    monkeypatch.setattr(alb, "_proxy_http_target", proxied)
    return given


def ask(path="/"):
    balancer = next(iter(alb._lbs.values()))
    return asyncio.run(alb.dispatch_request(balancer, "GET", path, {"host": "h"}, b"", {}, client_ip="10.0.0.1"))


def group_with_a_target(client):
    arn = make_group(client)
    client.register_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": 1}])
    return arn


def by_balancer():
    where, = (f"LoadBalancer={arn.split('loadbalancer/')[1]}" for arn in alb._lbs)
    return published("AWS/ApplicationELB", where)


def by_group(arn):
    where, = (f"LoadBalancer={balancer.split('loadbalancer/')[1]}" for balancer in alb._lbs)
    return published("AWS/ApplicationELB", where, f"TargetGroup={arn.rsplit(':', 1)[1]}")


def statistics(name, group=None):
    """The statistics of the newest datapoint."""
    _, points = next((key, points) for key, points in cloudwatch._metrics.items()
                     if key[1] == name and ("TargetGroup=" in key[2]) == bool(group))
    return cloudwatch._calc_stats(points[-1:])


@covers("elb.forward_to_healthy", "metrics_elb.publish_balancers")
def test_requests_codes_and_times_are_counted(client, clock, answer):
    arn = group_with_a_target(client)
    for status, seconds in ((200, 0.1), (204, 0.2), (404, 0.3), (500, 0.4), (301, 0.5)):
        answer |= {"status": status, "seconds": seconds}
        assert ask()[0] == status
    metrics_elb.collect()
    names = {"RequestCount", "HTTPCode_Target_2XX_Count", "HTTPCode_Target_3XX_Count", "HTTPCode_Target_4XX_Count",
             "HTTPCode_Target_5XX_Count", "TargetResponseTime"}
    assert set(by_balancer()) == set(by_group(arn)) == names
    assert {name: statistics(name, arn)["Sum"] for name in names - {"TargetResponseTime"}} == {
        "RequestCount": 5, "HTTPCode_Target_2XX_Count": 2, "HTTPCode_Target_3XX_Count": 1,
        "HTTPCode_Target_4XX_Count": 1, "HTTPCode_Target_5XX_Count": 1}
    assert statistics("RequestCount") == {"SampleCount": 5, "Sum": 5, "Average": 1, "Minimum": 1, "Maximum": 1}
    assert statistics("TargetResponseTime") == pytest.approx(
        {"SampleCount": 5, "Sum": 1.5, "Average": 0.3, "Minimum": 0.1, "Maximum": 0.5})
    assert units("AWS/ApplicationELB") == {name: {"Count"} for name in names} | {"TargetResponseTime": {"Seconds"}}


def test_dimensions_are_those_of_aws(client, clock, answer):
    group_with_a_target(client)
    ask()
    metrics_elb.collect()
    points = cloudwatch._metrics.items()
    found = {tuple(sorted(values[0]["Dimensions"].items())) for (_, name, _), values in points if name == "RequestCount"}
    alone, both = sorted(found, key=len)
    assert re.fullmatch(r"app/lb-g/[0-9a-z]+", dict(alone)["LoadBalancer"])
    assert re.fullmatch(r"targetgroup/g/[0-9a-z]+", dict(both)["TargetGroup"])
    assert dict(both)["LoadBalancer"] == dict(alone)["LoadBalancer"]


@covers("metrics_elb.count_errors")
def test_an_error_of_the_balancer_is_no_targets(client, clock, answer):
    arn = group_with_a_target(client)
    answer["status"] = None
    assert ask()[0] == 502
    metrics_elb.collect()
    assert set(by_balancer()) == {"RequestCount", "HTTPCode_ELB_5XX_Count"}
    assert set(by_group(arn)) == {"RequestCount"}, "a target was chosen, and did not answer"
    assert statistics("HTTPCode_ELB_5XX_Count") == {"SampleCount": 1, "Sum": 1, "Average": 1, "Minimum": 1, "Maximum": 1}


@covers("metrics_elb.count_errors")
def test_a_request_for_which_there_is_no_target_is_an_error_and_no_request(client, clock, answer):
    make_group(client)
    assert ask()[0] == 503
    metrics_elb.collect()
    assert set(by_balancer()) == {"HTTPCode_ELB_5XX_Count"}


@covers("metrics_elb.count_errors")
def test_an_error_of_a_target_is_not_the_balancers(client, clock, answer):
    group_with_a_target(client)
    answer["status"] = 503
    ask()
    metrics_elb.collect()
    assert "HTTPCode_ELB_5XX_Count" not in by_balancer()


def test_each_minute_has_one_datapoint_however_often_it_is_collected(client, clock, answer):
    arn = group_with_a_target(client)
    for second in (0, 10, 59, 61, 61.5):
        clock[0] = MINUTE + second
        answer["seconds"] = second
        ask()
        metrics_elb.collect()
    points = next(points for key, points in cloudwatch._metrics.items() if key[1] == "RequestCount" and
                  arn.rsplit(":", 1)[1] in key[2])
    assert [(point["Timestamp"], point["Count"]) for point in points] == [(MINUTE + 30, 3), (MINUTE + 90, 2)]
    assert statistics("TargetResponseTime", arn)["Sum"] == 122.5


def test_a_request_belongs_to_the_minute_in_which_it_was_answered(client, clock, answer):
    group_with_a_target(client)
    clock[0] = MINUTE + 59.9
    ask()
    clock[0] = MINUTE + 60.5
    ask()
    metrics_elb.collect()
    assert sorted(point["Timestamp"] for key, points in cloudwatch._metrics.items() for point in points
                  if key[1] == "RequestCount" and "TargetGroup" not in key[2]) == [MINUTE + 30, MINUTE + 90]


def test_a_request_that_is_noted_late_joins_its_own_minute(client, clock, answer):
    group_with_a_target(client)
    for second in (30, 60.1, 59.9):  # the clock of the last one was read before it waited for its turn
        clock[0] = MINUTE + second
        ask()
        metrics_elb.collect()
    assert [(point["Timestamp"], point["Count"]) for key, points in cloudwatch._metrics.items() for point in points
            if key[1] == "RequestCount" and "TargetGroup" not in key[2]] == [(MINUTE + 30, 2), (MINUTE + 90, 1)]


def test_a_minute_without_requests_has_none_and_memory_is_given_back(client, clock, answer):
    group_with_a_target(client)
    ask()
    metrics_elb.collect()
    assert len(metrics_elb._minutes) == 2
    clock[0] = MINUTE + 120
    metrics_elb.collect()
    assert (len(metrics_elb._minutes), len(metrics_elb._seen)) == (0, 0)
    assert [len(points) for points in by_balancer().values()] == [1, 1, 1]


def test_hosts_are_counted_by_their_health(client):
    arn = make_group(client)
    client.register_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": port} for port in range(1, 6)])
    for port, state in enumerate(("healthy", "healthy", "unhealthy", "initial", "draining"), 1):
        elb_targets.known(arn, {"Id": "i-1", "Port": port}).state = state
    metrics_elb.publish_hosts()
    assert by_group(arn) == {"HealthyHostCount": [2], "UnHealthyHostCount": [1]}
    assert by_balancer() == {}


def test_a_group_without_targets_or_balancer_has_no_hosts(client):
    make_group(client)
    unused = make_group(client, "unused", used=False)
    client.register_targets(TargetGroupArn=unused, Targets=[{"Id": "i-1", "Port": 1}])
    metrics_elb.publish_hosts()
    assert len(cloudwatch._metrics) == 0
