package platform

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi-docker/sdk/v4/go/docker"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/image"
)

// BuildsArgs describes the images of a stack.
type BuildsArgs struct {
	// Layers in an order in which parents and used layers come first. Required.
	Layers   []image.Node
	Registry *Registry
	// RegistryAddress is RegistryArgs.Address. Optional.
	RegistryAddress string
	// Parallel is how many images are built at once, at most. Required.
	Parallel int
	Runner   Runner
	// Cache is by layer. Optional.
	Cache map[string]Cache
}

// Builds is every image of the stack, built and pushed.
type Builds struct {
	pulumi.ResourceState

	// Digests are references by digest, <repository>@sha256:…, by layer.
	Digests map[string]pulumi.StringOutput

	// lanes bound the builds here, since Docker's provider has no bound of its own and Pulumi's holds for every resource.
	lanes lanes
}

// All are all digests: what must be there before any service is touched.
func (b *Builds) All() []any {
	var all []any
	for _, layer := range slices.Sorted(maps.Keys(b.Digests)) {
		all = append(all, b.Digests[layer])
	}
	return all
}

// NewBuilds declares the images. Each layer's FROM is its parent's digest, and what it copies
// from is named by digest too, which orders the builds and rebuilds just what a change reaches.
func NewBuilds(ctx *pulumi.Context, name string, args *BuildsArgs, opts ...pulumi.ResourceOption) (*Builds, error) {
	if args.Parallel < 1 {
		return nil, fmt.Errorf("%s: Parallel is %d, so that nothing could be built; give 1 or more", name, args.Parallel)
	}
	b := &Builds{Digests: map[string]pulumi.StringOutput{}, lanes: lanes{width: args.Parallel}}
	return b, build(ctx, "Builds", name, b, opts, func(child pulumi.ResourceOption) error {
		free, err := freeTag(ctx, args.Runner)
		if err != nil {
			return err
		}
		for _, layer := range args.Layers {
			if err := b.declare(ctx, layer, args, child, free); err != nil {
				return fmt.Errorf("image %s: %w", layer.Name, err)
			}
		}
		return nil
	})
}

func (b *Builds) outputs() pulumi.Map {
	digests := pulumi.Map{}
	for layer, digest := range b.Digests {
		digests[layer] = digest
	}
	return pulumi.Map{"digests": digests}
}

func (b *Builds) declare(ctx *pulumi.Context, layer image.Node, args *BuildsArgs, more ...pulumi.ResourceOption) error {
	buildArgs, err := b.buildArgs(layer)
	if err != nil {
		return err
	}
	cache := args.Cache[layer.Name]
	opts := slices.Concat(b.lanes.next(), cache.options(), more)
	built, err := docker.NewImage(ctx, layer.Name, &docker.ImageArgs{
		ImageName: pulumi.Sprintf("%s:%s", args.Registry.URLs[layer.Name], layer.Tag),
		Build: docker.DockerBuildArgs{
			Context:        pulumi.String(layer.Folder()),
			Dockerfile:     pulumi.String(path.Join(layer.Folder(), layer.Dockerfile)),
			Platform:       pulumi.String(layer.Platform),
			Args:           buildArgs,
			BuilderVersion: docker.BuilderVersionBuilderBuildKit,
			CacheFrom:      cache.source(args.Registry.URLs[layer.Name]),
		},
		Registry: login(ctx, args.RegistryAddress),
	}, opts...)
	if err != nil {
		return err
	}
	b.lanes.add(built)
	b.Digests[layer.Name] = built.RepoDigest
	return nil
}

// buildArgs are the layer's args, its parent and the layers that it uses.
func (b *Builds) buildArgs(layer image.Node) (pulumi.StringMap, error) {
	args := pulumi.StringMap{image.ParentArg: pulumi.String(layer.OutsideBase)}
	for name, value := range layer.BuildArgs() {
		args[name] = pulumi.String(value)
	}
	if !layer.Base {
		parent, ok := b.Digests[layer.Parent]
		if !ok {
			return nil, fmt.Errorf("its parent %q is not among the layers before it", layer.Parent)
		}
		args[image.ParentArg] = parent
	}
	for _, name := range layer.Uses {
		used, ok := b.Digests[name]
		if !ok {
			return nil, fmt.Errorf("the layer %q, which it uses, is not among the layers before it", name)
		}
		args[image.UseArg(name)] = used
	}
	return args, nil
}

// login takes registry credentials afresh: ECR's last 12 hours. The plugin ignores a change of them.
func login(ctx *pulumi.Context, address string) docker.RegistryArgs {
	token := ecr.GetAuthorizationTokenOutput(ctx, ecr.GetAuthorizationTokenOutputArgs{})
	server := token.ProxyEndpoint()
	if address != "" {
		server = pulumi.String(address).ToStringOutput()
	}
	return docker.RegistryArgs{
		Server:   server,
		Username: token.UserName(),
		Password: pulumi.ToSecret(token.Password()).(pulumi.StringOutput),
	}
}
