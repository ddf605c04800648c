package platform

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// zoneCount is how many availability zones a stack spans: two is the least that a load
// balancer, a database subnet group and a failover host in another zone need.
const zoneCount = 2

// NetworkArgs describes the stack's VPC.
type NetworkArgs struct {
	// CIDR is the VPC's IPv4 block, /16 to /24. Required.
	CIDR string
	// FlowLogs records rejected traffic to CloudWatch Logs. Optional, it costs per GB.
	FlowLogs bool
	// LogDays is how long flow logs are kept, days. Required with FlowLogs.
	LogDays int
	// Region is the AWS region, for the gateway endpoints' names. Required.
	Region string
	Names  Namer
}

// Network is the VPC: public subnets for hosts and the load balancer, private ones without any
// route out for the database, free gateway endpoints for S3 and DynamoDB, and no NAT.
type Network struct {
	pulumi.ResourceState

	VpcID            pulumi.IDOutput
	PublicSubnetIDs  pulumi.StringArrayOutput
	PrivateSubnetIDs pulumi.StringArrayOutput
}

// NewNetwork declares the network.
func NewNetwork(ctx *pulumi.Context, name string, args *NetworkArgs, opts ...pulumi.ResourceOption) (*Network, error) {
	blocks, err := subnets(args.CIDR)
	if err != nil {
		return nil, fmt.Errorf("network %s: %w", name, err)
	}
	n := &Network{}
	return n, build(ctx, "Network", name, n, opts, func(child pulumi.ResourceOption) error {
		return n.declare(ctx, name, args, blocks, child)
	})
}

func (n *Network) outputs() pulumi.Map {
	return pulumi.Map{"vpcId": n.VpcID, "publicSubnetIds": n.PublicSubnetIDs, "privateSubnetIds": n.PrivateSubnetIDs}
}

func (n *Network) declare(ctx *pulumi.Context, name string, args *NetworkArgs, blocks []string, child pulumi.ResourceOption) error {
	zones, err := availabilityZones(ctx)
	if err != nil {
		return err
	}
	vpc, err := ec2.NewVpc(ctx, name, &ec2.VpcArgs{
		CidrBlock:          pulumi.String(args.CIDR),
		EnableDnsHostnames: pulumi.Bool(true),
		EnableDnsSupport:   pulumi.Bool(true),
		Tags:               pulumi.StringMap{"Name": pulumi.String(args.Names.Name(255))},
	}, child)
	if err != nil {
		return err
	}
	// Everything that forgets to name a security group gets this one: it lets nothing in or out.
	_, err = ec2.NewDefaultSecurityGroup(ctx, name+"-default", &ec2.DefaultSecurityGroupArgs{VpcId: vpc.ID()}, child)
	if err != nil {
		return err
	}
	gateway, err := ec2.NewInternetGateway(ctx, name, &ec2.InternetGatewayArgs{VpcId: vpc.ID()}, child)
	if err != nil {
		return err
	}
	public, err := newRouteTable(ctx, name+"-public", vpc.ID(), ec2.RouteTableRouteArray{ec2.RouteTableRouteArgs{
		CidrBlock: pulumi.String("0.0.0.0/0"), GatewayId: gateway.ID(),
	}}, child)
	if err != nil {
		return err
	}
	private, err := newRouteTable(ctx, name+"-private", vpc.ID(), nil, child)
	if err != nil {
		return err
	}
	if err := newGatewayEndpoints(ctx, name, args.Region, vpc, pulumi.StringArray{public.ID(), private.ID()}, child); err != nil {
		return err
	}
	if args.FlowLogs {
		if err := newFlowLog(ctx, name, args, vpc, child); err != nil {
			return err
		}
	}
	n.VpcID = vpc.ID()
	n.PublicSubnetIDs, err = newSubnets(ctx, name+"-public", vpc, public, zones, blocks[:zoneCount], child)
	if err != nil {
		return err
	}
	n.PrivateSubnetIDs, err = newSubnets(ctx, name+"-private", vpc, private, zones, blocks[zoneCount:], child)
	return err
}

// availabilityZones are the region's first zones by name, without local zones and zones that
// an account must opt in to.
func availabilityZones(ctx *pulumi.Context) ([]string, error) {
	found, err := aws.GetAvailabilityZones(ctx, &aws.GetAvailabilityZonesArgs{
		State:   pulumi.StringRef("available"),
		Filters: []aws.GetAvailabilityZonesFilter{{Name: "opt-in-status", Values: []string{"opt-in-not-required"}}},
	})
	if err != nil {
		return nil, fmt.Errorf("availability zones: %w", err)
	}
	if len(found.Names) < zoneCount {
		return nil, fmt.Errorf("the region has %d availability zones, but %d are needed; choose another aws:region",
			len(found.Names), zoneCount)
	}
	return found.Names[:zoneCount], nil
}

// subnets cuts the VPC's block into four equal ones: two public, then two private.
func subnets(cidr string) ([]string, error) {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil || !prefix.Addr().Is4() || prefix.Masked() != prefix || prefix.Bits() < 16 || prefix.Bits() > 24 {
		return nil, fmt.Errorf("CIDR %q must be an IPv4 network from /16 to /24, such as 10.20.0.0/16", cidr)
	}
	bits := prefix.Bits() + 2
	base := prefix.Addr().As4()
	start := uint32(base[0])<<24 | uint32(base[1])<<16 | uint32(base[2])<<8 | uint32(base[3])
	var blocks []string
	for i := range uint32(2 * zoneCount) {
		at := start + i<<(32-bits)
		addr := netip.AddrFrom4([4]byte{byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at)})
		blocks = append(blocks, netip.PrefixFrom(addr, bits).String())
	}
	return blocks, nil
}
