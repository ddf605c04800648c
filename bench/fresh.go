package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	warmLine  = "one line changed in the bot, pulumi up, answer served: an engine that built the layers"
	freshLine = "one line changed in the bot, pulumi up, answer served: an engine that has built nothing"
)

// measureFresh is a changed line from a fresh CI machine, which has the state and the registry and an engine without an
// image, against the machine that built the layers. The fleet runs on the machine's own engine as ever; the fresh one only
// builds and pushes.
func (y *yard) measureFresh(rows *table) error {
	if err := y.upAlone(nil); err != nil { // compiles the program, brings back what was edited before
		return err
	}
	measure := func(r row, env []string) error {
		return y.oneLineServed(rows, r, func() error { return y.upAlone(env) })
	}
	if err := measure(row{work: warmLine}, nil); err != nil {
		return err
	}
	engine, err := y.startFresh()
	if err != nil {
		return errors.Join(err, engine.stop())
	}
	syscall.Sync() // what was written before is no part of it: unpacking waits for the disk
	err = measure(row{work: freshLine, against: warmLine, atMost: 2}, []string{"DOCKER_HOST=" + engine.host()})
	return errors.Join(err, engine.stop())
}

// freshEngine is a Docker Engine of the bench's own, with a bridge of its own and no rule in the machine's packet filter:
// its builds reach the registry, and their steps no network.
type freshEngine struct {
	dir    string
	daemon *exec.Cmd
}

const freshBridge = "botyard-bench"

func (f *freshEngine) host() string { return "unix://" + filepath.Join(f.dir, "docker.sock") }

// startFresh starts the engine. It needs root, as dockerd does; what it returns must be stopped even after an error.
func (y *yard) startFresh() (*freshEngine, error) {
	f := &freshEngine{dir: filepath.Join(y.scratch, "engine")}
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return f, err
	}
	for _, args := range [][]string{
		{"link", "add", freshBridge, "type", "bridge"}, {"addr", "add", "172.29.78.1/24", "dev", freshBridge}, {"link", "set", freshBridge, "up"},
	} {
		if _, err := command("", nil, "ip", args...); err != nil {
			return f, err
		}
	}
	log, err := os.Create(filepath.Join(f.dir, "log"))
	if err != nil {
		return f, err
	}
	defer log.Close()
	f.daemon = exec.Command("dockerd", "--host", f.host(), "--data-root", filepath.Join(f.dir, "data"), "--exec-root", filepath.Join(f.dir, "exec"),
		"--pidfile", filepath.Join(f.dir, "pid"), "--bridge", freshBridge, "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false")
	f.daemon.Stdout, f.daemon.Stderr = log, log
	if err := f.daemon.Start(); err != nil {
		return f, err
	}
	for range 150 {
		if _, err = command("", []string{"DOCKER_HOST=" + f.host()}, "docker", "version"); err == nil {
			return f, nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	said, _ := os.ReadFile(filepath.Join(f.dir, "log"))
	return f, fmt.Errorf("the fresh engine does not answer: %w\n%s", err, said)
}

// stop ends the engine and removes its bridge; its data goes with the bench's folder.
func (f *freshEngine) stop() error {
	var err error
	if f.daemon != nil && f.daemon.Process != nil {
		err = f.daemon.Process.Signal(syscall.SIGTERM)
		_ = f.daemon.Wait() // it was told to end: how it did says nothing
	}
	if _, there := os.Stat("/sys/class/net/" + freshBridge); there == nil {
		_, linkErr := command("", nil, "ip", "link", "delete", freshBridge)
		err = errors.Join(err, linkErr)
	}
	return err
}
