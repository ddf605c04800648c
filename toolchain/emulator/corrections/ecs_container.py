"""ECS: a container definition becomes a Docker container as the ECS agent makes it."""

import os

import engine
from ministack.core import container_reaper
from ministack.core.responses import get_region

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


@corrects("ecs:_register_metadata")
def reach_aws_from_inside(original, task_arn, cluster_arn, td, cdef, launch_type, env, *rest):
    """The SDKs in a container find region, endpoint and credentials by themselves (task-iam-roles).

    ministack: names a credentials address that is not loopback, which botocore and the Go SDK refuse; here the keys
    are variables.
    """
    own = dict(env)
    token = original(task_arn, cluster_arn, td, cdef, launch_type, env, *rest)
    env.pop("AWS_CONTAINER_CREDENTIALS_FULL_URI", None)
    env.pop("AWS_CONTAINER_AUTHORIZATION_TOKEN", None)
    env |= {"AWS_REGION": get_region(), "AWS_DEFAULT_REGION": get_region(),
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EXECUTION_ENV": f"AWS_ECS_{launch_type}"}
    env.update(own)  # what the task definition itself sets wins, as on AWS
    return token


@corrects("ecs:_docker_binds_from_taskdef")
def mount_docker_volumes(original, td, cdef):
    """A volume without a host path is a Docker volume, which scope shared keeps
    (API_DockerVolumeConfiguration).

    ministack: mounts nothing.
    """
    binds = original(td, cdef)
    volumes = {v["name"]: v for v in td.get("volumes") or [] if not (v.get("host") or {}).get("sourcePath")}
    for mount in cdef.get("mountPoints") or []:
        volume = volumes.get(mount.get("sourceVolume"))
        if volume is None:
            continue
        name = volume_name(volume, td)
        engine.create_volume(name, container_reaper.instance_id())
        binds.append(f"{name}:{mount['containerPath']}:{'ro' if mount.get('readOnly') else 'rw'}")
    return binds


def volume_name(volume, td):
    """One Docker Engine stands for every emulator's hosts, so the name carries whose volume it is."""
    shared = (volume.get("dockerVolumeConfiguration") or {}).get("scope") == "shared"
    owner = container_reaper.instance_id().replace(":", "-")
    return f"{owner}-{volume['name']}" if shared else f"{owner}-{td['family']}-{volume['name']}"


@corrects("ssm:resolve_parameter_value")
def decrypt_parameters(original, name_or_arn, version=None, decrypt=True):
    """A SecureString reaches the container decrypted (secrets-envvar-ssm-paramstore).

    ministack: as ENCRYPTED:….
    """
    return original(name_or_arn, version, decrypt)


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
