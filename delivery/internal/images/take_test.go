package images

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/infra/image"
)

func names(layers []image.Node) []string {
	var all []string
	for _, layer := range layers {
		all = append(all, layer.Name)
	}
	return all
}

func TestALayerNeedsItsParentsAndWhatItCopiesFrom(t *testing.T) {
	assert.Equal(t, []string{"base", "my-tool", "deps", "bot"}, names(Needed(layers(), "bot")))
	assert.Equal(t, []string{"base", "deps"}, names(Needed(layers(), "deps")))
	assert.Equal(t, []string{"my-tool"}, names(Needed(layers(), "my-tool")))
}

func TestAFileIsTakenOutOfAnImageThatNeverStarts(t *testing.T) {
	calls := world(t, "INSIDE=/model/intents.json")
	folder := filepath.Join(t.TempDir(), "models")
	file, err := Take(t.Context(), layers()[2], "/model/intents.json", folder)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(folder, "intents.json"), file)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "a model\n", string(text))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
	assert.Equal(t, []string{
		"create botyard-check/deps:tag-deps never-started", "cp container-1:/model/intents.json " + file + ".new", "rm container-1",
	}, calls())
}

func TestWithoutTheFileWhatWasTakenBeforeStays(t *testing.T) {
	calls := world(t, "INSIDE=/model/other.json")
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "intents.json"), []byte("before"), 0o644))
	_, err := Take(t.Context(), layers()[2], "/model/intents.json", folder)
	require.EqualError(t, err, "cannot take /model/intents.json out of the image of layer deps, whose build has to write it: "+
		"docker cp container-1:/model/intents.json: exit status 1: no such file in container-1")
	text, err := os.ReadFile(filepath.Join(folder, "intents.json"))
	require.NoError(t, err)
	assert.Equal(t, "before", string(text))
	assert.Equal(t, "rm container-1", calls()[2], "the container goes all the same")
}
