package tests

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/infra/config"
	"botyard/infra/rollout"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

// botFromGit is stack prod with the bot's image from a repository of its own: the config, in a folder of its own, and that
// repository's folder and commit.
func botFromGit(t *testing.T, more string) (cfg *config.Config, dir, commit string) {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	root := t.TempDir()
	for _, name := range []string{"images", "Pulumi.prod.yaml"} {
		require.NoError(t, os.Symlink(filepath.Join(fleet.Root(t), name), filepath.Join(root, name)))
	}
	dir = filepath.Join(t.TempDir(), "bot")
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(root, "images", "bot"))))
	for _, args := range [][]string{{"init", "-q", "-b", "master"}, {"add", "-A"}, {"commit", "-q", "-m", "x"}} {
		git(t, dir, args...)
	}
	cfg, err := config.Load(config.Source{Project: recording.Project, Stack: recording.Stack, Root: root, Values: map[string]string{
		"extends": "prod", "images": fmt.Sprintf(`{"bot": {"context": null, "git": {"url": "file://%s", "ref": "master"%s}}}`, dir, more),
	}})
	require.NoError(t, err)
	return cfg, dir, git(t, dir, "rev-parse", "HEAD")
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=A", "-c", "user.email=a@example.org"}, args...)...).CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.TrimSpace(string(out))
}

// TestAnImageFromGit holds what of a repository reaches the state: a folder below the project, which is the same on every
// machine, and the commit.
func TestAnImageFromGit(t *testing.T) {
	cfg, _, commit := botFromGit(t, "")
	recorded, runner := fleet.Record(t, cfg)
	build := recorded.One(t, "docker:index/image:Image", "bot").Input("build").(map[string]any)
	node, _ := cfg.Graph.Node("bot")
	folder := ".botyard/sources/bot-" + node.Content + "/tree"
	require.Equal(t, folder, build["context"])
	require.Equal(t, folder+"/Dockerfile", build["dockerfile"])
	require.Equal(t, commit, build["args"].(map[string]any)["REVISION"])
	require.Equal(t, map[string]string{"bot": commit}, runner.Noted[0].Sources)
}

// TestTheCommitsAreRemembered holds that a release has those of the images that run: its own, when it is gone back to.
func TestTheCommitsAreRemembered(t *testing.T) {
	cfg, _, commit := botFromGit(t, "")
	_, first := fleet.Record(t, cfg)
	old := first.Noted[0]
	require.Equal(t, commit, old.Sources["bot"])
	old.ID, old.Sources = "r7", map[string]string{"bot": strings.Repeat("a", 40)}
	cfg.Release = "r7"
	runner := &recording.Runner{Known: []rollout.Release{old}}
	_, err := recording.Run(t, program(cfg, runner))
	require.NoError(t, err)
	require.Equal(t, old.Sources, runner.Noted[0].Sources)
}

// TestATokenIsReadByTheRolesAndInNoResource holds that GitHub's roles can read the token of a repository, and that nothing else
// of the stack knows of it.
func TestATokenIsReadByTheRolesAndInNoResource(t *testing.T) {
	const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:code-AbCdEf"
	cfg, _, _ := botFromGit(t, "")
	cfg.Secrets["code"] = config.Secret{ARN: arn}
	cfg.Images["bot"].Git.Token = "code"
	cfg.Delivery = &config.Delivery{Repository: "acme/bots", State: "arn:aws:s3:::acme-state"}
	recorded, _ := fleet.Record(t, cfg)
	var named []string
	for _, each := range recorded.Resources() {
		if text := fmt.Sprint(each.Inputs); strings.Contains(text, arn) {
			named = append(named, each.Key())
			require.NotContains(t, text, recording.WebhookURL, "the value of every secret here")
		}
	}
	require.Equal(t, []string{"aws:iam/policy:Policy::delivery-deploy-data", "aws:iam/policy:Policy::delivery-preview-data"}, named)
}
