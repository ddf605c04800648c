package sbom

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	image = "registry:4566/botyard/local/bot@sha256:9f2c1d04a7be44444444444444444444444444444444444444444444444444ff"

	document = `{"spdxVersion": "SPDX-2.3", "packages": [{"SPDXID": "SPDXRef-DocumentRoot-Image-bot"},
		{"SPDXID": "SPDXRef-Package-deb-openssl-1"}, {"SPDXID": "SPDXRef-Package-python-numpy-2"}]}`
)

// fakeSyft is a syft that notes what it was asked for, and writes the text into the file that it was given.
func fakeSyft(t *testing.T, text string) (maker Maker, asked func() string) {
	t.Helper()
	dir := t.TempDir()
	file, notes := filepath.Join(dir, "syft"), filepath.Join(dir, "notes")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "document"), []byte(text), 0o644))
	script := `#!/bin/sh
echo "$1 $2 $3 $4 ${5%%/*} auth=$SYFT_REGISTRY_AUTH_AUTHORITY,$SYFT_REGISTRY_AUTH_USERNAME,$SYFT_REGISTRY_AUTH_PASSWORD http=$SYFT_REGISTRY_INSECURE_USE_HTTP" >>` + notes + `
[ -s ` + dir + `/document ] || { echo "no such image" >&2; exit 1; }
cp ` + dir + `/document "${5#spdx-json=}"
`
	require.NoError(t, os.WriteFile(file, []byte(script), 0o755))
	return Maker{Syft: file, Dir: filepath.Join(dir, "out")}, func() string {
		noted, err := os.ReadFile(notes)
		require.NoError(t, err)
		return string(noted)
	}
}

func TestAnSBOMIsMadeOnceADigest(t *testing.T) {
	maker, asked := fakeSyft(t, document)
	maker.Registry = Registry{Host: "registry:4566", User: "AWS", Password: "secret", HTTP: true}
	made, err := maker.Make(t.Context(), "bot", image)
	require.NoError(t, err)
	file := filepath.Join(maker.Dir, "bot-9f2c1d04a7be.spdx.json")
	assert.Equal(t, SBOM{Layer: "bot", Image: image, File: file, Packages: 2}, made)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, document, string(text))

	again, err := maker.Make(t.Context(), "bot", image)
	require.NoError(t, err)
	assert.Equal(t, SBOM{Layer: "bot", Image: image, File: file, Packages: 2, Kept: true}, again)
	assert.Equal(t, "scan registry:"+image+" --quiet --output spdx-json= auth=registry:4566,AWS,secret http=true\n", asked(), "once, and no password among the arguments")
}

func TestWithoutALoginSyftFindsItsOwn(t *testing.T) {
	maker, asked := fakeSyft(t, document)
	_, err := maker.Make(t.Context(), "bot", image)
	require.NoError(t, err)
	assert.Contains(t, asked(), " auth=,, http=\n")
}

func TestWhatFailsLeavesNoFile(t *testing.T) {
	maker, _ := fakeSyft(t, "")
	_, err := maker.Make(t.Context(), "bot", image)
	require.ErrorContains(t, err, "layer bot: syft cannot read image "+image+": ")
	require.ErrorContains(t, err, "failed: exit status 1: no such image")

	maker, _ = fakeSyft(t, `{"packages": []}`)
	_, err = maker.Make(t.Context(), "bot", image)
	require.EqualError(t, err, "layer bot: what syft wrote cannot be kept: bot-9f2c1d04a7be.spdx.json.part is no SPDX document")
	left, err := os.ReadDir(maker.Dir)
	require.NoError(t, err)
	assert.Empty(t, left)

	require.NoError(t, os.WriteFile(filepath.Join(maker.Dir, "bot-9f2c1d04a7be.spdx.json"), []byte("{"), 0o644))
	_, err = maker.Make(t.Context(), "bot", image)
	require.EqualError(t, err, "bot-9f2c1d04a7be.spdx.json is no SPDX document; remove it and run make sbom again")

	_, err = maker.Make(t.Context(), "bot", "registry:4566/botyard/local/bot:latest")
	require.EqualError(t, err, "image registry:4566/botyard/local/bot:latest of layer bot is not named by a digest, so that its SBOM would not say what it is about")
}
