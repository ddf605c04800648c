package image

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBuildArgs(t *testing.T) {
	node := Node{
		Layer:  Layer{Name: "bot", Args: map[string]string{"A": "1"}},
		Origin: Origin{Source: "https://example.org/bot", Revision: "abc+dirty", Created: "2026-11-01T10:00:00+01:00"},
	}
	assert.Equal(t, map[string]string{
		"A": "1", "SOURCE": "https://example.org/bot", "REVISION": "abc+dirty", "CREATED": "2026-11-01T10:00:00+01:00",
		"SOURCE_DATE_EPOCH": "1793523600", "BUILDKIT_INLINE_CACHE": "1",
	}, node.BuildArgs())
	assert.Equal(t, map[string]string{"A": "1"}, node.Args, "the layer's own are left alone")

	node.Origin = unknownOrigin
	assert.Equal(t, "0", node.BuildArgs()["SOURCE_DATE_EPOCH"])
	assert.Equal(t, []string{"PARENT", "BUILDKIT_INLINE_CACHE", "SOURCE", "REVISION", "CREATED", "SOURCE_DATE_EPOCH"}, OwnArgs())
	for name := range node.BuildArgs() {
		if name != "A" {
			assert.Contains(t, OwnArgs(), name)
		}
	}
}
