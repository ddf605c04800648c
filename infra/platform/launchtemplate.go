package platform

import (
	"encoding/base64"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newLaunchTemplate describes a host: current image, encrypted disk, no SSH, no way in.
func newLaunchTemplate(ctx *pulumi.Context, name string, args *HostsArgs, cluster *Cluster, profile *iam.InstanceProfile, child pulumi.ResourceOption) (*ec2.LaunchTemplate, error) {
	tags := hostTags(args)
	return ec2.NewLaunchTemplate(ctx, name, &ec2.LaunchTemplateArgs{
		// EC2 resolves the parameter at each launch: a new host has the newest image, and a new
		// image by itself is no change of the stack.
		ImageId:              pulumi.String("resolve:ssm:" + imageParameter(args.ARM)),
		InstanceType:         pulumi.String(args.InstanceType),
		UpdateDefaultVersion: pulumi.Bool(true),
		IamInstanceProfile:   ec2.LaunchTemplateIamInstanceProfileArgs{Arn: profile.Arn},
		// Hop limit 1 keeps containers on the bridge network from the host's own role.
		MetadataOptions: ec2.LaunchTemplateMetadataOptionsArgs{
			HttpEndpoint: pulumi.String("enabled"), HttpTokens: pulumi.String("required"), HttpPutResponseHopLimit: pulumi.Int(1),
		},
		BlockDeviceMappings: ec2.LaunchTemplateBlockDeviceMappingArray{ec2.LaunchTemplateBlockDeviceMappingArgs{
			DeviceName: pulumi.String("/dev/xvda"),
			Ebs: ec2.LaunchTemplateBlockDeviceMappingEbsArgs{
				VolumeSize: pulumi.Int(args.DiskGiB), VolumeType: pulumi.String("gp3"),
				Encrypted: pulumi.String("true"), DeleteOnTermination: pulumi.String("true"),
			},
		}},
		// Public addresses and no inbound rule stand in for a NAT gateway, which costs more than the host.
		NetworkInterfaces: ec2.LaunchTemplateNetworkInterfaceArray{ec2.LaunchTemplateNetworkInterfaceArgs{
			AssociatePublicIpAddress: pulumi.String("true"),
			SecurityGroups:           pulumi.StringArray{cluster.SecurityGroupID},
			DeleteOnTermination:      pulumi.String("true"),
		}},
		UserData: cluster.Name.ApplyT(func(name string) string { return userData(name, args.Stopped) }).(pulumi.StringOutput),
		TagSpecifications: ec2.LaunchTemplateTagSpecificationArray{
			ec2.LaunchTemplateTagSpecificationArgs{ResourceType: pulumi.String("instance"), Tags: tags},
			ec2.LaunchTemplateTagSpecificationArgs{ResourceType: pulumi.String("volume"), Tags: tags},
		},
	}, child)
}

// imageParameter is the public SSM parameter that names the current ECS-optimised AMI.
// Source: Amazon ECS Developer Guide, "Retrieving Amazon ECS-optimized Linux AMI metadata".
func imageParameter(arm bool) string {
	if arm {
		return "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id"
	}
	return "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
}

// userData configures the host's ECS agent.
// Source: Amazon ECS Developer Guide, "Amazon ECS container agent configuration".
func userData(cluster string, warmPool bool) string {
	script := "#!/bin/sh\ncat >> /etc/ecs/ecs.config <<'CONFIG'\n" +
		"ECS_CLUSTER=" + cluster + "\n" +
		"ECS_ENABLE_CONTAINER_METADATA=true\n" // tells a task its host's address and port, for its warden
	if warmPool {
		script += "ECS_WARM_POOLS_CHECK=true\n" // the agent must not register an instance that is about to be stopped
	}
	script += "CONFIG\n"
	return base64.StdEncoding.EncodeToString([]byte(script))
}

func hostTags(args *HostsArgs) pulumi.StringMap {
	tags := pulumi.StringMap{"Name": pulumi.String(args.Names.Name(255, "host"))}
	for k, v := range args.Tags {
		tags[k] = pulumi.String(v)
	}
	return tags
}
