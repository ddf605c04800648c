package infra

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"botyard/infra/checkout"
	"botyard/infra/config"
	"botyard/tests/recording"
)

// outputsOf resolves a stack's outputs to the Go types of their values.
func outputsOf(t *testing.T, cfg *config.Config) map[string]string {
	t.Helper()
	var mu sync.Mutex
	types := map[string]string{}
	_, err := recording.Run(t, func(ctx *pulumi.Context) error {
		s, err := newStack(ctx, cfg, &recording.Runner{})
		if err != nil {
			return err
		}
		if err := s.declare(); err != nil {
			return err
		}
		for name, value := range s.outputs() {
			// Exported, so that the program does not end before it is known.
			ctx.Export(name, pulumi.ToOutput(value).ApplyT(func(resolved any) string {
				mu.Lock()
				defer mu.Unlock()
				types[name] = fmt.Sprintf("%T", resolved)
				return types[name]
			}))
		}
		return nil
	})
	require.NoError(t, err)
	return types
}

func load(t *testing.T, values map[string]string) *config.Config {
	t.Helper()
	values["extends"] = "prod"
	cfg, err := config.Load(config.Source{Project: "botyard", Stack: "test", Root: "..", Values: values})
	require.NoError(t, err)
	return cfg
}

// absent are the keys of prod whose outputs it leaves out.
var absent = map[string]string{
	"delivery": `{"repository": "acme/bots", "state": "arn:aws:s3:::acme-state"}`, "models": `{"greetings": {"description": "x"}}`,
}

func TestOutputsKeepTheirNamesAndTypes(t *testing.T) {
	all := map[string]string{
		"region": "string", "clusterArn": "string", "clusterName": "string", "vpcId": "pulumi.ID", "securityGroupId": "string",
		"alarmPrefix": "string", "releaseTable": "string", "release": "string", "dashboardName": "string", "monthlyCostUSD": "map[string]interface {}", "databaseIdentifier": "string",
		"alertTopicArn": "string", "publicUrl": "string", "databaseEndpoint": "string", "databaseSecretArn": "string",
		"publicSubnetIds": "[]string", "privateSubnetIds": "[]string", "hostPorts": "map[string]int",
		"repositoryUrls": "map[string]string", "imageDigests": "map[string]string", "secretArns": "map[string]string",
		"serviceArns": "map[string]string", "standbyServiceArns": "map[string]string", "leaseTable": "string", "logGroups": "map[string]string", "runningDigests": "map[string]string",
		"publicPaths": "map[string]string", "databaseAccessSecretArns": "map[string]string",
	}
	require.Equal(t, all, outputsOf(t, load(t, map[string]string{})))
	all["deployRoleArn"], all["previewRoleArn"], all["modelBucket"] = "string", "string", "string"
	require.Equal(t, all, outputsOf(t, load(t, maps.Clone(absent))))
	all["imageCommits"] = "map[string]string"
	require.Equal(t, all, outputsOf(t, fromGit(t)))
}

// fromGit is prod with all that it leaves out, and with images from another repository, which are the other outputs that it leaves out.
func fromGit(t *testing.T) *config.Config {
	cfg := load(t, maps.Clone(absent))
	cfg.Trees = map[string]*checkout.Tree{"bot": {Commit: strings.Repeat("a", 40)}}
	return cfg
}

func TestEveryOutputIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/outputs.md")
	require.NoError(t, err)
	documented := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]+) \\|").FindAllStringSubmatch(string(text), -1) {
		for _, name := range regexp.MustCompile("`([A-Za-z]+)`").FindAllStringSubmatch(row[1], -1) {
			documented[name[1]] = true
		}
	}
	declared := map[string]bool{}
	for name := range outputsOf(t, fromGit(t)) {
		declared[name] = true
	}
	require.Equal(t, declared, documented)
}
