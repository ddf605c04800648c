"""A container definition, as Docker gets it."""

from types import SimpleNamespace

import pytest
from conftest import covers
from ministack.services import ecs, ssm

from corrections import ecs_container, ecs_environment

MIB = 1024 * 1024


def run_kwargs(cdef=None, td=None, env=None):
    cdef = {"name": "app", "image": "i"} | (cdef or {})
    td = {"family": "f", "networkMode": "bridge"} | (td or {})
    return ecs._build_run_kwargs(cdef, td, env or {}, {}, None, td["networkMode"] == "host", "0123456789", "arn", None,
                                 "cluster")


@covers("ecs_container.run_as_defined")
@pytest.mark.parametrize("given, expected", [
    ({"entryPoint": ["/e"], "command": ["c"]}, {"entrypoint": ["/e"], "command": ["c"]}),
    ({"user": "10001:10001", "workingDirectory": "/w"}, {"user": "10001:10001", "working_dir": "/w"}),
    ({"readonlyRootFilesystem": True}, {"read_only": True}),
    ({"memory": 64}, {"mem_limit": 64 * MIB, "memswap_limit": 64 * MIB}),
    ({"memory": 64, "memoryReservation": 32}, {"mem_limit": 64 * MIB, "mem_reservation": 32 * MIB}),
    ({"cpu": 256}, {"cpu_shares": 256}),
    ({}, {"cpu_shares": 2}),
    ({"linuxParameters": {"initProcessEnabled": True}}, {"init": True}),
    ({"linuxParameters": {"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}},
     {"cap_drop": ["ALL"], "cap_add": ["NET_BIND_SERVICE"]}),
    ({"linuxParameters": {"tmpfs": [{"containerPath": "/tmp", "size": 16, "mountOptions": ["noexec"]}]}},
     {"tmpfs": {"/tmp": "size=16m,noexec"}}),
    ({"systemControls": [{"namespace": "net.core.somaxconn", "value": "9"}]}, {"sysctls": {"net.core.somaxconn": "9"}}),
    ({"extraHosts": [{"hostname": "h", "ipAddress": "10.0.0.1"}]},
     {"extra_hosts": {"host.docker.internal": "host-gateway", "h": "10.0.0.1"}}),
])
def test_members_take_effect(given, expected):
    got = run_kwargs(given)
    assert {key: got.get(key) for key in expected} == expected


@covers("ecs_container.run_as_defined")
def test_task_limits_bound_a_container_without_its_own():
    got = run_kwargs({}, {"memory": "128", "cpu": "512"})
    assert (got["mem_limit"], got["nano_cpus"]) == (128 * MIB, 500_000_000)


@covers("ecs_container.run_as_defined")
def test_labels_are_added_to_those_of_the_emulator():
    labels = run_kwargs({"dockerLabels": {"team": "society"}})["labels"]
    assert labels["team"] == "society" and labels["ministack"] == "ecs"


@covers("ecs_container.run_as_defined")
def test_ulimits():
    limit, = run_kwargs({"ulimits": [{"name": "nofile", "softLimit": 10, "hardLimit": 20}]})["ulimits"]
    assert (limit.name, limit.soft, limit.hard) == ("nofile", 10, 20)


@covers("ecs_container.run_as_defined")
@pytest.mark.parametrize("mapping, expected", [
    ({"containerPort": 80, "hostPort": 5005}, {"80/tcp": ("127.0.0.1", 5005)}),
    ({"containerPort": 80, "hostPort": 0}, {"80/tcp": ("127.0.0.1",)}),
    ({"containerPort": 80}, {"80/tcp": ("127.0.0.1",)}),
    ({"containerPort": 53, "hostPort": 53, "protocol": "udp"}, {"53/udp": ("127.0.0.1", 53)}),
])
def test_ports_are_bound_on_loopback_only(mapping, expected):
    assert run_kwargs({"portMappings": [mapping]})["ports"] == expected


@covers("ecs_container.run_as_defined")
def test_the_hosts_own_network_takes_no_ports():
    got = run_kwargs({"portMappings": [{"containerPort": 80}]}, {"networkMode": "host"})
    assert "ports" not in got and got["network_mode"] == "host"


@covers("ecs_container.run_as_defined")
@pytest.mark.parametrize("check, test", [
    ({"command": ["CMD", "/probe"]}, ["CMD", "/probe"]),
    ({"command": ["CMD-SHELL", "true || false"]}, ["CMD-SHELL", "true || false"]),
])
def test_health_check_has_the_defaults_of_ecs(check, test):
    assert run_kwargs({"healthCheck": check})["healthcheck"] == {
        "test": test, "interval": 30 * 10**9, "timeout": 5 * 10**9, "retries": 3, "start_period": 0}


@covers("ecs_container.run_as_defined")
def test_health_check_in_seconds():
    given = {"command": ["CMD", "x"], "interval": 10, "timeout": 4, "retries": 2, "startPeriod": 30}
    got = run_kwargs({"healthCheck": given})["healthcheck"]
    assert (got["interval"], got["timeout"], got["retries"], got["start_period"]) == (10**10, 4 * 10**9, 2, 3 * 10**10)


class RefusingEngine:
    """Makes containers that do not start."""

    def __init__(self):
        self.containers, self.platforms, self.removed = self, [], []

    def run(self, image, **kwargs):
        self.platforms.append(kwargs.get("platform"))
        raise RuntimeError("port is already allocated")

    def get(self, name):
        return SimpleNamespace(remove=lambda **_: self.removed.append(name))


@covers("ecs_container.leave_nothing_half_made")
def test_a_failed_start_leaves_no_container_and_its_own_reason(monkeypatch):
    monkeypatch.setattr(ecs_container, "_host_platform", lambda: "linux/amd64")
    engine = RefusingEngine()
    with pytest.raises(RuntimeError, match="port is already allocated"):
        ecs._run_docker_container(engine, {"image": "i"}, {"name": "n", "platform": "linux/amd64"})
    assert (engine.platforms, engine.removed) == ([None], ["n"])


@covers("ecs_container.leave_nothing_half_made")
def test_another_platform_is_tried_first(monkeypatch):
    monkeypatch.setattr(ecs_container, "_host_platform", lambda: "linux/amd64")
    engine = RefusingEngine()
    with pytest.raises(RuntimeError):
        ecs._run_docker_container(engine, {"image": "i"}, {"name": "n", "platform": "linux/arm64"})
    assert engine.platforms == ["linux/arm64", None]


@covers("ecs_environment.reach_aws_from_inside")
def test_sdk_environment():
    env = {"AWS_REGION": "eu-west-1"}
    ecs._register_metadata("arn:t", "arn:c", {"family": "f"}, {"name": "a", "image": "i"}, "EC2", env, False, None)
    assert env["AWS_ENDPOINT_URL"] == "http://host.docker.internal:4699"
    assert env["AWS_REGION"] == "eu-west-1", "what the task definition sets wins"
    assert env["AWS_DEFAULT_REGION"] == "us-east-1"
    assert (env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]) == ("test", "test")
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" not in env
    assert env["ECS_CONTAINER_METADATA_URI_V4"].startswith("http://host.docker.internal:4699/v4/")


@covers("ecs_environment.mount_docker_volumes")
def test_volumes(monkeypatch):
    made = []
    monkeypatch.setattr(ecs_environment.engine, "create_volume", lambda name, instance: made.append((name, instance)))
    td = {"family": "f", "volumes": [{"name": "host", "host": {"sourcePath": "/srv"}},
                                     {"name": "data", "dockerVolumeConfiguration": {"scope": "shared"}},
                                     {"name": "task"}]}
    mounts = [{"sourceVolume": "host", "containerPath": "/h", "readOnly": True},
              {"sourceVolume": "data", "containerPath": "/d"}, {"sourceVolume": "task", "containerPath": "/t"}]
    instance = ecs_environment.container_reaper.instance_id()
    owner = instance.replace(":", "-")
    assert ecs._docker_binds_from_taskdef(td, {"mountPoints": mounts}) == [
        "/srv:/h:ro", f"{owner}-data:/d:rw", f"{owner}-f-task:/t:rw"]
    assert made == [(f"{owner}-data", instance), (f"{owner}-f-task", instance)]


@covers("ecs_environment.decrypt_parameters")
def test_secure_strings_reach_containers_decrypted(aws):
    aws("ssm").put_parameter(Name="/a/token", Type="SecureString", Value="hush")
    assert ssm.resolve_parameter_value("/a/token") == "hush"
    secret = {"name": "TOKEN", "valueFrom": "arn:aws:ssm:us-east-1:000000000000:parameter/a/token"}
    assert ecs._resolve_container_secrets({"secrets": [secret]}) == {"TOKEN": "hush"}


@covers("ecs_container.report_ports")
def test_network_bindings(monkeypatch):
    monkeypatch.setattr(ecs, "_container_ip", lambda *_: None)
    ports = {"8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": "32768"}], "9000/tcp": None}
    container = SimpleNamespace(id="c" * 64, reload=lambda: None, attrs={"NetworkSettings": {"Ports": ports}})
    task = {"taskArn": "arn:aws:ecs:us-east-1:000000000000:task/c/1", "lastStatus": "PENDING",
            "desiredStatus": "RUNNING", "containers": [{"name": "app", "lastStatus": "PENDING"}]}
    ecs._tasks[task["taskArn"]] = task
    assert ecs._attach_started_container(task, container, 0, "token", None)
    assert task["containers"][0]["networkBindings"] == [
        {"bindIP": "127.0.0.1", "containerPort": 8000, "hostPort": 32768, "protocol": "tcp"}]
