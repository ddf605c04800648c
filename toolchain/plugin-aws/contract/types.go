package contract

import (
	"fmt"
	"go/ast"
	"reflect"
	"strconv"
	"strings"

	"botyard/toolchain/plugin-aws/surface"
)

// typeReader turns the Go type of a struct's field into a property.
type typeReader func(m *module, expr ast.Expr) (surface.Property, error)

// fields reads a struct's fields that have a pulumi tag.
func (m *module) fields(name string, read typeReader) (surface.Fields, error) {
	spec, ok := m.specs[name].(*ast.StructType)
	if !ok {
		return nil, fmt.Errorf("the SDK has no struct %s", name)
	}
	out := surface.Fields{}
	for _, f := range spec.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			return nil, fmt.Errorf("%s has a tag that cannot be read: %w", name, err)
		}
		property := reflect.StructTag(tag).Get("pulumi")
		if out[property], err = read(m, f.Type); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", name, property, err)
		}
	}
	return out, nil
}

// plainType reads the types of argument structs: string, *int, []Foo, map[string]string.
func plainType(m *module, expr ast.Expr) (surface.Property, error) {
	switch t := expr.(type) {
	case *ast.StarExpr:
		p, err := plainType(m, t.X)
		p.Required = false
		return p, err
	case *ast.ArrayType:
		elem, err := plainType(m, t.Elt)
		return surface.Of("list", elem), err
	case *ast.MapType:
		elem, err := plainType(m, t.Value)
		return surface.Of("map", elem), err
	case *ast.InterfaceType:
		return surface.Property{Kind: "any"}, nil
	case *ast.Ident:
		p, err := m.named(t.Name)
		p.Required = true
		return p, err
	}
	return surface.Property{}, fmt.Errorf("cannot read a type of kind %T", expr)
}

// outputType reads the types of a resource's outputs: pulumi.StringPtrOutput, FooArrayOutput.
func outputType(m *module, expr ast.Expr) (surface.Property, error) {
	name := ""
	switch t := expr.(type) {
	case *ast.Ident:
		name = t.Name
	case *ast.SelectorExpr:
		name = t.Sel.Name
	default:
		return surface.Property{}, fmt.Errorf("cannot read an output type of kind %T", expr)
	}
	return m.output(strings.TrimSuffix(name, "Output"))
}

// output takes an output type's name apart from the end, as the SDK's generator puts it together: Ptr, Array and Map are appended.
func (m *module) output(name string) (surface.Property, error) {
	if p, err := m.named(name); err == nil {
		return p, nil
	}
	for suffix, kind := range map[string]string{"Ptr": "", "Array": "list", "Map": "map"} {
		inner, ok := strings.CutSuffix(name, suffix)
		if !ok {
			continue
		}
		elem, err := m.output(inner)
		if kind == "" || err != nil {
			return elem, err
		}
		return surface.Of(kind, elem), nil
	}
	return surface.Property{}, fmt.Errorf("the SDK has no type %s", name)
}

var builtin = map[string]string{
	"string": "string", "bool": "bool", "int": "int", "float64": "number",
	"String": "string", "Bool": "bool", "Int": "int", "Float64": "number", "Any": "any",
}

// named reads a type by its name: a built-in one, a struct of the module, or one of its enumerations.
func (m *module) named(name string) (surface.Property, error) {
	if kind := builtin[name]; kind != "" {
		return surface.Property{Kind: kind}, nil
	}
	switch t := m.specs[name].(type) {
	case *ast.StructType:
		nested, err := m.fields(name, plainType)
		return surface.Property{Kind: "object", Fields: nested}, err
	case *ast.Ident:
		return m.named(t.Name)
	}
	return surface.Property{}, fmt.Errorf("the SDK has no type %s", name)
}
