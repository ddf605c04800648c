package drill

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnAnswerIsAReplyOfTheBot(t *testing.T) {
	status, body := http.StatusOK, `[{"recipient_id": "drill", "text": "Hello"}]`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		assert.Equal(t, "edge.example", r.Host)
		assert.Equal(t, "POST /webhooks/rest/webhook", r.Method+" "+r.URL.Path)
		assert.JSONEq(t, `{"sender": "drill", "message": "hello"}`, string(text))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	bot := NewBot(server.URL, "edge.example")
	require.NoError(t, bot.Ask(t.Context()))
	status = http.StatusServiceUnavailable
	require.EqualError(t, bot.Ask(t.Context()), `it answers 503 Service Unavailable: [{"recipient_id": "drill", "text": "Hello"}]`)
	status, body = http.StatusOK, "[]"
	require.EqualError(t, bot.Ask(t.Context()), "it answers 200 OK: []")
	body = "<html>"
	require.EqualError(t, bot.Ask(t.Context()), "it answers 200 OK: <html>")
	server.Close()
	require.ErrorContains(t, bot.Ask(t.Context()), "connection refused")
}

func TestASlowAnswerDelaysNoOther(t *testing.T) {
	var count atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the caller has gone
		if count.Add(1) == 1 {
			<-r.Context().Done() // hangs until it is given up
			return
		}
		_, _ = io.WriteString(w, `[{}]`)
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	end := NewBot(server.URL, "").Begin(ctx)
	require.Eventually(t, func() bool { return count.Load() >= 6 }, 5*time.Second, 5*time.Millisecond)
	probes := end()
	require.GreaterOrEqual(t, len(probes), 4, "the others have been answered")
	for _, probe := range probes {
		assert.True(t, probe.OK, "what was given up tells nothing")
		assert.Less(t, probe.Done.Sub(probe.Sent), 2*time.Second)
	}
}
