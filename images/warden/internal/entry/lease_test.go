package entry_test

import (
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/dynamotest"
)

func table(t testing.TB) *dynamotest.Server {
	server := dynamotest.New()
	t.Cleanup(server.Close)
	return server
}

func TestHandoverIsQuickAndTheTokenRises(t *testing.T) {
	server := table(t)
	child := []string{"sh", "-c", "echo token $LEASE_TOKEN.; exec sleep 1000"}
	a := start(t, server, leased("3000"), child...)
	a.await("started", 1, 5*time.Second)
	b := start(t, server, leased("3000"), child...)
	b.await("waiting", 2, 5*time.Second)
	code, why := b.healthy()
	assert.Equal(t, 0, code)
	assert.Equal(t, "waiting for the lease", why)
	assert.Empty(t, b.out.events("heartbeat"), "only while its own child runs")
	token := server.Item("bot")["token"]["N"].(string)
	assert.Contains(t, a.out.String(), "token "+token+".")

	began := time.Now()
	a.signal(syscall.SIGTERM)
	assert.Equal(t, 143, a.code(5*time.Second))
	b.await("started", 1, 3*time.Second)
	took := time.Since(began)
	t.Logf("handover: %s", took)
	assert.Less(t, took, 1500*time.Millisecond, "at most one read of the waiting one, and a start")
	first, err := strconv.ParseInt(token, 10, 64)
	require.NoError(t, err)
	assert.Equal(t, strconv.FormatInt(first+1, 10), server.Item("bot")["token"]["N"])
	assert.Len(t, a.out.events("released"), 1)
	assert.Empty(t, b.out.events("failover"), "it was released")
	b.signal(syscall.SIGTERM)
	b.code(5 * time.Second)
	assert.NotContains(t, server.Item("bot"), "holder")
}

func TestAWaitingOneEndsAtOnceWithZero(t *testing.T) {
	server := table(t)
	server.Put("bot", map[string]dynamotest.Value{"holder": {"S": "x"}, "token": {"N": "5"}, "beat": {"N": "1"}, "seconds": {"N": "300"}})
	w := start(t, server, leased("15000"), "sleep", "1000")
	w.await("waiting", 2, 5*time.Second)
	began := time.Now()
	w.signal(syscall.SIGTERM)
	assert.Equal(t, 0, w.code(2*time.Second))
	assert.Less(t, time.Since(began), 300*time.Millisecond)
	assert.Empty(t, w.out.events("started"))
}

func TestALeaseThatSomebodyTookKillsTheChildAtOnce(t *testing.T) {
	server := table(t)
	w := start(t, server, leased("3000"), "sh", "-c", `trap "" TERM; while :; do sleep 0.01; done`)
	w.await("started", 1, 5*time.Second)
	item := server.Item("bot")
	item["holder"], item["token"] = dynamotest.Value{"S": "thief"}, dynamotest.Value{"N": "9000000000"}
	server.Put("bot", item)
	w.await("lost", 1, 2*time.Second)
	w.await("ended", 1, 200*time.Millisecond)
	assert.Equal(t, float64(137), w.out.events("ended")[0]["code"])
}

func TestTheBrakeCountsAcrossWardensAndReleases(t *testing.T) {
	server := table(t)
	for range 2 {
		w := start(t, server, leased("3000", startsVariable+"=2"), "sh", "-c", "exit 9")
		assert.Equal(t, 9, w.code(5*time.Second))
		assert.Len(t, w.out.events("released"), 1)
	}
	w := start(t, server, leased("3000", startsVariable+"=2"), "sh", "-c", "exit 9")
	w.await("stopped-for-good", 1, 5*time.Second)
	w.await("released", 1, 5*time.Second)
	assert.Empty(t, w.out.events("started"))
	assert.NotContains(t, server.Item("bot"), "holder")
	require.Eventually(t, func() bool { code, _ := w.healthy(); return code == 1 }, 2*time.Second, 20*time.Millisecond)
}
