package parts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/step"
)

// StandIn is an outside base image that is made here from Debian's packages, where Docker Hub cannot be reached.
type StandIn struct {
	Script string // toolchain/baseimages/<name>.sh
	Tag    string // name that the engine knows it by afterwards
}

// Ensure leaves the image in the engine. Its root file system is kept in the cache, so that another engine, or this one
// after its data was removed, has the image again in seconds.
func (i StandIn) Ensure(ctx context.Context, store cache.Store, task *step.Task) error {
	key, err := run.Output(ctx, run.Cmd{Name: i.Script, Args: []string{"--print-key"}})
	if err != nil {
		return err
	}
	script := func(ctx context.Context, dir string) error {
		return run.Cmd{
			Name: i.Script, Args: []string{"--tag", i.Tag, "--rootfs", filepath.Join(dir, "rootfs.tar")},
			Stdout: task, Stderr: task,
		}.Run(ctx)
	}
	part := "base-" + strings.TrimSuffix(filepath.Base(i.Script), ".sh")
	dir, _, err := store.Ensure(ctx, part, key, func() { task.Say("waiting for another clone's build") }, script)
	if err != nil {
		return err
	}
	note := filepath.Join(dir, "image-id")
	if known, err := os.ReadFile(note); err == nil {
		if id, err := imageID(ctx, i.Tag); err == nil && id != "" && id == string(known) {
			task.Keep("in the engine")
			return nil
		}
	}
	if err := script(ctx, dir); err != nil {
		return err
	}
	id, err := imageID(ctx, i.Tag)
	if err != nil {
		return err
	}
	if id == "" {
		return fmt.Errorf("%s ended well and the engine has no image %s", i.Script, i.Tag)
	}
	return os.WriteFile(note, []byte(id), 0o644)
}

// Pulled is an outside base image taken from where it is published.
type Pulled struct {
	Reference string // as pinned in the config
	Tag       string // name that the engine knows it by afterwards
}

// Ensure leaves the image in the engine.
func (i Pulled) Ensure(ctx context.Context, task *step.Task) error {
	if wanted, err := imageID(ctx, i.Reference); err == nil && wanted != "" {
		if id, err := imageID(ctx, i.Tag); err == nil && id == wanted {
			task.Keep("in the engine")
			return nil
		}
	}
	for _, args := range [][]string{{"pull", "--quiet", i.Reference}, {"tag", i.Reference, i.Tag}} {
		if err := (run.Cmd{Name: "docker", Args: args, Stdout: task, Stderr: task}).Run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// imageID is the engine's id of an image, "" when it has none of that name.
func imageID(ctx context.Context, name string) (string, error) {
	id, err := run.Output(ctx, run.Cmd{Name: "docker", Args: []string{"image", "inspect", "--format", "{{.Id}}", name}})
	var exit *run.ExitError
	if errors.As(err, &exit) && strings.Contains(strings.ToLower(err.Error()), "no such image") {
		return "", nil
	}
	return id, err
}
