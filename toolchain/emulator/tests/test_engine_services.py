"""Services, with real containers."""

import collections
import threading

import machine as machines
import pytest
from cluster import BREAKER, CHECK

pytestmark = pytest.mark.engine


def test_a_singleton_is_replaced_never_doubled(cluster, machine):
    port = {"containerPort": 8000, "hostPort": machines.free_port()}
    first = cluster.definition("bot", {"VERSION": 1}, healthCheck=CHECK, portMappings=[port])
    second = cluster.definition("bot", {"VERSION": 2, "GRACE_MS": 500}, healthCheck=CHECK, portMappings=[port])
    broken = cluster.definition("bot", {"MODE": "exit"}, portMappings=[port])
    cluster.ecs.create_service(cluster="c", serviceName="bot", taskDefinition=first, desiredCount=1, launchType="EC2",
                               deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100} | BREAKER)
    cluster.settled("bot")
    most = []
    stop = threading.Event()

    def count():
        while not stop.wait(0.05):
            most.append(len(machine.mine("ps", "--filter", "label=com.amazonaws.ecs.task-definition-family=bot")))
    watcher = threading.Thread(target=count)
    watcher.start()
    cluster.ecs.update_service(cluster="c", service="bot", taskDefinition=second)
    cluster.settled("bot", definition=second)
    cluster.ecs.update_service(cluster="c", service="bot", taskDefinition=broken)
    machine.until(lambda: any("tasks failed to start" in m for m in cluster.messages("bot")), 60, "it does not fail")
    found = cluster.settled("bot", definition=second)
    stop.set()
    watcher.join()
    assert max(most) == 1
    assert found["deployments"][0]["failedTasks"] == 0
    told = " ".join(cluster.messages("bot"))
    assert "deployment failed: tasks failed to start." in told and "rolling back to deployment ecs-svc/" in told
    assert cluster.messages("bot")[0] == "(service bot) has reached a steady state."
    stopped = cluster.ecs.list_tasks(cluster="c", serviceName="bot", desiredStatus="STOPPED")["taskArns"]
    codes = [task["containers"][0].get("exitCode")
             for task in cluster.ecs.describe_tasks(cluster="c", tasks=stopped)["tasks"]]
    assert sorted(codes) == [0, 0, 1, 1, 1]
    cluster.delete("bot")


def test_a_killed_container_is_replaced_within_seconds(cluster, machine):
    definition = cluster.definition("killed", {}, healthCheck=CHECK)
    cluster.ecs.create_service(cluster="c", serviceName="killed", taskDefinition=definition, desiredCount=1)
    cluster.settled("killed")
    before, = cluster.ecs.list_tasks(cluster="c", serviceName="killed")["taskArns"]
    task, = cluster.ecs.describe_tasks(cluster="c", tasks=[before])["tasks"]
    machines.docker("kill", task["containers"][0]["runtimeId"])

    def replaced():
        found = cluster.ecs.list_tasks(cluster="c", serviceName="killed")["taskArns"]
        return found and before not in found and cluster.service("killed")["runningCount"] == 1
    machine.until(replaced, 10, "it is not replaced")
    stopped, = cluster.ecs.describe_tasks(cluster="c", tasks=[before])["tasks"]
    assert stopped["containers"][0]["exitCode"] == 137
    cluster.delete("killed")


def test_an_unhealthy_container_is_replaced(cluster, machine):
    check = CHECK | {"retries": 1}
    definition = cluster.definition("sick", {"SICK_AFTER": 1}, healthCheck=check)
    cluster.ecs.create_service(cluster="c", serviceName="sick", taskDefinition=definition, desiredCount=1)
    cluster.settled("sick")
    machine.until(lambda: any("failed container health checks" in m for m in cluster.messages("sick")), 30,
                  "it is not found unhealthy")
    cluster.settled("sick")
    cluster.delete("sick")


def test_no_request_fails_in_a_rollout_behind_the_load_balancer(cluster, machine):
    elb, ec2 = machine.client("elbv2"), machine.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{z}")["Subnet"][
        "SubnetId"] for n, z in enumerate("ab")]
    balancer = elb.create_load_balancer(Name="edge", Subnets=subnets)["LoadBalancers"][0]
    group = elb.create_target_group(Name="api", Protocol="HTTP", Port=8000, VpcId=vpc, TargetType="instance",
                                    HealthCheckPath="/healthz", HealthCheckIntervalSeconds=5,
                                    HealthCheckTimeoutSeconds=2)["TargetGroups"][0]["TargetGroupArn"]
    listener = elb.create_listener(LoadBalancerArn=balancer["LoadBalancerArn"], Port=80, Protocol="HTTP", DefaultActions=[
        {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"}}])
    elb.create_rule(ListenerArn=listener["Listeners"][0]["ListenerArn"], Priority=1, Conditions=[
        {"Field": "path-pattern", "Values": ["/api/*"]}], Actions=[{"Type": "forward", "TargetGroupArn": group}])
    versions = [cluster.definition("api", {"VERSION": v, "DELAY_MS": 100}, portMappings=[{"containerPort": 8000}])
                for v in ("one", "two")]
    cluster.ecs.create_service(
        cluster="c", serviceName="api", taskDefinition=versions[0], desiredCount=1, healthCheckGracePeriodSeconds=30,
        deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200} | BREAKER,
        loadBalancers=[{"targetGroupArn": group, "containerName": "app", "containerPort": 8000}])
    cluster.settled("api")
    assert machine.request("/other", balancer["DNSName"])[0] == 404
    answers, stop = collections.Counter(), threading.Event()

    def ask():
        while not stop.is_set():
            answers[machine.request("/api/x", balancer["DNSName"])] += 1
    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    cluster.ecs.update_service(cluster="c", service="api", taskDefinition=versions[1])
    cluster.settled("api", definition=versions[1])
    stop.set()
    for thread in threads:
        thread.join()
    assert set(answers) == {(200, "one /api/x\n"), (200, "two /api/x\n")}
    health, = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert health["TargetHealth"]["State"] == "healthy"
    cluster.delete("api")
    assert elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"] == []
