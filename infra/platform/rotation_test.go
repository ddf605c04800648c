package platform

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/tests/recording"
)

const (
	tokenARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:botyard/test/token-AbCdEf"
	levelARN = "arn:aws:ssm:us-east-1:123456789012:parameter/team/level"
)

// recordRotation records the rotation of a bot that uses the secrets.
func recordRotation(t *testing.T, cluster func(*ClusterArgs), secrets ...string) (*recording.Recorder, error) {
	t.Helper()
	return recording.Run(t, func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, ec2Hosts, cluster)
		if err != nil {
			return err
		}
		args := p.serviceArgs()
		p.singleton(args)
		bot, err := NewService(ctx, "bot", args)
		if err != nil {
			return err
		}
		_, err = NewRotation(ctx, "rotation", &RotationArgs{
			Cluster: p.cluster, Region: "us-east-1", AccountID: recording.Account, Names: names,
			Services: []Rotated{{Name: "bot", Service: bot, Secrets: pulumi.ToStringArray(secrets)}},
		})
		return err
	})
}

func alone(*ClusterArgs) {}

// steps are the document's, by name and, of a call, what it names.
func steps(t *testing.T, recorded *recording.Recorder) []any {
	t.Helper()
	return decode(t, recorded.One(t, documentType, "rotation-bot"), "content").(map[string]any)["mainSteps"].([]any)
}

func update(name, service string, more map[string]any) map[string]any {
	step := map[string]any{"name": name, "action": "aws:executeAwsApi", "inputs": map[string]any{
		"Service": "ecs", "Api": "UpdateService", "cluster": "botyard-test", "service": service, "forceNewDeployment": true,
	}}
	for key, value := range more {
		step[key] = value
	}
	return step
}

// TestTheEventsOfNewValues holds the pattern that the emulator's tests evaluate on AWS's events.
func TestTheEventsOfNewValues(t *testing.T) {
	text, err := os.ReadFile("testdata/rotation.json")
	require.NoError(t, err)
	var want struct{ Pattern map[string]any }
	require.NoError(t, json.Unmarshal(text, &want))
	recorded, err := recordRotation(t, alone, levelARN, tokenARN, levelARN)
	require.NoError(t, err)
	require.Equal(t, []string{ruleType + "::rotation-bot"}, keys(rotationRules(recorded)))
	rule := recorded.One(t, ruleType, "rotation-bot")
	require.Equal(t, want.Pattern, decode(t, rule, "eventPattern"))
	require.Equal(t, "botyard-test-rotation-bot", rule.Input("name"))
	target := recorded.One(t, "aws:cloudwatch/eventTarget:EventTarget", "rotation-bot")
	require.Equal(t, "arn:aws:ssm:us-east-1:123456789012:automation-definition/botyard-test-rotation-bot:$DEFAULT", target.Input("arn"))
	require.Equal(t, "{}", target.Input("input"), "no part of an event goes into a call")
}

func rotationRules(recorded *recording.Recorder) []recording.Resource {
	var rules []recording.Resource
	for _, rule := range recorded.OfType(ruleType) {
		if strings.HasPrefix(rule.Name, "rotation-") {
			rules = append(rules, rule)
		}
	}
	return rules
}

func TestANewValueRestartsTheService(t *testing.T) {
	recorded, err := recordRotation(t, alone, tokenARN)
	require.NoError(t, err)
	require.Equal(t, []any{update("restart", "bot-id", map[string]any{"isEnd": true})}, steps(t, recorded))
	require.Equal(t, map[string]any{"Version": "2012-10-17", "Statement": []any{
		map[string]any{"Effect": "Allow", "Action": []any{"ecs:UpdateService"}, "Resource": []any{"bot-id"}},
	}}, decode(t, recorded.One(t, "aws:iam/rolePolicy:RolePolicy", "rotation-bot"), "policy"))
	require.Equal(t, map[string]any{"Version": "2012-10-17", "Statement": []any{
		map[string]any{"Effect": "Allow", "Action": []any{"ssm:StartAutomationExecution"}, "Resource": "arn:aws:ssm:us-east-1:123456789012:automation-definition/botyard-test-rotation-bot:$DEFAULT"},
		map[string]any{"Effect": "Allow", "Action": []any{"iam:PassRole"}, "Resource": "arn:aws:iam:us-east-1:123456789012:role/rotation-bot",
			"Condition": map[string]any{"StringEquals": map[string]any{"iam:PassedToService": "ssm.amazonaws.com"}}},
	}}, decode(t, recorded.One(t, "aws:iam/rolePolicy:RolePolicy", "rotation-bot-events"), "policy"))
}

func TestTheStandbyIsRestartedFirst(t *testing.T) {
	recorded, err := recordRotation(t, withStandby, tokenARN)
	require.NoError(t, err)
	require.Equal(t, []any{
		update("restart", "bot-standby-id", nil),
		map[string]any{"name": "steady", "action": "aws:waitForAwsResourceProperty", "timeoutSeconds": 1800.0, "inputs": map[string]any{
			"Service": "ecs", "Api": "DescribeServices", "cluster": "botyard-test", "services": []any{"bot-standby-id"},
			"PropertySelector": "$.services[0].deployments[0].rolloutState", "DesiredValues": []any{"COMPLETED"},
		}},
		update("restart-2", "bot-id", map[string]any{"isEnd": true}),
	}, steps(t, recorded))
	require.Equal(t, []any{
		map[string]any{"Effect": "Allow", "Action": []any{"ecs:UpdateService"}, "Resource": []any{"bot-standby-id", "bot-id"}},
		map[string]any{"Effect": "Allow", "Action": []any{"ecs:DescribeServices"}, "Resource": []any{"bot-standby-id"}},
	}, decode(t, recorded.One(t, "aws:iam/rolePolicy:RolePolicy", "rotation-bot"), "policy").(map[string]any)["Statement"])
}

func TestManySecretsHaveSeveralRules(t *testing.T) {
	var secrets []string
	for i := range 21 {
		secrets = append(secrets, fmt.Sprintf("arn:aws:secretsmanager:us-east-1:123456789012:secret:botyard/test/%s-%02d-AbCdEf", strings.Repeat("x", 95), i))
	}
	recorded, err := recordRotation(t, alone, secrets...)
	require.NoError(t, err)
	var named []any
	for _, rule := range rotationRules(recorded) {
		require.LessOrEqual(t, len(rule.Input("eventPattern").(string)), 2048)
		named = append(named, decode(t, rule, "eventPattern").(map[string]any)["resources"].([]any)...)
		recorded.One(t, "aws:cloudwatch/eventTarget:EventTarget", rule.Name)
	}
	require.Equal(t, []string{ruleType + "::rotation-bot", ruleType + "::rotation-bot-2", ruleType + "::rotation-bot-3"}, keys(rotationRules(recorded)))
	for _, secret := range secrets {
		require.Contains(t, named, secret)
	}
	require.Len(t, named, len(secrets))
	require.Len(t, recorded.OfType(documentType), 1)

	long := "arn:aws:ssm:us-east-1:123456789012:parameter/" + strings.Repeat("x", 2000)
	_, err = recordRotation(t, alone, long)
	require.ErrorContains(t, err, "the event pattern for its secrets ["+long+"] has 2307 characters, and EventBridge takes 2048; right would be secrets with shorter names")
}
