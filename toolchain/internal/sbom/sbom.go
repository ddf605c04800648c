// Package sbom writes down what is in the images of a stack: a file an image, in the form SPDX, made by syft.
package sbom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"botyard/toolchain/internal/run"
)

// Maker makes SBOMs.
type Maker struct {
	Syft string // the program
	Dir  string // where the files go
	// Registry is where the images are pulled from.
	Registry Registry
	Stderr   io.Writer // what syft complains of
}

// Registry is how the images' registry is reached.
type Registry struct {
	Host, User, Password string // no user: whoever docker login made known
	HTTP                 bool   // without TLS: the emulator
}

// SBOM is what has been written about a layer's image.
type SBOM struct {
	Layer    string `json:"layer"`
	Image    string `json:"image"` // <host>/<repository>@<digest>
	File     string `json:"file"`
	Packages int    `json:"packages"`
	Kept     bool   `json:"kept"` // the file was there: what a digest names does not change
}

// Make writes the SBOM of a layer's image into <layer>-<12 digits of its digest>.spdx.json, unless it is there.
func (m Maker) Make(ctx context.Context, layer, image string) (SBOM, error) {
	_, hex, ok := strings.Cut(image, "@sha256:")
	const shown = 12 // as in make status
	if !ok || len(hex) < shown {
		return SBOM{}, fmt.Errorf("image %s of layer %s is not named by a digest, so that its SBOM would not say what it is about", image, layer)
	}
	s := SBOM{Layer: layer, Image: image, File: filepath.Join(m.Dir, layer+"-"+hex[:shown]+".spdx.json")}
	var err error
	if s.Packages, err = packages(s.File); err == nil {
		s.Kept = true
		return s, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return s, fmt.Errorf("%w; remove it and run make sbom again", err)
	}
	if err := os.MkdirAll(m.Dir, 0o755); err != nil {
		return s, fmt.Errorf("cannot make the folder of the SBOMs: %w", err)
	}
	part := s.File + ".part" // a run that is cut off leaves nothing that looks whole
	defer os.Remove(part)
	cmd := run.Cmd{Name: m.Syft, Args: []string{"scan", "registry:" + image, "--quiet", "--output", "spdx-json=" + part}, Env: m.env(), Stderr: m.Stderr}
	if _, err := run.Output(ctx, cmd); err != nil {
		return s, fmt.Errorf("layer %s: syft cannot read image %s: %w", layer, image, err)
	}
	if s.Packages, err = packages(part); err != nil {
		return s, fmt.Errorf("layer %s: what syft wrote cannot be kept: %w", layer, err)
	}
	return s, os.Rename(part, s.File)
}

// env keeps the password out of the arguments, which all users of the machine see.
// Source: syft's documentation, "Private Registry Authentication".
func (m Maker) env() []string {
	env := []string{"SYFT_CHECK_FOR_APP_UPDATE=false"}
	if m.Registry.User != "" {
		env = append(env, "SYFT_REGISTRY_AUTH_AUTHORITY="+m.Registry.Host, "SYFT_REGISTRY_AUTH_USERNAME="+m.Registry.User, "SYFT_REGISTRY_AUTH_PASSWORD="+m.Registry.Password)
	}
	if m.Registry.HTTP {
		env = append(env, "SYFT_REGISTRY_INSECURE_USE_HTTP=true")
	}
	return env
}

// packages counts those of an SPDX document, without the image itself, which syft lists as the root of all.
// Source: SPDX 2.3, "Package information".
func packages(file string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("cannot read an SBOM: %w", err)
	}
	var document struct {
		Version  string `json:"spdxVersion"`
		Packages []struct {
			ID string `json:"SPDXID"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(text, &document); err != nil || document.Version == "" {
		return 0, fmt.Errorf("%s is no SPDX document", filepath.Base(file))
	}
	count := 0
	for _, each := range document.Packages {
		if !strings.HasPrefix(each.ID, "SPDXRef-DocumentRoot-") {
			count++
		}
	}
	return count, nil
}
