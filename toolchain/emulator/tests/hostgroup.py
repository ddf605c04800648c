"""Short words for the tests of hosts: an Auto Scaling group behind a capacity provider of the cluster "c"."""


def make_group(aws, name="hosts", size=2, zones=("us-east-1a",), most=5, **members):
    """A group and its capacity provider; returns the ids of its instances."""
    aws("autoscaling").create_auto_scaling_group(AutoScalingGroupName=name, MinSize=0, MaxSize=most, DesiredCapacity=size,
                                                 AvailabilityZones=list(zones), LaunchConfigurationName="l", **members)
    client = aws("ecs")
    client.create_capacity_provider(name=name, autoScalingGroupProvider={
        "autoScalingGroupArn": group(aws, name)["AutoScalingGroupARN"]})
    known = client.describe_clusters(clusters=["c"])["clusters"][0].get("capacityProviders") or []
    client.put_cluster_capacity_providers(cluster="c", capacityProviders=[*known, name],
                                          defaultCapacityProviderStrategy=[])
    return instances(aws, name)


def group(aws, name="hosts"):
    """The group as DescribeAutoScalingGroups answers it."""
    return aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]


def instances(aws, name="hosts"):
    """The ids of a group's instances."""
    return [instance["InstanceId"] for instance in group(aws, name)["Instances"]]


def want(aws, size, name="hosts"):
    """SetDesiredCapacity."""
    aws("autoscaling").set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=size)


def hosts_of(tasks):
    """The instances that tasks run on."""
    return [task["_instance"] for task in tasks]
