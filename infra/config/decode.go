package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"botyard/infra/image"
)

// decode fills target from a decoded JSON value, strictly: what does not fit is noted in r and
// left at its default.
func decode(value any, target reflect.Value, path string, r *report) {
	r.given[path] = true
	switch target.Kind() {
	case reflect.Pointer:
		fresh := reflect.New(target.Type().Elem())
		prefill(fresh.Interface())
		decode(value, fresh.Elem(), path, r)
		target.Set(fresh)
	case reflect.Struct:
		decodeStruct(value, target, path, r)
	case reflect.Map:
		decodeMap(value, target, path, r)
	case reflect.Slice:
		decodeSlice(value, target, path, r)
	default:
		decodeScalar(value, target, path, r)
	}
}

func decodeStruct(value any, target reflect.Value, path string, r *report) {
	entries, ok := value.(map[string]any)
	if !ok {
		r.undecodable(path, "is "+describe(value), "give a map with the keys "+strings.Join(keysOf(target.Type()), ", "))
		return
	}
	known := map[string]bool{}
	for i := range target.NumField() {
		key, required, optional := keyOf(target.Type().Field(i))
		if key == "" {
			continue
		}
		known[key] = true
		entry, present := entries[key]
		// Pulumi.yaml has to give every top-level key a default, and {} is what it gives.
		if empty, isMap := entry.(map[string]any); optional && isMap && len(empty) == 0 {
			present = false
		}
		switch {
		case present:
			decode(entry, target.Field(i), at(path, key), r)
		case required:
			r.undecodable(at(path, key), "is missing", "give "+example(target.Type().Field(i).Type))
		}
	}
	for _, key := range Names(entries) {
		if !known[key] {
			r.add(at(path, key), "unknown key", suggest(key, keysOf(target.Type())))
		}
	}
}

func decodeMap(value any, target reflect.Value, path string, r *report) {
	entries, ok := value.(map[string]any)
	if !ok {
		r.undecodable(path, "is "+describe(value), "give a map of names to values")
		return
	}
	made := reflect.MakeMap(target.Type())
	for _, key := range Names(entries) {
		fresh := reflect.New(target.Type().Elem())
		prefill(fresh.Interface())
		decode(entries[key], fresh.Elem(), at(path, key), r)
		made.SetMapIndex(reflect.ValueOf(key), fresh.Elem())
	}
	target.Set(made)
}

func decodeSlice(value any, target reflect.Value, path string, r *report) {
	entries, ok := value.([]any)
	if !ok {
		r.undecodable(path, "is "+describe(value), "give "+example(target.Type()))
		return
	}
	made := reflect.MakeSlice(target.Type(), len(entries), len(entries))
	for i, entry := range entries {
		decode(entry, made.Index(i), item(path, i), r)
	}
	target.Set(made)
}

func decodeScalar(value any, target reflect.Value, path string, r *report) {
	switch v := value.(type) {
	case string:
		if target.Kind() == reflect.String {
			target.SetString(v)
			return
		}
	case bool:
		if target.Kind() == reflect.Bool {
			target.SetBool(v)
			return
		}
	case json.Number:
		if number, err := strconv.ParseInt(v.String(), 10, 32); err == nil && target.Kind() == reflect.Int {
			target.SetInt(number)
			return
		}
		if number, err := strconv.ParseFloat(v.String(), 64); err == nil && target.Kind() == reflect.Float64 {
			target.SetFloat(number)
			return
		}
	}
	right := "give " + example(target.Type())
	if _, isMap := value.(map[string]any); !isMap && target.Kind() == reflect.String && value != nil {
		right = fmt.Sprintf(`put it in quotes ("%v")`, value)
	}
	r.undecodable(path, "is "+describe(value), right)
}

// describe says what a JSON value is. A long text is not repeated, and neither is a secret.
func describe(value any) string {
	switch v := value.(type) {
	case nil:
		return "empty"
	case string:
		if len(v) > 40 || image.FindSecret(v) != "" {
			return "a text"
		}
		return fmt.Sprintf("the text %q", v)
	case bool:
		return fmt.Sprintf("the value %t", v)
	case json.Number:
		return "the number " + v.String()
	case []any:
		return "a list"
	default:
		return "a map"
	}
}

// example says what a value of the type looks like.
func example(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number without quotes"
	case reflect.Float64:
		return "a number without quotes"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return `a list of texts, such as ["one", "two"]`
		}
		return "a list of maps with the keys " + strings.Join(keysOf(t.Elem()), ", ")
	case reflect.Pointer:
		return example(t.Elem())
	case reflect.Struct:
		return "a map with the keys " + strings.Join(keysOf(t), ", ")
	default:
		return "a map of names to values"
	}
}

// keysOf are a struct's keys in the order of its fields.
func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		if key, _, _ := keyOf(t.Field(i)); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// keyOf reads a field's key tag: the key, whether it must be given, and whether an empty map
// is the same as none. A field without one is no setting.
func keyOf(field reflect.StructField) (key string, required, optional bool) {
	key, option, _ := strings.Cut(field.Tag.Get("key"), ",")
	return key, option == "required", option == "optional"
}
