package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// readStack reads the settings in another stack's file, beside Pulumi.yaml. They are nil when
// that is not possible for a reason that is noted.
func readStack(root, stack string, r *report) (map[string]any, error) {
	path := at("", keyExtends)
	if !isName(stack) {
		r.add(path, fmt.Sprintf("%q is no stack's name", stack), "name a stack, such as prod")
		return nil, nil
	}
	text, err := os.ReadFile(filepath.Join(root, stackFile(stack)))
	if errors.Is(err, fs.ErrNotExist) {
		r.add(path, "there is no file "+stackFile(stack), suggest(stack, stacksIn(root)))
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	values, err := parseStackFile(text)
	if err != nil {
		r.add(path, fmt.Sprintf("%s cannot be read: %v", stackFile(stack), err), "correct it")
		return nil, nil
	}
	if _, again := values[keyExtends]; again {
		r.add(path, fmt.Sprintf("stack %s itself extends another", stack), "extend that one, since a chain of files hides what holds")
	}
	delete(values, keyExtends)
	delete(values, keyWithout)
	return values, nil
}

func stackFile(stack string) string { return "Pulumi." + stack + ".yaml" }

// stacksIn are the stacks that have a file.
func stacksIn(root string) []string {
	files, _ := filepath.Glob(filepath.Join(root, stackFile("*"))) // the pattern is a good one
	var stacks []string
	for _, file := range files {
		name := strings.TrimPrefix(filepath.Base(file), "Pulumi.")
		stacks = append(stacks, strings.TrimSuffix(name, ".yaml"))
	}
	return stacks
}

// parseStackFile is a stack file's settings in the namespace botyard, without it.
func parseStackFile(text []byte) (map[string]any, error) {
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	values := map[string]any{}
	for key, value := range file.Config {
		// Pulumi takes a key without a namespace for one of the project's own.
		namespace, name, ok := strings.Cut(key, ":")
		if !ok {
			namespace, name = Namespace, key
		}
		if namespace == Namespace {
			values[name] = value
		}
	}
	// By way of JSON the values get the same types as those that Pulumi passes on.
	again, err := json.Marshal(plain(values))
	if err != nil {
		return nil, err
	}
	parsed, err := parseJSON(again)
	if err != nil {
		return nil, err
	}
	return parsed.(map[string]any), nil
}

// plain turns maps with keys that are no texts, which JSON does not have, into maps with texts.
func plain(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, entry := range v {
			v[key] = plain(entry)
		}
	case map[any]any:
		texts := map[string]any{}
		for key, entry := range v {
			texts[fmt.Sprint(key)] = plain(entry)
		}
		return texts
	case []any:
		for i, entry := range v {
			v[i] = plain(entry)
		}
	}
	return value
}
