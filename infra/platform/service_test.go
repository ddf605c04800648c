package platform

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra/rollout"
	"botyard/tests/recording"
)

// service records one service; change edits its arguments.
func recordService(t *testing.T, hosts *HostsArgs, change func(*ServiceArgs, *parts), cluster ...func(*ClusterArgs)) (*recording.Recorder, *recording.Runner, error) {
	t.Helper()
	var runner *recording.Runner
	recorded, err := recording.Run(t, func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, hosts, cluster...)
		if err != nil {
			return err
		}
		runner = p.runner
		args := p.serviceArgs()
		if change != nil {
			change(args, p)
		}
		service, err := NewService(ctx, "bot", args)
		if err == nil {
			ctx.Export("running", service.Running)
		}
		return err
	})
	return recorded, runner, err
}

func TestAServiceDeclaresItsParts(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, nil)
	require.NoError(t, err)
	var own []string
	for _, each := range recorded.Resources() {
		if each.Parent == "botyard:platform:Service::bot" {
			own = append(own, each.Key())
		}
	}
	require.Equal(t, []string{
		"aws:cloudwatch/logGroup:LogGroup::bot",
		"aws:cloudwatch/logMetricFilter:LogMetricFilter::bot-cannot-start",
		"aws:cloudwatch/logMetricFilter:LogMetricFilter::bot-crash-loop",
		"aws:cloudwatch/logMetricFilter:LogMetricFilter::bot-crash-loop-events",
		"aws:cloudwatch/logMetricFilter:LogMetricFilter::bot-deployment-failed",
		"aws:cloudwatch/logMetricFilter:LogMetricFilter::bot-errors",
		"aws:cloudwatch/logMetricFilter:LogMetricFilter::bot-unhealthy",
		"aws:cloudwatch/logMetricFilter:LogMetricFilter::bot-unhealthy-events",
		"aws:cloudwatch/metricAlarm:MetricAlarm::bot-cannot-start",
		"aws:cloudwatch/metricAlarm:MetricAlarm::bot-cpu",
		"aws:cloudwatch/metricAlarm:MetricAlarm::bot-crash-loop",
		"aws:cloudwatch/metricAlarm:MetricAlarm::bot-deployment-failed",
		"aws:cloudwatch/metricAlarm:MetricAlarm::bot-errors",
		"aws:cloudwatch/metricAlarm:MetricAlarm::bot-memory",
		"aws:cloudwatch/metricAlarm:MetricAlarm::bot-running-tasks",
		"aws:cloudwatch/metricAlarm:MetricAlarm::bot-unhealthy",
		"aws:ecs/service:Service::bot",
		"aws:ecs/taskDefinition:TaskDefinition::bot",
		"aws:iam/role:Role::bot-execution",
		"aws:iam/role:Role::bot-task",
		"aws:iam/rolePolicy:RolePolicy::bot-execution",
	}, own)
}

func TestAServiceReplacesItsTasksWithoutAGap(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, func(a *ServiceArgs, _ *parts) { a.Replicas = 2 })
	require.NoError(t, err)
	service := recorded.One(t, "aws:ecs/service:Service", "bot")
	require.Equal(t, 100.0, service.Input("deploymentMinimumHealthyPercent"))
	require.Equal(t, 200.0, service.Input("deploymentMaximumPercent"))
	require.Equal(t, 2.0, service.Input("desiredCount"))
	require.Equal(t, map[string]any{"enable": true, "rollback": true}, service.Input("deploymentCircuitBreaker"))
	alarm := recorded.One(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "bot-running-tasks")
	require.Equal(t, 2.0, alarm.Input("threshold"))
	require.Equal(t, "breaching", alarm.Input("treatMissingData"))
}

