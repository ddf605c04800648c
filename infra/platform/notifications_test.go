package platform

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/tests/recording"
)

const (
	ruleType   = "aws:cloudwatch/eventRule:EventRule"
	targetType = "aws:cloudwatch/eventTarget:EventTarget"
)

// notifications declares those of a stack with these kinds of chats.
func notifications(t *testing.T, kinds ...string) *recording.Recorder {
	t.Helper()
	return record(t, func(ctx *pulumi.Context) error {
		p, err := newParts(ctx, nil)
		if err != nil {
			return err
		}
		args := &NotificationsArgs{Alerts: p.alerts, Names: names, Stack: "test"}
		for _, kind := range kinds {
			url := pulumi.ToSecret(pulumi.String(recording.WebhookURL + "/" + kind)).(pulumi.StringOutput)
			args.Webhooks = append(args.Webhooks, Webhook{Kind: kind, URL: url})
		}
		_, err = NewNotifications(ctx, "notifications", args)
		return err
	})
}

func TestChatsAreToldByEventBridgeItself(t *testing.T) {
	recorded := notifications(t, "discord", "slack")
	destination := recorded.One(t, "aws:cloudwatch/eventApiDestination:EventApiDestination", "notifications-discord")
	require.Equal(t, []any{"POST", 1.0, "botyard-test-discord"}, []any{destination.Input("httpMethod"), destination.Input("invocationRateLimitPerSecond"), destination.Input("name")})
	require.True(t, destination.Inputs["invocationEndpoint"].IsSecret(), "who knows the address can write there")
	policy := decode(t, recorded.One(t, "aws:iam/rolePolicy:RolePolicy", "notifications"), "policy").(map[string]any)
	require.Equal(t, []any{map[string]any{"Effect": "Allow", "Action": []any{"events:InvokeApiDestination"}, "Resource": []any{
		"arn:aws:cloudwatch:us-east-1:123456789012:eventApiDestination/botyard-test-discord",
		"arn:aws:cloudwatch:us-east-1:123456789012:eventApiDestination/botyard-test-slack",
	}}}, policy["Statement"])
	var targets []string
	for _, target := range recorded.OfType(targetType) {
		targets = append(targets, target.Name)
	}
	require.Equal(t, []string{
		"events",
		"notifications-alarm", "notifications-alarm-discord", "notifications-alarm-slack",
		"notifications-deploy-failed", "notifications-deploy-failed-discord", "notifications-deploy-failed-slack",
		"notifications-deployed-discord", "notifications-deployed-slack",
		"notifications-drift", "notifications-drift-discord", "notifications-drift-slack",
		"notifications-recovered", "notifications-recovered-discord", "notifications-recovered-slack",
	}, targets)
}

func TestWithoutAChatOnlyTheTopicIsTold(t *testing.T) {
	recorded := notifications(t)
	require.Empty(t, recorded.OfType("aws:cloudwatch/eventConnection:EventConnection"))
	require.Equal(t, []string{
		ruleType + "::events", ruleType + "::notifications-alarm", ruleType + "::notifications-deploy-failed",
		ruleType + "::notifications-drift", ruleType + "::notifications-recovered",
	}, keys(recorded.OfType(ruleType)))
}

// TestANewAlarmIsNoNews: its first state comes from "insufficient data".
func TestANewAlarmIsNoNews(t *testing.T) {
	recorded := notifications(t)
	detail := decode(t, recorded.One(t, ruleType, "notifications-alarm"), "eventPattern").(map[string]any)["detail"].(map[string]any)
	require.Equal(t, []any{map[string]any{"value": []any{"ALARM"}}, map[string]any{"value": []any{"OK"}}}, []any{detail["state"], detail["previousState"]})
	require.Equal(t, map[string]any{
		"source": []any{"aws.cloudwatch"}, "detail-type": []any{"CloudWatch Alarm State Change"},
		"detail": map[string]any{
			"alarmName": []any{map[string]any{"prefix": "botyard-test-"}},
			"state":     map[string]any{"value": []any{"OK"}}, "previousState": map[string]any{"value": []any{"ALARM"}},
		},
	}, decode(t, recorded.One(t, ruleType, "notifications-recovered"), "eventPattern"))
	require.Equal(t, map[string]any{
		"source": []any{"botyard"}, "detail-type": []any{"Deployment"},
		"detail": map[string]any{"project": []any{"botyard"}, "stack": []any{"test"}, "result": []any{"failed"}},
	}, decode(t, recorded.One(t, ruleType, "notifications-deploy-failed"), "eventPattern"))
}

// TestMessagesAreJSON fills each template as EventBridge does: values as they are.
func TestMessagesAreJSON(t *testing.T) {
	recorded := notifications(t, "discord", "slack")
	want := map[string]string{
		"notifications-alarm-discord":         "🔴 ALARM: TEXT\nALARM since SINCE",
		"notifications-recovered-slack":       "🟢 OK again: ALARM since SINCE\nTEXT",
		"notifications-deployed-discord":      "🚀 Deployed STACK, by WHO: SUMMARY",
		"notifications-drift-slack":           "🟡 STACK is not as deployed: SUMMARY",
		"notifications-deploy-failed-discord": "❌ Deployment of STACK failed, by WHO: SUMMARY",
	}
	for name, text := range want {
		transformer := recorded.One(t, targetType, name).Input("inputTransformer").(map[string]any)
		template := transformer["inputTemplate"].(string)
		for variable := range transformer["inputPaths"].(map[string]any) {
			template = strings.ReplaceAll(template, "<"+variable+">", strings.ToUpper(variable))
		}
		var body map[string]any
		require.NoError(t, json.Unmarshal([]byte(template), &body), template)
		if strings.HasSuffix(name, "slack") {
			require.Equal(t, map[string]any{"text": text, "unfurl_links": false}, body, name)
			continue
		}
		require.Equal(t, map[string]any{
			"content": text, "flags": 4.0, "allowed_mentions": map[string]any{"parse": []any{}},
		}, body, name)
	}
	mail := recorded.One(t, targetType, "notifications-recovered").Input("inputTransformer").(map[string]any)
	require.Equal(t, `"🟢 OK again: <alarm> since <since>\n<text>"`, mail["inputTemplate"])
}
