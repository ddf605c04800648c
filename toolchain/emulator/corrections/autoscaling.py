"""EC2 Auto Scaling: all settings of a group are kept and answered."""

from ministack.services import autoscaling, ec2

from corrections import corrects

# Settings of a group that ministack forgets, as they stand in the request and the answer.
KEPT = ("MaxInstanceLifetime", "CapacityRebalance", "DefaultInstanceWarmup", "DesiredCapacityType")


@corrects("autoscaling:_create_asg", "autoscaling:_update_asg")
def keep_settings(original, params):
    """A group keeps its launch template by id, name and version, and all its settings, also when updated
    (API_AutoScalingGroup).

    ministack: gives the id for the name, and no update changes the template.
    """
    name = autoscaling._p(params, "AutoScalingGroupName")
    existed = name in autoscaling._asgs
    response = original(params)
    group = autoscaling._asgs.get(name)
    if response[0] != 200 or not group:
        return response
    template = _launch_template(params)
    if template:
        group["LaunchTemplate"] = template
    for key in KEPT:
        if autoscaling._p(params, key):
            group[key] = autoscaling._p(params, key)
    if existed:
        for key in ("TerminationPolicies", "AvailabilityZones"):
            group[key] = autoscaling._parse_member_list(params, key) or group[key]
        if autoscaling._p(params, "NewInstancesProtectedFromScaleIn"):
            group["NewInstancesProtectedFromScaleIn"] = \
                autoscaling._p(params, "NewInstancesProtectedFromScaleIn") == "true"
    for instance in () if existed else group["Instances"]:
        instance["LaunchTemplate"] = dict(group["LaunchTemplate"])
    return response


def _launch_template(params):
    wanted = {key: autoscaling._p(params, f"LaunchTemplate.{key}")
              for key in ("LaunchTemplateId", "LaunchTemplateName", "Version")}
    for template in ec2._launch_templates.values():
        if template["LaunchTemplateId"] == wanted["LaunchTemplateId"] or \
                template["LaunchTemplateName"] == wanted["LaunchTemplateName"]:
            return {"LaunchTemplateId": template["LaunchTemplateId"], "Version": wanted["Version"] or "$Default",
                    "LaunchTemplateName": template["LaunchTemplateName"]}
    return None


@corrects("autoscaling:_describe_asgs")
def answer_settings(original, params):
    """DescribeAutoScalingGroups answers every setting of a group (API_AutoScalingGroup).

    ministack: leaves out what it forgot.
    """
    status, headers, body = original(params)
    text = body.decode()
    for name, group in autoscaling._asgs.items():
        extra = "".join(f"<{key}>{group[key]}</{key}>" for key in KEPT if key in group)
        if group.get("_warm"):
            config = autoscaling._member_xml(group["_warm"]["config"])
            extra += (f"<WarmPoolConfiguration>{config}</WarmPoolConfiguration>"
                      f"<WarmPoolSize>{len(group['_warm']['instances'])}</WarmPoolSize>")
        head = f"<AutoScalingGroupName>{name}</AutoScalingGroupName>"
        text = text.replace(f"<member>{head}", f"<member>{head}{extra}")
    return status, headers, text.encode()
