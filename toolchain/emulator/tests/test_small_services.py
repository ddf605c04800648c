"""Logs, Auto Scaling, EC2 and SSM."""

import json

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from ministack.services import cloudwatch_logs, ec2

from corrections import logs as corrected


@pytest.fixture
def logs(aws):
    client = aws("logs")
    client.create_log_group(logGroupName="/g")
    return client


def put(logs, stream, stamps):
    if stream not in cloudwatch_logs._log_groups["/g"]["streams"]:
        logs.create_log_stream(logGroupName="/g", logStreamName=stream)
    logs.put_log_events(logGroupName="/g", logStreamName=stream, logEvents=[
        {"timestamp": stamp, "message": f"{stream}{number}"} for number, stamp in enumerate(stamps)])


def follow(logs, limit):
    found, token = [], {}
    while True:
        page = logs.filter_log_events(logGroupName="/g", limit=limit, **token)
        assert len(page["events"]) <= limit
        found += [event["message"] for event in page["events"]]
        if "nextToken" not in page:
            return found
        token = {"nextToken": page["nextToken"]}


@covers("logs.page_events")
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_lose_and_repeat_nothing(logs, limit):
    put(logs, "a", [1, 2, 2, 2, 5])
    put(logs, "b", [2, 2, 3])
    assert follow(logs, limit) == ["a0", "a1", "a2", "a3", "b0", "b1", "b2", "a4"]


@covers("logs.page_events")
def test_more_than_one_answer_can_hold(logs, monkeypatch):
    monkeypatch.setattr(corrected, "MOST", 10)
    put(logs, "a", range(25))
    assert follow(logs, 10) == [f"a{number}" for number in range(25)]


@covers("logs.page_events")
def test_streams_by_prefix(logs):
    put(logs, "bot/1", [1])
    put(logs, "api/1", [1])
    shown = logs.filter_log_events(logGroupName="/g", logStreamNamePrefix="bot/")["events"]
    assert [event["logStreamName"] for event in shown] == ["bot/1"]
    assert logs.filter_log_events(logGroupName="/g", logStreamNamePrefix="none/")["events"] == []


@covers("logs.page_events")
def test_a_token_of_another_kind_is_refused(logs):
    with pytest.raises(ClientError, match="The specified nextToken is invalid"):
        logs.filter_log_events(logGroupName="/g", nextToken="x")


@covers("logs.keep_newest")
def test_the_newest_events_are_saved(logs, monkeypatch):
    monkeypatch.setattr(corrected, "KEEP_OVER_RESTART", 3)
    put(logs, "old", [1, 2])
    put(logs, "new", [3, 4])
    streams = cloudwatch_logs.get_state()["log_groups"].all_values()[0]["streams"]
    assert [e["timestamp"] for name in ("old", "new") for e in streams[name]["events"]] == [2, 3, 4]
    assert len(follow(logs, 10)) == 4, "in memory all of them are still there"


@covers("logs.bound_memory")
def test_memory_is_bounded(logs, monkeypatch):
    monkeypatch.setattr(corrected, "KEEP_IN_MEMORY", 4)
    put(logs, "a", range(10))
    assert follow(logs, 10) == ["a6", "a7", "a8", "a9"]
    assert len(cloudwatch_logs._log_records) == 4


# ── Auto Scaling ────────────────────────────────────────────────────────────

@pytest.fixture
def template(aws):
    return aws("ec2").create_launch_template(LaunchTemplateName="hosts", LaunchTemplateData={
        "ImageId": "ami-1"})["LaunchTemplate"]["LaunchTemplateId"]


def group(aws):
    return aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]


@covers("autoscaling_fleet.keep_the_size")
def test_instances_are_in_the_zones_of_the_subnets(aws):
    vpc = aws("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [aws("ec2").create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")[
        "Subnet"]["SubnetId"] for n, zone in enumerate("bc")]
    aws("autoscaling").create_auto_scaling_group(AutoScalingGroupName="g", MinSize=2, MaxSize=2,
                                                 VPCZoneIdentifier=",".join(subnets), LaunchConfigurationName="l")
    made = group(aws)
    assert made["AvailabilityZones"] == ["us-east-1b", "us-east-1c"]
    assert sorted(i["AvailabilityZone"] for i in made["Instances"]) == ["us-east-1b", "us-east-1c"]


