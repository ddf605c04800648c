package images

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"botyard/infra/image"
)

// Needed are the layer and all that it is built on or copies from, in the order of layers; it comes last.
func Needed(layers []image.Node, name string) []image.Node {
	wanted := map[string]bool{name: true}
	var found []image.Node
	for i := len(layers) - 1; i >= 0; i-- { // what a layer needs is before it
		if !wanted[layers[i].Name] {
			continue
		}
		for _, need := range needs(layers[i]) {
			wanted[need] = true
		}
		found = append([]image.Node{layers[i]}, found...)
	}
	return found
}

// Take copies a file out of a layer's image, which was built here, into a folder, and returns its path there. The image
// need not have a program: it is never started.
func Take(ctx context.Context, layer image.Node, file, folder string) (taken string, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("cannot make the folder of models: %w", err)
	}
	container, err := docker(ctx, "create", Reference(layer), "never-started")
	if err != nil {
		return "", fmt.Errorf("cannot look into the image of layer %s: %w", layer.Name, err)
	}
	defer func() {
		_, removeErr := docker(context.WithoutCancel(ctx), "rm", container)
		err = errors.Join(err, removeErr)
	}()
	taken = filepath.Join(folder, path.Base(file))
	// Beside it first: whoever reads it finds the old file or the new one, and no half.
	half := taken + ".new"
	if _, err := docker(ctx, "cp", container+":"+file, half); err != nil {
		return "", fmt.Errorf("cannot take %s out of the image of layer %s, whose build has to write it: %w", file, layer.Name, err)
	}
	if err := os.Rename(half, taken); err != nil {
		return "", fmt.Errorf("cannot keep the model: %w", err)
	}
	return taken, nil
}
