package config

import (
	"fmt"
	"time"
)

// warnings are what is allowed, but probably not meant. The config is valid when they are made.
func (c *Config) warnings(now time.Time) []string {
	var list []string
	warn := func(path, format string, values ...any) {
		list = append(list, path+": "+fmt.Sprintf(format, values...))
	}
	if len(c.Alerts.Email) == 0 && len(c.Alerts.Chats()) == 0 {
		warn(at("", "alerts"), "nobody is told when something breaks; name at least one address in email, or a webhook's secret in discord or slack")
	}
	bases, layers, secrets := c.used()
	models := c.usedModels()
	for _, name := range Names(c.BaseImages) {
		if !bases[name] {
			warn(at(at("", "baseImages"), name), "no layer builds on it; remove it")
		}
	}
	for _, name := range Names(c.Images) {
		if !layers[name] {
			warn(at(at("", "images"), name), "no service runs it or a layer that needs it, but it is built all the same; remove it")
		}
	}
	for _, name := range Names(c.Secrets) {
		if !secrets[name] {
			warn(at(at("", "secrets"), name), "no service uses it; remove it")
		}
	}
	for _, name := range Names(c.Models) {
		if !models[name] {
			warn(at(at("", "models"), name), "no service uses it; remove it")
		}
	}
	if c.Database != nil && len(c.Grants()) == 0 {
		warn(at("", "database"), "no service uses the database; remove it")
	}
	for _, name := range Names(c.Services) {
		if service := c.Services[name]; !c.Warded(service.Image) {
			warn(at(at(at("", "services"), name), "image"), "%q does not start with the warden, so that a crash loop is not braked and a failed probe not told; %s", service.Image, c.howToWard(service.Image))
		}
		if c.Hosts.Fargate() && len(c.Services[name].Volumes) > 0 {
			warn(at(at(at("", "services"), name), "volumes"), "on Fargate a volume is empty in each new task; keep data in the database or a bucket")
		}
	}
	c.scanWarnings(now, warn)
	return list
}

// used are the base images, layers and secrets that a service needs, directly or not.
func (c *Config) used() (bases, layers, secrets map[string]bool) {
	bases, layers, secrets = map[string]bool{}, map[string]bool{}, map[string]bool{}
	var mark func(name string)
	mark = func(name string) {
		layer, ok := c.Images[name]
		if !ok {
			bases[name] = true
			return
		}
		if layers[name] {
			return
		}
		layers[name] = true
		mark(layer.Parent)
		for _, used := range layer.Uses {
			mark(used)
		}
	}
	for _, service := range c.Services {
		mark(service.Image)
		for _, secret := range service.Secrets {
			secrets[secret] = true
		}
	}
	for _, secret := range c.Alerts.Chats() {
		secrets[secret] = true
	}
	if c.Database != nil {
		mark(c.Database.InitImage)
	}
	for name, layer := range c.Images {
		if layer.Model != "" { // make train takes it out
			mark(name)
		}
	}
	return bases, layers, secrets
}

// usedModels are the models that a service fetches.
func (c *Config) usedModels() map[string]bool {
	models := map[string]bool{}
	for _, service := range c.Services {
		for _, model := range service.Models {
			models[model.Name] = true
		}
	}
	return models
}
