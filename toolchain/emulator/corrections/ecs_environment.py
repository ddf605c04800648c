"""ECS: what a container is given from outside: the way to AWS, secrets, volumes."""

from ministack.core import container_reaper
from ministack.core.responses import get_region

import engine
from corrections import corrects, ecs_metadata


@corrects("ecs:_register_metadata")
def reach_aws_from_inside(original, task_arn, cluster_arn, td, cdef, launch_type, env, *rest):
    """The SDKs in a container find region, endpoint and credentials by themselves (task-iam-roles).

    ministack: names a credentials address that is not loopback, which botocore and the Go SDK refuse; here the keys
    are variables.
    """
    own = dict(env)
    token = original(task_arn, cluster_arn, td, cdef, launch_type, env, *rest)
    ecs_metadata.place(task_arn)
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
