package entry_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"botyard/warden/internal/dynamotest"
)

// TestARollbackPausesOnce: revision 8 has waited and is gone, and tasks of revision 7 come one after the other.
func TestARollbackPausesOnce(t *testing.T) {
	slow(t, "4 s")
	t.Parallel()
	server := table(t)
	server.Put("bot", map[string]dynamotest.Value{"token": {"N": "5"}, "beat": {"N": "1"}, "wanted": {"N": "8"}})
	ecs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"TaskARN":"arn:task","Family":"bot","Revision":"7"}`)
	}))
	defer ecs.Close()
	run := func() time.Duration {
		w := start(t, server, leased("3000", "ECS_CONTAINER_METADATA_URI_V4="+ecs.URL), "sleep", "1000")
		w.await("waiting", 1, 5*time.Second)
		began := time.Now()
		w.await("taken", 1, 6*time.Second)
		took := time.Since(began)
		w.await("started", 1, 5*time.Second)
		w.signal(syscall.SIGTERM)
		assert.Equal(t, 143, w.code(5*time.Second))
		return took
	}
	assert.GreaterOrEqual(t, run(), 2900*time.Millisecond, "it gives revision 8 its 3 s")
	assert.Equal(t, "7", server.Item("bot")["wanted"]["N"])
	assert.Less(t, run(), 1500*time.Millisecond, "the next one does not")
	assert.Equal(t, "7", server.Item("bot")["token"]["N"], "5, and two takes")
}
