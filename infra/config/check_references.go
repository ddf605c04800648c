package config

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
)

// checkRequired reports a stack that has nothing to deploy.
func checkRequired(c *Config, r *report) {
	if len(c.Images) == 0 {
		r.add(at("", "images"), "there is no image", "declare at least one layer, or extend a stack that has some")
	}
	if len(c.Services) == 0 {
		r.add(at("", "services"), "there is no service", "declare at least one, or extend a stack that has some")
	}
}

// checkReferences reports names of images and secrets that are not there. Layers' parents are
// the image graph's to check.
func checkReferences(c *Config, r *report) {
	for name, service := range c.Services {
		path := at(at("", "services"), name)
		r.oneOf(at(path, "image"), "image", service.Image, Names(c.Images))
		for variable, secret := range service.Secrets {
			r.oneOf(at(at(path, "secrets"), variable), "secret", secret, Names(c.Secrets))
		}
		for variable, model := range service.Models {
			r.oneOf(at(at(at(path, "models"), variable), "name"), "model", model.Name, Names(c.Models))
		}
	}
	if c.Database != nil {
		r.oneOf(at(at("", "database"), "initImage"), "image", c.Database.InitImage, Names(c.Images))
	}
}

// checkBaseImages holds that outside base images are pinned by digest: a tag can mean another
// image tomorrow, and nothing here would notice. The one exception is an image of the local
// engine, which has no registry and so no digest of one: it is accepted where
// botyard:registry.address is set, that is, where AWS is emulated, and only without a registry
// host in front.
func checkBaseImages(c *Config, r *report) {
	for name, text := range c.BaseImages {
		path := at(at("", "baseImages"), name)
		named, err := reference.ParseNormalizedNamed(text)
		if err != nil {
			r.add(path, fmt.Sprintf("%q is no image reference", text), "give one such as docker.io/library/python:3.11-slim@sha256:…")
			continue
		}
		if _, pinned := named.(reference.Digested); pinned || c.Registry.Address != "" && !namesRegistry(text) {
			continue
		}
		r.add(path, fmt.Sprintf("%q is not pinned by a digest, so that it can mean another image tomorrow", text),
			"append the @sha256:… that docker buildx imagetools inspect shows for it")
	}
}

// namesRegistry tells whether a reference begins with a registry's host, by Docker's own rule.
func namesRegistry(text string) bool {
	host, _, ok := strings.Cut(text, "/")
	return ok && (strings.ContainsAny(host, ".:") || host == "localhost")
}
