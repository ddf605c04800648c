package rollout

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Placement says where a task runs: by which capacity provider and, for awsvpc tasks, in which network.
type Placement struct {
	// Cluster is the cluster's ARN.
	Cluster string
	// CapacityProvider is the provider's name, such as FARGATE or the Auto Scaling group's.
	CapacityProvider string
	// Subnets and SecurityGroups are set for awsvpc tasks only (Fargate).
	Subnets        []string
	SecurityGroups []string
	AssignPublicIP bool
}

func (p Placement) strategy() []types.CapacityProviderStrategyItem {
	return []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String(p.CapacityProvider), Weight: 1}}
}

func (p Placement) network() *types.NetworkConfiguration {
	if len(p.Subnets) == 0 {
		return nil
	}
	assign := types.AssignPublicIpDisabled
	if p.AssignPublicIP {
		assign = types.AssignPublicIpEnabled
	}
	return &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{
		Subnets: p.Subnets, SecurityGroups: p.SecurityGroups, AssignPublicIp: assign,
	}}
}
