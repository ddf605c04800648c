package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

// wire is a property bag as the engine sends it, with Pulumi's own marks for a secret and an unknown value.
const wire = `{
	"text": "a", "number": 1.5, "flag": true, "nothing": null, "list": ["b", null],
	"secret": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": {"password": "p"}},
	"unknown": "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "unknownBool": "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"
}`

var values = map[string]any{
	"text": "a", "number": 1.5, "flag": true, "list": []any{"b", nil},
	"secret":  secret{map[string]any{"password": "p"}},
	"unknown": unknown{}, "unknownBool": unknown{},
}

func parse(t *testing.T, text string) *structpb.Struct {
	t.Helper()
	bag := &structpb.Struct{}
	require.NoError(t, protojson.Unmarshal([]byte(text), bag))
	return bag
}

func TestPropertiesFromTheWire(t *testing.T) {
	got, err := decodeProperties(parse(t, wire))
	require.NoError(t, err)
	assert.Equal(t, values, got)
}

func TestPropertiesToTheWireAndBack(t *testing.T) {
	bag := encodeProperties(values)
	got, err := decodeProperties(bag)
	require.NoError(t, err)
	assert.Equal(t, values, got)
	assert.Equal(t, unknownText, bag.GetFields()["unknown"].GetStringValue())
	assert.Equal(t, "1b47061264138c4ac30d75fd1eb44270",
		bag.GetFields()["secret"].GetStructValue().GetFields()["4dabf18193072939515e22adb298388d"].GetStringValue())
}

func TestAssetsAreRefused(t *testing.T) {
	_, err := decodeProperties(parse(t, `{"build": {"context": {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7"}}}`))
	assert.ErrorContains(t, err, "build: context: an asset, archive or resource")
}

func TestRevealTakesEverySecretOff(t *testing.T) {
	assert.Equal(t, map[string]any{"a": []any{"x", map[string]any{"b": "y"}}},
		reveal(map[string]any{"a": secret{[]any{secret{"x"}, map[string]any{"b": secret{"y"}}}}}))
}
