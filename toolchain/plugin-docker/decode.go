package main

import (
	"fmt"
	"slices"
	"strings"
)

// problem is one fault of the inputs: where, and what is wrong and what would be right.
type problem struct{ path, reason string }

// decoder reads typed values out of a property bag and collects what is wrong, unknown or secret in it.
type decoder struct {
	problems        []problem
	unknown, secret map[string]bool
	secrets         []string
}

// open takes off secret wrappers, notes unknown values, and returns nil for what cannot be read now.
func (d *decoder) open(path string, value any) any {
	for {
		wrapped, ok := value.(secret)
		if !ok {
			break
		}
		d.secret[path] = true
		d.secrets = append(d.secrets, textsWithin(wrapped.value)...)
		value = wrapped.value
	}
	if _, ok := value.(unknown); ok {
		d.unknown[path] = true
		return nil
	}
	return value
}

func (d *decoder) fail(path, format string, args ...any) {
	d.problems = append(d.problems, problem{path, fmt.Sprintf(format, args...)})
}

func (d *decoder) text(path string, value any, fallback string) string {
	switch v := d.open(path, value).(type) {
	case nil:
		if d.unknown[path] {
			return ""
		}
		return fallback
	case string:
		return v
	default:
		d.fail(path, "must be a string, not %s", kindOf(v))
		return fallback
	}
}

func (d *decoder) flag(path string, value any) bool {
	switch v := d.open(path, value).(type) {
	case nil:
		return false
	case bool:
		return v
	default:
		d.fail(path, "must be true or false, not %s", kindOf(v))
		return false
	}
}

func (d *decoder) texts(path string, value any) map[string]string {
	out := map[string]string{}
	for key, item := range d.object(path, value) {
		if text := d.text(join(path, key), item, ""); !d.unknown[join(path, key)] {
			out[key] = text
		}
	}
	return out
}

func (d *decoder) list(path string, value any) []string {
	opened := d.open(path, value)
	items, ok := opened.([]any)
	if opened != nil && !ok {
		d.fail(path, "must be a list of strings, not %s", kindOf(opened))
	}
	var out []string
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		if text := d.text(at, item, ""); text != "" {
			out = append(out, text)
		}
		if d.unknown[at] {
			d.unknown[path] = true
		}
	}
	return out
}

// object opens a map; when keys are given, every other key is a fault, since it would be ignored silently.
func (d *decoder) object(path string, value any, keys ...string) map[string]any {
	opened := d.open(path, value)
	object, ok := opened.(map[string]any)
	if opened != nil && !ok {
		d.fail(path, "must be an object, not %s", kindOf(opened))
	}
	for _, key := range sortedKeys(object) {
		if len(keys) > 0 && !slices.Contains(keys, key) {
			d.fail(join(path, key), "is no input of docker.Image %s; its inputs here are %s", version, strings.Join(keys, ", "))
		}
	}
	return object
}
