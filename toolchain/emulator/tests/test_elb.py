"""Load balancing: who is registered, and where requests go."""

import asyncio
import threading
import time

import pytest
from balancer import make_group, states
from conftest import covers
from ministack.core.responses import StreamingResponse
from ministack.services import alb

from corrections import elb_targets


@pytest.fixture
def client(aws):
    return aws("elbv2")


@covers("elb.register_by_port", "elb.deregister_by_port", "elb.tell_the_truth")
def test_one_instance_is_registered_once_for_each_port(client):
    arn = make_group(client)
    client.register_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": 1}, {"Id": "i-1", "Port": 2}])
    client.register_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": 1}])
    assert states(client, arn) == {("i-1", 1): "initial", ("i-1", 2): "initial"}
    client.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": 1}])
    assert states(client, arn) == {("i-1", 1): "draining", ("i-1", 2): "initial"}


@covers("elb.tell_the_truth")
def test_a_group_without_a_listener_is_not_used(client):
    arn = make_group(client, used=False)
    client.register_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": 1}])
    assert states(client, arn) == {("i-1", 1): "unused"}


@covers("elb.attach_by_rule")
def test_a_group_behind_a_rule_is_used(client):
    arn = make_group(client, "ruled", used=False)
    make_group(client, "default")
    listener = client.describe_listeners()["Listeners"][0]
    client.create_rule(ListenerArn=listener["ListenerArn"], Priority=1, Conditions=[
        {"Field": "path-pattern", "Values": ["/api/*"]}], Actions=[{"Type": "forward", "TargetGroupArn": arn}])
    group, = client.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
    assert group["LoadBalancerArns"] == [listener["LoadBalancerArn"]]


@covers("elb.tell_each_zone")
def test_zones_are_those_of_the_subnets(client, aws):
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")[
        "Subnet"]["SubnetId"] for n, zone in enumerate("ab")]
    made = client.create_load_balancer(Name="edge", Subnets=subnets)["LoadBalancers"][0]
    assert [(z["ZoneName"], z["SubnetId"]) for z in made["AvailabilityZones"]] == [
        ("us-east-1a", subnets[0]), ("us-east-1b", subnets[1])]


def test_a_secure_listener_is_kept(client, aws):
    certificate = aws("acm").request_certificate(DomainName="api.example.org", ValidationMethod="DNS")["CertificateArn"]
    assert aws("acm").describe_certificate(CertificateArn=certificate)["Certificate"]["Status"] == "ISSUED"
    make_group(client)
    balancer = client.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    group = client.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    given = {"Port": 443, "Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
             "Certificates": [{"CertificateArn": certificate}],
             "DefaultActions": [{"Type": "forward", "TargetGroupArn": group, "Order": 1}]}
    made = client.create_listener(LoadBalancerArn=balancer, **given)["Listeners"][0]
    shown, = client.describe_listeners(ListenerArns=[made["ListenerArn"]])["Listeners"]
    assert {name: shown[name] for name in given} == given


# ── Requests ────────────────────────────────────────────────────────────────

@pytest.fixture
def asked(monkeypatch):
    """Which ports were asked, in place of real requests."""
    ports = []

    async def proxy(target, *_):
        ports.append((target["Id"], target["Port"]))

        async def runner(send, receive):
            await send("body")
        return 200, {}, StreamingResponse(runner)
    monkeypatch.setattr(alb, "_proxy_http_target", proxy)
    return ports


def ask(arn):
    return asyncio.run(alb._forward_to_tg(arn, "GET", "/", {}, b"", {}))


def set_state(arn, port, state):
    elb_targets.known(arn, {"Id": "i-1", "Port": port}).state = state


@covers("elb.forward_to_healthy")
def test_requests_go_round_the_healthy_targets(client, asked):
    arn = make_group(client)
    client.register_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": port} for port in (1, 2, 3)])
    for port, state in ((1, "healthy"), (2, "unhealthy"), (3, "healthy")):
        set_state(arn, port, state)
    for _ in range(4):
        ask(arn)
    assert sorted(asked) == [("127.0.0.1", 1)] * 2 + [("127.0.0.1", 3)] * 2


@covers("elb.forward_to_healthy")
def test_without_a_healthy_target_all_are_asked(client, asked):
    arn = make_group(client)
    client.register_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": 1}])
    set_state(arn, 1, "unhealthy")
    assert ask(arn)[0] == 200 and asked == [("127.0.0.1", 1)]


@covers("elb.forward_to_healthy")
def test_an_address_is_asked_itself(client, asked):
    arn = make_group(client, TargetType="ip")
    client.register_targets(TargetGroupArn=arn, Targets=[{"Id": "172.17.0.9", "Port": 8000}])
    ask(arn)
    assert asked == [("172.17.0.9", 8000)]


@covers("elb.forward_to_healthy")
def test_no_target_is_service_unavailable(client):
    assert ask(make_group(client))[0] == 503


@covers("elb.forward_to_healthy")
def test_a_target_is_in_use_until_its_answer_is_sent(client, asked):
    arn = make_group(client)
    client.register_targets(TargetGroupArn=arn, Targets=[{"Id": "i-1", "Port": 1}])
    target = elb_targets.known(arn, {"Id": "i-1", "Port": 1})
    _, _, stream = ask(arn)
    assert target.in_flight == 1
    asyncio.run(stream.runner(lambda message: asyncio.sleep(0), None))
    assert target.in_flight == 0


def test_draining_waits_for_the_request_in_flight(client, asked):
    arn = make_group(client)
    client.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[
        {"Key": "deregistration_delay.timeout_seconds", "Value": "30"}])
    elb_targets.register(arn, "i-1", 1)
    target = elb_targets.known(arn, {"Id": "i-1", "Port": 1})
    target.in_flight = 1
    threading.Timer(0.2, lambda: setattr(target, "in_flight", 0)).start()
    began = time.monotonic()
    elb_targets.drain({"_targets": [(arn, "i-1", 1)]})
    assert 0.15 < time.monotonic() - began < 5
    assert states(client, arn) == {}


def test_draining_ends_with_the_deregistration_delay(client):
    arn = make_group(client)
    client.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[
        {"Key": "deregistration_delay.timeout_seconds", "Value": "0"}])
    elb_targets.register(arn, "i-1", 1)
    elb_targets.known(arn, {"Id": "i-1", "Port": 1}).in_flight = 1
    elb_targets.drain({"_targets": [(arn, "i-1", 1)]})
    assert states(client, arn) == {}
