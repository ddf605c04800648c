package main

import (
	"reflect"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// quietPaths change often (a registry's password lasts hours) and change nothing in the image.
var quietPaths = map[string]bool{"registry.username": true, "registry.password": true}

// diffInputs compares two sets of checked inputs, secret or not, and gives the kind of each difference by its path. A value
// that is not known yet differs from everything. Nothing ever asks for a replacement: an image is rebuilt in place.
func diffInputs(old, new map[string]any) map[string]*pulumirpc.PropertyDiff {
	out := map[string]*pulumirpc.PropertyDiff{}
	diffObject(out, "", reveal(old).(map[string]any), reveal(new).(map[string]any))
	return out
}

func diffObject(out map[string]*pulumirpc.PropertyDiff, path string, old, new map[string]any) {
	for key := range old {
		if _, kept := new[key]; !kept {
			diffValue(out, join(path, key), old[key], nil)
		}
	}
	for key := range new {
		diffValue(out, join(path, key), old[key], new[key])
	}
}

// diffValue descends into objects, so that each difference is reported where it is; nil stands for absence.
func diffValue(out map[string]*pulumirpc.PropertyDiff, path string, old, new any) {
	oldObject, oldOK := asObject(old)
	newObject, newOK := asObject(new)
	if oldOK && newOK {
		diffObject(out, path, oldObject, newObject)
		return
	}
	kind := pulumirpc.PropertyDiff_UPDATE
	switch {
	case quietPaths[path], reflect.DeepEqual(old, new) && !hasUnknown(new):
		return
	case old == nil:
		kind = pulumirpc.PropertyDiff_ADD
	case new == nil:
		kind = pulumirpc.PropertyDiff_DELETE
	}
	out[path] = &pulumirpc.PropertyDiff{Kind: kind, InputDiff: true}
}

// asObject takes absence for an empty object, so that adding only a registry's password to no registry is no difference.
func asObject(value any) (map[string]any, bool) {
	if value == nil {
		return nil, true
	}
	object, ok := value.(map[string]any)
	return object, ok
}

func hasUnknown(value any) bool {
	switch v := value.(type) {
	case unknown:
		return true
	case secret:
		return hasUnknown(v.value)
	case []any:
		for _, item := range v {
			if hasUnknown(item) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if hasUnknown(item) {
				return true
			}
		}
	}
	return false
}
