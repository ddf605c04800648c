"""Hosts, handover and metadata with real containers: what a failover relies on, measured."""

import http.client
import json
import time

import machine as machines
import pytest
from hostgroup import make_group

pytestmark = pytest.mark.engine

STRATEGY = [{"capacityProvider": "hosts", "weight": 1}]


def told(cluster, arn):
    return dict(line.split(" ", 1) for line in cluster.output(arn) if " " in line)


def tasks(cluster, service):
    """The service's tasks that are not stopping, with their containers' Docker ids."""
    arns = cluster.ecs.list_tasks(cluster="c", serviceName=service)["taskArns"]
    found = cluster.ecs.describe_tasks(cluster="c", tasks=arns)["tasks"] if arns else []
    return [task for task in found if task["desiredStatus"] == "RUNNING" and task["lastStatus"] == "RUNNING"]


def running(cluster, service, but=()):
    """Wait for a running task of the service that is none of these."""
    def found():
        return next((task for task in tasks(cluster, service) if task["taskArn"] not in but), None)
    return cluster.machine.until(found, 30, f"no task of {service} runs: {cluster.messages(service)[:4]}")


def containers(machine, task):
    """The ids of a task's containers that run."""
    alive = machine.mine("ps")
    return [container["runtimeId"] for container in task["containers"] if container["runtimeId"] in alive]


def kill_host(machine, instance, **body):
    connection = http.client.HTTPConnection("127.0.0.1", machine.port, timeout=60)
    connection.request("POST", f"/_botyard/hosts/{instance}/kill", json.dumps(body))
    response = connection.getresponse()
    assert response.status == 200, response.read()
    connection.close()


def test_a_container_knows_its_own_address(cluster):
    arn = cluster.run(cluster.definition(family="known", environment={"VERSION": "7"}))
    task = cluster.until(arn, "RUNNING")
    shown = json.loads(cluster.machine.until(lambda: told(cluster, arn).get("container"), 10, "it told nothing"))
    network, = shown["Networks"]
    address, = network["IPv4Addresses"]
    assert (network["NetworkMode"], shown["Name"], shown["ContainerARN"]) == (
        "bridge", "app", task["containers"][0]["containerArn"])
    assert shown["DockerId"].startswith(task["containers"][0]["runtimeId"])
    other = cluster.run(cluster.definition(environment={"MODE": "inspect", "ASK": f"http://{address}:8000/hello"}))
    cluster.until(other, "STOPPED")
    assert told(cluster, other)["asked"] == "7 /hello", "it is reached there from another container"
    whole = json.loads(told(cluster, other)["metadata"])
    assert {name: whole[name] for name in ("TaskARN", "Family", "AvailabilityZone", "LaunchType")} == {
        "TaskARN": other, "Family": "probe", "AvailabilityZone": "us-east-1a", "LaunchType": "EC2"}
    assert whole["Cluster"].endswith(":cluster/c") and int(whole["Revision"]) > 0
    assert whole["Containers"][0]["Networks"][0]["IPv4Addresses"][0] not in ("", address)
    cluster.ecs.stop_task(cluster="c", task=arn)
    cluster.until(arn, "STOPPED")


def test_sigterm_comes_at_once(cluster):
    arn = cluster.run(cluster.definition(environment={"GRACE_MS": 0}))
    cluster.until(arn, "RUNNING")
    began = time.time()
    cluster.ecs.stop_task(cluster="c", task=arn)
    cluster.until(arn, "STOPPED")
    pages = cluster.logs.filter_log_events(logGroupName="/probe", filterPattern='"told to stop"', logStreamNames=[
        f"t/app/{arn.rsplit('/', 1)[-1]}"])["events"]
    assert pages[0]["timestamp"] / 1000 - began < 0.3


@pytest.mark.parametrize("how", ["docker kill", "StopTask"])
def test_a_lost_task_is_replaced_at_once(machine, cluster, how):
    name = f"lost-{how.split()[0].lower()}"
    cluster.ecs.create_service(cluster="c", serviceName=name, taskDefinition=cluster.definition(), desiredCount=1,
                               launchType="EC2", deploymentConfiguration={"minimumHealthyPercent": 0,
                                                                          "maximumPercent": 100})
    cluster.settled(name)
    first, = tasks(cluster, name)
    began = time.time()
    if how == "StopTask":
        cluster.ecs.stop_task(cluster="c", task=first["taskArn"])
    else:
        machines.docker("kill", *containers(machine, first))
    second = running(cluster, name, but=[first["taskArn"]])
    print(f"{how}: next task created after {second['createdAt'].timestamp() - began:.2f} s, "
          f"running after {second['startedAt'].timestamp() - began:.2f} s")
    assert second["createdAt"].timestamp() - began < 1.5  # about 0.8 s where the machine has nothing else to do
    cluster.delete(name)


def test_a_host_fails_and_a_host_is_silent(machine, cluster):
    aws = machine.client
    make_group(aws, zones=("us-east-1a", "us-east-1b"))
    machine.until(lambda: len(cluster.ecs.list_container_instances(cluster="c")["containerInstanceArns"]) == 2, 10,
                  "the hosts do not boot")
    cluster.ecs.create_service(cluster="c", serviceName="hosted", taskDefinition=cluster.definition(), desiredCount=1,
                               capacityProviderStrategy=STRATEGY, deploymentConfiguration={
                                   "minimumHealthyPercent": 0, "maximumPercent": 100})
    cluster.settled("hosted")
    task, = tasks(cluster, "hosted")
    hosts = {host["containerInstanceArn"]: host["ec2InstanceId"] for host in cluster.ecs.describe_container_instances(
        cluster="c", containerInstances=cluster.ecs.list_container_instances(cluster="c")["containerInstanceArns"])[
            "containerInstances"]}
    host, killed = hosts[task["containerInstanceArn"]], containers(machine, task)
    kill_host(machine, host)
    assert containers(machine, task) == [] != killed
    ended = cluster.ecs.describe_tasks(cluster="c", tasks=[task["taskArn"]])["tasks"][0]
    assert (ended["lastStatus"], ended["stoppedReason"]) == ("STOPPED", f"Host EC2 (instance {host}) terminated.")
    after = running(cluster, "hosted", but=[task["taskArn"]])
    assert after["containerInstanceArn"] != task["containerInstanceArn"]
    other = next(host for arn, host in hosts.items() if arn == after["containerInstanceArn"])

    kill_host(machine, other, agent_only=True)
    time.sleep(3)
    assert [found["taskArn"] for found in tasks(cluster, "hosted")] == [after["taskArn"]] and containers(machine, after)
    machines.docker("kill", *containers(machine, after))
    time.sleep(1.5)
    assert [found["taskArn"] for found in tasks(cluster, "hosted")] == [after["taskArn"]], "nobody reports its end"
    machine.client("ec2").terminate_instances(InstanceIds=[other])
    running(cluster, "hosted", but=[task["taskArn"], after["taskArn"]])
    cluster.delete("hosted")
    cluster.ecs.put_cluster_capacity_providers(cluster="c", capacityProviders=[], defaultCapacityProviderStrategy=[])
    machine.client("autoscaling").delete_auto_scaling_group(AutoScalingGroupName="hosts", ForceDelete=True)
