package contract

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"botyard/toolchain/plugin-aws/gaps"
	"botyard/toolchain/plugin-aws/surface"
)

// TestPluginMatchesSDK compares the built plugin, named by BOTYARD_PLUGIN_AWS, with the SDK that the program's go.mod pins. What differs must be
// exactly what gaps.txt lists, so that a new divergence fails by name, and so does a line that is no longer true.
func TestPluginMatchesSDK(t *testing.T) {
	want, err := ReadSDK(sdkSources(t))
	if err != nil {
		t.Fatalf("failed to read the SDK: %v", err)
	}
	differences := Compare(want, describePlugin(t))
	known := gaps.All()
	for _, line := range differences {
		if !slices.Contains(known, line) {
			t.Errorf("new divergence: %s", line)
		}
	}
	for _, line := range known {
		if !slices.Contains(differences, line) {
			t.Errorf("gaps.txt lists what is no longer so: %s", line)
		}
	}
}

// sdkSources finds the SDK's Go sources at the version that the program uses.
func sdkSources(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("go", "mod", "download", "-json", "github.com/pulumi/pulumi-aws/sdk/v6")
	cmd.Dir = filepath.Join("..", "..", "..")
	cmd.Env = append(os.Environ(), "GOSUMDB=off", "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("failed to find the pulumi-aws SDK of the program's go.mod: %v", err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatalf("failed to find the pulumi-aws SDK of the program's go.mod: %v", err)
	}
	return filepath.Join(module.Dir, "go", "aws")
}

// describePlugin asks the built plugin what it serves.
func describePlugin(t *testing.T) surface.Package {
	t.Helper()
	plugin := os.Getenv("BOTYARD_PLUGIN_AWS")
	if plugin == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("BOTYARD_PLUGIN_AWS is not set: it must name the built plugin")
		}
		t.Skip("BOTYARD_PLUGIN_AWS is not set: build the plugin with build.sh and name the binary")
	}
	out, err := exec.Command(plugin, "-describe").Output()
	if err != nil {
		t.Fatalf("the plugin does not describe itself: %v", err)
	}
	var got surface.Package
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("the plugin's description cannot be read: %v", err)
	}
	return got
}
