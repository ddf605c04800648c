"""The registry and single tasks, with real containers."""

import base64
import json
import socket
import time

import machine as machines
import pytest

pytestmark = pytest.mark.engine


def test_images_are_pushed_and_pulled(machine, image):
    token, = machine.client("ecr").get_authorization_token()["authorizationData"]
    user, password = base64.b64decode(token["authorizationToken"]).decode().split(":")
    config = str(machine.folder / "docker")
    machines.docker("--config", config, "login", "-u", user, "-p", password, f"localhost:{machine.port}")
    machines.docker("pull", image)
    machines.docker("pull", f"localhost:{machine.port}/probe:1")


def test_an_immutable_tag(machine, image):
    name = f"localhost:{machine.port}/probe:1"
    machines.docker("push", name)
    container = machines.docker("create", name).strip()
    other = machines.docker("commit", "--change", "LABEL other=1", container, name).strip()
    machines.docker("rm", container)
    with pytest.raises(AssertionError, match="cannot be overwritten because the tag is immutable"):
        machines.docker("push", name)
    machines.docker("tag", machines.probe_image(), name)
    machines.docker("rmi", other)


def test_a_task_is_given_what_its_definition_says(machine, cluster):
    secret = machine.client("secretsmanager").create_secret(Name="s", SecretString='{"password": "hush", "n": 5}')["ARN"]
    machine.client("ssm").put_parameter(Name="/t/token", Type="SecureString", Value="hidden")
    arn = cluster.run(cluster.definition(
        environment={"MODE": "inspect", "SHOW": "PASSWORD TOKEN OVER AWS_REGION"}, user="10001:10001",
        readonlyRootFilesystem=True, secrets=[
            {"name": "PASSWORD", "valueFrom": f"{secret}:password::"},
            {"name": "TOKEN", "valueFrom": "arn:aws:ssm:us-east-1:000000000000:parameter/t/token"}],
        linuxParameters={"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]},
                         "tmpfs": [{"containerPath": "/tmp", "size": 16}]},
        ulimits=[{"name": "nofile", "softLimit": 1000, "hardLimit": 2000}]),
        overrides={"containerOverrides": [{"name": "app", "environment": [{"name": "OVER", "value": "ridden"}]}]})
    task = cluster.until(arn, "STOPPED")
    assert task["containers"][0]["exitCode"] == 0
    told = dict(line.split(" ", 1) for line in cluster.output(arn) if " " in line)
    assert told["capabilities"] == "0000000000000000 <nil>"
    assert (told["user"], told["PASSWORD"], told["TOKEN"], told["OVER"]) == ("10001", "hush", "hidden", "ridden")
    assert (told["AWS_REGION"], told["files"]) == ("us-east-1", "<nil> 2000")
    assert told["root"] == "writable false" and told["tmp"] == "writable true" and told["first"] == "process false"
    assert json.loads(told["metadata"])["TaskARN"] == arn
    assert "arn:aws:iam::000000000000:root" in told["identity"], "AWS is reached from inside"


@pytest.mark.parametrize("environment, code, reason", [
    ({"MODE": "exit", "CODE": 3}, 3, None),
    ({"MODE": "exit", "CODE": 0}, 0, None),
    ({"MODE": "oom"}, 137, "OutOfMemoryError: Container killed due to memory usage"),
])
def test_how_a_container_ended(cluster, environment, code, reason):
    task = cluster.until(cluster.run(cluster.definition(environment=environment)), "STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited", "Essential container in task exited")
    assert (task["containers"][0]["exitCode"], task["containers"][0].get("reason")) == (code, reason)


def test_all_output_is_there_when_the_task_is_stopped(cluster):
    arn = cluster.run(cluster.definition(environment={"MODE": "lines", "COUNT": 3000}))
    cluster.until(arn, "STOPPED")
    assert cluster.output(arn) == ["started lines", *(f"line {number}" for number in range(3000))]


def test_sigterm_first_then_sigkill(cluster):
    definition = cluster.definition(environment={"STUBBORN": 1}, stopTimeout=2)
    arn = cluster.run(definition)
    cluster.until(arn, "RUNNING")
    began = time.monotonic()
    cluster.ecs.stop_task(cluster="c", task=arn, reason="enough")
    task = cluster.until(arn, "STOPPED")
    assert task["containers"][0]["exitCode"] == 137 and 1.5 < time.monotonic() - began < 8
    assert cluster.output(arn)[-1] == "told to stop"
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "enough")


@pytest.mark.parametrize("members, reason", [
    ({"image": "localhost:1/none@sha256:" + "0" * 64}, "CannotPullContainerError: Error response from daemon: "),
    ({"secrets": [{"name": "X", "valueFrom": "arn:aws:secretsmanager:us-east-1:000000000000:secret:none"}]},
     "ResourceInitializationError: unable to pull secrets or registry auth"),
])
def test_a_task_that_cannot_start(cluster, members, reason):
    task = cluster.until(cluster.run(cluster.definition(**members)), "STOPPED")
    assert task["stopCode"] == "TaskFailedToStart" and task["stoppedReason"].startswith(reason)


def test_a_port_that_is_taken_is_named(machine, cluster):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = {"containerPort": 8000, "hostPort": taken.getsockname()[1]}
        before = machine.mine("ps --all")
        task = cluster.until(cluster.run(cluster.definition(portMappings=[port])), "STOPPED")
    assert task["stoppedReason"].startswith("CannotStartContainerError: Error response from daemon: ")
    assert f"127.0.0.1:{port['hostPort']}" in task["stoppedReason"]
    assert machine.mine("ps --all") == before


def test_a_shared_volume_keeps_its_data(cluster):
    volume = {"name": "data", "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True}}
    definition = cluster.definition(environment={"MODE": "inspect", "APPEND": "/data/file"}, volumes=[volume],
                                    mountPoints=[{"sourceVolume": "data", "containerPath": "/data"}])
    for kept in ("", "+"):
        arn = cluster.run(definition)
        cluster.until(arn, "STOPPED")
        assert f"kept {kept} <nil>" in cluster.output(arn)


def test_a_fixed_and_a_chosen_port_on_loopback(machine, cluster):
    port = machines.free_port()
    for mapping in ({"containerPort": 8000, "hostPort": port}, {"containerPort": 8000}):
        arn = cluster.run(cluster.definition(environment={"VERSION": "1"}, portMappings=[mapping]))
        binding, = cluster.until(arn, "RUNNING")["containers"][0]["networkBindings"]
        assert (binding["bindIP"], binding["containerPort"]) == ("127.0.0.1", 8000)
        assert binding["hostPort"] == mapping.get("hostPort", binding["hostPort"]) > 0
        cluster.ecs.stop_task(cluster="c", task=arn)
        cluster.until(arn, "STOPPED")
