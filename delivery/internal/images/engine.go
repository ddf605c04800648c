package images

import (
	"context"
	"fmt"
	"strings"

	"botyard/delivery/internal/program"
)

// engine is the machine's Docker engine, asked by the docker command.
type engine struct {
	buildKit bool
	had      map[string]bool // ids of the images that were there before the first build
}

// connect asks the engine what it has.
func connect(ctx context.Context) (*engine, error) {
	ids, err := docker(ctx, "image", "ls", "--all", "--quiet", "--no-trunc")
	if err != nil {
		return nil, fmt.Errorf("no Docker engine answers: %w; start it, or let make up do so", err)
	}
	e := &engine{had: map[string]bool{}}
	for id := range strings.FieldsSeq(ids) {
		e.had[id] = true
	}
	client, err := docker(ctx, "version", "--format", "{{.Client.Version}}")
	if err != nil {
		return nil, err
	}
	// Since version 23 the command has BuildKit by way of a plugin, which not every package of it brings.
	_, buildx := docker(ctx, "buildx", "version")
	e.buildKit = buildx == nil || strings.HasPrefix(client, "20.")
	return e, nil
}

// env makes the docker command build inside the engine, where the layer just built is known by its local name: a builder
// in a container of its own, which some machines have as the default, would ask a registry for it.
func (e *engine) env() []string {
	kit := "0"
	if e.buildKit {
		kit = "1"
	}
	return []string{"DOCKER_BUILDKIT=" + kit, "BUILDX_BUILDER=default", "BUILDKIT_PROGRESS=plain", "BUILDX_NO_DEFAULT_ATTESTATIONS=1"}
}

// knew tells whether the image of that name was there, under whichever name, before the first build.
func (e *engine) knew(ctx context.Context, reference string) (bool, error) {
	id, err := docker(ctx, "image", "inspect", "--format", "{{.Id}}", reference)
	if err != nil {
		return false, fmt.Errorf("the image that was just built is not there: %w", err)
	}
	return e.had[id], nil
}

func docker(ctx context.Context, args ...string) (string, error) {
	out, err := program.Cmd{Name: "docker", Args: args}.Output(ctx)
	return strings.TrimSpace(string(out)), err
}
