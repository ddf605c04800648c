package main

import (
	"os"
	"path/filepath"
	"strings"
)

const (
	emptyUp   = "pulumi up of an empty Go program, nothing to change"
	nothingUp = "pulumi up, nothing to change"
)

// emptyProgram declares nothing.
const emptyProgram = `package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

func main() { pulumi.Run(func(*pulumi.Context) error { return nil }) }
`

// measureEmpty is an update that has nothing to do, against the least that one takes: the same CLI and language host, an
// engine of its own state, and a program that declares nothing.
func (y *yard) measureEmpty(rows *table) error {
	dir := filepath.Join(y.scratch, "empty")
	if err := y.writeEmpty(dir); err != nil {
		return err
	}
	env := []string{"PULUMI_BACKEND_URL=file://" + filepath.Join(y.scratch, "empty-state"), "PULUMI_CONFIG_PASSPHRASE="}
	up := []string{"up", "--yes", "--skip-preview", "--non-interactive", "--stack", "empty"}
	for _, args := range [][]string{{"stack", "init", "empty", "--non-interactive"}, up} { // the first compiles
		if _, err := y.pulumi(dir, env, args...); err != nil {
			return err
		}
	}
	err := rows.timed(row{work: emptyUp}, func() error {
		_, err := y.pulumi(dir, env, up...)
		return err
	})
	if err != nil {
		return err
	}
	if err := y.upAlone(nil); err != nil { // whatever an earlier measurement left
		return err
	}
	return rows.timed(row{work: nothingUp, against: emptyUp, atMost: 2}, func() error { return y.upAlone(nil) })
}

// writeEmpty writes the empty program, with the checkout's versions of the SDK.
func (y *yard) writeEmpty(dir string) error {
	if err := os.MkdirAll(filepath.Join(y.scratch, "empty-state"), 0o755); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files := map[string]string{"Pulumi.yaml": "name: empty\nruntime: go\n", "main.go": emptyProgram}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(y.dir, name))
		if err != nil {
			return err
		}
		files[name] = strings.Replace(string(text), "module botyard\n", "module empty\n", 1)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
