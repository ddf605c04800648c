// Package published uses Pulumi as its makers publish it: the CLI that is on PATH or a checked download of it, and the
// plugins that the CLI itself fetches.
package published

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/parts"
	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/step"
)

// Where Pulumi's makers publish.
const (
	releases = "https://github.com/pulumi/pulumi/releases/download/v" + parts.PulumiVersion
	plugins  = "https://get.pulumi.com/releases/plugins"
)

const (
	probeWait = 3 * time.Second
	// remembered is how long an answer counts: a laptop that comes online is noticed the next day, or by force.
	remembered = 24 * time.Hour
)

// Source is where the published parts come from.
type Source struct {
	Store    cache.Store
	Releases string // address of the CLI's release files
	Plugins  string // address of the plugins, asked for reachability only
}

// New is the makers' own source; BOTYARD_PULUMI_RELEASES names a mirror of it.
func New(store cache.Store) Source {
	source := Source{Store: store, Releases: releases, Plugins: plugins}
	if mirror := os.Getenv("BOTYARD_PULUMI_RELEASES"); mirror != "" {
		source.Releases, source.Plugins = mirror, mirror
	}
	return source
}

// Pulumi is a usable Pulumi.
type Pulumi struct {
	Bin  string // folder that holds the CLI
	Home string // PULUMI_HOME; empty leaves the user's own
}

// Available tells whether the published parts can be had, and why not. It asks the network at most once a day.
func (s Source) Available(ctx context.Context) (bool, string) {
	if cli, err := exec.LookPath("pulumi"); err == nil && s.pluginsInstalled(ctx, cli, nil) {
		return true, ""
	}
	return s.Remember("published", s.Releases+s.Plugins, func() error {
		for _, url := range []string{
			s.Releases + "/" + checksumFile,
			fmt.Sprintf("%s/pulumi-resource-aws-v%s-linux-%s.tar.gz", s.Plugins, parts.AWSVersion, goarch()),
		} {
			if err := Reachable(ctx, url); err != nil {
				return err
			}
		}
		return nil
	})
}

// Remember returns the answer that ask gave to the same question within the last day, or asks. A cancelled ask is not
// remembered.
func (s Source) Remember(name, question string, ask func() error) (bool, string) {
	type answer struct {
		Question string    `json:"question"`
		At       time.Time `json:"at"`
		Reason   string    `json:"reason"` // empty: yes
	}
	path := filepath.Join(s.Store.Root, "answers", name+".json")
	var known answer
	if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &known) == nil {
		if age := time.Since(known.At); known.Question == question && age >= 0 && age < remembered {
			return known.Reason == "", known.Reason
		}
	}
	now := answer{Question: question, At: time.Now()}
	if err := ask(); err != nil {
		if errors.Is(err, context.Canceled) {
			return false, err.Error()
		}
		now.Reason = err.Error()
	}
	if text, err := json.Marshal(now); err == nil && os.MkdirAll(filepath.Dir(path), 0o755) == nil {
		_ = os.WriteFile(path, text, 0o644) // asked again next time
	}
	return now.Reason == "", now.Reason
}

// Reachable asks for the head of a URL and fails unless it answers soon with something other than an error of its own.
func Reachable(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, probeWait)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return fmt.Errorf("%q is no address: %w", url, err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("cannot be reached: %w", err)
	}
	defer response.Body.Close()
	// 401 is how a registry greets the unknown.
	if response.StatusCode >= 300 && response.StatusCode != http.StatusUnauthorized {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return nil
}

// Ensure leaves a usable Pulumi with both plugins.
func (s Source) Ensure(ctx context.Context, task *step.Task) (Pulumi, error) {
	found := Pulumi{}
	var env []string
	cli, err := exec.LookPath("pulumi")
	if err == nil {
		found.Bin = filepath.Dir(cli)
	} else {
		if found, err = s.download(ctx, task); err != nil {
			return Pulumi{}, err
		}
		cli = filepath.Join(found.Bin, "pulumi")
		env = []string{"PULUMI_HOME=" + found.Home}
	}
	if s.pluginsInstalled(ctx, cli, env) {
		task.Keep("as published")
		return found, nil
	}
	for _, plugin := range wanted() {
		task.Say("fetching the plugin %s %s", plugin.Name, plugin.Version)
		install := run.Cmd{
			Name: cli, Args: []string{"plugin", "install", "resource", plugin.Name, plugin.Version, "--non-interactive"},
			Env: append([]string{"PULUMI_SKIP_UPDATE_CHECK=true"}, env...), Stdout: task, Stderr: task,
		}
		if err := install.Run(ctx); err != nil {
			return Pulumi{}, err
		}
	}
	return found, nil
}

type plugin struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Version string `json:"version"`
}

func wanted() []plugin {
	return []plugin{
		{Name: "aws", Kind: "resource", Version: parts.AWSVersion},
		{Name: "docker", Kind: "resource", Version: parts.DockerVersion},
	}
}

func (s Source) pluginsInstalled(ctx context.Context, cli string, env []string) bool {
	out, err := run.Output(ctx, run.Cmd{
		Name: cli, Args: []string{"plugin", "ls", "--json"}, Env: append([]string{"PULUMI_SKIP_UPDATE_CHECK=true"}, env...),
	})
	if err != nil {
		return false
	}
	var list []plugin
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return false
	}
	have := map[plugin]bool{}
	for _, p := range list {
		have[p] = true
	}
	for _, p := range wanted() {
		if !have[p] {
			return false
		}
	}
	return true
}
