package platform

import (
	"encoding/base64"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/tests/recording"
)

const (
	groupType    = "aws:autoscaling/group:Group"
	policyType   = "aws:autoscaling/policy:Policy"
	documentType = "aws:ssm/document:Document"
)

func withStandby(a *ClusterArgs) { a.Standby = true }

func TestAStandbyWaitsOnAHostOfItsOwnInAnotherZone(t *testing.T) {
	recorded, runner, err := recordService(t, ec2Hosts, singleton, withStandby)
	require.NoError(t, err)
	require.Equal(t, []string{groupType + "::cluster-hosts", groupType + "::cluster-standby"}, keys(recorded.OfType(groupType)))
	zones := map[string]any{}
	for _, name := range []string{"cluster-hosts", "cluster-standby"} {
		zones[name] = recorded.One(t, groupType, name).Input("vpcZoneIdentifiers")
	}
	require.Equal(t, map[string]any{"cluster-hosts": []any{"network-public-1-id"}, "cluster-standby": []any{"network-public-2-id"}}, zones)
	providers := recorded.One(t, "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "cluster")
	require.Equal(t, []any{"botyard-test-hosts", "botyard-test-standby"}, providers.Input("capacityProviders"))

	active, standby := recorded.One(t, "aws:ecs/service:Service", "bot"), recorded.One(t, "aws:ecs/service:Service", "bot-standby")
	for service, provider := range map[*recording.Resource]string{&active: "botyard-test-hosts", &standby: "botyard-test-standby"} {
		require.Equal(t, []any{map[string]any{"capacityProvider": provider, "weight": 1.0}}, service.Input("capacityProviderStrategies"))
		require.Equal(t, 1.0, service.Input("desiredCount"))
	}
	require.Equal(t, active.Input("taskDefinition"), standby.Input("taskDefinition"), "the standby is the same task")
	alarm := recorded.One(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "bot-standby-running-tasks")
	require.Equal(t, map[string]any{"ClusterName": "botyard-test", "ServiceName": "bot-standby"}, alarm.Input("dimensions"))

	require.Len(t, runner.Services, 2, "the update waits for both")
	require.Equal(t, []string{"bot", "bot-standby"}, runner.Holders[0].Services)
}

func TestOnlyASingletonHasAStandby(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, nil, withStandby)
	require.NoError(t, err)
	require.Equal(t, []string{"aws:ecs/service:Service::bot"}, keys(recorded.OfType("aws:ecs/service:Service")))
}

