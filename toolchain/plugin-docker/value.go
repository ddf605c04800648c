package main

import (
	"fmt"
	"sort"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
	"google.golang.org/protobuf/types/known/structpb"
)

// The library's conversion (sdk/go/common/resource/plugin) would compile go-git, the OpenTelemetry exporters and 300 more
// packages into this plugin, which stands on the cold path of `make up`. An Image needs six kinds of value, so they are
// decoded here: string, float64, bool, []any and map[string]any (without nulls), and the two kinds below.

// unknown stands for a value that the engine will know only after another resource was made.
type unknown struct{}

// secret wraps a value that must be encrypted in the state and masked in every output.
type secret struct{ value any }

// unknownText is how an unknown value is written on the wire (UnknownStringValue of the SDK's package plugin).
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

// unknownTexts are all forms of it: one for each kind of value that may be unknown (constants Unknown…Value there).
var unknownTexts = map[string]bool{
	unknownText:                            true,
	"1c4a061d-8072-4f0a-a4cb-0ff528b18fe7": true, // bool
	"3eeb2bf0-c639-47a8-9e75-3b44932eb421": true, // number
	"6a19a0b0-7e62-4c92-b797-7f8e31da9cc2": true, // array
	"030794c1-ac77-496b-92df-f27374a8bd58": true, // asset
	"e48ece36-62e2-4504-bad9-02848725956a": true, // archive
	"dd056dcd-154b-4c76-9bd3-c8f88648b5ff": true, // object
}

// decodeProperties turns the wire form of a property bag into values; a nil bag is empty.
func decodeProperties(bag *structpb.Struct) (map[string]any, error) {
	out := map[string]any{}
	for _, key := range sortedKeys(bag.GetFields()) {
		value, err := decodeValue(bag.Fields[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		if value != nil {
			out[key] = value
		}
	}
	return out, nil
}

func decodeValue(wire *structpb.Value) (any, error) {
	switch kind := wire.GetKind().(type) {
	case *structpb.Value_StringValue:
		if unknownTexts[kind.StringValue] {
			return unknown{}, nil
		}
		return kind.StringValue, nil
	case *structpb.Value_NumberValue:
		return kind.NumberValue, nil
	case *structpb.Value_BoolValue:
		return kind.BoolValue, nil
	case *structpb.Value_ListValue:
		out := make([]any, 0, len(kind.ListValue.GetValues()))
		for i, item := range kind.ListValue.GetValues() {
			value, err := decodeValue(item)
			if err != nil {
				return nil, fmt.Errorf("[%d]: %w", i, err)
			}
			out = append(out, value)
		}
		return out, nil
	case *structpb.Value_StructValue:
		return decodeObject(kind.StructValue)
	default:
		return nil, nil
	}
}

// decodeObject decodes a map, or the special value that a map with a signature stands for.
func decodeObject(bag *structpb.Struct) (any, error) {
	signature, special := bag.GetFields()[sig.Key]
	if !special {
		return decodeProperties(bag)
	}
	if signature.GetStringValue() != sig.Secret {
		return nil, fmt.Errorf("an asset, archive or resource stands where an Image takes a plain value (signature %q)",
			signature.GetStringValue())
	}
	inner, err := decodeValue(bag.Fields["value"])
	if err != nil || inner == nil {
		return nil, err
	}
	return secret{inner}, nil
}

// encodeProperties is the inverse of decodeProperties.
func encodeProperties(props map[string]any) *structpb.Struct {
	fields := make(map[string]*structpb.Value, len(props))
	for key, value := range props {
		fields[key] = encodeValue(value)
	}
	return &structpb.Struct{Fields: fields}
}

func encodeValue(value any) *structpb.Value {
	switch v := value.(type) {
	case unknown:
		return structpb.NewStringValue(unknownText)
	case secret:
		return structpb.NewStructValue(encodeProperties(map[string]any{sig.Key: sig.Secret, "value": v.value}))
	case string:
		return structpb.NewStringValue(v)
	case float64:
		return structpb.NewNumberValue(v)
	case bool:
		return structpb.NewBoolValue(v)
	case map[string]any:
		return structpb.NewStructValue(encodeProperties(v))
	case []any:
		list := &structpb.ListValue{}
		for _, item := range v {
			list.Values = append(list.Values, encodeValue(item))
		}
		return structpb.NewListValue(list)
	default:
		return structpb.NewNullValue()
	}
}

// reveal returns a copy of the value without any secret wrapper.
func reveal(value any) any {
	switch v := value.(type) {
	case secret:
		return reveal(v.value)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = reveal(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = reveal(item)
		}
		return out
	default:
		return value
	}
}

// sortedKeys makes every walk over a map, and so every error list and digest, come out in one order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