@covers("autoscaling.keep_settings", "autoscaling.answer_settings")
def test_a_group_keeps_its_settings(aws, template):
    client = aws("autoscaling")
    client.create_auto_scaling_group(
        AutoScalingGroupName="g", MinSize=1, MaxSize=2, AvailabilityZones=["us-east-1a"], MaxInstanceLifetime=86400,
        CapacityRebalance=True, DefaultInstanceWarmup=30, LaunchTemplate={"LaunchTemplateId": template, "Version": "1"})
    made = group(aws)
    named = {"LaunchTemplateId": template, "LaunchTemplateName": "hosts", "Version": "1"}
    assert (made["MaxInstanceLifetime"], made["CapacityRebalance"], made["DefaultInstanceWarmup"]) == (86400, True, 30)
    assert made["LaunchTemplate"] == named == made["Instances"][0]["LaunchTemplate"]
    client.update_auto_scaling_group(
        AutoScalingGroupName="g", LaunchTemplate={"LaunchTemplateName": "hosts", "Version": "2"},
        TerminationPolicies=["OldestInstance"], NewInstancesProtectedFromScaleIn=True)
    updated = group(aws)
    assert updated["LaunchTemplate"] == named | {"Version": "2"}
    assert (updated["TerminationPolicies"], updated["NewInstancesProtectedFromScaleIn"]) == (["OldestInstance"], True)
    assert updated["Instances"][0]["LaunchTemplate"] == named, "what runs is what was launched"


# ── EC2 and SSM ─────────────────────────────────────────────────────────────

@covers("ec2.describe_account_attributes")
def test_account_attributes(aws):
    shown = aws("ec2").describe_account_attributes(AttributeNames=["supported-platforms"])["AccountAttributes"]
    assert shown == [{"AttributeName": "supported-platforms", "AttributeValues": [{"AttributeValue": "VPC"}]}]
    assert len(aws("ec2").describe_account_attributes()["AccountAttributes"]) == 6


@covers("ec2.keep_template_members", "ec2.answer_template_members")
def test_a_launch_template_keeps_its_members(aws):
    given = {"CreditSpecification": {"CpuCredits": "standard"}, "NetworkInterfaces": [
        {"DeviceIndex": 0, "AssociatePublicIpAddress": True, "DeleteOnTermination": True, "Groups": ["sg-1"]},
        {"DeviceIndex": 1, "DeleteOnTermination": False}, {"DeviceIndex": 2, "Groups": ["sg-1"]}]}
    client = aws("ec2")
    made = client.create_launch_template(LaunchTemplateName="t", LaunchTemplateData=given)["LaunchTemplate"]
    shown, = client.describe_launch_template_versions(LaunchTemplateId=made["LaunchTemplateId"])[
        "LaunchTemplateVersions"]
    assert shown["LaunchTemplateData"] == given


@covers("ec2.answer_template_members")
def test_security_groups_are_named_as_the_go_sdk_reads_them():
    shown = ec2._lt_data_xml({"NetworkInterfaces": [{"DeviceIndex": 0, "Groups": ["sg-1", "sg-2"]}]})
    assert "<groupSet><groupId>sg-1</groupId><groupId>sg-2</groupId></groupSet>" in shown


@covers("ec2.all_protocols_have_no_ports")
def test_the_first_egress_rule_is_revoked_as_the_provider_asks(aws):
    client = aws("ec2")
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = client.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    everything = {"IpProtocol": "-1", "FromPort": 0, "ToPort": 0, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}

    def egress():
        return client.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissionsEgress"]
    assert len(egress()) == 1
    client.revoke_security_group_egress(GroupId=group, IpPermissions=[everything])
    assert egress() == []
    client.authorize_security_group_egress(GroupId=group, IpPermissions=[everything])
    assert "FromPort" not in egress()[0]
    tcp = everything | {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    client.authorize_security_group_egress(GroupId=group, IpPermissions=[tcp])
    assert egress()[1]["FromPort"] == 80


@covers("ssm.publish_ecs_images", "ssm.list_ecs_images", "ssm.tell_image_details")
@pytest.mark.parametrize("part, architecture", [("", "x86_64"), ("arm64/", "arm64")])
def test_the_ecs_images_are_published(aws, part, architecture):
    path = f"/aws/service/ecs/optimized-ami/amazon-linux-2023/{part}recommended"
    client = aws("ssm")
    image = client.get_parameter(Name=f"{path}/image_id")["Parameter"]["Value"]
    assert json.loads(client.get_parameter(Name=path)["Parameter"]["Value"])["image_id"] == image
    shown, = aws("ec2").describe_images(ImageIds=[image], Owners=["amazon"])["Images"]
    assert (shown["Architecture"], shown["RootDeviceName"]) == (architecture, "/dev/xvda")
    assert shown["BlockDeviceMappings"] == [{"DeviceName": "/dev/xvda", "Ebs": {
        "VolumeSize": 30, "VolumeType": "gp3", "DeleteOnTermination": True}}]


@covers("ssm.publish_ecs_images")
def test_other_public_parameters_are_as_before(aws):
    with pytest.raises(ClientError, match="ParameterNotFound"):
        aws("ssm").get_parameter(Name="/aws/service/ecs/none")
    assert len([stub for stub in ec2._STUB_AMIS if stub[0].startswith("ami-0ec5")]) == 2
