package stack

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"
)

// Declared is what a stack's config says of its secrets.
type Declared struct {
	Region  string
	Secrets map[string]string // name → ARN, or the name in Secrets Manager of one that the stack makes
	Alerts  []string          // names of those that the alerts use, sorted
}

// Secrets reads them from the config of stack name and the one that it extends (RFC 7396, as infra/config does).
func Secrets(dir, name string) (Declared, error) {
	values, err := settings(dir, name)
	if err != nil {
		return Declared{}, err
	}
	project, err := projectName(dir)
	if err != nil {
		return Declared{}, err
	}
	d := Declared{Secrets: map[string]string{}}
	d.Region, _ = values["aws:region"].(string)
	declared, _ := values["botyard:secrets"].(map[string]any)
	for key, value := range declared {
		settings, _ := value.(map[string]any)
		d.Secrets[key] = project + "/" + name + "/" + key
		if arn, _ := settings["arn"].(string); arn != "" {
			d.Secrets[key] = arn
		}
	}
	alerts, _ := values["botyard:alerts"].(map[string]any)
	for _, chat := range []string{"discord", "slack"} {
		if secret, _ := alerts[chat].(string); secret != "" && !slices.Contains(d.Alerts, secret) {
			d.Alerts = append(d.Alerts, secret)
		}
	}
	slices.Sort(d.Alerts)
	return d, nil
}

// settings are the config of stack name, laid over that of the stack that it extends.
func settings(dir, name string) (map[string]any, error) {
	values, err := Config(dir, name)
	if err != nil {
		return nil, err
	}
	if parent, _ := values["botyard:extends"].(string); parent != "" {
		return extended(dir, parent, values)
	}
	return values, nil
}

// extended are the values laid over those of the stack that they extend, without what they leave out.
func extended(dir, parent string, values map[string]any) (map[string]any, error) {
	base, err := Config(dir, parent)
	if err != nil {
		return nil, err
	}
	without, _ := values["botyard:without"].([]any)
	for _, key := range without {
		delete(base, fmt.Sprintf("botyard:%v", key))
	}
	return patched(base, values), nil
}

// patched is base under a JSON Merge Patch (RFC 7396): null takes out.
func patched(base, patch map[string]any) map[string]any {
	merged := maps.Clone(base)
	if merged == nil {
		merged = map[string]any{}
	}
	for key, value := range patch {
		over, isMap := value.(map[string]any)
		switch {
		case value == nil:
			delete(merged, key)
		case isMap:
			under, _ := merged[key].(map[string]any)
			merged[key] = patched(under, over)
		default:
			merged[key] = value
		}
	}
	return merged
}

func projectName(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "Pulumi.yaml"))
	if err != nil {
		return "", fmt.Errorf("cannot read the project: %w", err)
	}
	var project struct {
		Name string `yaml:"name"`
	}
	if err := yaml.Unmarshal(text, &project); err != nil {
		return "", fmt.Errorf("cannot read Pulumi.yaml: %w", err)
	}
	return project.Name, nil
}
