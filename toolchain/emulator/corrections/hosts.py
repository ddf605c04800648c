"""Hosts: an instance ends, fails or loses its ECS agent, and what becomes of the tasks on it."""

import contextlib
import json
import logging
import re
import threading
import time

from ministack.core.concurrency import resource_lock, spawn_background
from ministack.core.responses import get_request_client_ip, json_response, request_scope
from ministack.services import autoscaling, cloudwatch, ec2, ecs

import engine
from corrections import corrects, ecs_stop, elb_targets, instances, loops

logger = logging.getLogger("hosts")

# A failed instance fails its checks for as long as AWS would take to replace it, though here it is replaced at once.
FAILED_SECONDS = 180
CHECKS = ("StatusCheckFailed", "StatusCheckFailed_Instance", "StatusCheckFailed_System")


def fail(instance_id, checks_fail=False):
    """An instance is gone at once, its containers too; its group starts another.

    checks_fail: by a fault, which the status checks show, and not by request.
    """
    found = instances.find(instance_id)
    if not found or found[2]["LifecycleState"] == "Terminating":
        return
    scope, group, instance = found
    with request_scope(*scope):
        instance["LifecycleState"] = "Terminating"  # from now on it gets no task
        # Then its containers: on AWS, too, nothing of a dead host runs when its group hears of it.
        lose(instance_id)
        if instance in group["Instances"]:
            group["Instances"].remove(instance)
        if checks_fail:
            group.setdefault("_failed", {})[instance_id] = time.time()
            publish_failed(group)
        end_record(instance_id)
        autoscaling._reconcile_instances(group)


def silence(instance_id):
    """The ECS agent of an instance is gone; its containers and tasks go on (ecs-agent-versions)."""
    _, _, instance = instances.find(instance_id)
    instance["_agent_gone"] = True
    for task in instances.tasks_on(instance_id):
        task |= {"connectivity": "DISCONNECTED", "connectivityAt": ecs._iso()}
    loops.changed.set()


def lose(instance_id):
    """Kill the containers of all tasks on an instance, and say why its tasks are STOPPED."""
    threads = [threading.Thread(target=_lose_task, args=(task, instance_id)) for task in instances.tasks_on(instance_id)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _lose_task(task, instance_id):
    with request_scope(*ecs_stop.scope(task)):
        with resource_lock("ecs-task", task["taskArn"]):
            task |= {"desiredStatus": "STOPPED", "stopCode": "TerminationNotice", "stoppingAt": ecs._iso(),
                     "stoppedReason": reason(instance_id)}
        for container_id in list(task.get("_docker_ids") or []):
            with contextlib.suppress(Exception):  # it may have ended meanwhile
                engine.client().api.kill(container_id)
        elb_targets.drain(task)
        ecs_stop.finish(task)


def reason(instance_id):
    """What ECS says of a task whose host is gone (stopped-task-error-codes)."""
    return f"Host EC2 (instance {instance_id}) terminated."


def evacuate(instance_id):
    """Stop the tasks of an instance that is shut down in order; without an agent they are killed with it."""
    for task in instances.tasks_on(instance_id):
        with request_scope(*ecs_stop.scope(task)):
            if task["desiredStatus"] == "RUNNING" and not instances.silent(task):
                ecs_stop.stop(task, reason(instance_id), "TerminationNotice")
            elif task["desiredStatus"] == "RUNNING":
                spawn_background(_lose_task, task, instance_id, thread_name="hosts")


def end_record(instance_id):
    """EC2 shows the instance as terminated for a while."""
    record = ec2._instances.get(instance_id)
    if record:
        record |= {"State": {"Code": 48, "Name": "terminated"}, "_terminated_at": time.time()}


def publish_failed(group):
    """The status checks of the group's instances that failed lately (viewing_metrics_with_cloudwatch)."""
    failed = group.get("_failed") or {}
    for instance_id, since in list(failed.items()):
        if time.time() - since > FAILED_SECONDS:
            failed.pop(instance_id)
            continue
        for dimensions in ({"AutoScalingGroupName": group["AutoScalingGroupName"]}, {"InstanceId": instance_id}):
            for check in CHECKS:
                cloudwatch.record_metric("AWS/EC2", check, 1, "Count", dimensions)


@corrects("app:_handle_admin_config_request")
async def answer_kill(original, path, method, body):
    """A host or its agent can fail at any time (monitoring-system-instance-status-check). Here tests and drills make
    it fail: POST /_botyard/hosts/<instance id>/kill, with {"agent_only": true} only its agent, from this machine.

    ministack: has no hosts.
    """
    asked = re.fullmatch(r"/_botyard/hosts/([^/]+)/kill", path)
    if not asked or method != "POST":
        return await original(path, method, body)
    if get_request_client_ip() != engine.LOOPBACK:
        return json_response({"message": "only from this machine's loopback"}, 403)
    try:
        wanted = json.loads(body or b"{}")
        agent_only = wanted.get("agent_only", False)
    except (ValueError, AttributeError):
        return json_response({"message": "the body is no JSON object"}, 400)
    if not instances.find(asked[1]):
        return json_response({"message": f"no Auto Scaling group has an instance {asked[1]}"}, 404)
    from ministack.core.concurrency import run_offloop

    await (run_offloop(silence, asked[1]) if agent_only else run_offloop(fail, asked[1], checks_fail=True))
    return json_response({"instance": asked[1], "agent_only": bool(agent_only)})


@corrects("ec2:_terminate_instances")
def terminate_hosts(original, params):
    """A terminated instance of a group is replaced, and ECS's tasks on it end (ec2-auto-scaling-lifecycle).

    ministack: groups have records that EC2 does not know.
    """
    response = original(params)
    for instance_id in ec2._parse_member_list(params, "InstanceId") if response[0] == 200 else ():
        if instances.find(instance_id):
            spawn_background(fail, instance_id, thread_name="hosts")
    return response
