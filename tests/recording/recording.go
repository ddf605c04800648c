// Package recording is the Pulumi mock of all tests: it records each resource that a program
// registers, with what only the request shows (parent, protect, dependencies), and answers with
// outputs shaped as AWS's and Docker's.
package recording

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"
)

// Resource is one registered resource or component.
type Resource struct {
	Type, Name string
	// Parent is the parent's type and name, as Type::Name; empty for a resource of the stack itself.
	Parent    string
	Custom    bool
	Protect   bool
	Inputs    resource.PropertyMap
	DependsOn []string // Type::Name, sorted
	// IgnoreChanges are the paths of inputs whose changes count for nothing.
	IgnoreChanges []string
	// Order is the place in which the program's registrations reached the engine.
	Order int
}

// Key is how other resources name this one: Type::Name.
func (r Resource) Key() string { return r.Type + "::" + r.Name }

// Recorder records a program's resources and calls.
type Recorder struct {
	mu        sync.Mutex
	resources []Resource
	calls     []string
}

// Project and Stack are the names that a recorded program runs under.
const (
	Project = "botyard"
	Stack   = "test"
)

// Run runs program as an update under the recorder and returns what it registered.
func Run(t testing.TB, program pulumi.RunFunc, options ...pulumi.RunOption) (*Recorder, error) {
	t.Helper()
	r := &Recorder{}
	err := pulumi.RunErr(program, append([]pulumi.RunOption{pulumi.WithMocks(Project, Stack, r)}, options...)...)
	return r, err
}

// WithConfig sets the stack's config, by full key.
func WithConfig(values map[string]string) pulumi.RunOption {
	return func(info *pulumi.RunInfo) { info.Config = values }
}

// WithStack sets the stack's name.
func WithStack(stack string) pulumi.RunOption {
	return func(info *pulumi.RunInfo) { info.Stack = stack }
}

// Preview makes the run a preview.
func Preview(info *pulumi.RunInfo) { info.DryRun = true }

// NewResource records one registration.
func (r *Recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	recorded := Resource{
		Type: args.TypeToken, Name: args.Name, Inputs: args.Inputs, Custom: args.Custom, Order: len(r.resources),
	}
	if rpc := args.RegisterRPC; rpc != nil {
		recorded.Parent = shortURN(rpc.GetParent())
		recorded.Protect = rpc.GetProtect()
		recorded.IgnoreChanges = rpc.GetIgnoreChanges()
		for _, urn := range rpc.GetDependencies() {
			recorded.DependsOn = append(recorded.DependsOn, shortURN(urn))
		}
		slices.Sort(recorded.DependsOn)
	}
	r.resources = append(r.resources, recorded)
	return args.Name + "-id", outputs(args), nil
}

// Call records one function call.
func (r *Recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, args.Token)
	return answer(args)
}

// Resources are all registrations, sorted by type and name; the stack itself is left out.
func (r *Recorder) Resources() []Resource {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []Resource
	for _, each := range r.resources {
		if each.Type != "pulumi:pulumi:Stack" {
			list = append(list, each)
		}
	}
	slices.SortFunc(list, func(a, b Resource) int { return strings.Compare(a.Key(), b.Key()) })
	return list
}

// OfType are the registrations of one type token, sorted by name.
func (r *Recorder) OfType(token string) []Resource {
	var list []Resource
	for _, each := range r.Resources() {
		if each.Type == token {
			list = append(list, each)
		}
	}
	return list
}

// One is the registration of that type and name; the test fails without it.
func (r *Recorder) One(t testing.TB, token, name string) Resource {
	t.Helper()
	var names []string
	for _, each := range r.OfType(token) {
		if each.Name == name {
			return each
		}
		names = append(names, each.Name)
	}
	require.Failf(t, "not registered", "no %s named %q; there are %v", token, name, names)
	return Resource{}
}

// Input is a top-level input as plain Go (secrets unwrapped); nil when it is not set.
func (r Resource) Input(name string) any {
	value, ok := r.Inputs[resource.PropertyKey(name)]
	if !ok {
		return nil
	}
	return Plain(value)
}

// Plain unwraps secrets and outputs and turns a property value into plain Go.
func Plain(value resource.PropertyValue) any {
	return value.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		switch {
		case v.IsSecret():
			return Plain(v.SecretValue().Element), true
		case v.IsOutput():
			return Plain(v.OutputValue().Element), true
		}
		return nil, false
	})
}

// shortURN turns urn:pulumi:stack::project::parent$type::name into type::name.
func shortURN(urn string) string {
	parts := strings.Split(urn, "::")
	if len(parts) < 4 || parts[2] == "pulumi:pulumi:Stack" {
		return ""
	}
	types := strings.Split(parts[2], "$")
	return fmt.Sprintf("%s::%s", types[len(types)-1], parts[3])
}
