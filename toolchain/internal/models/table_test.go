package models

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// running is what the wardens of the services are told.
var running = map[string]string{
	"bot":     `[{"variable":"MODEL","bucket":"models","key":"greetings","version":"v3","sha256":"aa","size":7,"file":"f"}]`,
	"actions": `[{"variable":"MODEL","bucket":"models","key":"greetings","version":"v1","sha256":"aa","size":7,"file":"f"},{"variable":"B","key":"greetings","version":"v1"}]`,
}

func stocked() *bucket {
	b := &bucket{}
	for i, key := range []string{"greetings", "greetings", "greetings", "greetings-long"} {
		id := "v" + string(rune('1'+i))
		b.versions = append(b.versions, version{id: id, key: key, content: make([]byte, 1000*(i+1)), at: noon.Add(time.Duration(i) * time.Hour)})
	}
	return b
}

func TestTheTableShowsTheNewestAndWhatRuns(t *testing.T) {
	var out bytes.Buffer
	s := Stack{Name: "prod", Models: []string{"greetings", "voices"}}
	require.NoError(t, s.Table(t.Context(), stocked(), "models", "", running, &out))
	require.Equal(t, `MODEL      VERSION      UPLOADED              SIZE    USED BY
greetings  v3 (newest)  2026-11-26 14:00 UTC  3.0 kB  bot
greetings  v1           2026-11-26 12:00 UTC  1.0 kB  actions
voices     none yet     –                     –       –
No version yet, so an update stops before services that use it: voices. Right would be make model NAME=voices FILE=<file> STACK=prod
`, out.String())
	out.Reset()
	require.NoError(t, s.Table(t.Context(), stocked(), "models", "greetings", nil, &out))
	require.Equal(t, `MODEL      VERSION      UPLOADED              SIZE    USED BY
greetings  v3 (newest)  2026-11-26 14:00 UTC  3.0 kB  nobody
greetings  v2           2026-11-26 13:00 UTC  2.0 kB  nobody
greetings  v1           2026-11-26 12:00 UTC  1.0 kB  nobody
`, out.String())
}

func TestWhatTheTableCannotShowIsExplained(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, Stack{Name: "prod"}.Table(t.Context(), stocked(), "models", "", nil, &out))
	assert.Equal(t, "Stack prod has no models under botyard:models.\n", out.String())
	s := Stack{Name: "prod", Models: []string{"greetings", "voices"}}
	assert.EqualError(t, s.Table(t.Context(), stocked(), "models", "greeting", nil, &out), `there is no model "greeting" in stack prod; it has greetings, voices`)
	assert.EqualError(t, Stack{Name: "prod"}.Known("x"), `there is no model "x" in stack prod, and no other; right would be a name under botyard:models, which a service's models name, and an update`)
	assert.EqualError(t, s.Table(t.Context(), &bucket{missing: true}, "models", "", nil, &out),
		"stack prod has no bucket for models yet: run make up STACK=prod first; it stops before the services that need a model, with the command to upload it")
	assert.EqualError(t, s.Table(t.Context(), stocked(), "models", "", map[string]string{"bot": "{"}, &out), "the models of service bot cannot be read: unexpected end of JSON input")
	u, _ := uploader(&bucket{missing: true})
	_, err := u.Put(t.Context(), "greetings", file(t, "g", 'a'))
	assert.ErrorContains(t, s.Explained(err), "stack prod has no bucket for models yet")
}

// TestTheBucketIsNamedAsTheProgramNamesIt holds what infra/platform's TestTheBucketOfALongNameIsCut holds too.
func TestTheBucketIsNamedAsTheProgramNamesIt(t *testing.T) {
	assert.Equal(t, "botyard-prod-models-123456789012", BucketName("botyard", "prod", "123456789012"))
	assert.Equal(t, "botyard-with-a-long-name-"+strings.Repeat("s", 31)+"-a97623", BucketName("botyard-with-a-long-name", strings.Repeat("s", 32), "123456789012"))
}
