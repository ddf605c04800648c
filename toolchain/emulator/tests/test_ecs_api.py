"""What ECS keeps and answers."""

import threading
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from conftest import covers
from fleet import Fleet, settle
from ministack.services import ecs

from corrections import ecs_api, ecs_hosts, ecs_stop, loops


@pytest.fixture
def fleet(aws):
    return Fleet(aws("ecs"))


@covers("ecs_api.leave_out_empty_network")
def test_no_network_configuration_in_bridge_mode(fleet):
    fleet.service(fleet.definition())
    assert "networkConfiguration" not in fleet.described()
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    fleet.client.create_service(cluster="c", serviceName="vpc", taskDefinition=fleet.definition(), desiredCount=0,
                                networkConfiguration=network)
    shown = fleet.client.describe_services(cluster="c", services=["vpc"])["services"][0]
    assert shown["networkConfiguration"] == network


@covers("ecs_api.keep_what_was_asked")
def test_a_service_keeps_its_settings(fleet):
    kept = {"availabilityZoneRebalancing": "DISABLED", "propagateTags": "SERVICE", "enableECSManagedTags": True,
            "placementStrategy": [{"type": "spread", "field": "instanceId"}]}
    made = fleet.service(fleet.definition(), **kept)
    assert {name: made[name] for name in kept} == kept
    updated = fleet.update(availabilityZoneRebalancing="ENABLED", propagateTags="TASK_DEFINITION")
    assert (updated["availabilityZoneRebalancing"], updated["propagateTags"]) == ("ENABLED", "TASK_DEFINITION")
    assert fleet.events() == [], "ministack tells of connections that it drains at every update"


@covers("ecs_api.keep_what_was_asked")
def test_an_update_leaves_the_rest_of_the_deployment_configuration(fleet):
    off = {"deploymentCircuitBreaker": {"enable": False, "rollback": False}}
    fleet.service(fleet.definition(), low=50, high=150)
    kept = fleet.update(deploymentConfiguration=off)["deploymentConfiguration"]
    assert (kept["minimumHealthyPercent"], kept["maximumPercent"]) == (50, 150)
    kept = fleet.update(deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100})[
        "deploymentConfiguration"]
    assert kept == off | {"minimumHealthyPercent": 0, "maximumPercent": 100}


@covers("ecs_api.keep_what_was_asked")
def test_capacity_provider_strategy(fleet):
    strategy = [{"capacityProvider": "hosts", "weight": 1, "base": 0}]
    fleet.client.create_service(cluster="c", serviceName="s", taskDefinition=fleet.definition(), desiredCount=1,
                                capacityProviderStrategy=strategy)
    shown = fleet.described()
    assert shown["capacityProviderStrategy"] == strategy and "launchType" not in shown
    fleet.look()
    assert (fleet.tasks()[0]["launchType"], fleet.tasks()[0]["capacityProviderName"]) == ("EC2", "hosts")


@covers("ecs_api.drain_before_inactive")
def test_a_deleted_service_drains_first(fleet):
    fleet.service(fleet.definition())
    fleet.look()
    task, = fleet.tasks()
    deleted = fleet.client.delete_service(cluster="c", service="s", force=True)["service"]
    assert deleted["status"] == "DRAINING"
    settle(task)
    fleet.look()
    assert fleet.described()["status"] == "INACTIVE"


@covers("ecs_api.refuse_while_in_use")
def test_a_cluster_in_use_is_not_deleted(fleet):
    fleet.service(fleet.definition())
    with pytest.raises(ClientError, match="ClusterContainsServicesException"):
        fleet.client.delete_cluster(cluster="c")
    fleet.client.delete_service(cluster="c", service="s", force=True)
    fleet.client.run_task(cluster="c", taskDefinition="app")
    with pytest.raises(ClientError, match="ClusterContainsTasksException"):
        fleet.client.delete_cluster(cluster="c")


@covers("ecs_api.fill_in_defaults")
def test_a_task_definition_is_answered_with_its_defaults(fleet):
    arn = fleet.definition(portMappings=[{"containerPort": 80}])
    container, = fleet.client.describe_task_definition(taskDefinition=arn)["taskDefinition"]["containerDefinitions"]
    assert container["portMappings"] == [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}]
    assert (container["environment"], container["mountPoints"], container["volumesFrom"]) == ([], [], [])


def test_tags_of_a_task_definition(fleet):
    arn = fleet.definition()
    fleet.client.tag_resource(resourceArn=arn, tags=[{"key": "commit", "value": "abc"}])
    shown = fleet.client.describe_task_definition(taskDefinition=arn, include=["TAGS"])
    assert shown["tags"] == [{"key": "commit", "value": "abc"}]


@covers("ecs_api.restore_services")
def test_services_come_back_after_a_restart(fleet):
    fleet.service(fleet.definition())
    fleet.look()
    before, = fleet.tasks()
    state = ecs.get_state()
    for table in (ecs._services, ecs._tasks, ecs._clusters, ecs._task_defs):
        table.clear()
    ecs.load_persisted_state(state)
    restored = ecs._tasks[before["taskArn"]]
    assert (restored["lastStatus"], restored["stoppedReason"]) == ("STOPPED", "The emulator was restarted")
    fleet.look()
    assert len(fleet.tasks()) == 1
    assert fleet.described()["deployments"][0]["failedTasks"] == 0, "a restart is no failure of the task"


