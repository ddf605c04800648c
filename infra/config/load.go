package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"botyard/infra/checkout"
)

// Source is where a stack's settings come from, as Pulumi hands them to a program.
type Source struct {
	// Project and Stack are Pulumi's names; Root is the folder of Pulumi.yaml.
	Project, Stack, Root string
	// Values are all keys of the namespace botyard, without it. A map or list is JSON text,
	// anything else the text itself.
	Values map[string]string
	// Services is the JSON of a release's services, which hold instead of the key services; empty without one.
	Services string
	// Now is the moment by which waivers expire; zero: the machine's clock.
	Now time.Time
	// Fetch brings a git repository that an image is built from to this machine; nil: with what this machine has for it,
	// without asking AWS for a token.
	Fetch func(checkout.Repository) (*checkout.Tree, error)
	// Encrypted are the keys whose values were encrypted in the stack's file.
	Encrypted []string
}

// Load reads and checks a stack's settings and its image layers. On error the config is nil
// and the error joins every *Problem found.
func Load(source Source) (*Config, error) {
	r := newReport()
	if r.now = source.Now; r.now.IsZero() {
		r.now = time.Now()
	}
	checkStack(source, r)
	values, err := settings(source, r)
	if err != nil {
		return nil, err
	}
	if values == nil { // what the stack lacks then says nothing
		return nil, r.err()
	}
	text, err := useServices(values, source.Services)
	if err != nil {
		return nil, err
	}
	c := &Config{ServicesText: text, Project: source.Project, Stack: source.Stack, Root: source.Root}
	prefill(c)
	decode(values, reflect.ValueOf(c).Elem(), "", r)
	c.derive(r)
	validateAll(reflect.ValueOf(c).Elem(), "", r)
	for _, check := range checks {
		check(c, r)
	}
	if err := c.fetch(source.Fetch, r); err != nil {
		return nil, err
	}
	if err := c.readGraph(r); err != nil {
		return nil, fmt.Errorf("reading the images of stack %s: %w", source.Stack, err)
	}
	checkWarden(c, r)
	checkModels(c, r)
	if err := r.err(); err != nil {
		return nil, err
	}
	c.Warnings = c.warnings(r.now)
	return c, nil
}

// checks are what takes more than one struct to see.
var checks = []func(*Config, *report){
	checkRequired, checkReferences, checkWebhooks, checkTokens, checkDelivery, checkProbes, checkMemory, checkBaseImages, checkPlatforms, checkScan, checkNames,
	checkPorts, checkPublicPaths, checkSizes, checkCapacity, checkDatabases,
}

// useServices puts a release's services in place of the stack's, and returns the services' text with sorted keys.
func useServices(values map[string]any, release string) (string, error) {
	if release != "" {
		services, err := parseJSON([]byte(release))
		if err != nil {
			return "", fmt.Errorf("the release's services are no JSON: %w", err)
		}
		values["services"] = services
	}
	text, err := json.Marshal(values["services"])
	return string(text), err
}

func checkStack(source Source, r *report) {
	if !isName(source.Stack) {
		r.add("stack "+source.Stack, "cannot be part of AWS names", "name the stack with "+nameRule)
	}
	for _, key := range source.Encrypted {
		r.add(at("", key), "holds an encrypted value, which would be readable in the state",
			"keep the value in Secrets Manager and name it under botyard:secrets")
	}
}
