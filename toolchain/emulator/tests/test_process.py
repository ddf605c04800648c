"""The emulator as a process: settings, state on disk, the record of requests, what it removes."""

import json
import os
import socket
from types import SimpleNamespace

import pytest
from conftest import covers
from ministack import app
from ministack.core import persistence
from ministack.services import ecs

import engine
import requestlog
import run
import server
import settings as configuration
import state
from corrections import lifecycle, loops

# ── Settings ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("environ, message", [
    ({"STATE_DIR": "/s", "GATEWAY_PORT": "abc"}, "GATEWAY_PORT: 'abc' is no port"),
    ({"STATE_DIR": "/s", "GATEWAY_PORT": "70000"}, "GATEWAY_PORT: '70000' is no port"),
    ({"STATE_DIR": "/s", "GATEWAY_PORT": "0"}, "GATEWAY_PORT: '0' is no port"),
    ({}, "STATE_DIR: not set"),
])
def test_bad_settings_are_errors(environ, message):
    with pytest.raises(SystemExit, match=message):
        configuration.load(environ)


def test_settings():
    loaded = configuration.load({"STATE_DIR": "/some/state", "REQUEST_LOG": "/some/log"})
    assert (loaded.port, str(loaded.state_dir), str(loaded.request_log)) == (4566, "/some/state", "/some/log")
    assert loaded.instance == f"{loaded.owner}:4566"
    assert configuration.load({"STATE_DIR": "/other"}).owner != loaded.owner


def test_ministack_is_told():
    environ = {"HOSTNAME": "some-container", "DOCKER_NETWORK": "n"}
    configuration.prepare(configuration.load({"STATE_DIR": "/some/state", "GATEWAY_PORT": "4600"}), environ)
    assert {key: environ.get(key) for key in ("GATEWAY_PORT", "PERSIST_STATE", "RDS_PERSIST", "SFTP_ENABLED",
                                              "IOT_MTLS_ENABLED", "HOSTNAME", "DOCKER_NETWORK")} == {
        "GATEWAY_PORT": "4600", "PERSIST_STATE": "1", "RDS_PERSIST": "1", "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0", "HOSTNAME": None, "DOCKER_NETWORK": None}
    assert environ["S3_DATA_DIR"] == "/some/state/s3"


# ── Listening ───────────────────────────────────────────────────────────────

def test_it_never_listens_on_all_interfaces(monkeypatch):
    loaded = configuration.load({"STATE_DIR": "/s", "GATEWAY_PORT": "4600"})
    monkeypatch.setattr(engine, "bridge_address", lambda: "172.17.0.1")
    assert server.addresses(loaded) == ["127.0.0.1:4600", "172.17.0.1:4600"]
    monkeypatch.setattr(engine, "bridge_address", lambda: None)
    assert server.addresses(loaded) == ["127.0.0.1:4600"]


def test_a_taken_port_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SystemExit, match=f"{bind} cannot be listened on"):
            server.refuse_taken([bind])


@pytest.mark.parametrize("config, address", [
    ([{"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.9"}], "172.17.0.9"),
    ([{"Subnet": "172.18.0.0/16"}], "172.18.0.1"),
    ([], None),
])
def test_the_bridge_address(monkeypatch, config, address):
    network = SimpleNamespace(attrs={"IPAM": {"Config": config}})
    monkeypatch.setattr(engine, "client", lambda: SimpleNamespace(networks=SimpleNamespace(get=lambda name: network)))
    engine.bridge_address.cache_clear()
    assert engine.bridge_address() == address
    engine.bridge_address.cache_clear()


# ── State ───────────────────────────────────────────────────────────────────

def on_disk(key):
    with open(os.path.join(persistence.STATE_DIR, f"{key}.json")) as file:
        return json.load(file)


@pytest.mark.parametrize("action, read", [
    ("ecs:DescribeServices", True), ("s3:GetObject", True), ("ecr:BatchGetImage", True), ("logs:FilterLogEvents", True),
    ("cloudwatch:PutMetricData", True), ("logs:PutLogEvents", True), ("cloudwatch:PutMetricAlarm", False),
    ("ecs:CreateService", False), ("ecs:RunTask", False), (None, False),
])
def test_what_changes_state(action, read):
    assert state.is_read(action) is read


def test_a_change_is_on_disk_before_it_is_answered(aws, monkeypatch):
    monkeypatch.setattr(app, "SERVICE_HANDLERS", dict(app.SERVICE_HANDLERS))
    server.wrap_handlers(requestlog.RequestLog(None))
    app._get_module("sqs")
    aws("sqs").create_queue(QueueName="written-at-once")
    assert "written-at-once" in json.dumps(on_disk("sqs"))


