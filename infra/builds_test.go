package infra

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"botyard/infra/platform"
	"botyard/infra/rollout"
)

func TestCacheOf(t *testing.T) {
	at := func(second int, digest string, tags ...string) rollout.Pushed {
		return rollout.Pushed{Digest: "sha256:" + digest, Tags: tags, At: time.Unix(int64(second), 0)}
	}
	const own, older, newer = "0123456789abcdef", "1111111111111111", "2222222222222222"
	for name, test := range map[string]struct {
		pushed []rollout.Pushed
		want   platform.Cache
	}{
		"an empty repository": {nil, platform.Cache{}},
		"the newest first":    {[]rollout.Pushed{at(1, "a", older), at(3, "c", newer), at(2, "b", "3333333333333333")}, platform.Cache{From: []string{"sha256:c", "sha256:b", "sha256:a"}}},
		"two of one second":   {[]rollout.Pushed{at(1, "b", older), at(1, "a", newer)}, platform.Cache{From: []string{"sha256:a", "sha256:b"}}},
		"the layer itself, newest or not": {
			[]rollout.Pushed{at(1, "a", "release-r1", own), at(2, "b", newer)}, platform.Cache{From: []string{"sha256:a"}, Built: true}},
		"what is no layer": {
			[]rollout.Pushed{at(1, "a", older), at(2, "b"), at(3, "c", "sha256-aa.sig"), at(4, "d", "release-r2")}, platform.Cache{From: []string{"sha256:a"}}},
		"nothing but what is no layer": {[]rollout.Pushed{at(2, "b")}, platform.Cache{}},
	} {
		assert.Equal(t, test.want, cacheOf(test.pushed, own), name)
	}
	var many []rollout.Pushed
	for second := range 15 {
		many = append(many, at(second, string(rune('a'+second)), older))
	}
	from := cacheOf(many, own).From
	assert.Len(t, from, 10)
	assert.Equal(t, []string{"sha256:o", "sha256:f"}, []string{from[0], from[9]})
	assert.Equal(t, "sha256:a", many[0].Digest, "what the registry said is left alone")
}
