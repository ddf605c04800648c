package setup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/engine"
	"botyard/toolchain/internal/parts"
	"botyard/toolchain/internal/stack"
	"botyard/toolchain/internal/step"
)

// postgresImage is what the emulator starts for an RDS instance of the major version that the stacks declare.
const postgresImage = "postgres:15-alpine"

// TestMachine is the set-up of a machine for tests: where no engine can run they go without one and say what they skip,
// unless all of them must run.
func (s Setup) TestMachine(mustRun bool) step.Step {
	machine := s.machine(false)
	ensure := machine.Run
	machine.Run = func(ctx context.Context, task *step.Task) error {
		err := ensure(ctx, task)
		if !mustRun && errors.Is(err, engine.ErrNone) {
			task.Note("SKIPPED what needs one: %v", err)
			return nil
		}
		return err
	}
	return machine
}

// machine installs what the system lacks and leaves an engine that answers.
func (s Setup) machine(standIns bool) step.Step {
	return step.Step{
		Name: "docker-engine", Title: "Docker Engine",
		Run: func(ctx context.Context, task *step.Task) error {
			tools := []engine.Tool{{Program: "python3", Module: "ensurepip", Package: "python3-venv"}}
			if standIns {
				tools = append(tools, engine.Tool{Program: "mmdebstrap", Package: "mmdebstrap"})
			}
			docker := s.Engine()
			if err := docker.EnsureInstalled(ctx, task, tools...); err != nil {
				return err
			}
			answered, err := docker.Ensure(ctx, task)
			if err != nil {
				return err
			}
			task.Note("version %s", answered)
			task.KeepIfSilent()
			return nil
		},
	}
}

// baseImages are the outside base images under the names that stack local knows them by, and the database's.
func (s Setup) baseImages(hub bool) ([]step.Step, error) {
	references, err := stack.BaseImages(s.Clone.Root, "prod")
	if err != nil {
		return nil, err
	}
	local, err := stack.BaseImages(s.Clone.Root, "local")
	if err != nil {
		return nil, err
	}
	var steps []step.Step
	for _, name := range slices.Sorted(maps.Keys(local)) {
		reference, ok := references[name]
		if !ok {
			return nil, fmt.Errorf("botyard:baseImages.%s is in Pulumi.local.yaml and not in Pulumi.prod.yaml, so there is nothing to pull or stand in for", name)
		}
		steps = append(steps, s.baseImage(name, reference, local[name], hub))
	}
	return append(steps, s.baseImage("postgres", postgresImage, postgresImage, hub)), nil
}

func (s Setup) baseImage(name, reference, tag string, hub bool) step.Step {
	return step.Step{
		Name: "image-" + name, Title: "base image " + tag, Needs: []string{"docker-engine"},
		Run: func(ctx context.Context, task *step.Task) error {
			if hub {
				return parts.Pulled{Reference: reference, Tag: tag}.Ensure(ctx, task)
			}
			script := s.Clone.Path("toolchain", "baseimages", name+".sh")
			return parts.StandIn{Script: script, Tag: tag}.Ensure(ctx, s.Store, task)
		},
	}
}

func (s Setup) addEmulator(ctx context.Context, p *Plan, images []step.Step) error {
	venv, err := parts.Venv(ctx, "emulator-venv", "the emulator's packages", s.Clone.Path("toolchain", "emulator", "requirements.txt"))
	if err != nil {
		return err
	}
	code, err := cache.Key([]string{venv.Key}, s.Clone.Path("toolchain", "emulator"))
	if err != nil {
		return err
	}
	p.ready.Emulator.Code = code
	p.ready.Emulator.Python = parts.Python(venv.Path(s.Store))
	needs := []string{venv.Name, "docker-engine"}
	for _, image := range images {
		needs = append(needs, image.Name)
	}
	emulated := p.ready.Emulator
	p.steps = append(p.steps, venv.Step(s.Store, "docker-engine"), step.Step{
		Name: "emulator", Title: "AWS emulator", Needs: needs,
		Run: func(ctx context.Context, task *step.Task) error {
			started, err := emulated.Ensure(ctx, task)
			if !started {
				task.Keep("runs")
			}
			return err
		},
	})
	return nil
}
