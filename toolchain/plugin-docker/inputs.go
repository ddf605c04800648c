package main

import (
	"path"
	"runtime"
	"strings"
)

// imageInputs are the inputs of docker:index/image:Image with every default filled in. A field that is not known yet is
// left at its zero value and listed in unknown.
type imageInputs struct {
	imageName      string
	skipPush       bool
	buildOnPreview bool
	registry       registryInputs
	build          buildInputs

	unknown  map[string]bool // paths whose value is not known yet, such as "build.args.PARENT"
	secret   map[string]bool // paths whose value is secret
	redactor redactor        // masks those values in what is logged
}

type registryInputs struct{ server, username, password string }

type buildInputs struct {
	context, dockerfile string // paths, relative to the program's folder unless absolute
	platform, target    string
	network             string
	args                map[string]string
	cacheFrom           []string
	addHosts            []string
	builderVersion      string
}

const (
	defaultDockerfile = "Dockerfile"
	builderBuildKit   = "BuilderBuildKit"
	builderV1         = "BuilderV1"
)

// defaultPlatform is the platform of an image that names none: Linux on this machine's architecture.
func defaultPlatform() string { return "linux/" + runtime.GOARCH }

// decodeInputs reads the property bag, keeps what it understands and lists what it does not, each with its path.
func decodeInputs(props map[string]any) (*imageInputs, []problem) {
	d := &decoder{unknown: map[string]bool{}, secret: map[string]bool{}}
	top := d.object("", props, "imageName", "skipPush", "buildOnPreview", "registry", "build")
	registry := d.object("registry", top["registry"], "server", "username", "password")
	build := d.object("build", top["build"], "context", "dockerfile", "platform", "target", "network", "args",
		"cacheFrom", "addHosts", "builderVersion", digestKey)
	cacheFrom := d.object("build.cacheFrom", build["cacheFrom"], "images")

	in := &imageInputs{
		imageName:      d.text("imageName", top["imageName"], ""),
		skipPush:       d.flag("skipPush", top["skipPush"]),
		buildOnPreview: d.flag("buildOnPreview", top["buildOnPreview"]),
		registry: registryInputs{
			server:   d.text("registry.server", registry["server"], ""),
			username: d.text("registry.username", registry["username"], ""),
			password: d.text("registry.password", registry["password"], ""),
		},
		build: buildInputs{
			context:        d.text("build.context", build["context"], "."),
			platform:       d.text("build.platform", build["platform"], defaultPlatform()),
			target:         d.text("build.target", build["target"], ""),
			network:        d.text("build.network", build["network"], ""),
			args:           d.texts("build.args", build["args"]),
			cacheFrom:      d.list("build.cacheFrom.images", cacheFrom["images"]),
			addHosts:       d.list("build.addHosts", build["addHosts"]),
			builderVersion: d.text("build.builderVersion", build["builderVersion"], builderBuildKit),
		},
	}
	in.build.dockerfile = d.text("build.dockerfile", build["dockerfile"], path.Join(in.build.context, defaultDockerfile))
	if build["dockerfile"] == nil && d.unknown["build.context"] {
		d.unknown["build.dockerfile"] = true // the default lies in a folder that is not known yet
	}
	in.unknown, in.secret, in.redactor = d.unknown, d.secret, newRedactor(append(d.secrets, in.registry.password)...)
	return in, d.problems
}

// known tells whether the value at path, all within it and all around it is known.
func (in *imageInputs) known(path string) bool {
	for at := range in.unknown {
		if at == path || strings.HasPrefix(at, path+".") || strings.HasPrefix(path, at+".") {
			return false
		}
	}
	return true
}

// hidden tells whether the value at path, or one around it, is secret.
func (in *imageInputs) hidden(path string) bool {
	for at := range in.secret {
		if at == path || strings.HasPrefix(path, at+".") {
			return true
		}
	}
	return false
}
