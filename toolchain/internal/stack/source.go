package stack

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"botyard/toolchain/internal/dev"
)

// Source is the context that the image of a service of stack name is built from.
func Source(dir, name, service string) (dev.Source, error) {
	values, err := Config(dir, name)
	if err != nil {
		return dev.Source{}, err
	}
	if parent, _ := values["botyard:extends"].(string); parent != "" {
		if values, err = extended(dir, parent, values); err != nil {
			return dev.Source{}, err
		}
	}
	services := table(values, "botyard:services")
	if _, ok := services[service]; !ok {
		return dev.Source{}, fmt.Errorf("there is no service %q in Pulumi.%s.yaml; it has %s", service, name, strings.Join(slices.Sorted(maps.Keys(services)), ", "))
	}
	layer, _ := table(services, service)["image"].(string)
	image := table(table(values, "botyard:images"), layer)
	if image["git"] != nil {
		return dev.Source{}, fmt.Errorf("the source of %s is fetched (botyard:images.%s.git), and only a folder of this checkout can be mounted; right would be a context in it", service, layer)
	}
	context, _ := image["context"].(string)
	s := dev.Source{Folder: filepath.Join(dir, filepath.FromSlash(context)), Shown: context, Dockerfile: "Dockerfile"}
	if own, _ := image["dockerfile"].(string); own != "" {
		s.Dockerfile = own
	}
	if info, err := os.Stat(s.Folder); context == "" || err != nil || !info.IsDir() {
		return dev.Source{}, fmt.Errorf("the source of %s is to be in %q (botyard:images.%s.context), which is no folder of this checkout", service, context, layer)
	}
	if s.Folder, err = filepath.EvalSymlinks(s.Folder); err != nil {
		return dev.Source{}, fmt.Errorf("the source of %s cannot be found: %w", service, err)
	}
	return s, nil
}

// table is a value that is one, empty else.
func table(values map[string]any, key string) map[string]any {
	found, _ := values[key].(map[string]any)
	return found
}
