package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/client"
)

// pingTimeout is how long an engine may take to say that it is there.
const pingTimeout = 10 * time.Second

// connect finds the Docker Engine: at host (config docker:host), else DOCKER_HOST, else the usual sockets of the system and
// of the user. With check false it is not asked whether it answers.
func connect(ctx context.Context, host, certPath string, check bool) (*client.Client, error) {
	hosts := []string{host}
	if host == "" {
		hosts = defaultHosts()
	}
	var failures []string
	for _, at := range hosts {
		engine, err := dial(at, certPath)
		if err != nil {
			return nil, err
		}
		if !check {
			return engine, nil
		}
		if err = ping(ctx, engine); err == nil {
			return engine, nil
		}
		failures = append(failures, fmt.Sprintf("%s: %v", at, err))
		engine.Close()
	}
	return nil, fmt.Errorf("no Docker Engine answers, and docker.Image needs one to build with: %s. "+
		"Start it (systemctl start docker), make its socket readable to you (group docker), or name another with docker:host or DOCKER_HOST",
		strings.Join(failures, "; "))
}

func defaultHosts() []string {
	if host := os.Getenv(client.EnvOverrideHost); host != "" {
		return []string{host}
	}
	sockets := []string{strings.TrimPrefix(client.DefaultDockerHost, "unix://")}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		sockets = append(sockets, filepath.Join(dir, "docker.sock"))
	}
	if home, err := os.UserHomeDir(); err == nil {
		sockets = append(sockets, filepath.Join(home, ".docker/run/docker.sock"), filepath.Join(home, ".docker/desktop/docker.sock"))
	}
	hosts := []string{"unix://" + sockets[0]} // always tried, so that there is an error to show
	for _, socket := range sockets[1:] {
		if _, err := os.Stat(socket); err == nil {
			hosts = append(hosts, "unix://"+socket)
		}
	}
	return hosts
}

func dial(host, certPath string) (*client.Client, error) {
	if at, err := url.Parse(host); err != nil || !slices.Contains([]string{"unix", "tcp", "http", "npipe"}, at.Scheme) {
		return nil, fmt.Errorf("the Docker Engine's address %q is not understood: write unix:///path or tcp://host:port "+
			"(ssh:// was left out of this stand-in)", host)
	}
	opts := []client.Opt{client.FromEnv}
	if certPath != "" {
		opts = append(opts, client.WithTLSClientConfig(
			filepath.Join(certPath, "ca.pem"), filepath.Join(certPath, "cert.pem"), filepath.Join(certPath, "key.pem")))
	}
	engine, err := client.New(append(opts, client.WithHost(host))...)
	if err != nil {
		return nil, fmt.Errorf("the Docker Engine at %s cannot be spoken to: %w", host, err)
	}
	return engine, nil
}

// ping asks for the engine's version, by which the client chooses the version of the API.
func ping(ctx context.Context, engine *client.Client) error {
	ctx, cancel := context.WithTimeoutCause(ctx, pingTimeout, errors.New("no answer in 10 s"))
	defer cancel()
	_, err := engine.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true})
	return err
}
