"""What the emulator reads from its environment.

ministack reads its own settings when its modules are first imported, so
`prepare` must run before any `import ministack`.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 4566
# What takes minutes on AWS takes as long as these say, in seconds; the divisor shortens aws:sleep.
TIMINGS = {"EMULATED_BOOT_SECONDS": 2.0, "EMULATED_WARM_START_SECONDS": 1.0, "EMULATED_SLEEP_DIVISOR": 60.0}


@dataclass(frozen=True)
class Settings:
    """The settings of one emulator: one port, one state folder."""

    port: int
    state_dir: Path
    request_log: Path | None

    @property
    def owner(self) -> str:
        """Names this emulator on the Docker Engine, together with its port.

        Derived from the state folder: two clones of the project never take
        each other's containers or volumes for their own.
        """
        digest = hashlib.sha256(str(self.state_dir).encode()).hexdigest()
        return f"botyard-{digest[:8]}"

    @property
    def instance(self) -> str:
        """Value of the label that every container and volume of ours carries."""
        return f"{self.owner}:{self.port}"


def load(environ=os.environ) -> Settings:
    """Read GATEWAY_PORT, STATE_DIR and REQUEST_LOG; a bad value is an error, never a default."""
    raw = environ.get("GATEWAY_PORT") or str(DEFAULT_PORT)
    if not raw.isdigit() or not 0 < int(raw) < 65536:
        raise SystemExit(f"GATEWAY_PORT: {raw!r} is no port; set a number from 1 to 65535")
    if not environ.get("STATE_DIR"):
        raise SystemExit("STATE_DIR: not set; name the folder in which the emulator keeps its state")
    for name in TIMINGS:
        timing(name, environ)
    log = environ.get("REQUEST_LOG")
    return Settings(int(raw), Path(environ["STATE_DIR"]).resolve(), Path(log).resolve() if log else None)


def timing(name: str, environ=os.environ) -> float:
    """One of TIMINGS; a bad value is an error, never a default."""
    raw = environ.get(name) or str(TIMINGS[name])
    try:
        value = float(raw)
    except ValueError:
        value = -1
    if value < 0 or not value and name.endswith("DIVISOR"):
        raise SystemExit(f"{name}: {raw!r} is no time; set a number, {TIMINGS[name]:g} is the default")
    return value


def prepare(settings: Settings, environ=os.environ) -> None:
    """Hand the settings to ministack in the variables that it reads at import."""
    state = settings.state_dir
    environ.update({
        "GATEWAY_PORT": str(settings.port),
        "MINISTACK_HOSTNAME": settings.owner,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state),
        "RDS_PERSIST": "1",
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        # Listeners of services that are not used: nothing but the gateway listens.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        # Each request that a load balancer forwards has one until it is answered, and some are held for long.
        "MINISTACK_WORKER_THREADS": "512",
        "ECS_RESTORE_RECONCILE_DELAY_SECONDS": "0",
        # One answer of the Docker Engine may take long while images are built beside it.
        "MINISTACK_DOCKER_TIMEOUT": environ.get("MINISTACK_DOCKER_TIMEOUT", "120"),
    })
    # ministack takes a container of this name for itself and joins its network.
    environ.pop("HOSTNAME", None)
    environ.pop("DOCKER_NETWORK", None)
