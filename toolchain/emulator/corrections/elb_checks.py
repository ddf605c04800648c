"""Elastic Load Balancing: the health checks, by real HTTP requests."""

import concurrent.futures
import http.client
import time

from ministack.core.responses import request_scope
from ministack.services import alb

from corrections import at_start, elb_targets, loops

FIRST_CHECKS_SECONDS = 0.5


def check(group, entry):
    """One check as AWS does it: (None if it holds, else the reason code of API_TargetHealth)."""
    host, port = elb_targets.address(group, entry)
    if group["HealthCheckPort"] != "traffic-port":
        port = int(group["HealthCheckPort"])
    connection = http.client.HTTPConnection(host, port, timeout=group["HealthCheckTimeoutSeconds"])
    try:
        connection.request("GET", group["HealthCheckPath"], headers={"User-Agent": "ELB-HealthChecker/2.0"})
        status = connection.getresponse().status
    except TimeoutError:
        return "Target.Timeout"
    except (OSError, http.client.HTTPException):
        return "Target.FailedHealthChecks"
    finally:
        connection.close()
    return None if _matches(status, group["Matcher"]["HttpCode"]) else "Target.ResponseCodeMismatch"


def _matches(status, matcher):
    """A matcher lists codes and ranges: "200,301-304" (API_Matcher)."""
    for part in matcher.split(","):
        low, _, high = part.partition("-")
        if int(low) <= status <= int(high or low):
            return True
    return False


def judge(group, target, failure, now):
    """Move a target's state by the outcome of one check (target-group-health-checks).

    One passed check makes a new target healthy. New targets are looked at twice a
    second here, so their failures count only as AWS would count them: after
    UnhealthyThresholdCount intervals.
    """
    new = target.state == "initial"
    interval = group["HealthCheckIntervalSeconds"]
    target.next_check = now + (FIRST_CHECKS_SECONDS if new and failure else interval)
    if failure is None:
        target.failures, target.successes = 0, target.successes + 1
        if new or target.successes >= group["HealthyThresholdCount"]:
            target.state, target.reason = "healthy", ""
        return
    target.successes, target.failures = 0, target.failures + 1
    given_up = now - target.registered >= interval * group["UnhealthyThresholdCount"] if new else \
        target.failures >= group["UnhealthyThresholdCount"]
    if given_up:
        target.state, target.reason = "unhealthy", failure
    elif new:
        target.reason = "Elb.InitialHealthChecking"


def check_due(pool, now):
    """Check every target that is due."""
    elb_targets.forget_drained(now)
    due = []
    for (account, region, group_arn), group in alb._tgs.all_items():
        if group.get("TargetType", "instance") not in ("instance", "ip"):
            continue
        with request_scope(account, region):
            targets = [(entry, elb_targets.known(group_arn, entry)) for entry in list(alb._targets.get(group_arn) or [])]
        for entry, target in targets:
            if not group["HealthCheckEnabled"]:
                target.state, target.reason = "unavailable", "Target.HealthCheckDisabled"
            elif target.next_check <= now:
                due.append((group, target, pool.submit(check, group, entry)))
    for group, target, outcome in due:
        before = target.state
        if before != "draining":
            judge(group, target, outcome.result(), time.monotonic())
        if target.state != before:
            loops.changed.set()


@at_start
def check_targets():
    """Targets are checked by HTTP requests, with the group's path, codes and thresholds
    (target-group-health-checks).

    ministack: checks nothing.
    """
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=8, thread_name_prefix="elb-check")
    loops.repeat(lambda: check_due(pool, time.monotonic()), lambda: FIRST_CHECKS_SECONDS / 2, "elb-checks")
