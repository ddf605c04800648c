"""Health checks of targets."""

import concurrent.futures
import http.server
import threading
import time

import pytest
from balancer import make_group, states

from corrections import elb_checks, elb_targets


@pytest.fixture
def client(aws):
    return aws("elbv2")


@pytest.fixture
def server():
    """An HTTP server on loopback whose status can be set."""
    class Handler(http.server.BaseHTTPRequestHandler):
        status, seen = 200, []

        def do_GET(self):
            Handler.seen.append((self.path, self.headers["user-agent"]))
            self.send_response(Handler.status)
            self.end_headers()

        def log_message(self, *_):
            pass
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    Handler.port = httpd.server_address[1]
    yield Handler
    httpd.shutdown()


GROUP = {"HealthCheckIntervalSeconds": 5, "HealthyThresholdCount": 3, "UnhealthyThresholdCount": 2,
         "HealthCheckPort": "traffic-port", "HealthCheckPath": "/healthz", "HealthCheckTimeoutSeconds": 1,
         "Matcher": {"HttpCode": "200"}, "TargetType": "instance"}


@pytest.mark.parametrize("status, matcher, reason", [
    (200, "200", None), (204, "200-299", None), (302, "200,300-304", None), (500, "200", "Target.ResponseCodeMismatch"),
])
def test_a_check_is_a_real_request(server, status, matcher, reason):
    server.status = status
    assert elb_checks.check(GROUP | {"Matcher": {"HttpCode": matcher}}, {"Id": "i-1", "Port": server.port}) == reason
    assert server.seen[-1] == ("/healthz", "ELB-HealthChecker/2.0")


def test_nobody_there_is_a_failed_check(server):
    assert elb_checks.check(GROUP, {"Id": "i-1", "Port": 1}) == "Target.FailedHealthChecks"
    other = GROUP | {"HealthCheckPort": str(server.port)}
    assert elb_checks.check(other, {"Id": "i-1", "Port": 1}) is None, "the check has a port of its own"


def test_a_new_target_is_healthy_after_one_passed_check():
    target = elb_targets.Target()
    elb_checks.judge(GROUP, target, None, 100.0)
    assert (target.state, target.reason, target.next_check) == ("healthy", "", 105.0)


def test_a_new_target_is_given_up_as_late_as_on_aws():
    target = elb_targets.Target(registered=100.0)
    for now in (100.0, 103.0, 109.0):
        elb_checks.judge(GROUP, target, "Target.Timeout", now)
        assert target.state == "initial"
    elb_checks.judge(GROUP, target, "Target.Timeout", 110.0)
    assert (target.state, target.reason) == ("unhealthy", "Target.Timeout")


def test_thresholds_of_a_known_target():
    target = elb_targets.Target(state="healthy")
    elb_checks.judge(GROUP, target, "Target.Timeout", 0)
    assert target.state == "healthy"
    elb_checks.judge(GROUP, target, "Target.Timeout", 5)
    assert target.state == "unhealthy"
    for now in (10, 15):
        elb_checks.judge(GROUP, target, None, now)
        assert target.state == "unhealthy"
    elb_checks.judge(GROUP, target, None, 20)
    assert target.state == "healthy"


def test_due_targets_are_checked(client, server):
    arn = make_group(client)
    client.register_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": server.port}])
    with concurrent.futures.ThreadPoolExecutor() as pool:
        elb_checks.check_due(pool, time.monotonic())
    assert states(client, arn) == {("i-1", server.port): "healthy"}
