package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/infra/config"
)

func TestWhichLayerTrains(t *testing.T) {
	one := &config.Config{Images: map[string]config.Image{"base": {}, "intents": {Model: "/model/intents.json"}}}
	two := &config.Config{Images: map[string]config.Image{"base": {}, "intents": {Model: "/a"}, "moods": {Model: "/b"}}}
	for _, good := range []struct {
		cfg        *config.Config
		name, want string
	}{{one, "", "intents"}, {one, "intents", "intents"}, {two, "moods", "moods"}} {
		layer, err := trains(good.cfg, "wulu", good.name)
		require.NoError(t, err)
		assert.Equal(t, good.want, layer)
	}
	for _, bad := range []struct {
		cfg       *config.Config
		name, err string
	}{
		{&config.Config{}, "", "no layer of stack wulu trains a model: botyard:images.<layer>.model would be the path of its file in the image"},
		{two, "", "which layer? stack wulu has several that train a model: intents, moods"},
		{one, "base", `layer "base" of stack wulu trains no model; those that do: intents`},
		{two, "mood", `layer "mood" of stack wulu trains no model; those that do: intents, moods`},
	} {
		_, err := trains(bad.cfg, "wulu", bad.name)
		require.EqualError(t, err, bad.err)
	}
}
