// Package fleet loads the repository's own stack files for tests.
package fleet

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"botyard/infra"
	"botyard/infra/config"
	"botyard/tests/recording"
)

// Root is the repository's folder.
func Root(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	require.True(t, ok)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// Load reads and checks Pulumi.<stack>.yaml as Pulumi would hand it to the program.
func Load(t testing.TB, stack string) *config.Config {
	t.Helper()
	root := Root(t)
	text, err := os.ReadFile(filepath.Join(root, "Pulumi."+stack+".yaml"))
	require.NoError(t, err)
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	source := config.Source{Project: recording.Project, Stack: stack, Root: root, Values: map[string]string{}}
	for key, value := range file.Config {
		name, ours := strings.CutPrefix(key, config.Namespace+":")
		if !ours {
			continue
		}
		if text, ok := value.(string); ok {
			source.Values[name] = text
			continue
		}
		encoded, err := json.Marshal(value)
		require.NoError(t, err)
		source.Values[name] = string(encoded)
	}
	cfg, err := config.Load(source)
	require.NoError(t, err)
	return cfg
}

// Record deploys cfg under the recorder as stack test.
func Record(t testing.TB, cfg *config.Config, options ...pulumi.RunOption) (*recording.Recorder, *recording.Runner) {
	t.Helper()
	runner := &recording.Runner{}
	recorded, err := recording.Run(t, func(ctx *pulumi.Context) error {
		return infra.DeployWith(ctx, cfg, runner)
	}, options...)
	require.NoError(t, err)
	return recorded, runner
}
