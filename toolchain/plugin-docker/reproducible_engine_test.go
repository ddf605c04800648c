//go:build e2e

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/client"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// outsidePython is what the sample's lowest layer stands on; make up leaves it in the engine.
const outsidePython = "botyard/python:3.11-bookworm"

// TestTheSamplesLayersAreTheSameWheneverTheyAreBuilt builds a chain of the sample's real layers twice, from two checkouts of
// different times and permissions and with no step in the engine's cache, and compares every layer's digest. It needs the
// network, for pip, and about two minutes.
func TestTheSamplesLayersAreTheSameWheneverTheyAreBuilt(t *testing.T) {
	engine := dockerEngine(t)
	_, err := engine.ImageInspect(t.Context(), outsidePython)
	require.NoError(t, err, "make up leaves this image in the engine")
	plugin, _ := startPlugin(t)
	_, err = plugin.Configure(t.Context(), &pulumirpc.ConfigureRequest{})
	require.NoError(t, err)
	prefix := "reproducible.test/" + strings.ToLower(t.Name())
	removeLater(t, engine, prefix+"*/*")

	first := buildSample(t, plugin, engine, prefix+"1", 0o022, time.Unix(1_700_000_000, 0))
	time.Sleep(1100 * time.Millisecond) // dates in a layer count in seconds
	second := buildSample(t, plugin, engine, prefix+"2", 0o077, time.Unix(1_750_000_000, 0))
	require.Equal(t, []string{"base", "bot", "database-init", "leveling-api", "models", "python-deps", "warden"}, sortedKeys(first))
	for _, layer := range sortedKeys(first) {
		assert.Equal(t, first[layer], second[layer], layer)
	}
}

// buildSample builds the layers from a copy whose files have that date and no permission of the mask, with a variable that no
// build has had behind each FROM, and gives each image's layers.
func buildSample(t *testing.T, plugin pulumirpc.ResourceProviderClient, engine *client.Client, prefix string, mask fs.FileMode, date time.Time) map[string][]string {
	t.Helper()
	dir := t.TempDir()
	unseen := "ENV UNSEEN=" + time.Now().Format(time.RFC3339Nano) + "\n"
	// The real warden takes a minute, and is one file with a date of its own.
	write(t, dir, map[string]string{"warden/Dockerfile": "FROM scratch\nCOPY warden /warden\n", "warden/warden": "no program"})
	require.NoError(t, os.Chtimes(dir+"/warden/warden", time.Unix(1, 0), time.Unix(1, 0)))
	found := map[string][]string{}
	for _, layer := range []struct{ name, parent string }{
		{"warden", ""}, {"base", ""}, {"python-deps", "base"}, {"models", "python-deps"}, {"database-init", "python-deps"}, {"bot", "models"}, {"leveling-api", "models"},
	} {
		folder := filepath.Join(dir, layer.name)
		if layer.name != "warden" {
			require.NoError(t, os.CopyFS(folder, os.DirFS("../../images/"+layer.name)))
			text, err := os.ReadFile(folder + "/Dockerfile")
			require.NoError(t, err)
			write(t, folder, map[string]string{"Dockerfile": strings.ReplaceAll(string(text), "FROM ${PARENT}\n", "FROM ${PARENT}\n"+unseen)})
			dateAll(t, folder, mask, date)
		}
		parent := prefix + "/" + layer.parent + ":1"
		if layer.parent == "" {
			parent = outsidePython
		}
		checked := check(t, plugin, map[string]any{"imageName": prefix + "/" + layer.name + ":1", "skipPush": true, "build": map[string]any{
			"context": folder, "dockerfile": folder + "/Dockerfile", "network": "host", "platform": defaultPlatform(),
			"args": map[string]any{"PARENT": parent, "WARDEN": prefix + "/warden:1"},
		}})
		_, err := create(t, plugin, checked, false)
		require.NoError(t, err)
		image, err := engine.ImageInspect(t.Context(), prefix+"/"+layer.name+":1")
		require.NoError(t, err)
		found[layer.name] = image.RootFS.Layers
	}
	return found
}

// dateAll gives a checkout's files and folders a date and takes the mask's permissions from them.
func dateAll(t *testing.T, dir string, mask fs.FileMode, date time.Time) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if err := os.Chmod(file, info.Mode().Perm()&^mask); err != nil {
			return err
		}
		return os.Chtimes(file, date, date)
	}))
}
