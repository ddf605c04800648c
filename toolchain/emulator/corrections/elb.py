"""Elastic Load Balancing: requests go to healthy targets, and the API tells how each of them is."""

import itertools
import re
import time

from ministack.core.responses import StreamingResponse
from ministack.services import alb, ec2

from corrections import corrects, metrics_elb
from corrections.elb_targets import (
    address,
    deregister,
    draining,
    known,
    port_of,
    register,
)

_turns = itertools.count()


@corrects("alb:_forward_to_tg")
async def forward_to_healthy(original, tg_arn, method, path, headers, body, query_params, raw_query_string=None,
                             raw_path=None):
    """Requests go round the healthy targets, to all if none is healthy; an instance is reached on its host port
    (target-group-health-checks).

    ministack: asks any, and an instance by its id as if that were a name.
    """
    group, entries = alb._tgs.get(tg_arn), list(alb._targets.get(tg_arn) or [])
    if not group or not entries or group.get("TargetType", "instance") not in ("instance", "ip"):
        return await original(tg_arn, method, path, headers, body, query_params, raw_query_string, raw_path)
    healthy = [e for e in entries if known(tg_arn, e).state in ("healthy", "unavailable")]
    candidates = healthy or entries
    entry = candidates[next(_turns) % len(candidates)]
    target = known(tg_arn, entry)
    target.in_flight += 1
    answered, status, began = False, None, time.perf_counter()
    try:
        host, port = address(group, entry)
        response = await alb._proxy_http_target({"Id": host, "Port": port}, group, method, raw_path or path, headers,
                                                body, query_params, raw_query_string)
        answered = isinstance(response[2], StreamingResponse)
        status = response[0] if answered else None
        return (*response[:2], _counted(response[2], target)) if answered else response
    finally:
        if not answered:
            target.in_flight -= 1
        metrics_elb.note_target(tg_arn, status, time.perf_counter() - began)


def _counted(stream, target):
    """The body belongs to the request: the target is in use until its last byte is sent."""
    async def run(send, receive):
        try:
            await stream.runner(send, receive)
        finally:
            target.in_flight -= 1
    return StreamingResponse(run)


@corrects("alb:_register_targets")
def register_by_port(original, params):
    """One instance is registered once for each port (API_RegisterTargets).

    ministack: once.
    """
    group_arn = alb._p(params, "TargetGroupArn")
    if group_arn not in alb._tgs:
        return original(params)
    for entry in alb._parse_targets_param(params):
        register(group_arn, entry["Id"], port_of(alb._tgs[group_arn], entry))
    return alb._empty("RegisterTargets")


@corrects("alb:_deregister_targets")
def deregister_by_port(original, params):
    """Only the named port of a target goes, all of them if none is named (API_DeregisterTargets).

    ministack: all of them.
    """
    group_arn = alb._p(params, "TargetGroupArn")
    if group_arn not in alb._tgs:
        return original(params)
    for entry in alb._parse_targets_param(params):
        for registered in list(alb._targets.get(group_arn) or []):
            if registered["Id"] == entry["Id"] and entry.get("Port") in (None, registered.get("Port")):
                deregister(group_arn, registered["Id"], registered.get("Port"))
    return alb._empty("DeregisterTargets")


@corrects("alb:_describe_target_health")
def tell_the_truth(original, params):
    """DescribeTargetHealth answers what the health checks found (API_TargetHealth).

    ministack: healthy, always.
    """
    group_arn = alb._p(params, "TargetGroupArn")
    if group_arn not in alb._tgs:
        return original(params)
    wanted = {entry["Id"] for entry in alb._parse_targets_param(params)}
    found = [(entry["Id"], port_of(alb._tgs[group_arn], entry), known(group_arn, entry))
             for entry in alb._targets.get(group_arn) or []]
    found += draining(group_arn)
    used = bool(alb._tgs[group_arn].get("LoadBalancerArns"))
    members = "".join(_health_xml(*entry, used) for entry in found if not wanted or entry[0] in wanted)
    return alb._xml(200, "DescribeTargetHealth", f"<TargetHealthDescriptions>{members}</TargetHealthDescriptions>")


def _health_xml(target_id, port, target, used):
    state, reason = (target.state, target.reason) if used else ("unused", "Target.NotInUse")
    reason = f"<Reason>{reason}</Reason>" if reason else ""
    return (f"<member><Target><Id>{target_id}</Id><Port>{port}</Port></Target><HealthCheckPort>{port}"
            f"</HealthCheckPort><TargetHealth><State>{state}</State>{reason}</TargetHealth></member>")


@corrects("alb:_create_rule")
def attach_by_rule(original, params):
    """A group that only a rule forwards to belongs to the load balancer all the same (API_TargetGroup).

    ministack: belongs to none.
    """
    response = original(params)
    listener = alb._listeners.get(alb._p(params, "ListenerArn"))
    for action in alb._parse_actions(params, "Actions") if listener else ():
        group = alb._tgs.get(action.get("TargetGroupArn"))
        if group and listener["LoadBalancerArn"] not in group["LoadBalancerArns"]:
            group["LoadBalancerArns"].append(listener["LoadBalancerArn"])
    return response


@corrects("alb:_lb_xml")
def tell_each_zone(original, lb):
    """A load balancer's subnets are in the zones that they are in (API_AvailabilityZone).

    ministack: all in zone a.
    """
    shown = original(lb)
    for subnet in lb.get("Subnets") or []:
        zone = (ec2._subnets.get(subnet) or {}).get("AvailabilityZone")
        if zone:
            shown = re.sub(rf"<ZoneName>[^<]*</ZoneName><SubnetId>{re.escape(subnet)}<",
                           f"<ZoneName>{zone}</ZoneName><SubnetId>{subnet}<", shown)
    return shown
