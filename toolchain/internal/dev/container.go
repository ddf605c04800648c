package dev

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"botyard/toolchain/internal/run"
)

// Inside lists the files in a container's working folder. It needs no program in the image.
func Inside(ctx context.Context, container string) (workdir string, files []string, err error) {
	workdir, err = run.Output(ctx, run.Cmd{Name: "docker", Args: []string{"inspect", "--format", "{{.Config.WorkingDir}}", container}})
	if err != nil {
		return "", nil, fmt.Errorf("cannot ask for the image's working folder: %w", err)
	}
	if workdir = path.Clean("/" + workdir); workdir == "/" {
		return "", nil, errors.New("where the source goes cannot be told: the image has no working folder of its own; right would be WORKDIR /app in its Dockerfile, and the source copied there")
	}
	reader, writer := io.Pipe()
	listed := make(chan error, 1)
	go func() {
		var err error
		files, err = list(reader)
		reader.CloseWithError(err) // so that nobody waits for a reader that has given up
		listed <- err
	}()
	cmd := run.Cmd{Name: "docker", Args: []string{"cp", container + ":" + workdir, "-"}, Stdout: writer}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	err = cmd.Run(ctx)
	writer.Close()
	if listErr := <-listed; err == nil && listErr != nil {
		err = listErr
	}
	if err != nil {
		return "", nil, fmt.Errorf("cannot list %s of the container: %w %s", workdir, err, strings.TrimSpace(complaint.String()))
	}
	return workdir, files, nil
}

// list are the files of a tar archive, relative to its one top folder, but for those that Python makes.
func list(archive io.Reader) ([]string, error) {
	var files []string
	for entries := tar.NewReader(archive); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			slices.Sort(files)
			_, err = io.Copy(io.Discard, archive) // the padding, without which docker could not end
			return files, err
		}
		if err != nil {
			return nil, err
		}
		_, name, below := strings.Cut(path.Clean(header.Name), "/")
		if below && header.Typeflag != tar.TypeDir && !generated(name) {
			files = append(files, name)
		}
	}
}
