package platform

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func newRouteTable(ctx *pulumi.Context, name string, vpc pulumi.IDOutput, routes ec2.RouteTableRouteArray, child pulumi.ResourceOption) (*ec2.RouteTable, error) {
	args := &ec2.RouteTableArgs{VpcId: vpc, Tags: pulumi.StringMap{"Name": pulumi.String(name)}}
	if routes != nil {
		args.Routes = routes
	}
	return ec2.NewRouteTable(ctx, name, args, child)
}

// newSubnets declares one subnet a zone with its route table. Addresses are not given out by
// the subnet: what needs a public one (a host without NAT) asks for it itself.
func newSubnets(ctx *pulumi.Context, name string, vpc *ec2.Vpc, table *ec2.RouteTable, zones, blocks []string, child pulumi.ResourceOption) (pulumi.StringArrayOutput, error) {
	ids := pulumi.StringArray{}
	for i, zone := range zones {
		each := fmt.Sprintf("%s-%d", name, i+1)
		subnet, err := ec2.NewSubnet(ctx, each, &ec2.SubnetArgs{
			VpcId:            vpc.ID(),
			CidrBlock:        pulumi.String(blocks[i]),
			AvailabilityZone: pulumi.String(zone),
			Tags:             pulumi.StringMap{"Name": pulumi.String(each)},
		}, child)
		if err != nil {
			return pulumi.StringArrayOutput{}, err
		}
		_, err = ec2.NewRouteTableAssociation(ctx, each, &ec2.RouteTableAssociationArgs{
			SubnetId: subnet.ID(), RouteTableId: table.ID(),
		}, child)
		if err != nil {
			return pulumi.StringArrayOutput{}, err
		}
		ids = append(ids, subnet.ID())
	}
	return ids.ToStringArrayOutput(), nil
}

// newGatewayEndpoints keeps traffic to S3 (image layers are there) and DynamoDB off the
// internet; gateway endpoints cost nothing.
func newGatewayEndpoints(ctx *pulumi.Context, name, region string, vpc *ec2.Vpc, tables pulumi.StringArray, child pulumi.ResourceOption) error {
	for _, service := range []string{"s3", "dynamodb"} {
		_, err := ec2.NewVpcEndpoint(ctx, name+"-"+service, &ec2.VpcEndpointArgs{
			VpcId:           vpc.ID(),
			ServiceName:     pulumi.String("com.amazonaws." + region + "." + service),
			VpcEndpointType: pulumi.String("Gateway"),
			RouteTableIds:   tables,
		}, child)
		if err != nil {
			return err
		}
	}
	return nil
}

// newFlowLog records rejected traffic: what was refused is what an investigation needs, at a
// fraction of the cost of recording all.
func newFlowLog(ctx *pulumi.Context, name string, args *NetworkArgs, vpc *ec2.Vpc, child pulumi.ResourceOption) error {
	group, err := cloudwatch.NewLogGroup(ctx, name+"-flow", &cloudwatch.LogGroupArgs{
		Name:            pulumi.String("/" + args.Names.Path("flow-logs")),
		RetentionInDays: pulumi.Int(args.LogDays),
	}, child)
	if err != nil {
		return err
	}
	role, err := newRole(ctx, name+"-flow", "vpc-flow-logs.amazonaws.com", "Writes the VPC's flow logs", child)
	if err != nil {
		return err
	}
	_, err = iam.NewRolePolicy(ctx, name+"-flow", &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(pulumi.StringArray{group.Arn}, func(arns []string) []statement {
			return []statement{allow(arns[0]+":*", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams")}
		}),
	}, child)
	if err != nil {
		return err
	}
	_, err = ec2.NewFlowLog(ctx, name, &ec2.FlowLogArgs{
		VpcId:          vpc.ID(),
		TrafficType:    pulumi.String("REJECT"),
		IamRoleArn:     role.Arn,
		LogDestination: group.Arn,
	}, child)
	return err
}
