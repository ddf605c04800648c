package stack

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// configFile is a Pulumi.<stack>.yaml as far as the launcher reads it.
type configFile struct {
	Salt   string         `yaml:"encryptionsalt,omitempty"`
	Config map[string]any `yaml:"config"`
}

// salt is what Pulumi derives the empty passphrase's key with: of no use to anyone, since that passphrase is known. It is
// needed because Pulumi writes a salt of its own into a config file that has none.
const salt = "v1:8j5h4wzZxXA=:v1:9vVowlpyY3IffM1q:5fV2ndOJz7GXWRQonUHM5iC2QwbvFg=="

// Salted returns the config file with which Pulumi leaves Pulumi.<name>.yaml as it is: "" if that has a salt already,
// else path, to which a copy with one is written.
func Salted(dir, name, path string) (string, error) {
	file, err := readConfig(dir, name)
	if err != nil || file.Salt != "" {
		return "", err
	}
	file.Salt = salt
	return path, writeConfig(file, path, "Pulumi."+name+".yaml")
}

// Config reads Pulumi.<name>.yaml of the checkout in dir and returns its values by key.
func Config(dir, name string) (map[string]any, error) {
	file, err := readConfig(dir, name)
	return file.Config, err
}

func readConfig(dir, name string) (configFile, error) {
	path := filepath.Join(dir, "Pulumi."+name+".yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return configFile{}, fmt.Errorf("cannot read the config of stack %s: %w", name, err)
	}
	var file configFile
	if err := yaml.Unmarshal(text, &file); err != nil {
		return configFile{}, fmt.Errorf("%s: %w", path, err)
	}
	return file, nil
}

// machineKeys are the keys in which a stack on the emulator differs from the same one on AWS, besides all of aws:*.
var machineKeys = []string{"botyard:baseImages", "botyard:registry"}

// Overlay writes to path the config of stack name with what this machine needs taken from stack local: its aws:* keys
// in place of the stack's own, its base images, and the address of its registry. Everything else stays as it is.
func Overlay(dir, name, path string) error {
	base, err := readConfig(dir, name)
	if err != nil {
		return err
	}
	local, err := readConfig(dir, "local")
	if err != nil {
		return err
	}
	merged := configFile{Salt: local.Salt, Config: map[string]any{}}
	for key, value := range base.Config {
		if !strings.HasPrefix(key, "aws:") {
			merged.Config[key] = value
		}
	}
	for key, value := range local.Config {
		if strings.HasPrefix(key, "aws:") {
			merged.Config[key] = value
		}
	}
	for _, key := range machineKeys {
		value, ok := local.Config[key].(map[string]any)
		if !ok {
			continue
		}
		if key == "botyard:registry" { // how many releases are kept is the stack's own
			value = map[string]any{"address": value["address"]}
		}
		own, _ := merged.Config[key].(map[string]any)
		merged.Config[key] = merge(own, value)
	}
	if merged.Salt == "" {
		merged.Salt = salt
	}
	return writeConfig(merged, path, "Pulumi."+name+".yaml and, for this machine, Pulumi.local.yaml")
}

func writeConfig(file configFile, path, from string) error {
	var text bytes.Buffer
	text.WriteString("# Written by yard from " + from + ". Changes here are lost.\n")
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(file); err != nil {
		return fmt.Errorf("cannot write a config from %s: %w", from, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("cannot write a config from %s: %w", from, err)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("cannot write a config from %s: %w", from, err)
	}
	return nil
}

func merge(base, over map[string]any) map[string]any {
	merged := map[string]any{}
	maps.Copy(merged, base)
	for key, value := range over {
		if value != nil {
			merged[key] = value
		}
	}
	return merged
}

// BaseImages are the outside base images of stack name, by their name in the config.
func BaseImages(dir, name string) (map[string]string, error) {
	values, err := Config(dir, name)
	if err != nil {
		return nil, err
	}
	images := map[string]string{}
	list, _ := values["botyard:baseImages"].(map[string]any)
	for key, value := range list {
		image, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("botyard:baseImages.%s in Pulumi.%s.yaml must be an image reference, it is %v", key, name, value)
		}
		images[key] = image
	}
	return images, nil
}

// Zone is the Route 53 zone that the stack expects to be there, or "".
func Zone(dir, name string) (string, error) {
	values, err := Config(dir, name)
	if err != nil {
		return "", err
	}
	edge, _ := values["botyard:edge"].(map[string]any)
	zone, _ := edge["zone"].(string)
	return zone, nil
}
