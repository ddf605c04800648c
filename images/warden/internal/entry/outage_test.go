package entry_test

import (
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/clock"
	"botyard/warden/internal/dynamotest"
)

// lastWrite tells when the table has last carried out a write: from then on a contender counts the lease at the
// earliest, and a holder that hears of the write counts from a moment before.
func lastWrite(server *dynamotest.Server) func() time.Duration {
	var at atomic.Int64
	server.OnWrite(func(_, _ map[string]dynamotest.Value) { at.Store(int64(clock.Now())) })
	return func() time.Duration { return time.Duration(at.Load()) }
}

// The lease is longer here than elsewhere: what is asserted of 1/30 of it must not depend on a busy machine.
func TestItFailsClosedWhenTheTableIsAway(t *testing.T) {
	t.Parallel()
	server, alive := table(t), t.TempDir()+"/alive"
	wrote := lastWrite(server)
	w := start(t, server, leased("6000"), "sh", "-c", `trap "echo got TERM" TERM; while :; do cat /proc/uptime >>`+alive+`; sleep 0.01; done`)
	w.await("started", 1, 5*time.Second)
	time.Sleep(time.Second)
	server.SetFault(func(string) dynamotest.Fault { return dynamotest.Fault{Refuse: "InternalServerError"} })
	w.await("expired", 1, 7*time.Second)
	w.awaitText("got TERM", time.Second)
	w.await("ended", 1, 2*time.Second)
	ran := lastLine(t, alive) - wrote()
	t.Logf("the child ran for %s after the last write", ran)
	assert.Greater(t, ran, 5450*time.Millisecond, "SIGKILL at 14/15 of the lease: 5.6 s, which began a little earlier")
	assert.Less(t, ran, 6*time.Second, "it is dead before anybody else can take the lease")
	assert.Equal(t, float64(137), w.out.events("ended")[0]["code"])
	server.SetFault(nil)
	w.await("started", 2, 3*time.Second)
	assert.Len(t, w.out.events("taken"), 2, "under a new token, without waiting for its own old lease")
}

// lastLine is the time since boot that a child has last copied from /proc/uptime: its own word for how long it ran.
func lastLine(t testing.TB, file string) time.Duration {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	seconds, _, _ := strings.Cut(lines[len(lines)-1], " ")
	at, err := time.ParseDuration(seconds + "s")
	require.NoError(t, err)
	return at
}

func TestAnOutageThatIsShortEnoughIsSurvived(t *testing.T) {
	t.Parallel()
	server := table(t)
	w := start(t, server, leased("3000"), "sleep", "1000")
	w.await("started", 1, 5*time.Second)
	server.SetFault(func(string) dynamotest.Fault { return dynamotest.Fault{Refuse: "ThrottlingException"} })
	time.Sleep(1400 * time.Millisecond) // up to 11/15 less 1/5 of the lease: 1.6 s
	server.SetFault(nil)
	time.Sleep(2 * time.Second)
	assert.Empty(t, w.out.events("expired"))
	assert.Empty(t, w.out.events("ended"))
	assert.NotEmpty(t, w.out.events("renew-failed"))
}

func TestWithoutALeaseAnUnreachableTableDoesNotPreventAStart(t *testing.T) {
	server := table(t)
	w := start(t, server, nil, "sh", "-c", "exit 6")
	assert.Equal(t, 6, w.code(5*time.Second))
	assert.Len(t, server.Item("bot")["starts"]["L"], 1)
	server.SetFault(func(string) dynamotest.Fault { return dynamotest.Fault{Refuse: "InternalServerError"} })
	w = start(t, server, nil, "sh", "-c", "exit 6")
	assert.Equal(t, 6, w.code(5*time.Second))
	assert.Contains(t, w.out.String(), "the start is remembered in memory only")
}
