package platform

import (
	"encoding/base64"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/tests/recording"
)

func TestTheNetworkCutsItsBlockInFour(t *testing.T) {
	recorded := record(t, func(ctx *pulumi.Context) error {
		_, err := NewNetwork(ctx, "network", &NetworkArgs{CIDR: "10.20.0.0/16", Region: "us-east-1", Names: names})
		return err
	})
	var got [][2]any
	for _, subnet := range recorded.OfType("aws:ec2/subnet:Subnet") {
		got = append(got, [2]any{subnet.Input("cidrBlock"), subnet.Input("availabilityZone")})
	}
	require.Equal(t, [][2]any{ // private 1 and 2, then public 1 and 2: sorted by name
		{"10.20.128.0/18", "us-east-1a"}, {"10.20.192.0/18", "us-east-1b"},
		{"10.20.0.0/18", "us-east-1a"}, {"10.20.64.0/18", "us-east-1b"},
	}, got)
	closed := recorded.One(t, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "network-default")
	require.Nil(t, closed.Input("ingress"))
	require.Nil(t, closed.Input("egress"))
	require.Equal(t, []string{"aws:ec2/vpcEndpoint:VpcEndpoint::network-dynamodb", "aws:ec2/vpcEndpoint:VpcEndpoint::network-s3"},
		keys(recorded.OfType("aws:ec2/vpcEndpoint:VpcEndpoint")))
	require.Empty(t, recorded.OfType("aws:ec2/flowLog:FlowLog"), "flow logs are a setting")
	private := recorded.One(t, "aws:ec2/routeTable:RouteTable", "network-private")
	require.Nil(t, private.Input("routes"), "nothing leads out of the database's subnets")
}

func TestFlowLogsAreASetting(t *testing.T) {
	recorded := record(t, func(ctx *pulumi.Context) error {
		_, err := NewNetwork(ctx, "network", &NetworkArgs{CIDR: "10.20.0.0/24", FlowLogs: true, LogDays: 30, Region: "us-east-1", Names: names})
		return err
	})
	require.Equal(t, "REJECT", recorded.One(t, "aws:ec2/flowLog:FlowLog", "network").Input("trafficType"))
	require.Equal(t, 30.0, recorded.One(t, "aws:cloudwatch/logGroup:LogGroup", "network-flow").Input("retentionInDays"))
}

func TestABadCIDRIsRefusedBeforeAnyChild(t *testing.T) {
	for _, bad := range []string{"", "10.20.0.0", "10.20.0.0/8", "10.20.0.0/25", "10.20.1.0/16", "fd00::/16"} {
		recorded, err := recording.Run(t, func(ctx *pulumi.Context) error {
			_, err := NewNetwork(ctx, "network", &NetworkArgs{CIDR: bad, Names: names})
			return err
		})
		require.ErrorContains(t, err, "must be an IPv4 network from /16 to /24", bad)
		require.Empty(t, recorded.Resources(), bad)
	}
}

func TestHostsAreClosedAndCurrent(t *testing.T) {
	recorded := record(t, func(ctx *pulumi.Context) error {
		_, err := newParts(ctx, ec2Hosts)
		return err
	})
	template := recorded.One(t, "aws:ec2/launchTemplate:LaunchTemplate", "cluster-hosts")
	require.Equal(t, "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id", template.Input("imageId"))
	require.Equal(t, map[string]any{"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1.0}, template.Input("metadataOptions"))
	require.Nil(t, template.Input("keyName"), "no SSH")
	disk := template.Input("blockDeviceMappings").([]any)[0].(map[string]any)["ebs"].(map[string]any)
	require.Equal(t, "true", disk["encrypted"])
	require.Equal(t, 30.0, disk["volumeSize"])
	script, err := base64.StdEncoding.DecodeString(template.Input("userData").(string))
	require.NoError(t, err)
	require.Contains(t, string(script), "\nECS_CLUSTER=botyard-test\n")
	require.Contains(t, string(script), "\nECS_ENABLE_CONTAINER_METADATA=true\n")
	require.NotContains(t, string(script), "ECS_WARM_POOLS_CHECK")
	for _, spec := range template.Input("tagSpecifications").([]any) {
		require.Equal(t, "society", spec.(map[string]any)["tags"].(map[string]any)["fleet"])
	}
	group := recorded.One(t, "aws:autoscaling/group:Group", "cluster-hosts")
	require.Len(t, group.Input("vpcZoneIdentifiers"), 2)
	require.Nil(t, group.Input("desiredCapacity"), "the capacity provider sets it")
	hosts := recorded.One(t, "aws:ec2/securityGroup:SecurityGroup", "cluster")
	require.Nil(t, hosts.Input("ingress"))
	alarm := recorded.One(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "cluster-hosts-status-check")
	require.Equal(t, "StatusCheckFailed", alarm.Input("metricName"))
	require.Equal(t, map[string]any{"AutoScalingGroupName": "cluster-hosts"}, alarm.Input("dimensions"))
	require.Equal(t, "aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id", imageParameter(true)[1:])
}

func TestNoHostAlarmWithoutHosts(t *testing.T) {
	recorded := record(t, func(ctx *pulumi.Context) error {
		_, err := newParts(ctx, nil)
		return err
	})
	require.Empty(t, recorded.OfType("aws:cloudwatch/metricAlarm:MetricAlarm"))
	require.Empty(t, recorded.OfType("aws:ec2/launchTemplate:LaunchTemplate"))
}
