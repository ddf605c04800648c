package channel

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTalkTellsEachAnswerAndEachFailureInTheirOrder(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = io.WriteString(w, `[{"recipient_id": "ada", "text": "Hello"}]`)
	}))
	defer server.Close()
	stop := Channel{Base: server.URL}.Talk("ada", 5*time.Millisecond)
	require.Eventually(t, func() bool { return asked.Load() >= 5 }, 10*time.Second, time.Millisecond)
	messages := stop()
	require.Len(t, messages, int(asked.Load()), "all answers on their way are waited for")
	failed := 0
	for i, message := range messages {
		if message.Err != nil {
			failed++
			require.ErrorContains(t, message.Err, "503 Service Unavailable")
		}
		if i > 0 {
			require.False(t, message.Answered.Before(messages[i-1].Answered))
		}
	}
	require.Equal(t, 1, failed)
}
