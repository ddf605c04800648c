package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// command runs a program in a folder, with variables laid over our own, and returns what it said.
func command(dir string, env []string, name string, args ...string) (string, error) {
	var out bytes.Buffer
	err := commandInto(&out, dir, env, name, args...)
	return out.String(), err
}

// commandInto is command that writes what is said to where it can be watched.
func commandInto(watch io.Writer, dir string, env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout = io.MultiWriter(&out, watch)
	cmd.Stderr = cmd.Stdout
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out.String())
	}
	return nil
}

// docker runs the docker command on the machine's engine and returns its answer, without its warnings.
func docker(args ...string) (string, error) {
	cmd := exec.Command("docker", args...)
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT="+buildKit())
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("docker %s: %w\n%s%s", strings.Join(args, " "), err, out, said.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// pulumi runs the Pulumi CLI as a person would by hand, in a folder.
func (y *yard) pulumi(dir string, env []string, args ...string) (string, error) {
	var out bytes.Buffer
	err := y.pulumiInto(&out, dir, env, args...)
	return out.String(), err
}

func (y *yard) pulumiInto(watch io.Writer, dir string, env []string, args ...string) error {
	script := `eval "$(make --no-print-directory -s -C "$0" env)" && export ` + quoted(env) + ` && exec pulumi "$@"`
	return commandInto(watch, dir, nil, "bash", append([]string{"-euo", "pipefail", "-c", script, y.dir}, args...)...)
}

// quoted are variables for a shell's export; it has one of its own, since export of nothing prints all.
func quoted(env []string) string {
	words := []string{"PULUMI_SKIP_UPDATE_CHECK=true"}
	for _, each := range env {
		words = append(words, "'"+strings.ReplaceAll(each, "'", `'\''`)+"'")
	}
	return strings.Join(words, " ")
}

// upAlone is pulumi up of stack local, without what make up does around it.
func (y *yard) upAlone(env []string) error { return y.upInto(io.Discard, env) }

func (y *yard) upInto(watch io.Writer, env []string) error {
	return y.pulumiInto(watch, y.dir, env, "up", "--yes", "--skip-preview", "--non-interactive", "--stack", "local")
}

// edit changes a file of the copy, and returns what brings it back.
func (y *yard) edit(name string, change func(text string) (string, error)) (restore func() error, err error) {
	path := filepath.Join(y.dir, name)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	edited, err := change(string(text))
	if err == nil && edited == string(text) {
		err = fmt.Errorf("%s is as it was: what is to be changed is not in it", name)
	}
	if err != nil {
		return nil, err
	}
	restore = func() error { return os.WriteFile(path, text, 0o644) }
	return restore, os.WriteFile(path, []byte(edited), 0o644)
}

// leave removes what is left of the bench in the engine: the images that it built, by name, since by id the engine refuses
// one that another is built on.
func (y *yard) leave() error {
	images, err := docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "--filter", "reference=botyard-bench/*", "--filter", "reference=*/botyard/local/*:bench-*")
	if err != nil || images == "" {
		return err
	}
	_, err = docker(append([]string{"image", "rm", "--force"}, strings.Fields(images)...)...)
	return err
}
