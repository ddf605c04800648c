package stack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/dev"
)

func TestWhereAServicesSourceIs(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for name, text := range map[string]string{
		"Pulumi.prod.yaml": `config:
  botyard:images:
    bot: {parent: base, context: images/bot}
    web: {parent: base, context: elsewhere, dockerfile: docker/web}
    fetched: {parent: base, git: {url: "https://example.org/x"}, context: images/bot}
    gone: {parent: base, context: images/gone}
    empty: {parent: base}
  botyard:services:
    bot: {image: bot}
    web: {image: web}
    fetched: {image: fetched}
    gone: {image: gone}
    empty: {image: empty}
    off: {image: bot}
`,
		"Pulumi.local.yaml": "config:\n  botyard:extends: prod\n  botyard:services: {off: null}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "images", "bot"), 0o755))
	require.NoError(t, os.Symlink(filepath.Join("images", "bot"), filepath.Join(dir, "elsewhere")))

	found, err := Source(dir, "local", "bot")
	require.NoError(t, err)
	assert.Equal(t, dev.Source{Folder: filepath.Join(dir, "images/bot"), Shown: "images/bot", Dockerfile: "Dockerfile"}, found)
	found, err = Source(dir, "local", "web")
	require.NoError(t, err)
	assert.Equal(t, dev.Source{Folder: filepath.Join(dir, "images/bot"), Shown: "elsewhere", Dockerfile: "docker/web"}, found)
	for service, want := range map[string]string{
		"off":     `there is no service "off" in Pulumi.local.yaml; it has bot, empty, fetched, gone, web`,
		"fetched": "the source of fetched is fetched (botyard:images.fetched.git), and only a folder of this checkout can be mounted; right would be a context in it",
		"gone":    `the source of gone is to be in "images/gone" (botyard:images.gone.context), which is no folder of this checkout`,
		"empty":   `the source of empty is to be in "" (botyard:images.empty.context), which is no folder of this checkout`,
	} {
		_, err := Source(dir, "local", service)
		assert.EqualError(t, err, want)
	}
	_, err = Source(filepath.Join("..", "..", ".."), "local", "bot")
	require.NoError(t, err, "of this checkout")
}
