// Package images builds every layer of a stack with the machine's Docker engine, in order, and pushes nothing: what finds a
// broken Dockerfile before a delivery does.
package images

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"botyard/delivery/internal/program"
	"botyard/infra/image"
)

// tailLines is how much of a failed build's log is shown; the file has the rest.
const tailLines = 20

// Builder builds layers.
type Builder struct {
	// Root is the checkout; contexts are below it.
	Root string
	// Logs is the folder for each layer's log.
	Logs string
	// Out is told of each layer as its build ends.
	Out io.Writer
}

// State is what became of a layer.
type State string

// The states of a layer. Cached: the engine had this very image already.
const (
	Built    State = "built"
	Cached   State = "cached"
	Failed   State = "failed"
	NotBuilt State = "not built"
)

// Result is what became of one layer.
type Result struct {
	Layer   string
	State   State
	Seconds float64
	// Beneath are the layers for want of which this one was not built.
	Beneath []string
	// Tail is the end of a failed build's log, and Log the file with all of it.
	Tail []string
	Log  string
}

// Build builds all layers, which come in an order in which what a layer needs is before it. A layer that fails stops just
// those that need it, so that one run shows all that is broken; the error then names it. Other errors are of this machine.
func (b Builder) Build(ctx context.Context, layers []image.Node) ([]Result, error) {
	if err := os.MkdirAll(b.Logs, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the folder of the builds' logs: %w", err)
	}
	engine, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	if !engine.buildKit {
		fmt.Fprintln(b.Out, "The docker command has no buildx plugin: the engine's old builder is used, which knows less than BuildKit.")
	}
	var results []Result
	references := map[string]string{}
	for _, layer := range layers {
		result, err := b.one(ctx, engine, layer, references)
		if err != nil {
			return results, err
		}
		if result.State == Built || result.State == Cached {
			references[layer.Name] = Reference(layer)
		}
		results = append(results, result)
		fmt.Fprintln(b.Out, result)
	}
	return results, summary(results)
}

// one builds a layer if what it needs is there.
func (b Builder) one(ctx context.Context, engine *engine, layer image.Node, references map[string]string) (Result, error) {
	result := Result{Layer: layer.Name, Log: filepath.Join(b.Logs, "image-"+layer.Name+".log")}
	for _, need := range needs(layer) {
		if references[need] == "" {
			result.State, result.Beneath = NotBuilt, append(result.Beneath, need)
		}
	}
	if result.State == NotBuilt {
		return result, nil
	}
	var log bytes.Buffer
	began := time.Now()
	buildErr := program.Cmd{
		Name: "docker", Args: words(layer, references), Dir: b.Root, Env: engine.env(), Stdout: &log, Stderr: &log,
	}.Run(ctx)
	result.Seconds = time.Since(began).Seconds()
	if ctx.Err() != nil {
		return result, ctx.Err()
	}
	if err := os.WriteFile(result.Log, log.Bytes(), 0o644); err != nil {
		return result, fmt.Errorf("cannot keep the log of layer %s: %w", layer.Name, err)
	}
	if buildErr != nil {
		result.State, result.Tail = Failed, tail(log.String())
		return result, nil
	}
	known, err := engine.knew(ctx, Reference(layer))
	result.State = Built
	if known {
		result.State = Cached
	}
	return result, err
}

// needs are the layers that a layer is built on or copies from.
func needs(layer image.Node) []string {
	list := slices.Clone(layer.Uses)
	if !layer.Base {
		list = append([]string{layer.Parent}, list...)
	}
	return list
}

// colours are what a terminal shows as such; the old builder colours what a step complains of.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// tail is the end of a log, without empty lines.
func tail(log string) []string {
	var lines []string
	for line := range strings.Lines(colours.ReplaceAllString(log, "")) {
		if line = strings.TrimRight(line, "\r\n\t "); line != "" {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-tailLines):]
}

// summary is nil if all layers were built.
func summary(results []Result) error {
	var failed, missing []string
	for _, r := range results {
		switch r.State {
		case Failed:
			failed = append(failed, r.Layer)
		case NotBuilt:
			missing = append(missing, r.Layer)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	text := fmt.Sprintf("%d of %d layers cannot be built: %s", len(failed), len(results), strings.Join(failed, ", "))
	if len(missing) > 0 {
		text += "; not tried for want of them: " + strings.Join(missing, ", ")
	}
	return errors.New(text)
}
