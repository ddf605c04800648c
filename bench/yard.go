package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"botyard/infra/config"
	"botyard/infra/image"
)

// yard is the copy of the checkout that is measured.
type yard struct{ dir, scratch string }

func (y *yard) make(args ...string) error {
	_, err := y.makeIn(nil, args...)
	return err
}

func (y *yard) makeIn(environment []string, args ...string) (string, error) {
	return command("", environment, "make", append([]string{"--no-print-directory", "-C", y.dir}, args...)...)
}

// The rows that others are compared with.
const (
	oneLine = "one line changed in the bot, up, answer served"
	noCache = "docker build --no-cache of all layers (build alone)"
)

// measureCold is the first up of a machine that has downloaded and compiled nothing yet. Packages of the machine itself
// (Docker Engine) stay installed.
func (y *yard) measureCold(rows *table) error {
	cache := filepath.Join(y.scratch, "cold")
	err := rows.timed(row{work: "cold up: empty caches, nothing deployed"}, func() error {
		_, err := y.makeIn([]string{
			"XDG_CACHE_HOME=" + cache, "GOCACHE=" + filepath.Join(cache, "go-build"),
			"GOMODCACHE=" + filepath.Join(cache, "go-mod"), "PIP_CACHE_DIR=" + filepath.Join(cache, "pip"),
		}, "up")
		return err
	})
	return errors.Join(err, y.make("down"))
}

func (y *yard) measureUp(rows *table) error {
	return rows.timed(row{work: "up, nothing to change"}, func() error { return y.make("up") })
}

func (y *yard) measurePreview(rows *table) error {
	return rows.timed(row{work: "preview of prod"}, func() error { return y.make("preview", "STACK=prod") })
}

// measureLine changes the bot's greeting, deploys, and waits until the new one answers.
func (y *yard) measureLine(rows *table) error {
	if err := rows.once(noCache, y.buildAllWithoutCache); err != nil {
		return err
	}
	return y.oneLineServed(rows, row{work: oneLine, against: noCache, less: 10}, func() error { return y.make("up") })
}

// layers are those of the copy, for stack local.
func (y *yard) layers() ([]image.Node, error) {
	cfg, err := config.Load(config.Source{
		Project: "botyard", Stack: "bench", Root: y.dir, Values: map[string]string{"extends": "prod", "registry": `{"address": "` + registry + `"}`,
			"baseImages": `{"python": "botyard/python:3.11-bookworm", "go": "botyard/go:1.26-bookworm"}`},
	})
	if err != nil {
		return nil, err
	}
	return cfg.Graph.Layers(), nil
}

// registry is where the emulated ECR answers.
const registry = "localhost:4566"

// buildAllWithoutCache builds the same layers in the same order by the docker command, as the
// society's Jenkins job did. It pushes nothing and deploys nothing: a lower bound of that way.
func (y *yard) buildAllWithoutCache() error {
	layers, err := y.layers()
	if err != nil {
		return err
	}
	for _, layer := range layers {
		args := []string{"build", "--no-cache", "--quiet", "--tag", "botyard-bench/" + layer.Name}
		for name, value := range references(layer, func(name string) string { return "botyard-bench/" + name }) {
			args = append(args, "--build-arg", name+"="+value)
		}
		if _, err := docker(append(args, filepath.Join(y.dir, layer.Context))...); err != nil {
			return err
		}
	}
	return nil
}

// references are the build args that name other images: the parent, and the layers that are used.
func references(layer image.Node, nameOf func(layer string) string) map[string]string {
	args := map[string]string{image.ParentArg: layer.OutsideBase}
	if !layer.Base {
		args[image.ParentArg] = nameOf(layer.Parent)
	}
	for _, used := range layer.Uses {
		args[image.UseArg(used)] = nameOf(used)
	}
	return args
}

// buildKit is 1 where the docker command can use BuildKit: since version 23 that takes the
// buildx plugin, which Debian's package does not bring.
func buildKit() string {
	version, err := exec.Command("docker", "version", "--format", "{{.Client.Version}}").Output()
	if err != nil || strings.HasPrefix(string(version), "20.") {
		return "1"
	}
	if exec.Command("docker", "buildx", "version").Run() == nil {
		return "1"
	}
	return "0"
}

// write makes a file of the copy, with its folder.
func (y *yard) write(name, text string) error {
	path := filepath.Join(y.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
