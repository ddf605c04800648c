"""EC2: account attributes, and launch templates that keep all that they were given."""

import re

from ministack.services import ec2

from corrections import answers, corrects

ATTRIBUTES = {"supported-platforms": ["VPC"], "max-instances": ["20"], "vpc-max-security-groups-per-interface": ["5"],
              "max-elastic-ips": ["5"], "vpc-max-elastic-ips": ["5"], "default-vpc": ["none"]}


@answers("ec2", "DescribeAccountAttributes")
def describe_account_attributes(params):
    """Limits and platforms of the account (API_DescribeAccountAttributes).

    ministack: does not know the action.
    """
    wanted = ec2._parse_member_list(params, "AttributeName") or list(ATTRIBUTES)
    items = "".join(
        f"<item><attributeName>{name}</attributeName><attributeValueSet>"
        + "".join(f"<item><attributeValue>{value}</attributeValue></item>" for value in ATTRIBUTES[name])
        + "</attributeValueSet></item>" for name in wanted if name in ATTRIBUTES)
    return ec2._xml(200, "DescribeAccountAttributesResponse", f"<accountAttributeSet>{items}</accountAttributeSet>")


@corrects("ec2:_parse_lt_data")
def keep_template_members(original, params, prefix="LaunchTemplateData"):
    """A launch template keeps CPU credits and what becomes of its network interfaces
    (API_RequestLaunchTemplateData).

    ministack: forgets them.
    """
    data = original(params, prefix)
    credits = ec2._p(params, f"{prefix}.CreditSpecification.CpuCredits")
    if credits:
        data["CreditSpecification"] = {"CpuCredits": credits}
    for number, interface in enumerate(data.get("NetworkInterfaces") or [], 1):
        kept = ec2._p(params, f"{prefix}.NetworkInterface.{number}.DeleteOnTermination")
        if kept:
            interface["DeleteOnTermination"] = kept.lower() == "true"
    return data


@corrects("ec2:_lt_data_xml")
def answer_template_members(original, data):
    """DescribeLaunchTemplateVersions answers what the template keeps (API_ResponseLaunchTemplateData).

    ministack: leaves out CPU credits and what becomes of network interfaces, and names their security groups so
    that the Go SDK does not see them.
    """
    interfaces = iter(data.get("NetworkInterfaces") or [])

    def add(match):
        kept = next(interfaces, {}).get("DeleteOnTermination")
        return match[0] if kept is None else f"{match[0]}<deleteOnTermination>{str(kept).lower()}</deleteOnTermination>"
    shown = re.sub(r"<deviceIndex>\d+</deviceIndex>", add, original(data))
    shown = re.sub(r"<groupSet>.*?</groupSet>", lambda groups: groups[0].replace("item>", "groupId>"), shown)
    if data.get("CreditSpecification"):
        shown += (f"<creditSpecification><cpuCredits>{data['CreditSpecification']['CpuCredits']}</cpuCredits>"
                  "</creditSpecification>")
    return shown


@corrects("ec2:_parse_ip_permissions")
def all_protocols_have_no_ports(original, params, prefix):
    """A rule for all protocols (-1) is for all ports, whatever ports the request names (API_IpPermission).

    ministack: takes it with ports for another rule, so that the provider cannot revoke a new group's egress rule.
    """
    rules = original(params, prefix)
    for rule in rules:
        if rule["IpProtocol"] == "-1":
            rule.pop("FromPort", None)
            rule.pop("ToPort", None)
    return rules
