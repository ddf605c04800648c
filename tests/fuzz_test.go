package tests

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra"
	"botyard/infra/config"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

// FuzzWhatIsAcceptedDeploys lays one key over the real prod stack: whatever the config accepts
// must deploy, so that no mistake is found after the first resource.
func FuzzWhatIsAcceptedDeploys(f *testing.F) {
	for _, seed := range [][2]string{
		{"hosts", `{"kind": "ec2", "instanceType": "t3.large", "count": 2}`},
		{"network", `{"cidr": "10.9.0.0/24", "flowLogs": true}`},
		{"without", `["edge"]`},
		{"without", `["alerts"]`},
		{"database", `{"multiZone": true, "protect": false, "backupDays": 0}`},
		{"services", `{"bot": null}`},
		{"services", `{"leveling-api": {"replicas": 3, "public": {"path": "/api/*"}}}`},
		{"services", `{"bot": {"volumes": [{"name": "data", "path": "/data"}], "logDays": 7}}`},
		{"secrets", `{"discord-token": {"arn": "arn:aws:ssm:us-east-1:123456789012:parameter/discord"}}`},
		{"tags", `{}`},
		{"images", `{"bot": {"uses": []}}`},
		{"images", `{"models": {"uses": ["warden", "base"], "args": {"BASE": "x"}}}`},
		{"warden", `base`},
		{"services", `{"bot": {"cpu": -1}}`},
	} {
		f.Add(seed[0], seed[1])
	}
	root := fleet.Root(f)
	f.Fuzz(func(t *testing.T, key, value string) {
		values := map[string]string{"extends": "prod"}
		if key != "extends" {
			values[key] = value
		}
		cfg, err := config.Load(config.Source{Project: recording.Project, Stack: recording.Stack, Root: root, Values: values})
		if err != nil {
			return
		}
		cfg.Budget = nil // whether it is too dear is another question
		_, err = recording.Run(t, func(ctx *pulumi.Context) error {
			return infra.DeployWith(ctx, cfg, &recording.Runner{})
		})
		require.NoError(t, err, "%s: %s", key, value)
	})
}
