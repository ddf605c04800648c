package stack

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/fake"
)

// fakeStack is a stack whose Pulumi is whatever programs has under that name.
func fakeStack(t *testing.T, programs *fake.Programs) Stack {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: botyard\nruntime: go\n"), 0o644))
	return Stack{
		CLI: filepath.Join(programs.Dir, "pulumi"), Dir: dir, Name: "local", Backend: filepath.Join(t.TempDir(), "state"),
		Out: io.Discard, Log: io.Discard,
	}
}

func putState(t *testing.T, s Stack, text string) {
	path := filepath.Join(s.Backend, ".pulumi", "stacks", "botyard", s.Name+".json")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

func TestEnsureMakesTheStackAwayFromTheCheckout(t *testing.T) {
	programs := fake.New(t)
	s := fakeStack(t, programs)
	programs.Add(t, "pulumi", "cat Pulumi.yaml >>"+programs.Dir+"/project; echo encryptionsalt >Pulumi.local.yaml")
	require.NoError(t, s.Ensure(t.Context()))
	assert.Equal(t, []string{"pulumi stack init local --no-select --non-interactive"}, programs.Calls(t))
	project, err := os.ReadFile(filepath.Join(programs.Dir, "project"))
	require.NoError(t, err)
	assert.Equal(t, "name: botyard\nruntime: go\n", string(project))
	assert.NoFileExists(t, filepath.Join(s.Dir, "Pulumi.local.yaml"), "the user's config is not written")

	putState(t, s, "{}")
	require.NoError(t, s.Ensure(t.Context()))
	assert.Len(t, programs.Calls(t), 1, "a stack that is there is not made again")
}

func TestUpUsesTheGeneratedConfigAndReportsAConflict(t *testing.T) {
	programs := fake.New(t)
	s := fakeStack(t, programs)
	var seen, log bytes.Buffer
	s.Out, s.Log, s.ConfigFile = &seen, &log, "/generated.yaml"
	programs.Add(t, "pulumi", `echo "@ updating....."; echo " +  aws:ecr/repository:Repository bot creating (0s) "; echo; echo "    error: RepositoryAlreadyExistsException: bot" >&2; exit 255`)
	err := s.Up(t.Context())
	require.EqualError(t, err, "pulumi up failed (exit status 255); the reasons stand above")
	var failed *UpdateError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "error: RepositoryAlreadyExistsException: bot", failed.Conflict)
	assert.Equal(t, []string{"pulumi up --yes --skip-preview --stack local --non-interactive --suppress-outputs --config-file /generated.yaml"}, programs.Calls(t))
	assert.Equal(t, " +  aws:ecr/repository:Repository bot creating (0s) \n    error: RepositoryAlreadyExistsException: bot\n", seen.String())
	assert.Contains(t, log.String(), "@ updating.....\n", "the log has all of it")
}

func TestOutputsMustBeJSON(t *testing.T) {
	programs := fake.New(t)
	s := fakeStack(t, programs)
	programs.Add(t, "pulumi", `echo '{"clusterArn": "arn"}'`)
	text, err := s.Outputs(t.Context())
	require.NoError(t, err)
	assert.JSONEq(t, `{"clusterArn": "arn"}`, string(text))
	programs.Add(t, "pulumi", "echo warning: nothing")
	_, err = s.Outputs(t.Context())
	require.EqualError(t, err, `the outputs of stack local are no JSON: "warning: nothing"`)
}

func TestEnvKeepsTheUsersOwnWhereNothingIsNamed(t *testing.T) {
	t.Setenv("PATH", "/bin")
	assert.Equal(t, []string{
		"PATH=/cache/bin:/bin", "PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_HOME=/cache", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"PULUMI_BACKEND_URL=file:///state?metadata=skip", "PULUMI_CONFIG_PASSPHRASE=",
	}, Env("/cache/bin", "/cache", "/state"))
	assert.Equal(t, []string{"PATH=/usr/bin:/bin", "PULUMI_SKIP_UPDATE_CHECK=true"}, Env("/usr/bin", "", ""))
}

func TestHasAWS(t *testing.T) {
	for _, name := range []string{"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"} {
		t.Setenv(name, "")
	}
	assert.False(t, HasAWS())
	t.Setenv("AWS_PROFILE", "work")
	assert.True(t, HasAWS())
}