func TestASingletonStopsTheOldTaskFirst(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, func(a *ServiceArgs, p *parts) { p.singleton(a); a.HandsOver = false })
	require.NoError(t, err)
	service := recorded.One(t, "aws:ecs/service:Service", "bot")
	require.Equal(t, 0.0, service.Input("deploymentMinimumHealthyPercent"))
	require.Equal(t, 100.0, service.Input("deploymentMaximumPercent"))
	require.Equal(t, 1.0, service.Input("desiredCount"))
	require.Equal(t, "DISABLED", service.Input("availabilityZoneRebalancing"))

	_, _, err = recordService(t, ec2Hosts, func(a *ServiceArgs, _ *parts) { a.Singleton, a.Replicas = true, 2 })
	require.ErrorContains(t, err, "service bot: a singleton has exactly one replica, not 2")
}

func TestAServiceOnFargateHasItsOwnInterface(t *testing.T) {
	recorded, _, err := recordService(t, nil, func(a *ServiceArgs, _ *parts) { a.Port = &Port{Container: 5005, Host: 6000} })
	require.NoError(t, err)
	require.Empty(t, recorded.OfType("aws:autoscaling/group:Group"))
	task := recorded.One(t, "aws:ecs/taskDefinition:TaskDefinition", "bot")
	require.Equal(t, "awsvpc", task.Input("networkMode"))
	require.Equal(t, []any{"FARGATE"}, task.Input("requiresCompatibilities"))
	require.Equal(t, "256", task.Input("cpu"))
	require.Equal(t, "448", task.Input("memory"))
	container := decode(t, task, "containerDefinitions").([]any)[0].(map[string]any)
	require.Equal(t, []any{map[string]any{"containerPort": 5005.0, "hostPort": 5005.0, "protocol": "tcp"}}, container["portMappings"])
	require.NotContains(t, container["linuxParameters"], "tmpfs")
	require.Equal(t, []any{map[string]any{"sourceVolume": "scratch", "containerPath": "/tmp", "readOnly": false}}, container["mountPoints"])
	service := recorded.One(t, "aws:ecs/service:Service", "bot")
	require.Equal(t, true, service.Input("networkConfiguration").(map[string]any)["assignPublicIp"])
	require.Nil(t, service.Input("orderedPlacementStrategies"), "Fargate refuses placement strategies")
}

func TestTheExecutionRoleReadsJustTheSecretsThatTheTaskNames(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, func(a *ServiceArgs, _ *parts) {
		a.Secrets = map[string]SecretValue{
			"TOKEN": {From: pulumi.String("arn:aws:secretsmanager:x:secret:token:url::"), Arn: pulumi.String("arn:aws:secretsmanager:x:secret:token")},
			"KEY":   {From: pulumi.String("arn:aws:ssm:x:parameter/key"), Arn: pulumi.String("arn:aws:ssm:x:parameter/key")},
		}
	})
	require.NoError(t, err)
	policy := decode(t, recorded.One(t, "aws:iam/rolePolicy:RolePolicy", "bot-execution"), "policy").(map[string]any)
	group := "arn:aws:cloudwatch:us-east-1:123456789012:logGroup//botyard/test/bot:*"
	require.Equal(t, []any{
		map[string]any{"Effect": "Allow", "Action": []any{"ecr:GetAuthorizationToken"}, "Resource": "*"},
		map[string]any{"Effect": "Allow", "Action": []any{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}, "Resource": "arn:repository"},
		map[string]any{"Effect": "Allow", "Action": []any{"logs:CreateLogStream", "logs:PutLogEvents"}, "Resource": group},
		map[string]any{"Effect": "Allow", "Action": []any{"secretsmanager:GetSecretValue"}, "Resource": []any{"arn:aws:secretsmanager:x:secret:token"}},
		map[string]any{"Effect": "Allow", "Action": []any{"ssm:GetParameters"}, "Resource": []any{"arn:aws:ssm:x:parameter/key"}},
	}, policy["Statement"])
}

func TestTheUpdateWaitsForTheDeclaredDigest(t *testing.T) {
	_, runner, err := recordService(t, ec2Hosts, nil)
	require.NoError(t, err)
	require.Equal(t, []rollout.Service{{
		Name: "bot", Container: "bot", Cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/botyard-test",
		TaskDefinition: "arn:aws:ecs:us-east-1:123456789012:taskDefinition/bot", Digest: "sha256:aaaa", LogGroup: "/botyard/test/bot",
	}}, runner.Services)

	_, _, err = recordService(t, ec2Hosts, func(_ *ServiceArgs, p *parts) {
		p.runner.Fail = map[string]error{"bot": errors.New("rolled back: exit code 3")}
	})
	require.ErrorContains(t, err, "rolled back: exit code 3")
}

