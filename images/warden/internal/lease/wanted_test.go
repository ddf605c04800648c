package lease

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWantedIsNotedOnceAndAnOlderRevisionYields(t *testing.T) {
	m := machine(7)
	read := onlyCall(t, m.Tick(0))
	want := onlyCall(t, m.Answer(0, read.ID, Done, View{Holder: "other", Token: 5, Lease: 15 * s, Wanted: 6}))
	assert.Equal(t, Want, want.Kind)
	assert.Empty(t, calls(m.Answer(1, want.ID, Conflict, View{})), "somebody has noted a higher one: as good")

	read = onlyCall(t, tickTo(m, s))
	assert.Empty(t, calls(m.Answer(s, read.ID, Done, View{Token: 5, Wanted: 8})), "free, but a newer revision waits")
	for now := s; now < 4*s; now = m.Next() {
		for _, c := range calls(m.Tick(now)) {
			require.Equal(t, Read, c.Kind, "at %s", now)
			m.Answer(now, c.ID, Done, View{Token: 5, Wanted: 8})
		}
	}
	assert.Equal(t, Take, onlyCall(t, m.Tick(4*s)).Kind, "3 s later it takes it all the same")
}

func TestAWaitingNewerRevisionIsNotedAgainAfterATakeOfAnOlderOne(t *testing.T) {
	m := machine(7)
	held := View{Holder: "old/1", Token: 5, Beat: 1, Lease: 15 * s, Wanted: 6}
	read := onlyCall(t, m.Tick(0))
	want := onlyCall(t, m.Answer(0, read.ID, Done, held))
	require.Equal(t, Want, want.Kind)
	m.Answer(1, want.ID, Done, View{})
	read = onlyCall(t, tickTo(m, s))
	assert.Empty(t, calls(m.Answer(s, read.ID, Done, held)), "once under one token, also by an older answer")

	read = onlyCall(t, tickTo(m, 2*s))
	taken := View{Holder: "old/2", Token: 6, Beat: 2, Lease: 15 * s, Wanted: 6}
	want = onlyCall(t, m.Answer(2*s, read.ID, Done, taken))
	assert.Equal(t, Want, want.Kind, "the take of revision 6 has set wanted to 6, and 7 waits still")
	renoted := onlyCall(t, append(m.Answer(2*s, want.ID, Unknown, View{}), tickTo(m, 2*s+m.cfg.Pause/5)...))
	assert.Equal(t, Want, renoted.Kind, "a try that may not have reached the table is repeated")
}

// TestARollbackPausesOnce plays a table on which each take sets wanted to its taker's revision, as the store does.
func TestARollbackPausesOnce(t *testing.T) {
	item := View{Token: 5, Wanted: 8} // free; revision 8 has waited, and is gone
	now := 100 * s
	for i, pause := range []time.Duration{3 * s, 0, 0} {
		m, from := machine(7), now
		for next := m.Tick(now); ; next = m.Tick(now) {
			sent := calls(next)
			for len(sent) > 0 && sent[0].Kind == Read {
				sent = calls(m.Answer(now, sent[0].ID, Done, item))
			}
			if len(sent) > 0 {
				require.Equal(t, Take, sent[0].Kind)
				break
			}
			now = m.Next()
		}
		assert.Equal(t, pause, now-from, "contender %d", i)
		item = View{Token: item.Token + 1, Wanted: 7} // taken by revision 7 and released
		now += 10 * s
	}
}