@covers("ecs_stop.stop_task")
def test_stop_task_answers_at_once(fleet, monkeypatch):
    ended = threading.Event()
    monkeypatch.setattr(ecs_stop, "stop_containers", lambda task: ended.wait(5))
    arn = fleet.client.run_task(cluster="c", taskDefinition=fleet.definition(), startedBy="me")["tasks"][0]["taskArn"]
    shown = fleet.client.stop_task(cluster="c", task=arn, reason="enough")["task"]
    assert shown["desiredStatus"] == "STOPPED" and shown["lastStatus"] in ("DEACTIVATING", "STOPPING")
    ended.set()
    settle(ecs._tasks[arn])
    stopped, = fleet.client.describe_tasks(cluster="c", tasks=[arn])["tasks"]
    assert (stopped["stopCode"], stopped["stoppedReason"], stopped["startedBy"]) == ("UserInitiated", "enough", "me")
    assert fleet.client.list_tasks(cluster="c", desiredStatus="STOPPED")["taskArns"] == [arn]
    with pytest.raises(ClientError, match="The referenced task was not found"):
        fleet.client.stop_task(cluster="c", task="none")


@covers("ecs_stop.fail_to_start")
@pytest.mark.parametrize("reason, told", [
    ("ResourceInitializationError: unable to pull secrets", "ResourceInitializationError: unable to pull secrets"),
    ('CannotPullContainerError: 404 Client Error for http+docker://localhost/v1.41/images/create?tag=1&fromImage=x: '
     'Not Found ("repository x not found")',
     "CannotPullContainerError: Error response from daemon: repository x not found"),
    ('ResourceInitializationError: unable to pull image or start container: 500 Server Error for '
     'http+docker://localhost/v1.41/containers/0a/start: Internal Server Error ("port is (already) allocated")',
     "CannotStartContainerError: Error response from daemon: port is (already) allocated"),
    ('ResourceInitializationError: unable to pull image or start container: 400 Client Error for '
     'http+docker://localhost/v1.41/containers/create?name=x: Bad Request ("invalid mount")',
     "CannotCreateContainerError: Error response from daemon: invalid mount"),
])
def test_a_task_that_cannot_start_says_why(fleet, reason, told):
    arn = fleet.client.run_task(cluster="c", taskDefinition=fleet.definition())["tasks"][0]["taskArn"]
    ecs._fail_task_start(ecs._tasks[arn], None, reason)
    shown, = fleet.client.describe_tasks(cluster="c", tasks=[arn])["tasks"]
    assert (shown["lastStatus"], shown["stopCode"], shown["stoppedReason"]) == ("STOPPED", "TaskFailedToStart", told)


@covers("ecs_agent.leave_it_to_the_agent")
def test_reading_changes_nothing(fleet, monkeypatch):
    ended = SimpleNamespace(status="exited", reload=lambda: None, wait=lambda: {"StatusCode": 1})
    docker = SimpleNamespace(containers=SimpleNamespace(get=lambda _: ended))
    arn = fleet.client.run_task(cluster="c", taskDefinition=fleet.definition())["tasks"][0]["taskArn"]
    ecs._tasks[arn]["_docker_ids"] = ["gone"]
    monkeypatch.setattr(ecs, "_get_docker", lambda: docker)
    assert fleet.client.describe_tasks(cluster="c", tasks=[arn])["tasks"][0]["lastStatus"] == "RUNNING"


@covers("ecs_agent.see_a_start")
def test_a_start_wakes_the_scheduler(fleet):
    arn = fleet.client.run_task(cluster="c", taskDefinition=fleet.definition())["tasks"][0]["taskArn"]
    loops.changed.clear()
    assert ecs._mark_task_running(arn, ecs._tasks[arn])
    assert loops.changed.is_set() and "_running_since" in ecs._tasks[arn]


@covers("ecs_hosts.keep_draining")
@pytest.mark.parametrize("asked, draining", [({}, "ENABLED"), ({"managedDraining": "DISABLED"}, "DISABLED")])
def test_a_capacity_provider_keeps_its_settings(fleet, asked, draining):
    arn = "arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:1:autoScalingGroupName/hosts"
    given = {"autoScalingGroupArn": arn, "managedTerminationProtection": "DISABLED",
             "managedScaling": {"status": "ENABLED", "instanceWarmupPeriod": 120}}
    made = fleet.client.create_capacity_provider(name="hosts", autoScalingGroupProvider=given | asked)["capacityProvider"]
    shown, = fleet.client.describe_capacity_providers(capacityProviders=["hosts"])["capacityProviders"]
    assert shown["autoScalingGroupProvider"] == made["autoScalingGroupProvider"] == given | {
        "managedDraining": draining, "managedScaling": {
            "status": "ENABLED", "instanceWarmupPeriod": 120, "targetCapacity": 100, "minimumScalingStepSize": 1,
            "maximumScalingStepSize": 10000}}


def test_a_cluster_without_a_group_runs_on_this_machine(fleet):
    arn = fleet.client.run_task(cluster="c", taskDefinition=fleet.definition())["tasks"][0]["taskArn"]
    assert ecs_hosts.instance_of(ecs._tasks[arn]) == ecs_hosts.THIS_MACHINE
    assert ecs_api.answer({"serviceName": "s", "networkConfiguration": {}}) == {"serviceName": "s"}


@covers("ecs_api.tell_milliseconds")
def test_times_have_milliseconds():
    assert ecs._ts_to_epoch("2027-01-15T08:00:00.250Z") == 1_800_000_000.25
    assert (ecs._ts_to_epoch(5), ecs._ts_to_epoch(None), ecs._ts_to_epoch("soon")) == (5, None, "soon")
