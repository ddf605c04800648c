package setup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"botyard/toolchain/internal/emulator"
	"botyard/toolchain/internal/run"
)

// Backends are the folders of .botyard that hold Pulumi's state, one for each way to use the emulator.
var Backends = []string{"state", "emulated-state", "preview-state"}

// Down removes all that runs of this clone made: the emulator, its containers, volumes and networks, the images pushed
// to it, and what they left in .botyard. Each thing removed is said. What is missing already is skipped.
func (s Setup) Down(ctx context.Context, say func(string)) error {
	local := s.Emulator()
	// From here on the two states no longer belong together, even if this is cut off: see Paired.
	if err := removeID(local.StateDir()); err != nil {
		return err
	}
	var failures []error
	wasRunning := local.Running()
	if err := local.Stop(); err != nil {
		failures = append(failures, err)
	} else if wasRunning {
		say("stopped the AWS emulator")
	}
	failures = append(failures, s.removeFromEngine(ctx, local, say)...)
	// The state goes last and only if the rest has gone: it is what a second try goes by.
	if err := errors.Join(failures...); err != nil {
		return err
	}
	return errors.Join(s.removeFiles(say)...)
}

// removeFromEngine removes what carries the emulator's label, and the images of its registry.
func (s Setup) removeFromEngine(ctx context.Context, local emulator.Emulator, say func(string)) []error {
	if _, err := s.Engine().Version(ctx); err != nil {
		say("no Docker Engine answers: nothing to remove there")
		return nil
	}
	mine := "label=ministack.instance=" + local.Instance()
	var failures []error
	for _, kind := range []struct {
		what         string
		list, remove []string
	}{
		{"container", []string{"ps", "--all", "--quiet", "--filter", mine}, []string{"rm", "--force", "--volumes"}},
		{"volume", []string{"volume", "ls", "--quiet", "--filter", mine}, []string{"volume", "rm", "--force"}},
		{"network", []string{"network", "ls", "--quiet", "--filter", mine}, []string{"network", "rm"}},
	} {
		out, err := run.Output(ctx, run.Cmd{Name: "docker", Args: kind.list})
		if err != nil {
			failures = append(failures, fmt.Errorf("cannot list the %ss: %w", kind.what, err))
			continue
		}
		found := unique(strings.Fields(out))
		if len(found) == 0 {
			continue
		}
		if _, err := run.Output(ctx, run.Cmd{Name: "docker", Args: append(kind.remove, found...)}); err != nil {
			failures = append(failures, fmt.Errorf("cannot remove the %ss: %w", kind.what, err))
			continue
		}
		say(fmt.Sprintf("removed %s", count(len(found), kind.what)))
	}
	return append(failures, removeImages(ctx, local.Port, say))
}

// removeImages removes the names of the images that came from the emulator's registry: an image that has another name
// too, or runs in a container of somebody else, is not ours alone.
func removeImages(ctx context.Context, port int, say func(string)) error {
	out, err := run.Output(ctx, run.Cmd{Name: "docker", Args: []string{
		"image", "ls", "--digests", "--filter", fmt.Sprintf("reference=localhost:%d/*/*/*", port),
		"--format", "{{.Repository}} {{.Tag}} {{.Digest}}",
	}})
	if err != nil {
		return fmt.Errorf("cannot list the images: %w", err)
	}
	var names []string
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			continue
		}
		if fields[1] != "<none>" {
			names = append(names, fields[0]+":"+fields[1])
		}
		if fields[2] != "<none>" {
			names = append(names, fields[0]+"@"+fields[2])
		}
	}
	if names = unique(names); len(names) == 0 {
		return nil
	}
	if _, err := run.Output(ctx, run.Cmd{Name: "docker", Args: append([]string{"rmi", "--force"}, names...)}); err != nil {
		say("kept images of this clone that containers of others use")
		return nil
	}
	say("removed the images of the emulator's registry")
	return nil
}

// removeFiles empties .botyard, except for the programs in bin/ and the lock that we hold.
func (s Setup) removeFiles(say func(string)) []error {
	entries, err := os.ReadDir(s.Clone.Own())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []error{fmt.Errorf("cannot list what runs have left: %w", err)}
	}
	words := map[string]string{
		"state": "the state of this machine's stacks", "emulator": "the emulator's state and log", "logs": "the logs",
		"preview-state": "the state of previews", "emulated-state": "the state of stacks brought up with --emulated",
	}
	var failures []error
	for _, entry := range entries {
		if entry.Name() == "bin" || entry.Name() == "lock" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.Clone.Own(), entry.Name())); err != nil {
			failures = append(failures, fmt.Errorf("cannot remove .botyard/%s: %w", entry.Name(), err))
			continue
		}
		if word, ok := words[entry.Name()]; ok {
			say("removed " + word)
		}
	}
	return failures
}

func unique(list []string) []string {
	seen := map[string]bool{}
	var kept []string
	for _, item := range list {
		if !seen[item] {
			seen[item] = true
			kept = append(kept, item)
		}
	}
	return kept
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
