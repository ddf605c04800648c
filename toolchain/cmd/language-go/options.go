package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"gopkg.in/yaml.v3"
)

// optionFlags are the options of the runtime in a project's file as flags, sorted; none where there is no such file, as in
// the folder of a command that runs no program. The host itself refuses a flag that it does not know.
func optionFlags(file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the project: %w", err)
	}
	var project struct{ Runtime runtime }
	if err := yaml.Unmarshal(text, &project); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var flags []string
	for _, name := range slices.Sorted(maps.Keys(project.Runtime.Options)) {
		flags = append(flags, fmt.Sprintf("-%s=%v", name, project.Runtime.Options[name]))
	}
	return flags, nil
}

// runtime is a runtime in either of its two forms: a name alone, or a name with options.
type runtime struct {
	Options map[string]any
}

// UnmarshalYAML reads either form.
func (r *runtime) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		return nil
	}
	type named runtime // without this method
	return node.Decode((*named)(r))
}
