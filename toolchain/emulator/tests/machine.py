"""A real emulator of its own for the container-backed tests: a process, a port, a state folder."""

import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import botocore.session

import settings as configuration

HERE = Path(__file__).resolve().parent
DATABASE_IMAGE = "postgres:15-alpine"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Machine:
    """One emulator, its clients, and the probe image in its registry."""

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        self.environ = os.environ | {"GATEWAY_PORT": str(self.port), "STATE_DIR": str(folder / "state"),
                                     "REQUEST_LOG": str(folder / "requests.jsonl"), "LOG_LEVEL": "INFO",
                                     "EMULATED_BOOT_SECONDS": "1"}
        self.settings = configuration.load(self.environ)
        self.process, self.images = None, []

    def start(self) -> float:
        """Start it and wait until it answers; returns the seconds that it took."""
        began = time.monotonic()
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen([sys.executable, str(HERE.parent / "run.py"), "serve"], env=self.environ,
                                            stdout=log, stderr=subprocess.STDOUT)
        self.until(self._answers, 30, "the emulator does not answer")
        return time.monotonic() - began

    def _answers(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            return self.request("/_ministack/health", "localhost")[0] == 200
        except OSError:
            return False

    def stop(self, number=signal.SIGTERM) -> None:
        """End it."""
        self.process.send_signal(number)
        self.process.wait(30)

    def reset(self) -> None:
        """Remove all that it made, as `make down` does, and the images of these tests."""
        if self.process and self.process.poll() is None:
            self.stop()
        subprocess.run([sys.executable, str(HERE.parent / "run.py"), "reset"], env=self.environ, check=True,
                       capture_output=True)
        for image in self.images:
            docker("rmi", "-f", image, check=False)

    def client(self, service):
        """A botocore client of a service."""
        return botocore.session.Session().create_client(
            service, region_name="us-east-1", endpoint_url=f"http://localhost:{self.port}",
            aws_access_key_id="test", aws_secret_access_key="test")

    def request(self, path, host):
        """(status, body) of a GET through the gateway."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": host})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def push(self, repository="probe", tag="1") -> str:
        """Build the probe's image, push it; returns its name with digest."""
        name = f"localhost:{self.port}/{repository}"
        docker("tag", probe_image(), f"{name}:{tag}")
        self.images.append(f"{name}:{tag}")
        docker("push", f"{name}:{tag}")
        found = self.client("ecr").describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
        return f"{name}@{found['imageDetails'][0]['imageDigest']}"

    def mine(self, kind="ps", *more):
        """What on the engine carries this emulator's label: `docker ps`, `docker volume ls`…"""
        return docker(*kind.split(), "--quiet", "--filter", f"label=ministack.instance={self.settings.instance}",
                      *more).split()

    def until(self, condition, seconds, complaint):
        """Wait for a condition; returns its value."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            if time.monotonic() > deadline:
                raise AssertionError(f"{complaint}; the emulator's log ends: {(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.1)
        return found


def docker(*arguments, check=True) -> str:
    """Run the docker command; its error text is the test's."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True)
    if check and done.returncode:
        raise AssertionError(f"docker {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout + ("" if check else done.stderr)


def probe_image() -> str:
    """The image of tests/probe, built once for its source."""
    source = HERE / "probe" / "main.go"
    name = f"emulator-test-probe:{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}"
    if docker("images", "--quiet", name).strip():
        return name
    folder = Path(f"/tmp/{name.replace(':', '-')}-{os.getpid()}")
    folder.mkdir()
    try:
        subprocess.run(["go", "build", "-trimpath", "-ldflags=-s -w", "-o", str(folder / "probe"), str(source)],
                       check=True, cwd=folder, env=os.environ | {"GO111MODULE": "off", "CGO_ENABLED": "0"})
        # Docker gives a tmpfs the mode of the folder that it covers.
        (folder / "tmp").mkdir()
        (folder / "tmp").chmod(0o1777)
        archive = subprocess.run(["tar", "-C", str(folder), "-c", "probe", "tmp"], check=True, capture_output=True)
        subprocess.run(["docker", "import", "--change", 'ENTRYPOINT ["/probe"]', "-", name], check=True,
                       input=archive.stdout, capture_output=True)
    finally:
        shutil.rmtree(folder)
    return name


def why_not() -> str | None:
    """Why the container-backed tests cannot run here, or None."""
    for command, what in ((["docker", "info"], "no Docker Engine answers"), (["go", "version"], "go is not installed")):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{what}: {error}"
        if done.returncode:
            return f"{what}: {done.stderr.strip()}"
    return None
