package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/distribution/reference"
	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/client"
)

// push sends the image to its registry and returns the reference to what arrived there, "repository@sha256:…".
func push(ctx context.Context, engine *client.Client, name string, logins logins, show func(string)) (string, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return "", err
	}
	repository := reference.FamiliarName(named) // as the engine and the published plugin write it
	login, err := logins.find(reference.Domain(named))
	if err != nil {
		return "", err
	}
	header, err := authconfig.Encode(login)
	if err != nil {
		return "", err
	}
	digest, err := send(ctx, engine, name, header, show)
	if err != nil && ctx.Err() == nil {
		if held, holds := alreadyThere(ctx, engine, name, repository, header); holds {
			show("the registry holds this very image already: " + held)
			return held, nil
		}
		return "", pushError(name, err)
	}
	if err != nil {
		return "", context.Cause(ctx)
	}
	if digest != "" {
		return repository + "@" + digest, nil
	}
	for _, pushed := range pushedDigests(ctx, engine, name) {
		if strings.HasPrefix(pushed, repository+"@") {
			return pushed, nil
		}
	}
	return "", fmt.Errorf("the engine pushed %s but does not tell its digest", name)
}

// send pushes and returns the manifest's digest as the registry has it, or "" from an engine that does not tell.
func send(ctx context.Context, engine *client.Client, name, header string, show func(string)) (string, error) {
	answer, err := engine.ImagePush(ctx, name, client.ImagePushOptions{RegistryAuth: header})
	if err != nil {
		return "", err
	}
	var digest string
	var last time.Time
	for message, err := range answer.JSONMessages(ctx) {
		switch {
		case err != nil:
			return "", err
		case message.Error != nil:
			return "", message.Error
		case message.Aux != nil:
			var pushed struct{ Digest string }
			if json.Unmarshal(*message.Aux, &pushed) == nil && pushed.Digest != "" {
				digest = pushed.Digest
			}
		case message.Status != "" && time.Since(last) >= statusEvery:
			last = time.Now()
			show(strings.TrimSpace("push: " + message.Status + " " + message.ID))
		}
	}
	return digest, nil
}

// alreadyThere finds out, after a refused push, whether the tag holds the very digest that this engine pushed before. It is
// so after an update that was killed between its push and the saving of its state, where the registry keeps tags immutable
// and refuses even the same push.
func alreadyThere(ctx context.Context, engine *client.Client, name, repository, header string) (string, bool) {
	held, err := engine.DistributionInspect(ctx, name, client.DistributionInspectOptions{EncodedRegistryAuth: header})
	if err != nil {
		return "", false
	}
	reference := repository + "@" + held.Descriptor.Digest.String()
	for _, pushed := range pushedDigests(ctx, engine, name) {
		if pushed == reference {
			return reference, true
		}
	}
	return "", false
}

// pushedDigests lists under which references the engine knows the image from earlier pushes and pulls.
func pushedDigests(ctx context.Context, engine *client.Client, name string) []string {
	image, err := engine.ImageInspect(ctx, name)
	if err != nil {
		return nil
	}
	return image.RepoDigests
}

// pushError says what to do about the refusals that are common.
func pushError(name string, err error) error {
	text := strings.ToLower(err.Error())
	switch {
	case strings.Contains(text, "immutable"):
		return fmt.Errorf("pushing %s: the registry holds another image under this tag and keeps its tags: "+
			"use a tag that changes with the content, or delete the tag there: %w", name, err)
	case strings.Contains(text, "denied"), strings.Contains(text, "unauthorized"), strings.Contains(text, "no basic auth"),
		strings.Contains(text, "authentication required"):
		return fmt.Errorf("pushing %s: the registry refuses the login: check registry.username and registry.password, "+
			"or run docker login: %w", name, err)
	case text == "eof":
		return fmt.Errorf("pushing %s: %w", name,
			errors.New("the registry closed the connection, which wrong credentials or a wrong repository name can cause"))
	}
	return fmt.Errorf("pushing %s: %w", name, err)
}
