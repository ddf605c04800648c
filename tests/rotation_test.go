package tests

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/tests/fleet"
	"botyard/tests/recording"
)

// restarts are the services by the secrets whose new values restart them, as the rules and documents of a stack say.
func restarts(t *testing.T, recorded *recording.Recorder) map[string][]string {
	t.Helper()
	byARN := map[string][]string{}
	for _, rule := range recorded.OfType("aws:cloudwatch/eventRule:EventRule") {
		service, ours := strings.CutPrefix(rule.Name, "rotation-")
		if !ours {
			continue
		}
		var pattern struct{ Resources []string }
		require.NoError(t, json.Unmarshal([]byte(rule.Input("eventPattern").(string)), &pattern))
		require.NotEmpty(t, pattern.Resources, "a rule of all secrets")
		var document struct {
			MainSteps []struct{ Inputs map[string]any }
		}
		require.NoError(t, json.Unmarshal([]byte(recorded.One(t, "aws:ssm/document:Document", rule.Name).Input("content").(string)), &document))
		for _, step := range document.MainSteps {
			if step.Inputs["Api"] == "UpdateService" {
				require.Contains(t, []any{service + "-id", service + "-standby-id"}, step.Inputs["service"])
				for _, arn := range pattern.Resources {
					byARN[arn] = append(byARN[arn], strings.TrimSuffix(step.Inputs["service"].(string), "-id"))
				}
			}
		}
	}
	for _, services := range byARN {
		slices.Sort(services)
	}
	return byARN
}

// TestASecretRestartsJustItsConsumers holds the rules against what the task definitions name.
func TestASecretRestartsJustItsConsumers(t *testing.T) {
	cfg := delivered(t)
	api := cfg.Services["leveling-api"]
	api.Secrets = map[string]string{"LEVEL": "level"}
	cfg.Services["leveling-api"] = api
	bot := cfg.Services["bot"]
	bot.Secrets = map[string]string{"DISCORD_TOKEN": "discord-token", "LEVEL": "level", "AGAIN": "discord-token"}
	cfg.Services["bot"] = bot
	recorded, _ := fleet.Record(t, cfg)
	token := "arn:aws:secretsmanager:us-east-1:123456789012:secret/botyard/test/discord-token"
	require.Equal(t, map[string][]string{
		token: {"bot", "bot-standby", "member-listener"}, foreignSetting: {"bot", "bot-standby", "leveling-api"},
	}, restarts(t, recorded), "neither the database's URLs, which the one-off task sets, nor the chats' webhooks")
	deploy := policyOfRole(t, recorded, "deploy")
	for _, rule := range []string{"rule/botyard-test-rotation-bot", "rule/botyard-test-rotation-bot-2"} {
		require.True(t, deploy.allows("events:PutRule", "arn:aws:events:us-east-1:123456789012:"+rule))
	}
}

func TestWithoutSecretsNothingIsDeclaredForThem(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	for name, service := range cfg.Services {
		service.Secrets = nil
		cfg.Services[name] = service
	}
	recorded, _ := fleet.Record(t, cfg)
	require.Empty(t, restarts(t, recorded))
	require.Empty(t, recorded.OfType("botyard:platform:Rotation"))
}
