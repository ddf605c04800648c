"""Elastic Load Balancing: who is registered in which target group, and what is known of them."""

import time
from dataclasses import dataclass, field

from ministack.core.concurrency import resource_lock
from ministack.services import alb

import engine


@dataclass
class Target:
    """What the load balancer knows of one registered target."""

    state: str = "initial"
    reason: str = "Elb.RegistrationInProgress"
    failures: int = 0
    successes: int = 0
    registered: float = field(default_factory=time.monotonic)
    next_check: float = 0.0
    in_flight: int = 0


# (target group ARN, target id, port) → what is known of it. Not kept over a restart: checks begin anew.
_known: dict[tuple, Target] = {}


def port_of(group, entry):
    """The port of a target: its own, else the group's (API_TargetDescription)."""
    return int(entry.get("Port") or group.get("Port") or 80)


def known(group_arn, entry):
    """What is known of a target; a new one is `initial`."""
    key = group_arn, entry["Id"], port_of(alb._tgs.get(group_arn) or {}, entry)
    return _known.setdefault(key, Target())


def address(group, entry):
    """Where a target answers on this machine: instances are this machine itself."""
    host = engine.LOOPBACK if group.get("TargetType", "instance") == "instance" else entry["Id"]
    return host, port_of(group, entry)


def register(group_arn, target_id, port):
    """Register one target; twice is once."""
    with resource_lock("elbv2-targets", group_arn):
        entry = {"Id": target_id, "Port": port}
        entries = alb._targets.setdefault(group_arn, [])
        if entry not in entries:
            _known.pop((group_arn, target_id, port), None)
            entries.append(entry)


def deregister(group_arn, target_id, port):
    """Take a target out of the rotation; requests in flight go on."""
    with resource_lock("elbv2-targets", group_arn):
        entries = alb._targets.get(group_arn) or []
        alb._targets[group_arn] = [e for e in entries if (e["Id"], e.get("Port")) != (target_id, port)]
    found = _known.get((group_arn, target_id, port))
    if found:
        found.state, found.reason = "draining", "Target.DeregistrationInProgress"
        found.next_check = time.monotonic() + _delay(group_arn)


def wait_drained(group_arn, target_id, port):
    """Wait for the requests in flight, at most the group's deregistration delay (deregistration-delay)."""
    found = _known.get((group_arn, target_id, port))
    deadline = time.monotonic() + _delay(group_arn)
    while found and found.in_flight and time.monotonic() < deadline:
        time.sleep(0.05)
    if found and _known.get((group_arn, target_id, port)) is found:
        _known.pop((group_arn, target_id, port), None)


def _delay(group_arn):
    for attribute in alb._tg_attrs.get(group_arn) or []:
        if attribute["Key"] == "deregistration_delay.timeout_seconds":
            return int(attribute["Value"])
    return 300


def draining(group_arn):
    """(id, port, what is known) of the targets of a group that are on their way out."""
    return [(key[1], key[2], target) for key, target in list(_known.items())
            if key[0] == group_arn and target.state == "draining"]


def forget_drained(now):
    """A target that nobody waits for shows as draining until the deregistration delay is over."""
    for key, target in list(_known.items()):
        if target.state == "draining" and target.next_check <= now:
            _known.pop(key, None)


def drain(task):
    """Deregister a stopping task everywhere and wait until its last request is answered."""
    targets = task.pop("_targets", None) or []
    for target in targets:
        deregister(*target)
    for target in targets:
        wait_drained(*target)