func TestAFailedOneOffKeepsTheServiceUntouched(t *testing.T) {
	before := func(a *ServiceArgs, _ *parts) { a.Before = []string{"migrate"} }
	recorded, runner, err := recordService(t, ec2Hosts, before)
	require.NoError(t, err)
	require.Equal(t, []rollout.OneOff{{
		Name: "bot: before", TaskDefinition: "arn:aws:ecs:us-east-1:123456789012:taskDefinition/bot", Container: "bot", Command: []string{"migrate"},
		LogGroup:  "/botyard/test/bot",
		Placement: rollout.Placement{Cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/botyard-test", CapacityProvider: "botyard-test-hosts"},
	}}, runner.OneOffs)
	require.Len(t, recorded.OfType("aws:ecs/service:Service"), 1)

	recorded, _, err = recordService(t, ec2Hosts, func(a *ServiceArgs, p *parts) {
		before(a, p)
		p.runner.Fail = map[string]error{"bot: before": errors.New("exit code 1")}
	})
	require.ErrorContains(t, err, "exit code 1")
	require.Empty(t, recorded.OfType("aws:ecs/service:Service"))
}

func TestNothingIsTouchedBeforeTheGates(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, func(a *ServiceArgs, _ *parts) {
		a.Gates = []any{pulumi.String("x").ToStringOutput().ApplyT(func(string) (string, error) { return "", errors.New("another image failed") })}
	})
	require.ErrorContains(t, err, "another image failed")
	require.Empty(t, recorded.OfType("aws:ecs/taskDefinition:TaskDefinition"))
	require.Empty(t, recorded.OfType("aws:ecs/service:Service"))
}

func TestAPreviewRunsNothing(t *testing.T) {
	var runner *recording.Runner
	record(t, func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, ec2Hosts)
		if err != nil {
			return err
		}
		runner = p.runner
		args := p.serviceArgs()
		args.Before = []string{"migrate"}
		_, err = NewService(ctx, "bot", args)
		return err
	}, recording.Preview)
	require.Empty(t, runner.OneOffs)
	require.Empty(t, runner.Services)
}

func TestAPublicServiceIsBehindTheLoadBalancer(t *testing.T) {
	public := func(a *ServiceArgs, p *parts) {
		a.Port = &Port{Container: 8000}
		a.Route = &Route{Edge: &Edge{vpc: p.network.VpcID, ListenerArn: pulumi.String("arn:listener").ToStringOutput()}, Path: "/*", HealthPath: "/healthz", Priority: 10}
	}
	recorded, _, err := recordService(t, ec2Hosts, public)
	require.NoError(t, err)
	target := recorded.One(t, "aws:lb/targetGroup:TargetGroup", "bot")
	require.Equal(t, "instance", target.Input("targetType"))
	require.Equal(t, "/healthz", target.Input("healthCheck").(map[string]any)["path"])
	rule := recorded.One(t, "aws:lb/listenerRule:ListenerRule", "bot")
	require.Equal(t, 10.0, rule.Input("priority"))
	service := recorded.One(t, "aws:ecs/service:Service", "bot")
	require.Equal(t, []any{map[string]any{"containerName": "bot", "containerPort": 8000.0, "targetGroupArn": "arn:aws:lb:us-east-1:123456789012:targetGroup/bot"}}, service.Input("loadBalancers"))
	require.Contains(t, service.DependsOn, "aws:lb/listenerRule:ListenerRule::bot")

	recorded, _, err = recordService(t, nil, public)
	require.NoError(t, err)
	require.Equal(t, "ip", recorded.One(t, "aws:lb/targetGroup:TargetGroup", "bot").Input("targetType"))

	_, _, err = recordService(t, ec2Hosts, func(a *ServiceArgs, p *parts) { public(a, p); a.Port = nil })
	require.ErrorContains(t, err, "service bot: it is public but has no port for the load balancer to forward to")
}
