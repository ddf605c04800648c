"""SSM and EC2: the public parameters that name Amazon's images, and those images."""

import json

from ministack.core.responses import get_region
from ministack.services import ec2

from corrections import at_start, corrects

PATH = "/aws/service/ecs/optimized-ami/amazon-linux-2023"
AMAZON = "591542846629"  # the account that publishes the ECS-optimised images

# Parameter path → (image, its name, architecture).
IMAGES = {
    f"{PATH}/recommended": ("ami-0ec5000000000a64d", "al2023-ami-ecs-hvm-2023.0.20261030-kernel-6.1-x86_64", "x86_64"),
    f"{PATH}/arm64/recommended": ("ami-0ec5000000000a64a", "al2023-ami-ecs-hvm-2023.0.20261030-kernel-6.1-arm64",
                                  "arm64"),
}


@corrects("ssm:_public_parameter")
def publish_ecs_images(original, name):
    """Every account can read which ECS-optimised image is the newest (retrieve-ecs-optimized_AMI).

    ministack: does not know these parameters.
    """
    path = name.removesuffix("/image_id").removesuffix("/image_name") if name else ""
    if path not in IMAGES:
        return original(name)
    image, image_name, _ = IMAGES[path]
    value = {f"{path}/image_id": image, f"{path}/image_name": image_name}.get(name) or json.dumps(
        {"schema_version": 1, "image_id": image, "image_name": image_name, "os": "Amazon Linux 2023"})
    return {"Name": name, "Type": "String", "Value": value, "Version": 1, "LastModifiedDate": 1728518400,
            "ARN": f"arn:aws:ssm:{get_region()}::parameter{name}"}


@at_start
def list_ecs_images():
    """DescribeImages knows the ECS-optimised images (API_Image).

    ministack: does not.
    """
    known = {stub[0] for stub in ec2._STUB_AMIS}
    ec2._STUB_AMIS.extend((image, name, "Amazon Linux AMI 2023 for ECS", "", "/dev/xvda", AMAZON, "amazon")
                          for image, name, _ in IMAGES.values() if image not in known)


@corrects("ec2:_stub_image_view")
def tell_image_details(original, ami_id, *rest):
    """An ECS-optimised image tells its architecture and its root volume of 30 GiB gp3 (ecs-ami-storage-config).

    ministack: every image is x86_64 with 8 GiB.
    """
    view = original(ami_id, *rest)
    for image, _, architecture in IMAGES.values():
        if ami_id == image:
            view |= {"Architecture": architecture, "BlockDeviceMappings": [
                {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": "30", "VolumeType": "gp3",
                                                    "DeleteOnTermination": "true"}}]}
    return view
