package config

import (
	"reflect"
	"regexp"
)

// validator is what every struct of the settings is: it checks what can be seen in it alone.
type validator interface {
	validate(path string, r *report)
}

// validateAll calls validate on a value and on everything in it.
func validateAll(value reflect.Value, path string, r *report) {
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			validateAll(value.Elem(), path, r)
		}
	case reflect.Struct:
		if v, ok := value.Interface().(validator); ok {
			v.validate(path, r)
		}
		for i := range value.NumField() {
			if key, _, _ := keyOf(value.Type().Field(i)); key != "" {
				validateAll(value.Field(i), at(path, key), r)
			}
		}
	case reflect.Map:
		for _, key := range value.MapKeys() {
			validateAll(value.MapIndex(key), at(path, key.String()), r)
		}
	case reflect.Slice:
		for i := range value.Len() {
			validateAll(value.Index(i), item(path, i), r)
		}
	}
}

// maxName is the longest name of a stack, service, layer or secret. It is the longest name of
// a target group, the strictest of AWS's limits; longer names made of several are shortened
// where they are made (platform.Namer).
const maxName = 32

const nameRule = "lower-case letters, digits and single hyphens, beginning with a letter, at most 32 characters"

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// isName tells a name that can be part of every AWS name made of it.
func isName(name string) bool { return len(name) <= maxName && namePattern.MatchString(name) }

// validate checks what belongs to no struct below.
func (c Config) validate(path string, r *report) {
	for kind, names := range map[string][]string{
		"baseImages": Names(c.BaseImages), "images": Names(c.Images),
		"secrets": Names(c.Secrets), "services": Names(c.Services), "models": Names(c.Models),
	} {
		for _, name := range names {
			if !isName(name) {
				r.add(at(at(path, kind), name), "is no name that AWS accepts", "use "+nameRule)
			}
		}
	}
	validateTags(c.Tags, at(path, "tags"), r)
	c.validateAlarms(at(path, "alarms"), r)
	validateApprovals(c.Approvals, at(path, "approvals"), r)
}
