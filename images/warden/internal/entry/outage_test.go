package entry_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"botyard/warden/internal/dynamotest"
)

func TestItFailsClosedWhenTheTableIsAway(t *testing.T) {
	t.Parallel()
	server := table(t)
	w := start(t, server, leased("3000"), "sh", "-c", `trap "echo got TERM" TERM; while :; do sleep 0.01; done`)
	w.await("started", 1, 5*time.Second)
	time.Sleep(time.Second)
	var last atomic.Int64
	server.SetFault(func(string) dynamotest.Fault {
		last.CompareAndSwap(0, time.Now().UnixNano())
		return dynamotest.Fault{Refuse: "InternalServerError"}
	})
	w.await("expired", 1, 4*time.Second)
	w.awaitText("got TERM", time.Second)
	w.await("ended", 1, 2*time.Second)
	// The first call that failed came a renewal (lease/5) after the last that did not.
	since := time.Since(time.Unix(0, last.Load())) + 600*time.Millisecond
	assert.InDelta(t, 2.8, since.Seconds(), 0.15, "SIGKILL at 14/15 of the lease")
	assert.Equal(t, float64(137), w.out.events("ended")[0]["code"])
	server.SetFault(nil)
	w.await("started", 2, 3*time.Second)
	assert.Len(t, w.out.events("taken"), 2, "under a new token, without waiting for its own old lease")
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
