package live

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/drill"
	"botyard/toolchain/internal/fake"
)

const (
	find = "docker ps --quiet --no-trunc --filter label=com.amazonaws.ecs.task-arn=arn:task/one --filter label=com.amazonaws.ecs.container-name=bot"
	pid  = "docker inspect --format {{.State.Pid}} c0ffee"
	ice  = "docker inspect --format {{.State.Paused}} c0ffee"
	rule = "OUTPUT -p tcp --dport 4566 -j DROP"
)

// engine puts a docker and an nsenter there that do as if. What stands in the file "gone" ends the container.
func engine(t *testing.T) (*fake.Programs, func()) {
	programs := fake.New(t)
	gone := filepath.Join(t.TempDir(), "gone")
	programs.Add(t, "docker", `case "$*" in
ps*) echo c0ffee ;;
*) if test -e `+gone+`; then echo no such container >&2; exit 1; fi ;;
esac
case "$*" in *Paused*) echo true ;; *State.Pid*) echo 4711 ;; esac`)
	programs.Add(t, "nsenter", "")
	return programs, func() { require.NoError(t, os.WriteFile(gone, nil, 0o644)) }
}

func sceneOf(t *testing.T, w *world) *scene {
	d, _ := drillOf(t, w)
	return &scene{Drill: d, task: w.holder, lease: 15 * time.Second}
}

func TestEachFaultsCalls(t *testing.T) {
	for fault, want := range map[string]struct {
		calls  []string // of programs
		world  []string // of AWS, and kills
		passes time.Duration
	}{
		drill.KillContainer: {calls: []string{find, "docker kill c0ffee"}},
		drill.KillWarden:    {calls: []string{find}, world: []string{"0s kill 11"}},
		drill.KillChild:     {calls: []string{find}, world: []string{"0s kill 12"}},
		drill.PauseTask:     {calls: []string{find, "docker pause c0ffee", ice, "docker unpause c0ffee"}, passes: 25 * time.Second},
		drill.BlockDynamoDB: {calls: []string{find, pid, "nsenter -t 4711 -n iptables -w 10 -I " + rule, pid, "nsenter -t 4711 -n iptables -w 10 -D " + rule}, passes: 25 * time.Second},
		drill.StopTask:      {world: []string{"0s StopTask arn:task/one: drill"}},
		drill.SecondCopy: {world: []string{"0s RunTask bot:4 on hosts by botyard-drill", "20s StopTask arn:task/second: drill"},
			passes: 20 * time.Second},
	} {
		t.Run(fault, func(t *testing.T) {
			programs, _ := engine(t)
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				s := sceneOf(t, w)
				require.NoError(t, s.happen(t.Context(), fault))
				assert.Equal(t, w.began, s.at, "the looking before takes no time here")
				assert.Equal(t, want.passes, time.Since(w.began))
				assert.Equal(t, want.calls, programs.Calls(t))
				assert.Equal(t, want.world, w.calls)
			})
		})
	}
}

func TestAnInterruptedFaultIsTakenBack(t *testing.T) {
	for fault, undone := range map[string]string{
		drill.PauseTask:     "docker unpause c0ffee",
		drill.BlockDynamoDB: "nsenter -t 4711 -n iptables -w 10 -D " + rule,
	} {
		t.Run(fault, func(t *testing.T) {
			programs, _ := engine(t)
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				require.ErrorIs(t, sceneOf(t, w).happen(ctx, fault), context.DeadlineExceeded)
				assert.Equal(t, 5*time.Second, time.Since(w.began))
				calls := programs.Calls(t)
				assert.Equal(t, undone, calls[len(calls)-1])
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		ctx, cancel := context.WithCancel(t.Context())
		w.onRun = cancel // the moment at which the task exists and nobody knows its ARN yet
		require.ErrorIs(t, sceneOf(t, w).happen(ctx, drill.SecondCopy), context.Canceled)
		assert.Equal(t, []string{"0s RunTask bot:4 on hosts by botyard-drill", "0s StopTask arn:task/second: drill"}, w.calls)
	})
}

func TestWhatEndedMeanwhileNeedsNoUndoing(t *testing.T) {
	for _, fault := range []string{drill.PauseTask, drill.BlockDynamoDB} {
		t.Run(fault, func(t *testing.T) {
			programs, end := engine(t)
			synctest.Test(t, func(t *testing.T) {
				time.AfterFunc(20*time.Second, end)
				require.NoError(t, sceneOf(t, newWorld()).happen(t.Context(), fault))
				calls := programs.Calls(t)
				assert.Equal(t, map[string]string{drill.PauseTask: ice, drill.BlockDynamoDB: pid}[fault], calls[len(calls)-1])
			})
		})
	}
}

func TestAFailedUndoingSaysWhatToDo(t *testing.T) {
	programs, _ := engine(t)
	programs.Add(t, "nsenter", `case "$*" in *-D*) echo Bad rule >&2; exit 1 ;; esac`)
	synctest.Test(t, func(t *testing.T) {
		require.EqualError(t, sceneOf(t, newWorld()).happen(t.Context(), drill.BlockDynamoDB),
			"what the drill did could not be taken back; do it by hand: nsenter -t 4711 -n iptables -w 10 -D … failed: exit status 1: Bad rule")
	})
}

func TestAFaultWithoutItsVictim(t *testing.T) {
	programs, _ := engine(t)
	programs.Add(t, "docker", "")
	w := newWorld()
	s := sceneOf(t, w)
	require.EqualError(t, s.happen(t.Context(), drill.KillContainer),
		`one running container bot of task arn:task/one was expected on this machine, Docker has: ""`)
	programs.Add(t, "docker", "echo decaf")
	require.EqualError(t, s.happen(t.Context(), drill.KillChild),
		"container decaf has no running worker with a program below it; the holder of a lease has both")
	assert.Empty(t, w.calls)
	assert.True(t, s.at.IsZero(), "no fault has happened")
}

func TestASecondCopyThatDoesNotStart(t *testing.T) {
	for status, want := range map[string]string{
		"STOPPED":      "the second copy ended before it ran: no room",
		"PROVISIONING": "the second copy is still PROVISIONING after 2m0s: is there a host with room for it?",
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld()
			w.status = status
			require.EqualError(t, sceneOf(t, w).happen(t.Context(), drill.SecondCopy), want)
			require.Len(t, w.calls, 2)
			assert.Contains(t, w.calls[1], "StopTask arn:task/second: drill")
		})
	}
}
