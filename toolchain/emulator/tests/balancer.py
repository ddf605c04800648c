"""Short words for the tests of load balancing."""


def make_group(client, name="g", used=True, **members):
    """A target group; behind a listener of a load balancer if used."""
    given = {"Protocol": "HTTP", "Port": 80, "HealthCheckPath": "/healthz", "HealthCheckIntervalSeconds": 5,
             "HealthCheckTimeoutSeconds": 2, "HealthyThresholdCount": 3, "UnhealthyThresholdCount": 2} | members
    arn = client.create_target_group(Name=name, **given)["TargetGroups"][0]["TargetGroupArn"]
    if used:
        balancer = client.create_load_balancer(Name=f"lb-{name}", Subnets=["subnet-1"])["LoadBalancers"][0]
        client.create_listener(LoadBalancerArn=balancer["LoadBalancerArn"], Port=80, Protocol="HTTP",
                               DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}])
    return arn


def states(client, arn):
    """(id, port) → state, as DescribeTargetHealth answers."""
    shown = client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return {(t["Target"]["Id"], t["Target"]["Port"]): t["TargetHealth"]["State"] for t in shown}
