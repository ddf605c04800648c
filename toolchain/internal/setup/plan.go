package setup

import (
	"context"
	"path/filepath"

	"botyard/toolchain/internal/parts"
	"botyard/toolchain/internal/published"
	"botyard/toolchain/internal/step"
)

// dockerHub greets the unknown with 401 where it can be reached.
const dockerHub = "https://registry-1.docker.io/v2/"

// Plan is the list of steps, and where they note what they leave.
type Plan struct {
	steps  []step.Step
	ready  *Ready
	plugin string // the AWS plugin's file, "" where the published one is used
}

// Steps are the plan's steps.
func (p Plan) Steps() []step.Step { return p.steps }

// PluginAWS is the file that the AWS plugin is built into, "" where the published one is used.
func (p Plan) PluginAWS() string { return p.plugin }

// Plan lists the steps. What waits for the network or the disk comes beside the compilers, and of these the slowest
// first; see step.Runner for the order.
func (s Setup) Plan(ctx context.Context, scope Scope) (Plan, error) {
	p := Plan{ready: &Ready{Emulator: s.Emulator()}}
	ours, err := parts.YardAWS(s.Clone)
	if err != nil {
		return p, err
	}
	p.ready.AWS = filepath.Join(ours.Path(s.Store), "yard-aws")
	if scope == Asking {
		p.steps = append(p.steps, ours.Step(s.Store))
		return p, nil
	}
	source := published.New(s.Store)
	usePublished, hub := s.Mode == "published", s.Mode == "published"
	if s.Mode == "auto" {
		usePublished, _ = source.Available(ctx)
		if scope == Machine {
			hub, _ = source.Remember("docker-hub", dockerHub, func() error { return published.Reachable(ctx, dockerHub) })
		}
	}
	if scope == Machine {
		// Said before minutes are spent on what then cannot start.
		if err := p.ready.Emulator.Refuse(ctx); err != nil {
			return p, err
		}
		p.steps = append(p.steps, s.machine(!hub))
	}
	if err := s.addTools(&p, source, usePublished, ours.Step(s.Store)); err != nil {
		return p, err
	}
	if scope == Tools {
		return p, nil
	}
	images, err := s.baseImages(hub)
	if err != nil {
		return p, err
	}
	p.steps = append(p.steps, images...)
	return p, s.addEmulator(ctx, &p, images)
}

// addTools adds Pulumi with its plugins, the program, and our own second half.
func (s Setup) addTools(p *Plan, source published.Source, usePublished bool, ours step.Step) error {
	if usePublished {
		p.steps = append(p.steps, step.Step{
			Name: "pulumi-published", Title: "Pulumi, as published",
			Run: func(ctx context.Context, task *step.Task) (err error) {
				p.ready.Pulumi, err = source.Ensure(ctx, task)
				return err
			},
		}, s.program(), ours)
		return nil
	}
	built, err := parts.GoParts(s.Clone, s.Store)
	if err != nil {
		return err
	}
	home, err := parts.Home(s.Store, built)
	if err != nil {
		return err
	}
	where := home.Path(s.Store)
	p.ready.Pulumi = published.Pulumi{Bin: filepath.Join(where, "bin"), Home: where}
	p.plugin = filepath.Join(built[0].Path(s.Store), "pulumi-resource-aws")
	var names []string
	for i, part := range built {
		p.steps = append(p.steps, part.Step(s.Store))
		names = append(names, part.Name)
		if i == 1 { // third in size
			p.steps = append(p.steps, s.program())
		}
	}
	p.steps = append(p.steps, ours, home.Step(s.Store, names...))
	return nil
}
