package parts

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/step"
)

// Home is Pulumi's own folder, laid out as Pulumi expects it, from the built parts: bin/ with the CLI and the language
// host beside it, plugins/ with one folder a plugin.
func Home(store cache.Store, built []Part) (Part, error) {
	words := make([]string, 0, len(built))
	byName := map[string]Part{}
	for _, part := range built {
		words = append(words, part.Name+" "+part.Key)
		byName[part.Name] = part
	}
	key, err := cache.Key(words)
	if err != nil {
		return Part{}, err
	}
	files := []struct{ part, file, folder string }{
		{"pulumi-cli", "pulumi", "bin"},
		{"language-go", "pulumi-language-go", "bin"},
		{"language-go-host", "pulumi-language-go-host", "bin"},
		{"plugin-aws", "pulumi-resource-aws", "plugins/resource-aws-v" + AWSVersion},
		{"plugin-docker", "pulumi-resource-docker", "plugins/resource-docker-v" + DockerVersion},
	}
	return Part{
		Name: "pulumi-home", Title: "Pulumi's folder", Key: key,
		Make: func(_ context.Context, dir string, _ *step.Task) error {
			for _, f := range files {
				folder := filepath.Join(dir, f.folder)
				if err := os.MkdirAll(folder, 0o755); err != nil {
					return fmt.Errorf("cannot lay out Pulumi's folder: %w", err)
				}
				if err := linkOrCopy(filepath.Join(byName[f.part].Path(store), f.file), filepath.Join(folder, f.file)); err != nil {
					return err
				}
			}
			return nil
		},
	}, nil
}

// linkOrCopy makes a hard link: Pulumi follows symbolic links to look beside its own program and would not find the
// language host there. Where the file system has no hard links it copies.
func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("cannot lay out Pulumi's folder: %w", err)
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return fmt.Errorf("cannot lay out Pulumi's folder: %w", err)
	}
	if _, err := io.Copy(target, source); err != nil {
		target.Close()
		return fmt.Errorf("cannot copy %s: %w", from, err)
	}
	return target.Close()
}
