package main

import (
	"regexp"
	"strconv"
)

var plainKey = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

// join appends a key to a property path in the notation of Pulumi: build.args.PARENT, build.args["my.key"].
func join(path, key string) string {
	switch {
	case !plainKey.MatchString(key):
		return path + "[" + strconv.Quote(key) + "]"
	case path == "":
		return key
	default:
		return path + "." + key
	}
}

// kindOf names the kind of a decoded value as a person writing a program knows it.
func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case float64:
		return "a number"
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return "another kind of value"
	}
}

// textsWithin lists every string inside a value.
func textsWithin(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case secret:
		return textsWithin(v.value)
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, textsWithin(item)...)
		}
		return out
	case map[string]any:
		var out []string
		for _, key := range sortedKeys(v) {
			out = append(out, textsWithin(v[key])...)
		}
		return out
	default:
		return nil
	}
}
