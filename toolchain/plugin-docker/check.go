package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/distribution/reference"
)

// platformForm is os/architecture[/variant]; whether the engine can build it only the engine knows.
var platformForm = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9_]+(/[a-z0-9.]+)?$`)

// validate finds every fault of the inputs that can be seen before a build, ordered by path. What is unknown is left alone.
func validate(in *imageInputs) []problem {
	var out []problem
	fail := func(path, format string, args ...any) {
		out = append(out, problem{path, fmt.Sprintf(format, args...)})
	}
	if in.known("build.context") {
		if info, err := os.Stat(in.build.context); err != nil {
			fail("build.context", "the folder %s cannot be read: %v; give a folder relative to the program's own", in.build.context, err)
		} else if !info.IsDir() {
			fail("build.context", "%s is a file; give the folder that holds what the build reads", in.build.context)
		} else if in.known("build.dockerfile") {
			checkDockerfile(in, fail)
		}
	}
	if in.known("build.platform") && !platformForm.MatchString(in.build.platform) {
		fail("build.platform", "%q is no platform; write os/architecture, such as linux/amd64 or linux/arm64", in.build.platform)
	}
	switch in.build.builderVersion {
	case builderBuildKit, "":
	case builderV1:
		fail("build.builderVersion", "BuilderV1 was left out of this stand-in; leave the key out, or write %s", builderBuildKit)
	default:
		fail("build.builderVersion", "%q is no builder; leave the key out, or write %s", in.build.builderVersion, builderBuildKit)
	}
	for i, host := range in.build.addHosts {
		if name, address, ok := strings.Cut(host, ":"); !ok || name == "" || address == "" {
			fail(fmt.Sprintf("build.addHosts[%d]", i), "%q must be host:address", host)
		}
	}
	for i, image := range in.build.cacheFrom {
		if _, err := reference.ParseNamed(image); err != nil {
			fail(fmt.Sprintf("build.cacheFrom.images[%d]", i), "%q is no full image name (%v); write registry/repository:tag", image, err)
		}
	}
	checkName(in, fail)
	sort.SliceStable(out, func(i, j int) bool { return out[i].path < out[j].path })
	return out
}

func checkDockerfile(in *imageInputs, fail func(path, format string, args ...any)) {
	file := in.build.dockerfile
	info, err := os.Stat(file)
	switch {
	case err == nil && info.Mode().IsRegular():
	case err == nil:
		fail("build.dockerfile", "%s is not a file", file)
	default:
		within := filepath.Join(in.build.context, file)
		if _, withinErr := os.Stat(within); withinErr == nil && !filepath.IsAbs(file) {
			fail("build.dockerfile", "there is no %s: the path counts from the program's folder, not from the context; write %s", file, within)
			return
		}
		fail("build.dockerfile", "the Dockerfile %s cannot be read: %v", file, err)
	}
}

// checkName holds the image's name to what a push needs: a full name with its registry, of the server that is logged in to.
func checkName(in *imageInputs, fail func(path, format string, args ...any)) {
	if !in.known("imageName") {
		return
	}
	if in.imageName == "" {
		fail("imageName", "is required; write registry/repository:tag")
		return
	}
	named, err := reference.ParseNormalizedNamed(in.imageName)
	if err != nil {
		fail("imageName", "%q is no image name (%v); write registry/repository:tag", in.imageName, err)
		return
	}
	if _, digested := named.(reference.Digested); digested {
		fail("imageName", "%q names a digest, which only a push gives; write registry/repository:tag", in.imageName)
		return
	}
	if in.skipPush || !in.known("skipPush") || !in.known("registry.server") {
		return
	}
	if in.registry.server == "" {
		if _, err := reference.ParseNamed(in.imageName); err != nil {
			fail("imageName", "%q does not say which registry it is pushed to; write it in full (docker.io/%s for Docker Hub) or set registry.server",
				in.imageName, in.imageName)
		}
		return
	}
	if server, own := registryKey(in.registry.server), registryKey(reference.Domain(named)); server != own {
		fail("registry.server", "the login is for %s, but %s would be pushed to %s; both must name one registry", server, in.imageName, own)
	}
}

// normalize returns the inputs as they go to Diff, Create and the state: with the defaults of the published plugin filled
// in, the password secret, and the digest of the build context.
func normalize(ctx context.Context, props map[string]any, in *imageInputs) (map[string]any, error) {
	out := maps.Clone(props)
	if out["buildOnPreview"] == nil {
		out["buildOnPreview"] = false
	}
	out["registry"] = within(out["registry"], func(registry map[string]any) {
		if text, plain := registry["password"].(string); plain {
			registry["password"] = secret{text}
		}
	})
	if out["registry"] == nil {
		delete(out, "registry")
	}
	var digest string
	if in.known("build.context") && in.known("build.dockerfile") {
		var err error
		if digest, err = contextDigest(ctx, in.build.context, in.build.dockerfile); err != nil {
			return nil, err
		}
	}
	if out["build"] == nil {
		out["build"] = map[string]any{}
	}
	out["build"] = within(out["build"], func(build map[string]any) {
		delete(build, digestKey)
		for key, value := range map[string]string{
			"context": in.build.context, "dockerfile": in.build.dockerfile, "platform": in.build.platform, digestKey: digest,
		} {
			if build[key] == nil && value != "" && in.known("build."+key) {
				build[key] = value
			}
		}
	})
	return out, nil
}

// within applies change to a copy of the object inside value, keeping secret wrappers; anything else is returned as it is.
func within(value any, change func(map[string]any)) any {
	switch v := value.(type) {
	case secret:
		return secret{within(v.value, change)}
	case map[string]any:
		object := maps.Clone(v)
		change(object)
		return object
	default:
		return value
	}
}
