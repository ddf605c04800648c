package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"
)

// buildsNow tells whether a preview builds the image, which buildOnPreview asks for, and warns where it asks in vain.
func (p *provider) buildsNow(ctx context.Context, urn string, in *imageInputs) bool {
	if !in.known("buildOnPreview") {
		p.log(urn).warn(ctx, "buildOnPreview is not known before the update, so this preview builds nothing; set it to a plain value")
		return false
	}
	if !in.buildOnPreview {
		return false
	}
	var missing []string
	for _, path := range []string{"imageName", "skipPush", "build", "registry"} {
		if !in.known(path) {
			missing = append(missing, path)
		}
	}
	if len(missing) > 0 {
		p.log(urn).warn(ctx, fmt.Sprintf("buildOnPreview is set, but %s comes from what the update makes first, "+
			"so this preview does not build the image", strings.Join(missing, ", ")))
		return false
	}
	return true
}

// make builds the image and, unless skipPush is set, pushes it; a preview never pushes. It returns the value of repoDigest:
// "repository@sha256:…" of what was pushed, the image's id "sha256:…" with skipPush, "" after a preview of a push.
func (p *provider) make(ctx context.Context, urn string, in *imageInputs, preview bool) (string, error) {
	ctx, done := p.operation(ctx)
	defer done()
	set, log := p.configured(), p.log(urn)
	redact := slices.Concat(in.redactor, newRedactor(set.secrets...))
	show := func(line string) { log.status(ctx, redact.text(line)) }

	warn := func(text string) { log.warn(ctx, redact.text(text)) }

	engine, err := set.connect(ctx)
	if err != nil {
		return "", err
	}
	defer engine.Close()
	if (in.registry.username == "") != (in.registry.password == "") {
		log.warn(ctx, "registry.username and registry.password go together; with one of them alone, "+
			"the login that docker login left on this machine is used")
	}
	logins := in.logins(set.logins)
	started := time.Now()
	show("building " + in.imageName)
	id, err := build(ctx, engine, in, logins, show, warn)
	if err != nil {
		return "", redact.err(fmt.Errorf("building %s (context %s): %w", in.imageName, in.build.context, err))
	}
	show(fmt.Sprintf("built in %s", time.Since(started).Round(10*time.Millisecond)))
	switch {
	case in.skipPush:
		return id, nil
	case preview:
		return "", nil
	}
	pushed, err := push(ctx, engine, in.imageName, logins, show)
	if err != nil {
		return "", redact.err(err)
	}
	show("pushed " + pushed)
	return pushed, nil
}

// logins joins the image's own login to those of the provider. Without a server it is for the registry of the image's name.
func (in *imageInputs) logins(general logins) logins {
	out := logins{}
	for key, login := range general {
		out[key] = login
	}
	server := in.registry.server
	if named, err := reference.ParseNormalizedNamed(in.imageName); err == nil && server == "" {
		server = reference.Domain(named)
	}
	out.add(server, in.registry.username, in.registry.password)
	return out
}
