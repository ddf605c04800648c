package parts

import (
	"context"
	"path/filepath"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/clone"
	"botyard/toolchain/internal/run"
	"botyard/toolchain/internal/step"
)

// ClassGo is the class of Go builds: each keeps all cores busy, so few run at once.
const ClassGo = "go"

// PulumiVersion is the version of the Pulumi CLI and SDK. go.mod of toolchain/cli names the same, as a test holds.
const PulumiVersion = "3.250.0"

// Versions of the plugins that the program's SDKs ask for. go.mod names the same, as a test holds.
const (
	AWSVersion    = "6.83.2"
	DockerVersion = "4.10.0"
)

type goTool struct {
	name, title string
	module      string // folder of the Go module, below toolchain/; empty is that itself
	target      string // package to build
	binary      string // file name of the result
	ldflags     string
	sources     []string // what of the module it is made of; nil is all of it
}

// YardAWS is our own half that asks AWS: it is large, and most runs of the other half do without.
func YardAWS(c clone.Clone) (Part, error) {
	return goTool{
		name: "yard-aws", title: "status, logs, dashboard and drill commands", binary: "yard-aws",
		target: "./cmd/yard-aws", sources: []string{"go.mod", "go.sum", "cmd/yard-aws", "internal"},
	}.part(c)
}

// GoParts are the compiled parts of Pulumi, the slowest first.
func GoParts(c clone.Clone, store cache.Store) ([]Part, error) {
	plugin, err := awsPlugin(c, store)
	if err != nil {
		return nil, err
	}
	list := []Part{plugin}
	for _, tool := range []goTool{
		{
			name: "pulumi-cli", title: "Pulumi CLI", module: "cli", binary: "pulumi",
			target:  "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
			ldflags: "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v" + PulumiVersion,
		},
		{name: "plugin-docker", title: "Docker plugin", module: "plugin-docker", target: ".", binary: "pulumi-resource-docker"},
		{
			name: "language-go-host", title: "Pulumi's Go language host", module: "language-go", binary: "pulumi-language-go-host",
			target: "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go",
		},
		{
			name: "language-go", title: "what starts the language host", binary: "pulumi-language-go",
			target: "./cmd/language-go", sources: []string{"go.mod", "go.sum", "cmd/language-go"},
		},
	} {
		part, err := tool.part(c)
		if err != nil {
			return nil, err
		}
		list = append(list, part)
	}
	return list, nil
}

func (t goTool) part(c clone.Clone) (Part, error) {
	dir := c.Path("toolchain", t.module)
	sources := t.sources
	if sources == nil {
		sources = []string{"."}
	}
	var paths []string
	for _, source := range sources {
		paths = append(paths, filepath.Join(dir, source))
	}
	key, err := cache.Key([]string{clone.Platform(), t.target, t.ldflags}, paths...)
	if err != nil {
		return Part{}, err
	}
	return Part{
		Name: t.name, Title: t.title, Class: ClassGo, Key: key,
		Make: func(ctx context.Context, out string, task *step.Task) error {
			return GoBuild(ctx, dir, t.target, filepath.Join(out, t.binary), t.ldflags, task)
		},
	}, nil
}

// GoBuild compiles a package of the module in dir. The names of the packages that it compiles go to the task.
func GoBuild(ctx context.Context, dir, target, output, ldflags string, task *step.Task) error {
	// -s -w: without tables for debuggers the link is faster and the result a third smaller.
	// -pgo=off: a main package's profile would make every dependency compile again, for that program alone.
	return goBuild(ctx, dir, task, "-pgo=off", "-ldflags", "-s -w "+ldflags, "-o", output, target)
}

// GoProgram compiles a Pulumi program with no other flag than Pulumi's Go language host, whose own build of it then has
// nothing left to link.
func GoProgram(ctx context.Context, dir, output string, task *step.Task) error {
	return goBuild(ctx, dir, task, "-o", output)
}

func goBuild(ctx context.Context, dir string, task *step.Task, args ...string) error {
	return run.Cmd{
		Name: "go", Args: append([]string{"build", "-v"}, args...),
		Dir: dir, Env: clone.GoEnv(), Stdout: task, Stderr: task,
	}.Run(ctx)
}

// awsPlugin is built by a script of its own, which first trims the provider to the services in use. Its working folder
// stays: Go's build cache knows packages by their folder, so a second build there compiles only what changed.
func awsPlugin(c clone.Clone, store cache.Store) (Part, error) {
	dir := c.Path("toolchain", "plugin-aws")
	key, err := cache.Key([]string{clone.Platform()}, dir)
	if err != nil {
		return Part{}, err
	}
	return Part{
		Name: "plugin-aws", Title: "AWS plugin", Class: ClassGo, Key: key,
		Make: func(ctx context.Context, out string, task *step.Task) error {
			unlock, err := store.Lock(ctx, "plugin-aws-work", func() { task.Say("waiting for another clone's build") })
			if err != nil {
				return err
			}
			defer unlock()
			return run.Cmd{
				Name: filepath.Join(dir, "build.sh"),
				Args: []string{filepath.Join(store.Root, "work", "plugin-aws"), filepath.Join(out, "pulumi-resource-aws")},
				Dir:  dir, Env: clone.GoEnv(), Stdout: task, Stderr: task,
			}.Run(ctx)
		},
	}, nil
}
