package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"botyard/infra/config"
	"botyard/infra/image"
)

// yard is the copy of the checkout that is measured.
type yard struct{ dir, scratch string }

func (y *yard) make(args ...string) error { return y.makeIn(nil, args...) }

func (y *yard) makeIn(environment []string, args ...string) error {
	cmd := exec.Command("make", append([]string{"--no-print-directory", "-C", y.dir}, args...)...)
	cmd.Env = append(os.Environ(), environment...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("make %s: %w\n%s", strings.Join(args, " "), err, out.String())
	}
	return nil
}

// coldUp is the first up of a machine that has downloaded and compiled nothing yet. Packages
// of the machine itself (Docker Engine) stay installed.
func (y *yard) coldUp() error {
	cache := filepath.Join(y.scratch, "cold")
	return y.makeIn([]string{
		"XDG_CACHE_HOME=" + cache, "GOCACHE=" + filepath.Join(cache, "go-build"),
		"GOMODCACHE=" + filepath.Join(cache, "go-mod"), "PIP_CACHE_DIR=" + filepath.Join(cache, "pip"),
	}, "up")
}

// oneLineServed changes the bot's greeting, deploys, and waits until the new one answers.
func (y *yard) oneLineServed() error {
	path := filepath.Join(y.dir, "images/bot/bot/replies.py")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	const greeting = "Measured at last"
	edited := strings.Replace(string(text), "Hello from botyard", greeting, 1)
	if edited == string(text) {
		return fmt.Errorf("%s holds no greeting to change", path)
	}
	if err := os.WriteFile(path, []byte(edited), 0o644); err != nil {
		return err
	}
	if err := y.make("up"); err != nil {
		return err
	}
	return served(greeting, time.Minute)
}

func served(greeting string, limit time.Duration) error {
	var last string
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		response, err := http.Post("http://localhost:5005/webhooks/rest/webhook", "application/json", strings.NewReader(`{"sender":"bench","message":"hello"}`))
		if err != nil {
			last = err.Error()
			continue
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err == nil && strings.Contains(string(text), greeting) {
			return nil
		}
		last = string(text)
	}
	return fmt.Errorf("the bot did not answer %q within %s; last: %s", greeting, limit, last)
}

// buildAllWithoutCache builds the same layers in the same order by the docker command, as the
// society's Jenkins job did. It pushes nothing and deploys nothing: a lower bound of that way.
func (y *yard) buildAllWithoutCache() error {
	cfg, err := config.Load(config.Source{
		Project: "botyard", Stack: "bench", Root: y.dir,
		Values: map[string]string{"extends": "prod", "baseImages": `{"go": "botyard/go:1.26-bookworm", "python": "botyard/python:3.11-bookworm"}`, "registry": `{"address": "localhost:4566"}`},
	})
	if err != nil {
		return err
	}
	for _, layer := range cfg.Graph.Layers() {
		if err := y.buildWithoutCache(layer); err != nil {
			return err
		}
	}
	return nil
}

func (y *yard) buildWithoutCache(layer image.Node) error {
	parent := "botyard-bench/" + layer.Parent
	if layer.Base {
		parent = layer.OutsideBase
	}
	args := []string{"build", "--no-cache", "--quiet", "--build-arg", "PARENT=" + parent, "--tag", "botyard-bench/" + layer.Name}
	for _, used := range layer.Uses {
		args = append(args, "--build-arg", image.UseArg(used)+"=botyard-bench/"+used)
	}
	cmd := exec.Command("docker", append(args, filepath.Join(y.dir, layer.Context))...)
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT="+buildKit())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("docker build of %s: %w\n%s", layer.Name, err, out)
	}
	return nil
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
