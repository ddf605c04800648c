"""The Docker Engine as the emulator sees it: its bridge address, and what on it is ours."""

import functools
import ipaddress
import logging
import time

logger = logging.getLogger("engine")

LABEL = "ministack.instance"
LOOPBACK = "127.0.0.1"
# The name by which a container reaches the host; resolves to the bridge address.
HOST_NAME = "host.docker.internal"


@functools.lru_cache(maxsize=1)
def client():
    """The Docker client, or None where no engine runs."""
    import docker

    try:
        found = docker.from_env(timeout=120)
        found.ping()
        return found
    except Exception as error:
        logger.warning("no Docker Engine: %s", error)
        return None


@functools.lru_cache(maxsize=1)
def bridge_address() -> str | None:
    """The host's address on the default bridge: one address that reaches the host from itself and from containers."""
    engine = client()
    if engine is None:
        return None
    config = (engine.networks.get("bridge").attrs["IPAM"]["Config"] or [{}])[0]
    if config.get("Gateway"):
        return config["Gateway"]
    # An engine that has not run a container yet names only the subnet; its first host is the gateway.
    if config.get("Subnet"):
        return str(next(ipaddress.ip_network(config["Subnet"]).hosts()))
    return None


def publish(container_port: int, host_port: int, protocol: str = "tcp") -> dict:
    """Docker port bindings on loopback and the bridge, never on all interfaces."""
    addresses = [address for address in (LOOPBACK, bridge_address()) if address]
    return {f"{container_port}/{protocol}": [(address, host_port) for address in addresses]}


def create_volume(name: str, instance: str) -> None:
    """Create a named volume that `remove_all` finds by its label (Docker ignores a second creation)."""
    client().volumes.create(name=name, labels={LABEL: instance})


def remove_all(instance: str) -> dict[str, list[str]]:
    """Remove every container, volume and network that carries this instance's label; return their names."""
    engine = client()
    removed = {"containers": [], "volumes": [], "networks": []}
    if engine is None:
        return removed
    mine = {"label": f"{LABEL}={instance}"}
    for container in engine.containers.list(all=True, filters=mine):
        container.remove(force=True, v=True)
        removed["containers"].append(container.name)
    for volume in engine.volumes.list(filters=mine):
        _retry(volume.remove)
        removed["volumes"].append(volume.name)
    for network in engine.networks.list(filters=mine):
        _retry(network.remove)
        removed["networks"].append(network.name)
    return removed


def _retry(action, attempts: int = 10) -> None:
    """The engine lets go of a volume a moment after its container is gone."""
    for attempt in range(attempts):
        try:
            return action()
        except Exception:
            if attempt == attempts - 1:
                raise
            time.sleep(0.2)
