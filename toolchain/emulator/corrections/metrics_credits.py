"""CPU credits of burstable instances: earned each hour, spent by CPU time (burstable-credits-baseline-concepts)."""

from ministack.services import ec2

# Size → (vCPUs, credits earned per hour), by family: the table "Earn CPU credits" of AWS's page.
_T3 = {"nano": (2, 6), "micro": (2, 12), "small": (2, 24), "medium": (2, 24), "large": (2, 36), "xlarge": (4, 96),
       "2xlarge": (8, 192)}
_T2 = {"nano": (1, 3), "micro": (1, 6), "small": (1, 12), "medium": (2, 24), "large": (2, 36), "xlarge": (4, 54),
       "2xlarge": (8, 81.6)}
EARNED = {f"{family}.{size}": figures for family, sizes in (("t2", _T2), ("t3", _T3), ("t3a", _T3), ("t4g", _T3))
          for size, figures in sizes.items()}
# What an instance does not spend within a day it does not keep.
KEPT_HOURS = 24


def full(instance_type):
    """The most credits that an instance of a burstable type can have."""
    return KEPT_HOURS * EARNED[instance_type][1]


def spend(instance_type, balance, percent, minutes):
    """(credits spent, balance after) of some minutes at a CPUUtilization; a credit is one vCPU busy for a minute."""
    cpus, per_hour = EARNED[instance_type]
    spent = percent / 100 * cpus * minutes
    return spent, min(full(instance_type), max(0.0, balance + per_hour * minutes / 60 - spent))


def type_of(instance):
    """The instance type of an Auto Scaling group's instance: its launch template's, else its record's."""
    wanted = instance.get("LaunchTemplate") or {}
    template = ec2._launch_templates.get(wanted.get("LaunchTemplateId")) or {}
    version = {"$Default": template.get("DefaultVersionNumber"), "$Latest": template.get("LatestVersionNumber")}.get(
        wanted.get("Version") or "$Default", wanted.get("Version"))
    for candidate in template.get("Versions") or []:
        if str(candidate["VersionNumber"]) == str(version) and candidate["LaunchTemplateData"].get("InstanceType"):
            return candidate["LaunchTemplateData"]["InstanceType"]
    return (ec2._instances.get(instance["InstanceId"]) or {}).get("InstanceType")
