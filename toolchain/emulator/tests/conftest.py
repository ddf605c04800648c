"""What the tests share: ministack with the corrections, in this process, and the AWS clients that speak to it."""

import asyncio
import functools
import io
import os
import sys
import tempfile
import urllib.parse
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

# Before anything of ministack is imported: it reads its settings then.
_state = tempfile.TemporaryDirectory(prefix="emulator-test-")
os.environ |= {"GATEWAY_PORT": "4699", "STATE_DIR": _state.name, "LOG_LEVEL": "WARNING",
               "EMULATED_BOOT_SECONDS": "0", "EMULATED_WARM_START_SECONDS": "0"}
import settings as configuration

configuration.prepare(configuration.load())

import botocore.session
from ministack import app
from ministack.core.responses import request_scope

import corrections
import engine
from corrections import catalogue, loops  # noqa: F401

# The loops end at once: each test takes the steps itself that it wants to see.
loops.closing.set()
corrections.install()

# pytest shows a skip's reason only when asked: this is printed in any case.
SKIPPED = "CONTAINER-BACKED TESTS OF THE EMULATOR ARE SKIPPED"
ACCOUNT, REGION = "000000000000", "us-east-1"


def covers(*names):
    """Name the corrections ("module.function") that a test is about; test_registry wants one for each."""
    return pytest.mark.covers(*names)


def pytest_configure(config):
    config.addinivalue_line("markers", "covers(*names): the corrections that a test is about")
    config.addinivalue_line("markers", "engine: runs containers; skipped where no Docker Engine runs, unless CI=true")


@pytest.fixture(autouse=True)
def clean(request, monkeypatch):
    """Every test in this process starts from nothing and without an engine."""
    if request.node.get_closest_marker("engine"):
        yield
        return
    from ministack.services import ecs, rds
    monkeypatch.setattr(engine, "client", lambda: None)
    monkeypatch.setattr(ecs, "_get_docker", lambda: None)
    monkeypatch.setattr(rds, "_get_docker", lambda: None)
    app._reset_all_state()
    with request_scope(ACCOUNT, REGION):
        yield


@pytest.fixture
def aws():
    """aws("ecs") is a botocore client whose requests are answered in this process."""
    return _client


@functools.cache
def _client(service):
    """Clients are made once: reading their models takes longer than the tests."""
    made = botocore.session.Session().create_client(
        service, region_name=REGION, endpoint_url="http://localhost:4699", aws_access_key_id="test",
        aws_secret_access_key="test", config=botocore.config.Config(inject_host_prefix=False))
    made.meta.events.register("before-send.*", _answer)
    return made


def _answer(request, **_):
    from botocore.awsrequest import AWSResponse

    url = urllib.parse.urlsplit(request.url)
    headers = {name.lower(): value.decode() if isinstance(value, bytes) else value
               for name, value in request.headers.items()}
    body = request.body or b""
    body = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else body
    params = urllib.parse.parse_qs(url.query, keep_blank_values=True)
    status, answered, content = asyncio.run(
        app._dispatch_service_request(request.method, url.path, headers, body, params, "test"))

    class Raw(io.BytesIO):
        def stream(self, **_):
            yield content
    response = AWSResponse(request.url, status, {k.lower(): v for k, v in answered.items()}, Raw(content))
    response._content = content
    return response


@pytest.fixture(scope="session")
def machine(tmp_path_factory):
    """A running emulator with real containers; all that it made is removed at the end."""
    found = _machine(tmp_path_factory)
    found.start()
    yield found
    found.reset()
    assert found.mine() == found.mine("volume ls") == []


@pytest.fixture(scope="session")
def image(machine):
    """The probe in the emulated registry, by digest."""
    machine.client("ecr").create_repository(repositoryName="probe", imageTagMutability="IMMUTABLE")
    return machine.push()


@pytest.fixture(scope="session")
def cluster(machine, image):
    """The cluster "c" of it, where the probe is run."""
    from cluster import Cluster

    return Cluster(machine, image)


def _machine(tmp_path_factory):
    import machine as machines

    reason = machines.why_not()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(f"CI=true, but {reason}")
    if reason:
        pytest.skip(reason)
    return machines.Machine(tmp_path_factory.mktemp("emulator"))


def pytest_terminal_summary(terminalreporter):
    reasons = {report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])
               if isinstance(report.longrepr, tuple)}
    for reason in sorted(reasons):
        terminalreporter.write_line(f"{SKIPPED}: {reason}", red=True, bold=True)
