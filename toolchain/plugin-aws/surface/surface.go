// Package surface describes what a program sees of the plugin: names and types of properties, by token. The plugin prints itself in this form
// (-describe), and the contract test reads the SDK's sources into the same form and compares.
package surface

// Package is everything that one plugin serves.
type Package struct {
	// Config is the provider's configuration.
	Config Fields `json:"config"`
	// Resources and Functions are keyed by token.
	Resources map[string]Member `json:"resources"`
	Functions map[string]Member `json:"functions"`
}

// Member is a resource or a function: what goes in and what comes out.
type Member struct {
	Inputs  Fields `json:"inputs"`
	Outputs Fields `json:"outputs"`
}

// Fields are properties by name.
type Fields map[string]Property

// Property is the type of a value.
type Property struct {
	// Kind is one of bool, int, number, string, any, list, map, object.
	Kind string `json:"kind"`
	// Elem is the element of a list or map.
	Elem *Property `json:"elem,omitempty"`
	// Fields are an object's.
	Fields Fields `json:"fields,omitempty"`
	// Required is set on inputs that a program must give.
	Required bool `json:"required,omitempty"`
	// Secret is set on outputs that are kept encrypted in the state.
	Secret bool `json:"secret,omitempty"`
}

// Of makes a list or map of elem.
func Of(kind string, elem Property) Property {
	elem.Required, elem.Secret = false, false
	return Property{Kind: kind, Elem: &elem}
}
