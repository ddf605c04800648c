package main

import (
	"fmt"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"

	"botyard/toolchain/plugin-aws/surface"
)

// describe is the plugin as a program sees it, after all renaming, flattening and defaulting by the bridge.
func describe(info tfbridge.ProviderInfo) (surface.Package, error) {
	out := surface.Package{
		Config:    fields(info.P.Schema(), info.Config, isInput),
		Resources: map[string]surface.Member{},
		Functions: map[string]surface.Member{},
	}
	for name, r := range info.Resources {
		res, ok := info.P.ResourcesMap().GetOk(name)
		if !ok {
			return out, fmt.Errorf("the provider has no resource %s", name)
		}
		out.Resources[string(r.Tok)] = member(res.Schema(), r.Fields)
	}
	for name, d := range info.DataSources {
		res, ok := info.P.DataSourcesMap().GetOk(name)
		if !ok {
			return out, fmt.Errorf("the provider has no data source %s", name)
		}
		m := member(res.Schema(), d.Fields)
		if _, declared := m.Outputs["id"]; !declared {
			m.Outputs["id"] = surface.Property{Kind: "string"} // the bridge adds it to every result
		}
		out.Functions[string(d.Tok)] = m
	}
	return out, nil
}

func member(schema shim.SchemaMap, infos map[string]*tfbridge.SchemaInfo) surface.Member {
	return surface.Member{
		Inputs:  fields(schema, infos, isInput),
		Outputs: fields(schema, infos, anyField),
	}
}

func isInput(s shim.Schema, info *tfbridge.SchemaInfo) bool {
	if info != nil && info.MarkAsComputedOnly != nil && *info.MarkAsComputedOnly {
		return false
	}
	return s.Optional() || s.Required()
}

func anyField(shim.Schema, *tfbridge.SchemaInfo) bool { return true }

// filter says which fields of a schema belong to a side.
type filter func(shim.Schema, *tfbridge.SchemaInfo) bool

func fields(schema shim.SchemaMap, infos map[string]*tfbridge.SchemaInfo, keep filter) surface.Fields {
	out := surface.Fields{}
	schema.Range(func(name string, s shim.Schema) bool {
		info := infos[name]
		if s.Removed() == "" && (info == nil || !info.Omit && !info.Removed) && keep(s, info) {
			p := property(s, info)
			p.Required = s.Required() && !hasDefault(info)
			p.Secret = s.Sensitive() || info != nil && info.Secret != nil && *info.Secret
			out[tfbridge.TerraformToPulumiNameV2(name, schema, infos)] = p
		}
		return true
	})
	return out
}

// hasDefault says that a required property may be left out because the bridge fills it in.
func hasDefault(info *tfbridge.SchemaInfo) bool {
	return info != nil && (info.HasDefault() || info.MarkAsOptional != nil && *info.MarkAsOptional)
}

func property(s shim.Schema, info *tfbridge.SchemaInfo) surface.Property {
	if kind, ok := scalars[s.Type()]; ok {
		if info != nil && info.Type != "" {
			kind = overridden[string(info.Type)]
		}
		return surface.Property{Kind: kind}
	}
	var elemInfo *tfbridge.SchemaInfo
	if info != nil {
		elemInfo = info.Elem
	}
	elem := surface.Property{Kind: "string"} // a Terraform map without an element type holds strings
	switch e := s.Elem().(type) {
	case shim.Resource:
		elem = surface.Property{Kind: "object", Fields: objectFields(e, elemInfo)}
		if s.Type() == shim.TypeMap {
			return elem
		}
	case shim.Schema:
		elem = property(e, elemInfo)
	}
	switch {
	case tfbridge.IsMaxItemsOne(s, info):
		return elem
	case s.Type() == shim.TypeMap:
		return surface.Of("map", elem)
	case s.Type() == shim.TypeDynamic:
		return surface.Property{Kind: "any"}
	}
	return surface.Of("list", elem)
}

// objectFields are a block's fields. The SDK has one type for a block going in and coming out, so it holds both sides.
func objectFields(r shim.Resource, info *tfbridge.SchemaInfo) surface.Fields {
	var infos map[string]*tfbridge.SchemaInfo
	if info != nil {
		infos = info.Fields
	}
	return fields(r.Schema(), infos, anyField)
}

var scalars = map[shim.ValueType]string{shim.TypeBool: "bool", shim.TypeInt: "int", shim.TypeFloat: "number", shim.TypeString: "string"}

// overridden are the kinds of the types that this plugin overrides with, by Pulumi's names for them.
var overridden = map[string]string{"integer": "int", "boolean": "bool"}
