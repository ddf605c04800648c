package step

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func runner(t *testing.T, limits map[string]int) (Runner, *bytes.Buffer) {
	out := &bytes.Buffer{}
	return Runner{Logs: t.TempDir(), Limits: limits, Show: newDisplay(out, false, func() int { return 80 })}, out
}

// journal notes which steps begin and end, in order.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) add(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

func (j *journal) step(name, class string, needs ...string) Step {
	return Step{Name: name, Title: name, Class: class, Needs: needs, Run: func(context.Context, *Task) error {
		j.add(name + " begins")
		time.Sleep(20 * time.Millisecond)
		j.add(name + " ends")
		return nil
	}}
}

func TestStepsWaitForWhatTheyNeed(t *testing.T) {
	var j journal
	r, _ := runner(t, nil)
	timings, err := r.Run(t.Context(), []Step{j.step("a", ""), j.step("b", "", "a"), j.step("c", "", "a", "b")})
	require.NoError(t, err)
	assert.Equal(t, []string{"a begins", "a ends", "b begins", "b ends", "c begins", "c ends"}, j.lines)
	var names []string
	for _, timing := range timings {
		names = append(names, timing.Name+" "+timing.Result)
	}
	assert.Equal(t, []string{"a made", "b made", "c made"}, names)
}

func TestAClassHasItsLimitAndItsOrder(t *testing.T) {
	var j journal
	r, _ := runner(t, map[string]int{"go": 1})
	_, err := r.Run(t.Context(), []Step{j.step("long", "go"), j.step("short", "go"), j.step("last", "go")})
	require.NoError(t, err)
	assert.Equal(t, []string{"long begins", "long ends", "short begins", "short ends", "last begins", "last ends"}, j.lines)
}

func TestStepsOfNoClassRunBesideEachOther(t *testing.T) {
	r, _ := runner(t, map[string]int{"go": 1})
	meet := make(chan struct{})
	one := Step{Name: "one", Class: "go", Run: func(context.Context, *Task) error { meet <- struct{}{}; return nil }}
	two := Step{Name: "two", Run: func(context.Context, *Task) error { <-meet; return nil }}
	_, err := r.Run(t.Context(), []Step{one, two})
	require.NoError(t, err)
}

func TestAFailureStopsTheRestAndShowsTheEndOfItsLog(t *testing.T) {
	r, out := runner(t, nil)
	stopped := false
	steps := []Step{
		{Name: "other", Title: "Other", Run: func(ctx context.Context, _ *Task) error {
			<-ctx.Done()
			stopped = true
			return ctx.Err()
		}},
		{Name: "bad", Title: "Bad part", Run: func(_ context.Context, task *Task) error {
			for i := range 30 {
				fmt.Fprintf(task, "line %d\n", i)
			}
			return errors.New("no compiler")
		}},
		{Name: "never", Title: "Never", Needs: []string{"bad"}, Run: func(context.Context, *Task) error { t.Error("ran"); return nil }},
	}
	timings, err := r.Run(t.Context(), steps)
	require.EqualError(t, err, "Bad part: no compiler")
	assert.True(t, stopped)
	assert.Len(t, timings, 2)
	var failure *Failure
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, filepath.Join(r.Logs, "bad.log"), failure.Log)
	require.Len(t, failure.Tail, 20)
	assert.Equal(t, "line 11", failure.Tail[0])
	assert.Equal(t, "failed: no compiler", failure.Tail[19])
	log, err := os.ReadFile(failure.Log)
	require.NoError(t, err)
	assert.Contains(t, string(log), "line 0\nline 1\n")
	assert.Contains(t, out.String(), "✗ Bad part                                 failed in 0.0s\n")
	assert.Contains(t, out.String(), "✗ Other                                    stopped in 0.0s\n")
}

func TestACancelledRunSaysSo(t *testing.T) {
	r, _ := runner(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.Run(ctx, []Step{{Name: "a", Run: func(ctx context.Context, _ *Task) error { cancel(); <-ctx.Done(); return ctx.Err() }}})
	require.ErrorIs(t, err, context.Canceled)
}

func TestListsThatCouldNeverRun(t *testing.T) {
	r, _ := runner(t, nil)
	_, err := r.Run(t.Context(), []Step{{Name: "a"}, {Name: "a"}})
	require.EqualError(t, err, `two steps are named "a"`)
	_, err = r.Run(t.Context(), []Step{{Name: "a", Needs: []string{"b"}}, {Name: "b"}})
	require.EqualError(t, err, `step "a" needs "b", which is not listed before it`)
}

func TestKeepGoingReturnsAllFailures(t *testing.T) {
	r, _ := runner(t, nil)
	r.KeepGoing = true
	fail := func(name string, needs ...string) Step {
		return Step{Name: name, Title: name, Needs: needs, Run: func(context.Context, *Task) error { return errors.New("bad " + name) }}
	}
	timings, err := r.Run(t.Context(), []Step{fail("a"), fail("b", "a"), {Name: "c", Run: func(ctx context.Context, _ *Task) error { return ctx.Err() }}, fail("d", "c")})
	assert.Len(t, timings, 3, "b needs what failed")
	require.ErrorContains(t, err, "a: bad a")
	require.ErrorContains(t, err, "d: bad d")
}
