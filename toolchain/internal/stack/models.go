package stack

import (
	"maps"
	"slices"
)

// DeclaredModels is what a stack's config says of its models.
type DeclaredModels struct {
	Region, Project string
	Names           []string            // sorted
	Takes           map[string][]string // services that take a model's newest version, sorted, by model
}

// Models reads them from the config of stack name and the one that it extends.
func Models(dir, name string) (DeclaredModels, error) {
	values, err := settings(dir, name)
	if err != nil {
		return DeclaredModels{}, err
	}
	project, err := projectName(dir)
	if err != nil {
		return DeclaredModels{}, err
	}
	d := DeclaredModels{Project: project, Takes: map[string][]string{}}
	d.Region, _ = values["aws:region"].(string)
	declared, _ := values["botyard:models"].(map[string]any)
	d.Names = slices.Sorted(maps.Keys(declared))
	services, _ := values["botyard:services"].(map[string]any)
	for _, service := range slices.Sorted(maps.Keys(services)) {
		settings, _ := services[service].(map[string]any)
		uses, _ := settings["models"].(map[string]any)
		for _, variable := range slices.Sorted(maps.Keys(uses)) {
			use, _ := uses[variable].(map[string]any)
			model, _ := use["name"].(string)
			version, named := use["version"].(string)
			if model != "" && (!named || version == "latest") && !slices.Contains(d.Takes[model], service) {
				d.Takes[model] = append(d.Takes[model], service)
			}
		}
	}
	return d, nil
}
