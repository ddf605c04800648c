"""CloudWatch: what Elastic Load Balancing publishes (load-balancer-cloudwatch-metrics)."""

import collections
import contextvars
import time
from dataclasses import dataclass, field

from ministack.core.responses import StreamingResponse, request_scope
from ministack.services import alb, cloudwatch

from corrections import at_start, corrects, elb_targets, loops, metrics, metrics_values

NAMESPACE = "AWS/ApplicationELB"
COLLECT_SECONDS = 1
# The load balancer that the request at hand came to.
_balancer = contextvars.ContextVar("balancer", default=None)
# Requests since the last look: (time, load balancer, target group or None, names to count, seconds or None). Adding to
# it is all that a request waits for. It is emptied each second; should that fail, the oldest are lost.
_seen = collections.deque(maxlen=200_000)


@dataclass
class Minute:
    """What one load balancer, or one target group behind it, had in one minute."""

    counts: collections.Counter = field(default_factory=collections.Counter)
    seconds: list[float] = field(default_factory=list)


# (load balancer ARN, target group ARN or None, minute since 1970) → what it had, until the minute is over.
_minutes: dict[tuple, Minute] = {}


def note_target(group_arn, status, seconds):
    """A request was given to a target, which answered with a status after some seconds; None: it did not answer."""
    names = ("RequestCount",) if status is None else ("RequestCount", f"HTTPCode_Target_{status // 100}XX_Count")
    _seen.append((time.time(), _balancer.get(), group_arn, names, seconds if status is not None else None))


@corrects("alb:dispatch_request")
async def count_errors(original, lb, *request, **options):
    """An error that comes from the load balancer and not from a target counts as HTTPCode_ELB_5XX_Count
    (load-balancer-cloudwatch-metrics).

    ministack: counts nothing.
    """
    mark = _balancer.set(lb["LoadBalancerArn"])
    try:
        response = await original(lb, *request, **options)
    finally:
        _balancer.reset(mark)
    if response[0] >= 500 and not isinstance(response[2], StreamingResponse):
        _seen.append((time.time(), lb["LoadBalancerArn"], None, ("HTTPCode_ELB_5XX_Count",), None))
    return response


def collect():
    """Put what the requests since the last look had into the datapoints of their minutes."""
    changed = set()
    while _seen:
        at, balancer, group, names, seconds = _seen.popleft()
        for key in {(balancer, None, int(at // 60)), (balancer, group, int(at // 60))} if balancer else ():
            minute = _minutes.setdefault(key, Minute())
            minute.counts.update(names)
            if seconds is not None:
                minute.seconds.append(seconds)
            changed.add(key)
    for balancer, group, number in changed:
        with request_scope(*_scope(balancer)):
            _put_minute(_minutes[balancer, group, number], dimensions(balancer, group), number)
    for key in [key for key in _minutes if key[2] < time.time() // 60 - 1]:
        _minutes.pop(key)


def _put_minute(minute, where, number):
    for name, count in minute.counts.items():
        # Each request is a value of 1: Sum and SampleCount are their number, the other statistics 1.
        _put(name, "Count", where, number, {"Value": 1.0, "Count": count})
    if minute.seconds:
        _put("TargetResponseTime", "Seconds", where, number, metrics_values.point(minute.seconds))


def _put(name, unit, where, number, values):
    """Write the datapoint of a minute, or write it anew: nobody else writes to these metrics."""
    at = number * 60 + metrics.SECOND_OF_MINUTE
    points = cloudwatch._metric_bucket((NAMESPACE, name, cloudwatch._dims_key(where)))
    made = {"Timestamp": at, "Unit": unit, "Dimensions": where} | values
    # From the end, for old ones may go at the front meanwhile.
    for place in (-1, -2):
        if len(points) >= -place and points[place]["Timestamp"] == at:
            points[place] = made
            return
    points.append(made)


def dimensions(balancer, group=None):
    """The dimensions of a load balancer's metrics, and of those of a target group behind it."""
    found = {"LoadBalancer": balancer.partition("loadbalancer/")[2]}
    return found | {"TargetGroup": group.rsplit(":", 1)[1]} if group else found


def _scope(arn):
    region, account = arn.split(":")[3:5]
    return account, region


def publish_hosts():
    """How many targets of each group are healthy and unhealthy; a group without targets has no such metric."""
    for (account, region, group_arn), group in alb._tgs.all_items():
        with request_scope(account, region):
            states = collections.Counter(elb_targets.known(group_arn, entry).state
                                         for entry in list(alb._targets.get(group_arn) or []))
            for balancer in group.get("LoadBalancerArns") or [] if states else ():
                healthy = states["healthy"] + states["unavailable"]  # unavailable: its checks are turned off
                for name, count in (("HealthyHostCount", healthy), ("UnHealthyHostCount", states["unhealthy"])):
                    cloudwatch.record_metric(NAMESPACE, name, count, "Count", dimensions(balancer, group_arn))


@at_start
def publish_balancers():
    """Elastic Load Balancing publishes requests, status codes, response times and healthy hosts of every load
    balancer and target group (load-balancer-cloudwatch-metrics).

    ministack: nothing.
    """
    loops.repeat(collect, lambda: COLLECT_SECONDS, "metrics-elb")
    loops.repeat(publish_hosts, metrics.until_the_next, "metrics-elb-hosts")
