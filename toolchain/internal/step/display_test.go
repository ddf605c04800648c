package step

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func task(t *testing.T, title string, age time.Duration) *Task {
	made, err := newTask(Step{Name: "name", Title: title}, t.TempDir())
	require.NoError(t, err)
	made.start = time.Now().Add(-age)
	return made
}

func TestPlainSaysStartEveryFifteenSecondsAndEnd(t *testing.T) {
	var out bytes.Buffer
	d := newDisplay(&out, false, nil)
	build := task(t, "Pulumi CLI", 0)
	d.started(build)
	d.tick(build.start.Add(100 * time.Millisecond))
	assert.Empty(t, out.String(), "a step that may end at once is not announced yet")
	d.tick(build.start.Add(500 * time.Millisecond))
	d.tick(build.start.Add(time.Second))
	build.Say("compiling %s", "x/y")
	d.tick(build.start.Add(16 * time.Second))
	d.tick(build.start.Add(17 * time.Second))
	d.tick(build.start.Add(76 * time.Second))
	build.Note("113 MB")
	build.took = 80 * time.Second
	d.ended(build, nil)
	assert.Equal(t, `… Pulumi CLI
… Pulumi CLI                               16s: compiling x/y
… Pulumi CLI                               1m16s: compiling x/y
✓ Pulumi CLI                               done in 1m20s: 113 MB
`, out.String())
}

func TestWhatWasKeptIsNotShown(t *testing.T) {
	var out bytes.Buffer
	d := newDisplay(&out, false, nil)
	kept := task(t, "Pulumi CLI", 0)
	d.started(kept)
	kept.Keep("from the cache")
	d.ended(kept, nil)
	assert.Empty(t, out.String())

	failed := task(t, "AWS plugin", 0)
	d.started(failed)
	failed.Keep("from the cache")
	d.ended(failed, errors.New("broken"))
	assert.Equal(t, "✗ AWS plugin                               failed in 0.0s\n", out.String())
}

func TestLiveRedrawsItsLinesWithinTheWidth(t *testing.T) {
	var out bytes.Buffer
	d := newDisplay(&out, true, func() int { return 66 })
	one, two := task(t, "one", 5*time.Second), task(t, "two", 90*time.Second)
	d.started(one)
	d.started(two)
	two.Say("a rather long line of what it does now\x1b[31m")
	d.tick(time.Now())
	assert.Equal(t, "… one                                         5.0s  \n"+
		"… two                                        1m30s  a rather lon…\n", out.String())
	out.Reset()
	one.took = 6 * time.Second
	d.ended(one, nil)
	assert.Equal(t, "\x1b[2A\x1b[J✓ one                                      done in 6.0s\n"+
		"… two                                        1m30s  a rather lon…\n", out.String())
}

func TestProgressThatOverwritesItselfShowsItsLastState(t *testing.T) {
	build := task(t, "x", 0)
	_, err := build.Write([]byte("10%\r50%\r100%\nhalf a"))
	require.NoError(t, err)
	assert.Equal(t, "100%", build.doing())
	assert.Equal(t, []string{"100%", "half a"}, build.tail())
}

func TestElapsed(t *testing.T) {
	for d, want := range map[time.Duration]string{
		400 * time.Millisecond: "0.4s", 12 * time.Second: "12s", 185 * time.Second: "3m05s", 119700 * time.Millisecond: "2m00s",
	} {
		assert.Equal(t, want, Elapsed(d))
	}
}
