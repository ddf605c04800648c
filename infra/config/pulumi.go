package config

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ReleaseVariable names a release to go back to for one update, over the stack's key release: make rollback sets it.
const ReleaseVariable = "BOTYARD_RELEASE"

// FromContext gathers the stack's settings. The SDK looks keys up one by one, which finds no
// unknown key: those come from where the SDK itself takes its keys, the environment.
func FromContext(ctx *pulumi.Context) (Source, error) {
	root := ctx.RootDirectory()
	if root == "" { // the language host of sdk v3.50.0 does not say; it runs the program there
		var err error
		if root, err = os.Getwd(); err != nil {
			return Source{}, fmt.Errorf("finding the project's folder: %w", err)
		}
	}
	source := Source{Project: ctx.Project(), Stack: ctx.Stack(), Root: root, Values: map[string]string{}}
	if err := source.addAll(os.Getenv(pulumi.EnvConfig)); err != nil {
		return Source{}, err
	}
	for _, key := range topKeys() {
		if value, ok := ctx.GetConfig(Namespace + ":" + key); ok {
			source.Values[key] = value
		}
	}
	if release := os.Getenv(ReleaseVariable); release != "" {
		source.Values["release"] = release
	}
	for _, key := range Names(source.Values) {
		if ctx.IsConfigSecret(Namespace + ":" + key) {
			source.Encrypted = append(source.Encrypted, key)
		}
	}
	return source, nil
}

func (s *Source) addAll(environment string) error {
	if environment == "" {
		return nil
	}
	var all map[string]string
	if err := json.Unmarshal([]byte(environment), &all); err != nil {
		return fmt.Errorf("reading %s: %w", pulumi.EnvConfig, err)
	}
	for key, value := range all {
		if name, ok := strings.CutPrefix(key, Namespace+":"); ok {
			s.Values[name] = value
		}
	}
	return nil
}

// topKeys are the keys that a stack can set.
func topKeys() []string { return keysOf(reflect.TypeFor[Config]()) }
