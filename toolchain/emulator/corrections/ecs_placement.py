"""ECS: which host a task is placed on: capacity provider, constraints, strategies (task-placement)."""

import collections
import json
import random
import re
import time

from ministack.core.responses import get_region, json_response
from ministack.services import ecs

from corrections import corrects, ecs_hosts

DISTINCT, MEMBER_OF = "distinctInstance", "memberOf"
UNMET = {DISTINCT: "DistinctInstance placement constraint unsatisfied.",
         MEMBER_OF: "MemberOf placement constraint unsatisfied."}
_TEST = re.compile(r"attribute:([\w.-]+)\s*(==|!=|equals|not_equals|in|!in|not_in|exists|!exists)"
                   r"\s*(\[[^\]]*\]|[\w.:-]+)?")


class PlacementError(ValueError):
    """A constraint that cannot be read."""


def choose(cluster, group, request, definition):
    """(the instance for one more task, "") or (None, why there is none)."""
    if not ecs_hosts.groups(cluster):
        return {"InstanceId": ecs_hosts.THIS_MACHINE, "AvailabilityZone": f"{get_region()}a"}, ""
    mine = [task for task in ecs._tasks.values() if task.get("group") == group and task["lastStatus"] != "STOPPED"
            and ecs._cluster_name_from_arn(task["clusterArn"]) == cluster]
    provider = _provider(request, ecs._clusters[cluster], mine)
    found = ecs_hosts.instances(cluster, provider)
    if not found:
        return None, "EMPTY CAPACITY PROVIDER" if provider else "RESOURCE:MEMORY"
    found = [instance for instance in found if not instance.get("_agent_gone")]
    if not found:
        return None, "AGENT"
    used = {task.get("_instance") for task in mine}
    for rule in [*(request.get("placementConstraints") or []), *(definition.get("placementConstraints") or [])]:
        if rule["type"] == DISTINCT:
            found = [instance for instance in found if instance["InstanceId"] not in used]
        else:
            test = expression(rule.get("expression", ""))
            found = [instance for instance in found if test(attributes(instance))]
        if not found:
            return None, UNMET[rule["type"]]
    return min(found, key=_order(request.get("placementStrategy") or [], mine)), ""


def _provider(request, cluster, mine):
    """The capacity provider of the next task: first up to `base`, then by weight; None for a launch type."""
    launch_type, strategy, _ = ecs._launch_choice(request, cluster)
    if launch_type or not strategy:
        return None
    count = collections.Counter(task.get("capacityProviderName") for task in mine)
    for item in strategy:
        if count[item["capacityProvider"]] < item.get("base", 0):
            return item["capacityProvider"]
    weighed = [item for item in strategy if item.get("weight", 0) > 0] or strategy
    return min(weighed, key=lambda item: (count[item["capacityProvider"]] - item.get("base", 0))
               / max(1, item.get("weight", 0)))["capacityProvider"]


def attributes(instance):
    """The attributes of a container instance that constraints and strategies name."""
    return {"ecs.availability-zone": instance["AvailabilityZone"], "ecs.os-type": "linux"}


def _order(strategies, mine):
    """Each strategy in turn decides, then the fewest tasks; a service without one spreads over the zones."""
    load = collections.Counter(task.get("_instance") for task in ecs._tasks.values() if task["lastStatus"] != "STOPPED")
    own = collections.Counter(task.get("_instance") for task in mine)
    zones = collections.Counter(task.get("availabilityZone") for task in mine if task.get("_instance"))

    def key(instance):
        keys = []
        for strategy in strategies or [{"type": "spread", "field": "attribute:ecs.availability-zone"}]:
            if strategy["type"] == "random":
                keys.append(random.random())
            elif strategy["type"] == "binpack":
                keys.append(-load[instance["InstanceId"]])
            elif strategy.get("field") in ("instanceId", "host"):
                keys.append(own[instance["InstanceId"]])
            else:
                keys.append(zones[instance["AvailabilityZone"]])
        return (*keys, load[instance["InstanceId"]])
    return key


def expression(text):
    """A test of attributes: comparisons with `and` between them, `or` between those (cluster-query-language)."""
    alternatives = [[_comparison(part) for part in re.split(r"\s+(?:and|&&)\s+", either)]
                    for either in re.split(r"\s+(?:or|\|\|)\s+", text.strip())]
    return lambda found: any(all(test(found) for test in tests) for tests in alternatives)


def _comparison(text):
    read = _TEST.fullmatch(text.strip())
    if not read or (read[3] is None) is ("exists" not in read[2]):
        raise PlacementError(f"Invalid expression: {text}")
    name, word, value = read.groups()
    values = [item.strip() for item in (value or "").strip("[]").split(",")]
    positive = word in ("==", "equals", "in", "exists")
    if "exists" in word:
        return lambda found: (name in found) is positive
    return lambda found: (found.get(name) in values) is positive


@corrects("ecs:_run_task")
def run_on_a_host(original, data):
    """A task on EC2 is placed on a container instance by capacity provider, constraints and strategy (task-placement);
    where none fits RunTask says why (api_failures_messages).

    ministack: names an instance that does not exist.
    """
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    definition = ecs._task_defs.get(ecs._resolve_td_key(data.get("taskDefinition", "")))
    on_fargate = ecs._task_capacity(*ecs._launch_choice(data, ecs._clusters.get(cluster))[:2])[0] == "FARGATE"
    if not definition or cluster not in ecs._clusters or on_fargate:
        return _without_host(original(data))
    data.setdefault("group", "")
    group = data["group"] or f"family:{definition['family']}"
    tasks, failures = [], []
    for _ in range(data.get("count", 1)):
        try:
            instance, why = choose(cluster, group, data, definition)
        except PlacementError as error:
            return ecs.error_response_json("InvalidParameterException", str(error), 400)
        if why:
            arn = f"arn:aws:ecs:{get_region()}:{ecs.get_account_id()}:container-instance/{cluster}"
            failures.append({"arn": arn, "reason": why})
            continue
        response = original(data | {"count": 1, "group": group})
        if response[0] != 200:
            return response
        for shown in json.loads(response[2])["tasks"]:
            task = ecs._tasks[shown["taskArn"]]
            ecs_hosts.place(task, cluster, instance)
            tasks.append(ecs._sanitize(task))
    return json_response({"tasks": tasks, "failures": failures})


def _without_host(response):
    answer = json.loads(response[2])
    for shown in answer.get("tasks") or []:
        for task in (shown, ecs._tasks.get(shown["taskArn"]) or {}):
            task.pop("containerInstanceArn", None)
    return json_response(answer, response[0]) if answer.get("tasks") else response


@corrects("ecs:_run_task_worker")
def start_where_it_is_placed(original, task, *rest):
    """A task is placed before its containers start (task-lifecycle-explanation).

    ministack: starts them at once; here the zone is known when the container asks for its metadata.
    """
    deadline = time.monotonic() + 5
    while task["launchType"] == "EC2" and "_instance" not in task and time.monotonic() < deadline:
        time.sleep(0.005)
    return original(task, *rest)