def test_what_did_not_change_is_not_written_again():
    assert state.save("unit", lambda: {"a": 1}) is True
    assert state.save("unit", lambda: {"a": 1}) is False
    assert state.save("unit", lambda: {"a": 2}) is True
    assert on_disk("unit")["payload"] == {"a": 2}
    assert state.save("unit", lambda: None) is False


def test_a_table_that_grows_meanwhile_is_read_again():
    answers = iter([RuntimeError("dictionary changed size during iteration"), {"a": 3}])

    def get_state():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer
    assert state.save("grows", get_state) is True


def test_what_changes_by_itself_is_saved_too(aws):
    app._get_module("ecs")
    aws("ecs").create_cluster(clusterName="by-itself")
    state.save_all()
    assert "by-itself" in json.dumps(on_disk("ecs"))
    ecs._clusters.clear()
    ecs._restore_state(persistence.load_state("ecs"))
    assert "by-itself" in ecs._clusters


# ── Requests ────────────────────────────────────────────────────────────────

def test_requests_are_recorded(aws, tmp_path, monkeypatch):
    monkeypatch.setattr(app, "SERVICE_HANDLERS", dict(app.SERVICE_HANDLERS))
    file = tmp_path / "log" / "requests.jsonl"
    server.wrap_handlers(requestlog.RequestLog(file))
    aws("ecs").create_cluster(clusterName="c")
    aws("rds").describe_db_instances()
    created, described = [json.loads(line) for line in file.read_text().splitlines()]
    assert (created["service"], created["action"], created["status"]) == ("ecs", "ecs:CreateCluster", 200)
    assert created["agent"].startswith("Botocore/") and created["time"].endswith("Z")
    assert (described["action"], described["resource"]) == ("rds:DescribeDBInstances", "*")


def test_without_a_file_nothing_is_recorded():
    assert requestlog.RequestLog(None).record("ecs", "ecs:CreateCluster", "*", 200, {}) is None


# ── Start and stop ──────────────────────────────────────────────────────────

@covers("lifecycle.stop_only_ours")
@pytest.mark.parametrize("closing, seconds", [(True, {"rds": 10, "ecs": 8}), (False, {"rds": 10, "ecs": 1})])
def test_only_our_containers_are_stopped(monkeypatch, closing, seconds):
    stopped, asked = {}, {}

    def container(kind):
        return SimpleNamespace(id=kind * 4, attrs={"Labels": {"ministack": kind}}, remove=lambda **_: None,
                               stop=lambda timeout: stopped.update({kind: timeout}))
    fake = SimpleNamespace(containers=SimpleNamespace(
        list=lambda **given: asked.update(given) or [container("rds"), container("ecs")]))
    monkeypatch.setattr(lifecycle.engine, "client", lambda: fake)
    monkeypatch.setattr(loops.closing, "is_set", lambda: closing)
    app._stop_docker_containers(True)
    assert asked["filters"] == {"label": f"ministack.instance={lifecycle.container_reaper.instance_id()}"}
    assert stopped == seconds


def test_reset_removes_what_carries_the_label(monkeypatch, tmp_path, capsys):
    gone = []

    def thing(name):
        return SimpleNamespace(name=name, remove=lambda **_: gone.append(name))
    asked = []
    fake = SimpleNamespace(**{
        kind: SimpleNamespace(list=lambda kind=kind, **given: asked.append(given["filters"]) or [thing(kind)])
        for kind in ("containers", "volumes", "networks")})
    monkeypatch.setattr(engine, "client", lambda: fake)
    loaded = configuration.load({"STATE_DIR": str(tmp_path / "state"), "GATEWAY_PORT": "4600"})
    loaded.state_dir.mkdir()
    assert run.reset(loaded) == 0
    assert gone == ["containers", "volumes", "networks"] and not loaded.state_dir.exists()
    assert asked == [{"label": f"ministack.instance={loaded.instance}"}] * 3
    assert json.loads(capsys.readouterr().out)["volumes"] == ["volumes"]


def test_two_emulators_do_not_share_a_state_folder(tmp_path):
    loaded = configuration.load({"STATE_DIR": str(tmp_path)})
    with run.lock(loaded):
        with pytest.raises(SystemExit, match="an emulator runs on the state folder"):
            run.reset(loaded)
    run.lock(loaded).close()
