package digest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Op is what happens to a resource.
type Op string

// What may happen to a resource that does not stay as it is.
const (
	Create  Op = "create"
	Update  Op = "change"
	Replace Op = "replace"
	Delete  Op = "delete"
)

// Change is what happens to one resource.
type Change struct {
	URN, Type, Name string
	Op              Op
	// Changed are the names of the properties that differ, Forced of those that force a replacement; sorted.
	Changed, Forced []string
	// Protected tells that Pulumi refuses to delete or replace it.
	Protected bool
	// Before and After are its inputs; nil where there is no such state. They may hold what must not be shown.
	Before, After map[string]any
}

// ops is what each step of Pulumi means for its resource; "" leaves it as it is. A replacement may come as one step or as
// up to three with the same URN.
var ops = map[string]Op{
	"create": Create, "import": Create, "update": Update, "delete": Delete,
	"replace": Replace, "create-replacement": Replace, "import-replacement": Replace, "read-replacement": Replace,
	"delete-replaced": Delete, "discard-replaced": Delete,
	"same": "", "read": "", "refresh": "", "diff": "", "discard": "", "remove-pending-replace": "", "extend-parameterize": "",
}

// changes makes one change of all steps with the same URN.
func changes(steps []step) ([]Change, error) {
	byURN := map[string]*Change{}
	for _, s := range steps {
		op, known := ops[s.Op]
		if !known {
			return nil, fmt.Errorf("the preview has the step %q of %s, which is not known here; add it to delivery/internal/digest", s.Op, s.URN)
		}
		if op == "" {
			continue
		}
		change := byURN[s.URN]
		if change == nil {
			change = &Change{URN: s.URN, Op: op}
			change.Type, change.Name = parts(s.URN)
			byURN[s.URN] = change
		}
		if change.Op != op { // several steps of one resource are a replacement
			change.Op = Replace
		}
		change.add(s)
	}
	var all []Change
	for _, change := range byURN {
		all = append(all, *change)
	}
	slices.SortFunc(all, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name), cmp.Compare(a.URN, b.URN))
	})
	return all, nil
}

// add takes in what a step says of the resource.
func (c *Change) add(s step) {
	forced, changed := slices.Clone(s.ReplaceReasons), slices.Sorted(maps.Keys(s.DetailedDiff))
	for _, name := range changed {
		if strings.HasSuffix(s.DetailedDiff[name].Kind, "-replace") && !slices.Contains(forced, top(name)) {
			forced = append(forced, name)
		}
	}
	if len(changed) == 0 {
		changed = s.DiffReasons
	}
	c.Changed, c.Forced = union(c.Changed, changed), union(c.Forced, forced)
	if s.OldState != nil {
		c.Protected = c.Protected || s.OldState.Protect
		c.Before = s.OldState.Inputs
	}
	if s.NewState != nil {
		c.After = s.NewState.Inputs
	}
}

// top is the property that a path such as build.args["A"] begins with.
func top(path string) string {
	if at := strings.IndexAny(path, ".["); at > 0 {
		return path[:at]
	}
	return path
}

func union(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

// parts are a URN's type, without its parents', and name: urn:pulumi:<stack>::<project>::<parents$type>::<name>.
func parts(urn string) (kind, name string) {
	fields := strings.SplitN(urn, "::", 4)
	if len(fields) < 4 {
		return "", urn
	}
	return fields[2][strings.LastIndex(fields[2], "$")+1:], fields[3]
}
