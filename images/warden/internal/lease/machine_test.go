package lease

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func machine(revision int64) *Machine {
	m := New(&Config{
		Timing: NewTiming(15 * time.Second), Revision: revision,
		NewHolder: func(take int) string { return "me/" + string(rune('0'+take)) },
		Jitter:    func() float64 { return 0 },
		Unix:      func() int64 { return 1_700_000_000 },
	})
	return &m
}

// calls are the calls among actions.
func calls(acts []Action) []Call {
	var found []Call
	for _, a := range acts {
		if a.Kind == Send {
			found = append(found, a.Call)
		}
	}
	return found
}

func kinds(acts []Action) []ActionKind {
	var found []ActionKind
	for _, a := range acts {
		found = append(found, a.Kind)
	}
	return found
}

// onlyCall is the only call among actions.
func onlyCall(t *testing.T, acts []Action) Call {
	found := calls(acts)
	require.Len(t, found, 1)
	return found[0]
}

const s = time.Second

// running is a machine that took the lease at 100 s and whose child started at once.
func running(t *testing.T) *Machine {
	m := machine(7)
	read := onlyCall(t, m.Tick(100*s))
	require.Equal(t, Read, read.Kind)
	take := onlyCall(t, m.Answer(100*s, read.ID, Done, View{}))
	require.Equal(t, Take, take.Kind)
	require.Equal(t, int64(1_700_000_000), take.Token, "nobody has held it: the time, so that no number comes twice")
	acts := m.Answer(100*s, take.ID, Done, View{})
	require.Equal(t, []ActionKind{Took}, kinds(acts))
	renew := onlyCall(t, m.WantStart(100*s))
	require.True(t, renew.Start)
	acts = m.Answer(100*s+50*time.Millisecond, renew.ID, Done, View{})
	require.Equal(t, []Action{{Kind: Extend, At: 114500 * time.Millisecond}, {Kind: Launch, Token: 1_700_000_000}}, acts)
	return m
}

// tickTo steps as the worker does, and returns what was wanted until a time.
func tickTo(m *Machine, until time.Duration) []Action {
	var all []Action
	for m.Next() < until {
		all = append(all, m.Tick(m.Next())...)
	}
	return append(all, m.Tick(until)...)
}

func TestRenewalAndFailingClosed(t *testing.T) {
	m := running(t)
	assert.Empty(t, tickTo(m, 103*s-1))
	renew := onlyCall(t, m.Tick(103*s))
	assert.Equal(t, Renew, renew.Kind)
	acts := m.Answer(104*s, renew.ID, Unknown, View{})
	assert.Equal(t, []ActionKind{Failed}, kinds(acts))
	again := onlyCall(t, tickTo(m, 104*s+m.cfg.Pause/5))
	assert.Empty(t, kinds(tickTo(m, 111*s-1)), "no answer: nothing is sent beside it")
	assert.Equal(t, []ActionKind{Ran, Term}, kinds(m.Tick(111*s)), "11 s after the send of the last good write")
	assert.Empty(t, m.Answer(112*s, again.ID, Done, View{}), "too late: the child is ending")
	assert.Empty(t, tickTo(m, 114*s-1))
	assert.Equal(t, []ActionKind{Kill}, kinds(m.Tick(114*s)))
	acts = m.ChildEnded(114*s + 1)
	assert.Equal(t, []ActionKind{Extend, Send}, kinds(acts))
	assert.Zero(t, acts[0].At, "init's deadline is taken back")
	assert.Equal(t, Waiting, m.Phase())

	own := View{Holder: "me/1", Token: 1_700_000_000, Beat: 9, Lease: 15 * s}
	take := onlyCall(t, m.Answer(115*s, acts[1].Call.ID, Done, own))
	assert.Equal(t, Call{ID: take.ID, Kind: Take, Sent: 115 * s, Expect: own, Holder: "me/2", Token: 1_700_000_001}, take, "its own lease is taken again at once")
}

func TestAConflictKillsAtOnce(t *testing.T) {
	m := running(t)
	renew := onlyCall(t, tickTo(m, 103*s))
	acts := m.Answer(103*s+1, renew.ID, Conflict, View{})
	assert.Equal(t, []ActionKind{LostIt, Kill}, kinds(acts))
}

func TestAGapFreezesAndAConfirmationThaws(t *testing.T) {
	m := running(t)
	acts := m.Tick(105 * s)
	assert.Equal(t, []ActionKind{Missed, Freeze, Send}, kinds(acts))
	assert.Equal(t, []ActionKind{Extend, Thaw}, kinds(m.Answer(105*s+1, acts[2].Call.ID, Done, View{})))

	m = running(t)
	assert.Equal(t, []ActionKind{Missed, Freeze, Ran, Kill}, kinds(m.Tick(112*s)), "past the SIGTERM point it is not asked")
}

func TestATakeoverWaitsTheHoldersLeaseFromTheFirstRead(t *testing.T) {
	m := machine(7)
	held := View{Holder: "other", Token: 5, Beat: 1, Lease: 10 * s, Wanted: 7}
	read := onlyCall(t, m.Tick(0))
	assert.Empty(t, calls(m.Answer(2*s, read.ID, Done, held)))
	now := 2 * s
	for now < 12*s {
		now = m.Next()
		for _, c := range calls(m.Tick(now)) {
			if c.Kind == Take {
				assert.Equal(t, Call{ID: c.ID, Kind: Take, Sent: 12 * s, Expect: held, Over: true, Holder: "me/1", Token: 6}, c)
				return
			}
			require.Equal(t, Read, c.Kind)
			m.Answer(now, c.ID, Done, held)
		}
	}
	assert.Fail(t, "no take")
}

func TestWhileTheHolderIsLeavingItIsReadOften(t *testing.T) {
	m := machine(0)
	read := onlyCall(t, m.Tick(0))
	m.Answer(0, read.ID, Done, View{Holder: "other", Token: 5, Leaving: true, Lease: 15 * s})
	assert.Equal(t, 100*time.Millisecond, m.Next())
}

func TestALostAnswerToATakeIsResolvedByReading(t *testing.T) {
	m := machine(0)
	read := onlyCall(t, m.Tick(0))
	take := onlyCall(t, m.Answer(0, read.ID, Done, View{}))
	read = onlyCall(t, m.Answer(2*s, take.ID, Unknown, View{}))
	assert.Equal(t, Read, read.Kind)
	again := onlyCall(t, m.Answer(2*s, read.ID, Done, View{Holder: "me/1", Token: take.Token, Beat: 1, Lease: 15 * s}))
	assert.Equal(t, Take, again.Kind)
	assert.False(t, again.Over)
	assert.Equal(t, take.Token+1, again.Token)
}

func TestAnOrderedStopAnnouncesReleasesAndEnds(t *testing.T) {
	m := running(t)
	leave := onlyCall(t, m.Leave(101*s))
	assert.True(t, leave.Leaving)
	m.Answer(101*s+1, leave.ID, Done, View{})
	m.ChildEnded(102 * s)
	release := onlyCall(t, m.Release(102*s))
	assert.Equal(t, Release, release.Kind)
	acts := m.Answer(102*s+1, release.ID, Unknown, View{})
	assert.Equal(t, []ActionKind{Failed}, kinds(acts))
	release = onlyCall(t, tickTo(m, 102*s+1+m.cfg.Pause/5))
	assert.Equal(t, []ActionKind{Gave}, kinds(m.Answer(103*s, release.ID, Conflict, View{})), "the first one was carried out")
	assert.Equal(t, Gone, m.Phase())
}
