package infra

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/infra/config"
)

func TestMoves(t *testing.T) {
	a, b := strings.Repeat("0123456789", 4), strings.Repeat("abcdef0123", 4)
	images := map[string]config.Image{
		"bot": {Git: &config.Git{Ref: "master"}}, "api": {Git: &config.Git{Ref: "v2"}}, "new": {Git: &config.Git{Ref: "master"}}, "same": {Git: &config.Git{Ref: "master"}},
	}
	require.Equal(t, []string{
		"images.api: v2 moved from abcdef0 to 0123456, which it is built from now",
		"images.bot: master moved from 0123456 to abcdef0, which it is built from now",
	}, moves(images, map[string]string{"bot": a, "api": b, "same": a, "gone": a}, map[string]string{"bot": b, "api": a, "same": a, "new": b}))
	require.Empty(t, moves(images, nil, map[string]string{"bot": b}), "before the first release")
}
