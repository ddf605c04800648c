package main

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"botyard/delivery/internal/command"
	builder "botyard/delivery/internal/images"
	"botyard/delivery/internal/settings"
	"botyard/infra/config"
)

// modelsFolder is where trained models are put, below the checkout's root.
const modelsFolder = ".botyard/models"

// train builds the layer that trains a model, with what it needs, and takes the model's file out of its image.
func train(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("train", flag.ContinueOnError)
	stack := flags.String("stack", "local", "the stack that has the layer")
	name := flags.String("layer", "", "the layer whose build trains; empty: the only one that does")
	if err := command.Parse(flags, args); err != nil {
		return err
	}
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	read, err := settings.Load(root, *stack)
	if err != nil {
		return err
	}
	layer, err := trains(read.Config, *stack, *name)
	if err != nil {
		return err
	}
	layers := builder.Needed(read.Config.Graph.Layers(), layer)
	build := builder.Builder{Root: root, Logs: filepath.Join(".botyard", "logs"), Out: os.Stdout}
	if _, err := build.Build(ctx, layers); err != nil {
		return err
	}
	file, err := builder.Take(ctx, layers[len(layers)-1], read.Config.Images[layer].Model, modelsFolder)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("cannot read the model that was just taken out: %w", err)
	}
	fmt.Printf("\n%s: %d bytes, sha256:%x\nWhat the training said is in .botyard/logs/image-%s.log, if it was built just now.\n", file, len(content), sha256.Sum256(content), layer)
	fmt.Printf("To upload it: make model NAME=%s FILE=%s STACK=%s\n", strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), file, *stack)
	return nil
}

// trains is the layer of that name, or the only one, whose build trains a model.
func trains(cfg *config.Config, stack, name string) (string, error) {
	var all []string
	for _, layer := range config.Names(cfg.Images) {
		if cfg.Images[layer].Model != "" {
			all = append(all, layer)
		}
	}
	layer, there := cfg.Images[name]
	switch {
	case len(all) == 0:
		return "", fmt.Errorf("no layer of stack %s trains a model: botyard:images.<layer>.model would be the path of its file in the image", stack)
	case name == "" && len(all) == 1:
		return all[0], nil
	case name == "":
		return "", fmt.Errorf("which layer? stack %s has several that train a model: %s", stack, strings.Join(all, ", "))
	case !there || layer.Model == "":
		return "", fmt.Errorf("layer %q of stack %s trains no model; those that do: %s", name, stack, strings.Join(all, ", "))
	}
	return name, nil
}