func TestOnFargateTheStandbyHasASubnetOfItsOwn(t *testing.T) {
	recorded, _, err := recordService(t, nil, singleton, withStandby)
	require.NoError(t, err)
	for name, subnet := range map[string]string{"bot": "network-public-1-id", "bot-standby": "network-public-2-id"} {
		network := recorded.One(t, "aws:ecs/service:Service", name).Input("networkConfiguration").(map[string]any)
		require.Equal(t, []any{subnet}, network["subnets"], name)
	}
	providers := recorded.One(t, "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "cluster")
	require.Equal(t, []any{"FARGATE"}, providers.Input("capacityProviders"))
}

// recordRecovery records the recovery of a cluster, with one alarm that starts a stopped host if stopped is set.
func recordRecovery(t *testing.T, stopped bool) *recording.Recorder {
	t.Helper()
	return record(t, func(ctx *pulumi.Context) error {
		hosts := *ec2Hosts
		hosts.Stopped = stopped
		p, err := newParts(ctx, &hosts)
		if err != nil {
			return err
		}
		args := &RecoveryArgs{Cluster: p.cluster, Region: "us-east-1", AccountID: recording.Account, Names: names}
		if stopped {
			args.Down = []pulumi.StringOutput{pulumi.String("botyard-test-bot-down").ToStringOutput()}
		}
		_, err = NewRecovery(ctx, "recovery", args)
		return err
	})
}

func TestWithoutFailoverNothingIsDeclaredForIt(t *testing.T) {
	recorded := recordRecovery(t, false)
	group := recorded.One(t, groupType, "cluster-hosts")
	require.Nil(t, group.Input("warmPool"))
	require.Len(t, group.Input("vpcZoneIdentifiers"), 2, "a failed host may be replaced in either zone")
	require.Empty(t, recorded.OfType(policyType))
	require.Equal(t, []string{documentType + "::recovery-replace-host"}, keys(recorded.OfType(documentType)))
}

func TestAStoppedInstanceIsStartedByTheAlarm(t *testing.T) {
	recorded := recordRecovery(t, true)
	require.Equal(t, map[string]any{
		"poolState": "Stopped", "minSize": 1.0, "maxGroupPreparedCapacity": 2.0, "instanceReusePolicy": map[string]any{"reuseOnScaleIn": false},
	}, recorded.One(t, groupType, "cluster-hosts").Input("warmPool"))
	script, err := base64.StdEncoding.DecodeString(recorded.One(t, "aws:ec2/launchTemplate:LaunchTemplate", "cluster-hosts").Input("userData").(string))
	require.NoError(t, err)
	require.Contains(t, string(script), "\nECS_WARM_POOLS_CHECK=true\n")

	policy := recorded.One(t, policyType, "recovery-start-host")
	require.Equal(t, []any{"SimpleScaling", "ChangeInCapacity", 1.0, 300.0}, []any{
		policy.Input("policyType"), policy.Input("adjustmentType"), policy.Input("scalingAdjustment"), policy.Input("cooldown"),
	})
	pattern := decode(t, recorded.One(t, "aws:cloudwatch/eventRule:EventRule", "recovery-start-host"), "eventPattern")
	require.Equal(t, map[string]any{
		"source": []any{"aws.cloudwatch"}, "detail-type": []any{"CloudWatch Alarm State Change"},
		"detail": map[string]any{"alarmName": []any{"botyard-test-bot-down"}, "state": map[string]any{"value": []any{"ALARM"}}, "previousState": map[string]any{"value": []any{"OK"}}},
	}, pattern, "the composite alarm drives it, not a missing heartbeat alone")
	document := decode(t, recorded.One(t, documentType, "recovery-start-host"), "content").(map[string]any)
	require.Equal(t, []any{map[string]any{"name": "grow", "action": "aws:executeAwsApi", "isEnd": true, "inputs": map[string]any{
		"Service": "autoscaling", "Api": "ExecutePolicy", "AutoScalingGroupName": "cluster-hosts", "PolicyName": "botyard-test-recovery-start-host", "HonorCooldown": true,
	}}}, document["mainSteps"])
}

func TestADeadHostIsTerminatedBeforeItIsDeregistered(t *testing.T) {
	recorded := recordRecovery(t, false)
	pattern := decode(t, recorded.One(t, "aws:cloudwatch/eventRule:EventRule", "recovery-replace-host"), "eventPattern")
	require.Equal(t, map[string]any{
		"source": []any{"aws.ecs"}, "detail-type": []any{"ECS Container Instance State Change"},
		"detail": map[string]any{
			"clusterArn": []any{"arn:aws:ecs:us-east-1:123456789012:cluster/botyard-test"}, "agentConnected": []any{false}, "status": []any{"ACTIVE", "DRAINING"},
		},
	}, pattern)
	document := decode(t, recorded.One(t, documentType, "recovery-replace-host"), "content").(map[string]any)
	var calls []any
	for _, step := range document["mainSteps"].([]any) {
		inputs := step.(map[string]any)["inputs"].(map[string]any)
		calls = append(calls, []any{step.(map[string]any)["name"], inputs["Api"]})
	}
	require.Equal(t, []any{
		[]any{"wait", nil}, []any{"look", "DescribeContainerInstances"}, []any{"decide", nil},
		[]any{"terminate", "TerminateInstanceInAutoScalingGroup"}, []any{"gone", "DescribeInstances"}, []any{"deregister", "DeregisterContainerInstance"},
	}, calls)
	require.Equal(t, "arn:aws:iam:us-east-1:123456789012:role/recovery-replace-host", document["assumeRole"])
	target := recorded.One(t, "aws:cloudwatch/eventTarget:EventTarget", "recovery-replace-host")
	require.Equal(t, "arn:aws:ssm:us-east-1:123456789012:automation-definition/botyard-test-recovery-replace-host:$DEFAULT", target.Input("arn"))
	require.Equal(t, map[string]any{
		"inputPaths":    map[string]any{"ContainerInstance": "$.detail.containerInstanceArn", "InstanceId": "$.detail.ec2InstanceId"},
		"inputTemplate": `{"ContainerInstance":[<ContainerInstance>],"InstanceId":[<InstanceId>]}`,
	}, target.Input("inputTransformer"))
}
