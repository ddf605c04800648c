package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"botyard/infra/config"
	"botyard/infra/image"
	"botyard/tests/channel"
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
	if err := y.deployGreeting("Measured at last"); err != nil {
		return err
	}
	return y.served("Measured at last", time.Minute)
}

var greetingLine = regexp.MustCompile(`(?m)^GREETING = ".*"$`)

// deployGreeting changes one line of the bot and deploys it.
func (y *yard) deployGreeting(greeting string) error {
	if err := y.setGreeting(greeting); err != nil {
		return err
	}
	return y.make("up")
}

// setGreeting changes one line of the bot.
func (y *yard) setGreeting(greeting string) error {
	path := filepath.Join(y.dir, "images/bot/bot/replies.py")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !greetingLine.Match(text) {
		return fmt.Errorf("%s holds no greeting to change", path)
	}
	edited := greetingLine.ReplaceAll(text, fmt.Appendf(nil, "GREETING = %q", greeting))
	return os.WriteFile(path, edited, 0o644)
}

func (y *yard) served(greeting string, limit time.Duration) error {
	bot, err := channel.Local(y.dir)
	if err != nil {
		return err
	}
	var last any
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		texts, err := bot.Say("bench", "hello", limit)
		if err == nil && len(texts) == 1 && strings.Contains(texts[0], greeting) {
			return nil
		}
		last = errors.Join(err, errors.New(strings.Join(texts, " ")))
	}
	return fmt.Errorf("the bot did not answer %q within %s; last: %v", greeting, limit, last)
}

// buildAllWithoutCache builds the same layers in the same order by the docker command, as the
// society's Jenkins job did. It pushes nothing and deploys nothing: a lower bound of that way.
func (y *yard) buildAllWithoutCache() error {
	cfg, err := config.Load(config.Source{
		Project: "botyard", Stack: "bench", Root: y.dir,
		Values: map[string]string{"extends": "prod", "baseImages": `{"python": "botyard/python:3.11-bookworm", "go": "botyard/go:1.26-bookworm"}`, "registry": `{"address": "localhost:4566"}`},
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
