"""What becomes of tasks when a host fails, loses its agent or is shut down."""

import asyncio
import json
import time

import pytest
from conftest import covers
from fleet import Fleet, settle
from hostgroup import group, hosts_of, instances, make_group, want
from ministack import app
from ministack.core.responses import set_request_client_ip
from ministack.services import cloudwatch, ecs

from corrections import ecs_stop, hosts, metrics

KILL = "/_botyard/hosts/{}/kill"


@pytest.fixture
def fleet(aws):
    return Fleet(aws("ecs"))


@pytest.fixture
def task(fleet, aws):
    make_group(aws, size=1)
    fleet.service(fleet.definition())
    fleet.look()
    return fleet.tasks()[0]


def kill(instance, body=b"", client="127.0.0.1", method="POST"):
    set_request_client_ip(client)
    answer = asyncio.run(app._handle_admin_config_request(KILL.format(instance), method, body))
    return answer and (answer[0], json.loads(answer[2]))


@covers("hosts.answer_kill")
def test_a_failed_host_takes_its_tasks_along_and_is_replaced(fleet, aws, task):
    host = task["_instance"]
    assert kill(host) == (200, {"instance": host, "agent_only": False})
    assert (task["lastStatus"], task["stopCode"], task["stoppedReason"]) == (
        "STOPPED", "TerminationNotice", f"Host EC2 (instance {host}) terminated.")
    other, = instances(aws)
    assert other != host and not fleet.client.describe_tasks(cluster="c", tasks=[task["taskArn"]])["failures"]
    fleet.look()
    assert hosts_of(fleet.tasks()) == [other]
    shown = aws("ec2").describe_instances(InstanceIds=[host])["Reservations"][0]["Instances"][0]
    assert shown["State"]["Name"] == "terminated"


@covers("hosts.answer_kill")
def test_its_status_checks_fail_for_a_while(fleet, aws, task, monkeypatch):
    host = task["_instance"]
    kill(host)
    for dimensions in (f"InstanceId={host}", "AutoScalingGroupName=hosts"):
        points = cloudwatch._metrics[("AWS/EC2", "StatusCheckFailed", dimensions)]
        assert [point["Value"] for point in points] == [1.0]
    now = time.time()
    for later, count in ((60, 2), (hosts.FAILED_SECONDS + 1, 2)):
        monkeypatch.setattr(hosts.time, "time", lambda at=now + later: at)
        metrics.publish()
        assert len(cloudwatch._metrics[("AWS/EC2", "StatusCheckFailed", f"InstanceId={host}")]) == count


@covers("hosts.answer_kill")
def test_without_its_agent_a_host_goes_on_unheard(fleet, aws, task):
    host = task["_instance"]
    assert kill(host, b'{"agent_only": true}') == (200, {"instance": host, "agent_only": True})
    shown = fleet.client.describe_container_instances(
        cluster="c", containerInstances=[task["containerInstanceArn"]])["containerInstances"][0]
    assert (shown["agentConnected"], shown["status"]) == (False, "ACTIVE")
    want(aws, 2)
    fleet.look(2)
    assert fleet.tasks() == [task] and task["connectivity"] == "DISCONNECTED"
    ecs_stop.stop(task, "enough", "UserInitiated")
    assert (task["lastStatus"], task["desiredStatus"]) == ("RUNNING", "STOPPED"), "nobody tells the container"
    kill(host)
    assert task["lastStatus"] == "STOPPED"
    fleet.look()
    assert hosts_of(fleet.tasks())[0] in instances(aws)


@covers("hosts.answer_kill")
@pytest.mark.parametrize("given, status, says", [
    ({"instance": "i-none"}, 404, "no Auto Scaling group has an instance i-none"),
    ({"body": b"{"}, 400, "the body is no JSON object"), ({"body": b"[]"}, 400, "the body is no JSON object"),
    ({"client": "172.17.0.2"}, 403, "only from this machine's loopback")])
def test_what_is_refused(task, given, status, says):
    assert kill(**{"instance": task["_instance"]} | given) == (status, {"message": says})
    assert task["lastStatus"] == "RUNNING"


@covers("hosts.answer_kill")
def test_other_paths_are_ministacks(task):
    assert kill(task["_instance"], method="GET") is None


@covers("hosts.terminate_hosts")
def test_ec2_terminates_a_host(fleet, aws, task):
    host = task["_instance"]
    ended = aws("ec2").terminate_instances(InstanceIds=[host])["TerminatingInstances"][0]
    assert ended["CurrentState"]["Name"] == "terminated"
    deadline = time.monotonic() + 5
    while instances(aws) == [host] or task["lastStatus"] != "STOPPED":
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert task["stoppedReason"] == f"Host EC2 (instance {host}) terminated." and len(instances(aws)) == 1


def test_a_host_that_is_not_wanted_is_shut_down_in_order(fleet, aws, task):
    want(aws, 0)
    settle(task)
    assert task["stoppedReason"] == f"Host EC2 (instance {task['_instance']}) terminated."
    assert group(aws)["Instances"] == [] and ecs._tasks[task["taskArn"]] is task


@covers("autoscaling_fleet.delete_with_instances")
def test_a_group_ends_with_its_instances(aws, task):
    aws("autoscaling").delete_auto_scaling_group(AutoScalingGroupName="hosts", ForceDelete=True)
    settle(task)
    shown = aws("ec2").describe_instances(InstanceIds=[task["_instance"]])["Reservations"][0]["Instances"][0]
    assert shown["State"]["Name"] == "terminated"


@covers("ecs_hosts.forget_host")
def test_a_terminated_host_is_deregistered_and_a_running_one_is_not(fleet, aws, task):
    arn = task["containerInstanceArn"]
    refused = fleet.client.exceptions.InvalidParameterException
    with pytest.raises(refused, match="deregistering a host that runs is not emulated"):
        fleet.client.deregister_container_instance(cluster="c", containerInstance=arn, force=True)
    kill(task["_instance"])
    gone = fleet.client.deregister_container_instance(cluster="c", containerInstance=arn, force=True)["containerInstance"]
    assert (gone["containerInstanceArn"], gone["status"], gone["agentConnected"]) == (arn, "INACTIVE", False)
