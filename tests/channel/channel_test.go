package channel

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSayTellsTheLoadBalancerWhoIsMeant(t *testing.T) {
	var asked *http.Request
	var body []byte
	answer, status := `[{"recipient_id": "ada", "text": "Hello"}]`, http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	c := Channel{Base: server.URL, Host: "edge-1.elb.amazonaws.com"}
	texts, err := c.Say("ada", "hi", time.Second)
	require.NoError(t, err)
	require.Equal(t, []string{"Hello"}, texts)
	require.Equal(t, "edge-1.elb.amazonaws.com", asked.Host)
	require.Equal(t, "/webhooks/rest/webhook", asked.URL.Path)
	require.JSONEq(t, `{"sender": "ada", "message": "hi"}`, string(body))

	answer = `[{"recipient_id": "eve", "text": "Hello"}]`
	_, err = c.Say("ada", "hi", time.Second)
	require.EqualError(t, err, `a reply to "ada" went to "eve"`)
	answer, status = "no target", http.StatusServiceUnavailable
	_, err = c.Say("ada", "hi", time.Second)
	require.EqualError(t, err, "POST /webhooks/rest/webhook answers 503 Service Unavailable: no target")
}

func TestLocalReadsTheStacksOutputs(t *testing.T) {
	dir := t.TempDir()
	_, err := Local(dir)
	require.ErrorContains(t, err, "the stack has no outputs yet")
	file := filepath.Join(dir, ".botyard", "outputs", "state-local.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(`{"publicUrl": "http://edge-1.elb.amazonaws.com"}`), 0o644))
	c, err := Local(dir)
	require.NoError(t, err)
	require.Equal(t, Channel{Base: "http://localhost:4566", Host: "edge-1.elb.amazonaws.com"}, c)
	_, err = Of(dir, "wulu-local")
	require.ErrorContains(t, err, "the stack has no outputs yet")
}
