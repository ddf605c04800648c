package tests

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/tests/fleet"
)

var lookPattern = regexp.MustCompile(`:(Describe|Get|List|View|Scan|BatchGet|Decrypt)`)

func isLook(action string) bool { return lookPattern.MatchString(action) }

func TestThePreviewRoleOnlyLooks(t *testing.T) {
	recorded, _ := fleet.Record(t, delivered(t))
	preview := policyOfRole(t, recorded, "preview")
	for _, each := range preview {
		for _, action := range each.Action {
			if action == "events:PutEvents" { // it may say that it has found drift
				require.Equal(t, map[string]map[string]any{"StringEquals": {"events:source": "botyard", "events:detail-type": "Drift"}}, each.Condition)
				continue
			}
			require.True(t, isLook(action), "%s", action)
		}
	}
	deploy := policyOfRole(t, recorded, "deploy").actions()
	for _, action := range preview.actions() {
		require.Contains(t, deploy, action)
	}
	values := func(arn string) bool { return preview.allows("secretsmanager:GetSecretValue", arn) }
	require.True(t, values("arn:aws:secretsmanager:us-east-1:123456789012:secret:botyard/test/chat-AbCdEf"))
	require.True(t, values(foreignSecret))
	for _, secret := range []string{
		"botyard/test/discord-token-AbCdEf", "botyard/test/chat-room-AbCdEf", "rds!db-1-AbCdEf", "events!connection/botyard-test-notifications/1",
	} {
		require.False(t, values("arn:aws:secretsmanager:us-east-1:123456789012:secret:"+secret), secret)
	}
	for _, action := range []string{"ssm:GetParameter", "ssm:GetParameters", "dynamodb:GetItem", "logs:GetLogEvents", "ecr:BatchGetImage"} {
		require.NotContains(t, preview.actions(), action)
	}

	cfg := delivered(t)
	cfg.Alerts.Discord, cfg.Alerts.Slack, cfg.Delivery.Key = "", "", ""
	recorded, _ = fleet.Record(t, cfg)
	require.NotContains(t, policyOfRole(t, recorded, "preview").actions(), "secretsmanager:GetSecretValue")
	require.NotContains(t, policyOfRole(t, recorded, "preview").actions(), "kms:Decrypt")
}

// TestTheStateOfOtherStacksIsNotRead looks at the files of Pulumi's own layout.
func TestTheStateOfOtherStacksIsNotRead(t *testing.T) {
	recorded, _ := fleet.Record(t, delivered(t))
	deploy, preview := policyOfRole(t, recorded, "deploy"), policyOfRole(t, recorded, "preview")
	bucket := "arn:aws:s3:::acme-state/.pulumi/"
	for _, file := range []string{
		"stacks/botyard/test.json", "stacks/botyard/test.json.bak", "stacks/botyard/test.pulumi-tags", "history/botyard/test/test-1.history.json",
		"locks/organization/botyard/test/1.json",
	} {
		require.True(t, deploy.allows("s3:PutObject", bucket+file), file)
		require.True(t, preview.allows("s3:GetObject", bucket+file), file)
		require.False(t, preview.allows("s3:PutObject", bucket+file), file)
	}
	require.True(t, preview.allows("s3:GetObject", bucket+"meta.yaml"))
	for _, file := range []string{"stacks/botyard/prod.json", "stacks/other/test.json", "stacks/botyard/test2.json", "locks/organization/botyard/prod/1.json"} {
		require.False(t, deploy.allows("s3:GetObject", bucket+file), file)
	}
}
