package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	jsonpatch "github.com/evanphx/json-patch/v5"
)

// The two keys that say where other settings come from.
const (
	keyExtends = "extends"
	keyWithout = "without"
)

// settings are the stack's keys as JSON values, laid over those of the stack that it extends
// as a JSON Merge Patch (RFC 7396): maps merge, null removes, everything else replaces. They
// are nil when that stack cannot be read for a reason that is noted.
func settings(source Source, r *report) (map[string]any, error) {
	own := map[string]any{}
	for key, text := range source.Values {
		own[key] = parseValue(key, text)
	}
	base := map[string]any{}
	if name, ok := own[keyExtends].(string); ok && name != "" {
		var err error
		if base, err = readStack(source.Root, name, r); err != nil || base == nil {
			return nil, err
		}
		leaveOut(base, own[keyWithout], r)
	} else if list, ok := own[keyWithout].([]any); ok && len(list) > 0 {
		r.add(at("", keyWithout), "leaves out keys of no stack", "set "+at("", keyExtends)+" too, or remove it")
	}
	merged, err := merge(base, own)
	if err != nil {
		return nil, fmt.Errorf("merging the settings of stack %s: %w", source.Stack, err)
	}
	reportEncrypted(merged, "", fmt.Sprint(own[keyExtends]), r)
	return merged, nil
}

// parseValue reads a value as Pulumi passes it on: maps, lists, numbers and booleans as JSON,
// a text as it is, and a key without a value as the empty text.
func parseValue(key, text string) any {
	if key == keyExtends { // a stack may be called 15 or true
		return text
	}
	if text == "" {
		return nil
	}
	if value, err := parseJSON([]byte(text)); err == nil {
		return value
	}
	return text
}

func parseJSON(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // a float64 cannot hold every whole number
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("more text behind the value")
	}
	return value, nil
}

// leaveOut removes the extended stack's keys that this stack does without.
func leaveOut(base map[string]any, without any, r *report) {
	list, _ := without.([]any) // any other type is reported when it is decoded
	for i, entry := range list {
		name, ok := entry.(string)
		if !ok {
			continue
		}
		if _, there := base[name]; !there {
			r.add(item(at("", keyWithout), i), fmt.Sprintf("the extended stack has no key %q", name), suggest(name, Names(base)))
		}
		delete(base, name)
	}
}

// merge lays own over base. Merging each over nothing first drops null keys from both.
func merge(base, own map[string]any) (map[string]any, error) {
	document := []byte("{}")
	for _, layer := range []map[string]any{base, own} {
		patch, err := json.Marshal(layer)
		if err != nil {
			return nil, err
		}
		if document, err = jsonpatch.MergePatch(document, patch); err != nil {
			return nil, err
		}
	}
	value, err := parseJSON(document)
	if err != nil {
		return nil, err
	}
	merged, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the result is no map")
	}
	return merged, nil
}

// reportEncrypted finds what is left of the extended stack's encrypted values: {secure: …},
// which Pulumi decrypts for the stack that is being deployed only.
func reportEncrypted(value any, path, stack string, r *report) {
	switch v := value.(type) {
	case map[string]any:
		if _, text := v["secure"].(string); text && len(v) == 1 && path != "" {
			r.undecodable(path, "is encrypted in Pulumi."+stack+".yaml, which this stack cannot read", "set it in this stack too")
			return
		}
		for _, key := range Names(v) {
			reportEncrypted(v[key], at(path, key), stack, r)
		}
	case []any:
		for i, entry := range v {
			reportEncrypted(entry, item(path, i), stack, r)
		}
	}
}
