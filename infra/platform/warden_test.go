package platform

import (
	"errors"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra/rollout"
)

func TestTheLeasesAreOneItemAService(t *testing.T) {
	recorded := record(t, func(ctx *pulumi.Context) error {
		_, err := NewLeases(ctx, "leases", &LeasesArgs{Names: names})
		return err
	})
	table := recorded.One(t, "aws:dynamodb/table:Table", "leases")
	require.Equal(t, "botyard-test-leases", table.Input("name"))
	require.Equal(t, "PAY_PER_REQUEST", table.Input("billingMode"))
	require.Equal(t, "service", table.Input("hashKey"))
	require.Equal(t, map[string]any{"attributeName": "expires", "enabled": true}, table.Input("ttl"))
}

func singleton(a *ServiceArgs, p *parts) { p.singleton(a) }

func TestTheWardenOfASingletonKnowsItsLeaseAndItsProbe(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, singleton)
	require.NoError(t, err)
	container := decode(t, recorded.One(t, "aws:ecs/taskDefinition:TaskDefinition", "bot"), "containerDefinitions").([]any)[0].(map[string]any)
	require.Equal(t, []any{
		map[string]any{"name": "SERVICE", "value": "bot"},
		map[string]any{"name": "WARDEN_HOST", "value": "1"},
		map[string]any{"name": "WARDEN_LEASE_SECONDS", "value": "15"},
		map[string]any{"name": "WARDEN_PROBE", "value": `["python","-m","bot.health"]`},
		map[string]any{"name": "WARDEN_PROBE_INTERVAL", "value": "10"},
		map[string]any{"name": "WARDEN_PROBE_RETRIES", "value": "3"},
		map[string]any{"name": "WARDEN_PROBE_START", "value": "30"},
		map[string]any{"name": "WARDEN_PROBE_TIMEOUT", "value": "5"},
		map[string]any{"name": "WARDEN_STARTS_PER_DAY", "value": "20"},
		map[string]any{"name": "WARDEN_STOP_SECONDS", "value": "25"},
		map[string]any{"name": "WARDEN_TABLE", "value": "botyard-test-leases"},
	}, container["environment"])
	require.Equal(t, map[string]any{
		"command": []any{"CMD", "/warden", "--healthy"}, "interval": 5.0, "timeout": 3.0, "retries": 2.0, "startPeriod": 75.0,
	}, container["healthCheck"])
	policy := decode(t, recorded.One(t, "aws:iam/rolePolicy:RolePolicy", "bot-task"), "policy").(map[string]any)
	require.Equal(t, []any{map[string]any{
		"Effect": "Allow", "Action": []any{"dynamodb:GetItem", "dynamodb:UpdateItem"},
		"Resource":  "arn:aws:dynamodb:us-east-1:123456789012:table/botyard-test-leases",
		"Condition": map[string]any{"ForAllValues:StringEquals": map[string]any{"dynamodb:LeadingKeys": []any{"bot"}}},
	}}, policy["Statement"])
}

func TestAServiceThatIsNoSingletonHasAWardenWithoutALease(t *testing.T) {
	recorded, runner, err := recordService(t, ec2Hosts, func(a *ServiceArgs, p *parts) {
		a.Replicas, a.Warden, a.Before = 2, &Warden{Leases: p.leases, StartsPerDay: 20}, []string{"migrate"}
	})
	require.NoError(t, err)
	text := recorded.One(t, "aws:ecs/taskDefinition:TaskDefinition", "bot").Input("containerDefinitions")
	require.NotContains(t, text, "WARDEN_LEASE_SECONDS")
	require.NotContains(t, text, "WARDEN_PROBE")
	require.Equal(t, []string{"--exec", "migrate"}, runner.OneOffs[0].Command, "a one-off task is no copy of the service")
	require.Empty(t, runner.Holders)
	require.Equal(t, `ALARM("botyard-test-bot-heartbeat") AND (ALARM("botyard-test-bot-running-tasks") OR ALARM("botyard-test-cluster-hosts-status-check"))`,
		recorded.One(t, "aws:cloudwatch/compositeAlarm:CompositeAlarm", "bot-down").Input("alarmRule"))
}

func TestTheWardenOfAPublicSingletonAnswersForItsHealthWhileItWaits(t *testing.T) {
	recorded, _, err := recordService(t, ec2Hosts, func(a *ServiceArgs, p *parts) {
		p.singleton(a)
		a.Port = &Port{Container: 5005}
		a.Route = &Route{Edge: &Edge{vpc: p.network.VpcID, ListenerArn: pulumi.String("arn:listener").ToStringOutput()}, Path: "/*", HealthPath: "/health", Priority: 10}
	}, withStandby)
	require.NoError(t, err)
	require.Contains(t, recorded.One(t, "aws:ecs/taskDefinition:TaskDefinition", "bot").Input("containerDefinitions"), `{"name":"WARDEN_HEALTH_PATH","value":"/health"}`)
	require.Equal(t, 5.0, recorded.One(t, "aws:lb/targetGroup:TargetGroup", "bot").Input("healthCheck").(map[string]any)["interval"])
	balancers := recorded.One(t, "aws:ecs/service:Service", "bot").Input("loadBalancers")
	require.NotEmpty(t, balancers)
	require.Equal(t, balancers, recorded.One(t, "aws:ecs/service:Service", "bot-standby").Input("loadBalancers"), "both are targets")
}

func TestASingletonWithoutALeaseIsRefused(t *testing.T) {
	for _, bad := range []func(*ServiceArgs, *parts){
		func(a *ServiceArgs, p *parts) { p.singleton(a); a.Warden = nil },
		func(a *ServiceArgs, p *parts) { p.singleton(a); a.Warden.LeaseSeconds = 0 },
	} {
		recorded, _, err := recordService(t, ec2Hosts, bad)
		require.ErrorContains(t, err, "service bot: a singleton needs a warden with a lease")
		require.Empty(t, recorded.OfType("aws:ecs/service:Service"))
	}
	_, _, err := recordService(t, ec2Hosts, func(a *ServiceArgs, p *parts) { p.singleton(a); a.Singleton = false })
	require.ErrorContains(t, err, "only a singleton has a lease to hand over")
}

func TestADeployOfASingletonIsAHandover(t *testing.T) {
	recorded, runner, err := recordService(t, ec2Hosts, singleton)
	require.NoError(t, err)
	service := recorded.One(t, "aws:ecs/service:Service", "bot")
	require.Equal(t, 100.0, service.Input("deploymentMinimumHealthyPercent"))
	require.Equal(t, 200.0, service.Input("deploymentMaximumPercent"))
	require.Equal(t, 1.0, service.Input("desiredCount"))
	require.Equal(t, []rollout.Holder{{
		Name: "bot", Services: []string{"bot"}, Cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/botyard-test",
		TaskDefinition: "arn:aws:ecs:us-east-1:123456789012:taskDefinition/bot", LogGroup: "/botyard/test/bot",
		Table: "botyard-test-leases", Within: 75 * time.Second,
	}}, runner.Holders)

	_, _, err = recordService(t, ec2Hosts, func(a *ServiceArgs, p *parts) {
		p.singleton(a)
		p.runner.Fail = map[string]error{"bot: lease": errors.New("its tasks end before they are healthy")}
	})
	require.ErrorContains(t, err, "its tasks end before they are healthy")
}
