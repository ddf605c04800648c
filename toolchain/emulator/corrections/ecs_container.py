"""ECS: a container definition becomes a Docker container as the ECS agent makes it."""

import contextlib
import os
import platform

import engine
from corrections import corrects

MIB = 1024 * 1024
SECOND = 10**9


@corrects("ecs:_build_run_kwargs")
def run_as_defined(original, cdef, td, env, port_bindings, *rest):
    """Every member of the container definition takes effect (API_ContainerDefinition).

    ministack: passes on command, environment, privileged and added capabilities; publishes on all interfaces, and
    hostPort 0 as the container's own port.
    """
    kwargs = original(cdef, td, env, port_bindings, *rest)
    kwargs["ports"] = _ports(cdef, td)
    kwargs.setdefault("extra_hosts", {})[engine.HOST_NAME] = "host-gateway"
    kwargs["log_config"] = {"type": "json-file", "config": {"max-size": "10m", "max-file": "2"}}
    kwargs["labels"] |= cdef.get("dockerLabels") or {}
    kwargs |= {name: cdef[field] for field, name in _SAME.items() if cdef.get(field)}
    kwargs |= _limits(cdef, td) | _linux(cdef.get("linuxParameters") or {})
    if cdef.get("healthCheck"):
        kwargs["healthcheck"] = health_check(cdef["healthCheck"])
    if cdef.get("extraHosts"):
        kwargs["extra_hosts"] |= {host["hostname"]: host["ipAddress"] for host in cdef["extraHosts"]}
    if kwargs.get("network_mode") == "host":
        # Docker refuses ports and extra hosts on the host's own network.
        kwargs = {key: value for key, value in kwargs.items() if key not in ("ports", "extra_hosts")}
    return {key: value for key, value in kwargs.items() if value is not None}


# Members of a container definition that docker-py takes as they are.
_SAME = {
    "entryPoint": "entrypoint", "command": "command", "workingDirectory": "working_dir", "user": "user",
    "readonlyRootFilesystem": "read_only", "hostname": "hostname", "pseudoTerminal": "tty",
    "interactive": "stdin_open", "dnsServers": "dns", "dnsSearchDomains": "dns_search",
    "dockerSecurityOptions": "security_opt",
}


def _ports(cdef, td):
    """Bridge mode: hostPort absent or 0 lets Docker choose (API_PortMapping). Only loopback is bound here."""
    if td.get("networkMode") in ("host", "none", "awsvpc"):
        return None
    return {
        f"{mapping['containerPort']}/{mapping.get('protocol') or 'tcp'}":
            (engine.LOOPBACK, mapping["hostPort"]) if mapping.get("hostPort") else (engine.LOOPBACK,)
        for mapping in cdef.get("portMappings") or []
    } or None


def _limits(cdef, td):
    """memory is a hard limit and memoryReservation a soft one, in MiB; cpu is a share of 1024 per vCPU.

    The ECS-optimised hosts have no swap, so a container gets none here either.
    A task's own cpu and memory bound each container that names none.
    """
    import docker

    memory = cdef.get("memory") or (None if cdef.get("memoryReservation") else td.get("memory"))
    limits = {}
    if memory:
        limits |= {"mem_limit": int(memory) * MIB, "memswap_limit": int(memory) * MIB}
    if cdef.get("memoryReservation"):
        limits["mem_reservation"] = int(cdef["memoryReservation"]) * MIB
    # The agent gives a container without cpu units the least that Linux knows: 2 shares.
    limits["cpu_shares"] = max(2, int(cdef.get("cpu") or 0))
    if td.get("cpu") and int(td["cpu"]) < 1024 * (os.cpu_count() or 1):
        limits["nano_cpus"] = int(td["cpu"]) * SECOND // 1024
    if cdef.get("ulimits"):
        limits["ulimits"] = [docker.types.Ulimit(name=u["name"], soft=u["softLimit"], hard=u["hardLimit"])
                             for u in cdef["ulimits"]]
    if cdef.get("systemControls"):
        limits["sysctls"] = {control["namespace"]: control["value"] for control in cdef["systemControls"]}
    return limits


def _linux(parameters):
    """linuxParameters (API_LinuxParameters): init process, tmpfs in MiB, capabilities, shared memory."""
    capabilities = parameters.get("capabilities") or {}
    kwargs = {}
    if parameters.get("initProcessEnabled"):
        kwargs["init"] = True
    if parameters.get("tmpfs"):
        kwargs["tmpfs"] = {
            mount["containerPath"]: ",".join([f"size={mount['size']}m", *(mount.get("mountOptions") or [])])
            for mount in parameters["tmpfs"]
        }
    if capabilities.get("add"):
        kwargs["cap_add"] = capabilities["add"]
    if capabilities.get("drop"):
        kwargs["cap_drop"] = capabilities["drop"]
    if parameters.get("sharedMemorySize"):
        kwargs["shm_size"] = f"{parameters['sharedMemorySize']}m"
    return kwargs


def health_check(check):
    """A health check with ECS's defaults: every 30 s, 5 s to answer, 3 failures (API_HealthCheck)."""
    command = check["command"]
    if command[0] not in ("CMD", "CMD-SHELL", "NONE"):
        command = ["CMD-SHELL", " ".join(command)]
    return {
        "test": command,
        "interval": check.get("interval", 30) * SECOND,
        "timeout": check.get("timeout", 5) * SECOND,
        "retries": check.get("retries", 3),
        "start_period": (check.get("startPeriod") or 0) * SECOND,
    }


@corrects("ecs:_run_docker_container")
def leave_nothing_half_made(original, docker_client, cdef, run_kwargs, **options):
    """A container that cannot start says why, CannotStartContainerError (stopped-task-error-codes).

    ministack: tries once more under the name that is now taken, so that it says this, and leaves the container behind.
    """
    if run_kwargs.get("platform") == _host_platform():
        run_kwargs.pop("platform")  # on another one ministack tries without it when the first try fails
    try:
        return original(docker_client, cdef, run_kwargs, **options)
    except Exception:
        with contextlib.suppress(Exception):  # most often there is none
            docker_client.containers.get(run_kwargs["name"]).remove(force=True, v=True)
        raise


def _host_platform():
    return {"x86_64": "linux/amd64", "aarch64": "linux/arm64"}.get(platform.machine())


@corrects("ecs:_attach_started_container")
def report_ports(original, task, container, index, *rest):
    """DescribeTasks tells on which ports of the host a container answers (API_NetworkBinding).

    ministack: none.
    """
    attached = original(task, container, index, *rest)
    if attached:
        task["containers"][index]["networkBindings"] = network_bindings(container)
    return attached


def network_bindings(container):
    """The container's published ports, lowest first."""
    container.reload()
    ports = container.attrs["NetworkSettings"]["Ports"] or {}
    return sorted(
        ({"bindIP": binding["HostIp"], "containerPort": int(port.split("/")[0]),
          "hostPort": int(binding["HostPort"]), "protocol": port.split("/")[1]}
         for port, bindings in ports.items() for binding in bindings or []),
        key=lambda binding: (binding["containerPort"], binding["hostPort"]))
