package platform

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/tests/recording"
)

func edge(domain, zone string, hosts *HostsArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, hosts)
		if err != nil {
			return err
		}
		e, err := NewEdge(ctx, "edge", &EdgeArgs{Network: p.network, Cluster: p.cluster, Alerts: p.alerts, Domain: domain, Zone: zone, Protect: domain != "", Names: names})
		if err == nil {
			ctx.Export("url", e.URL)
		}
		return err
	}
}

func TestADomainMeansHTTPSAndARedirect(t *testing.T) {
	recorded := record(t, edge("leveling.example.org", "example.org", ec2Hosts))
	secure := recorded.One(t, "aws:lb/listener:Listener", "edge")
	require.Equal(t, 443.0, secure.Input("port"))
	require.Equal(t, "HTTPS", secure.Input("protocol"))
	require.Equal(t, "ELBSecurityPolicy-TLS13-1-2-2021-06", secure.Input("sslPolicy"))
	redirect := recorded.One(t, "aws:lb/listener:Listener", "edge-redirect")
	require.Equal(t, 80.0, redirect.Input("port"))
	require.Equal(t, map[string]any{"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"},
		redirect.Input("defaultActions").([]any)[0].(map[string]any)["redirect"])
	require.Equal(t, "Z123", recorded.One(t, "aws:route53/record:Record", "edge").Input("zoneId"))
	require.Equal(t, "_1.leveling.example.org", recorded.One(t, "aws:route53/record:Record", "edge-proof").Input("name"))
	balancer := recorded.One(t, "aws:lb/loadBalancer:LoadBalancer", "edge")
	require.Equal(t, true, balancer.Input("enableDeletionProtection"))
	require.Equal(t, true, balancer.Input("dropInvalidHeaderFields"))
	require.True(t, balancer.Protect)
}

func TestWithoutADomainThereIsPlainHTTPAlone(t *testing.T) {
	recorded := record(t, edge("", "", ec2Hosts))
	require.Equal(t, []string{"aws:lb/listener:Listener::edge"}, keys(recorded.OfType("aws:lb/listener:Listener")))
	require.Equal(t, 80.0, recorded.One(t, "aws:lb/listener:Listener", "edge").Input("port"))
	require.Empty(t, recorded.OfType("aws:acm/certificate:Certificate"))
	require.Empty(t, recorded.OfType("aws:route53/record:Record"))
}

func TestOnlyTheLoadBalancerReachesTheTargets(t *testing.T) {
	recorded := record(t, edge("", "", ec2Hosts))
	rule := recorded.One(t, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "edge-to-targets")
	require.Equal(t, "edge-id", rule.Input("referencedSecurityGroupId"))
	require.Equal(t, "cluster-id", rule.Input("securityGroupId"))
	require.Equal(t, 32768.0, rule.Input("fromPort"))
	require.Nil(t, rule.Input("cidrIpv4"))
	require.Equal(t, 1.0, record(t, edge("", "", nil)).One(t, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "edge-to-targets").Input("fromPort"))
}

func TestOnlyEventsAndBudgetsMayPublishAndNobodyWithoutTLS(t *testing.T) {
	recorded := record(t, func(ctx *pulumi.Context) error {
		_, err := newParts(ctx, nil)
		return err
	})
	require.Equal(t, "ops@example.org", recorded.One(t, "aws:sns/topicSubscription:TopicSubscription", "alerts-email-1").Input("endpoint"))
	policy := decode(t, recorded.One(t, "aws:sns/topicPolicy:TopicPolicy", "alerts"), "policy").(map[string]any)
	topic := "arn:aws:sns:us-east-1:123456789012:topic/botyard-test-alerts"
	require.Equal(t, []any{
		map[string]any{
			"Sid": "Budgets", "Effect": "Allow", "Principal": map[string]any{"Service": "budgets.amazonaws.com"},
			"Action": []any{"sns:Publish"}, "Resource": topic,
			"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": "123456789012"}},
		},
		map[string]any{
			"Sid": "Events", "Effect": "Allow", "Principal": map[string]any{"Service": "events.amazonaws.com"},
			"Action": []any{"sns:Publish"}, "Resource": topic,
		},
		map[string]any{
			"Sid": "NoPlainText", "Effect": "Deny", "Principal": "*", "Action": []any{"sns:Publish"}, "Resource": topic,
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
		},
	}, policy["Statement"])
}

func secretsProgram(runner *recording.Runner) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		s, err := NewSecrets(ctx, "secrets", &SecretsArgs{Names: names, Runner: runner, Secrets: []Secret{
			{Name: "discord-token", Description: "The bot's token"},
			{Name: "shared", Arn: "arn:aws:ssm:us-east-1:123456789012:parameter/shared"},
		}})
		if err == nil {
			ctx.Export("token", s.Present["discord-token"])
			ctx.Export("shared", s.Present["shared"])
		}
		return err
	}
}

func TestASecretIsDeclaredWithoutItsValue(t *testing.T) {
	runner := &recording.Runner{}
	recorded := record(t, secretsProgram(runner))
	require.Equal(t, []string{"aws:secretsmanager/secret:Secret::discord-token"}, keys(recorded.OfType("aws:secretsmanager/secret:Secret")))
	secret := recorded.One(t, "aws:secretsmanager/secret:Secret", "discord-token")
	require.Equal(t, "botyard/test/discord-token", secret.Input("name"))
	require.Equal(t, 7.0, secret.Input("recoveryWindowInDays"))
	arn := "arn:aws:secretsmanager:us-east-1:123456789012:secret/botyard/test/discord-token"
	require.Equal(t, []string{arn}, runner.Secrets, "a parameter always has a value")

	_, err := recording.Run(t, secretsProgram(&recording.Runner{Fail: map[string]error{arn: errors.New("it has no value yet")}}))
	require.ErrorContains(t, err, "it has no value yet")

	missing := &recording.Runner{Fail: map[string]error{arn: errors.New("it has no value yet")}}
	record(t, secretsProgram(missing), recording.Preview)
	require.Equal(t, []string{arn}, missing.Secrets, "a preview looks, and only warns")
}
