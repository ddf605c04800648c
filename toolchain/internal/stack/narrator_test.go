package stack

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheNarratorSaysWhatIsWaitedFor(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	n := newNarrator(&out, func() time.Time { return now })
	say := func(text string) {
		_, err := n.Write([]byte(text))
		require.NoError(t, err)
	}
	say(" +  aws:rds/instance:Instance database creating (0s) \n +  aws:ecr/repository:Reposi")
	now = now.Add(5 * time.Second)
	say("tory bot creating (0s) \n +  aws:ecr/repository:Repository bot created (0.1s) \n")
	now = now.Add(14 * time.Second)
	n.tick()
	assert.NotContains(t, out.String(), "…")
	now = now.Add(time.Second)
	n.tick()
	n.tick()
	assert.Equal(t, ` +  aws:rds/instance:Instance database creating (0s) 
 +  aws:ecr/repository:Repository bot creating (0s) 
 +  aws:ecr/repository:Repository bot created (0.1s) 
… 20s: waiting for aws:rds/instance:Instance database (20s)
`, out.String())
}

func TestTheNarratorNamesThreeAndCountsTheRest(t *testing.T) {
	now := time.Unix(0, 0)
	n := newNarrator(&bytes.Buffer{}, func() time.Time { return now })
	assert.Equal(t, "Pulumi is at work", n.waiting(now))
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		_, err := n.Write([]byte(" ~  aws:x/y:Y " + name + " updating (0s)\n"))
		require.NoError(t, err)
	}
	assert.Equal(t, "waiting for aws:x/y:Y a (2.0s), aws:x/y:Y b (2.0s), aws:x/y:Y c (2.0s) and 2 more", n.waiting(now.Add(2*time.Second)))
}

func TestALastLineWithoutAnEndIsPassedOn(t *testing.T) {
	var out bytes.Buffer
	n := newNarrator(&out, time.Now)
	_, err := n.Write([]byte("error: no end"))
	require.NoError(t, err)
	n.flush()
	assert.Equal(t, "error: no end\n", out.String())
}

func TestARowThatOnlyCountsSecondsIsSaidOnce(t *testing.T) {
	var out bytes.Buffer
	n := newNarrator(&out, time.Now)
	for _, line := range []string{
		"creating (0s) ", "creating (0s) [internal] load .dockerignore", "creating (0s) exporting to image", "creating (1s) push: Pushing a3a3", "creating (2s) push: Pushing a3a3", "creating (3s) pushed", "created (3s) pushed",
	} {
		_, err := n.Write([]byte(" +  docker:index:Image bot " + line + "\n"))
		require.NoError(t, err)
	}
	assert.Equal(t, ` +  docker:index:Image bot creating (0s) 
 +  docker:index:Image bot creating (1s) push: Pushing a3a3
 +  docker:index:Image bot creating (3s) pushed
 +  docker:index:Image bot created (3s) pushed
`, out.String())
}
