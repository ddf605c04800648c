package github

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADispatchNamesTheBranch(t *testing.T) {
	var got string
	status := http.StatusNoContent
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		got = r.Method + " " + r.URL.Path + " " + string(text)
		w.WriteHeader(status)
	}))
	defer server.Close()
	c, err := New(server.URL, "society/botyard", "secret")
	require.NoError(t, err)
	require.NoError(t, c.Dispatch(t.Context(), "dev"))
	assert.Equal(t, `POST /repos/society/botyard/dispatches {"client_payload":{"branch":"dev"},"event_type":"fleet-code"}`, got)

	status = http.StatusNotFound
	require.EqualError(t, c.Dispatch(t.Context(), "dev"), "cannot ask society/botyard to deliver branch dev: GitHub answers 404 Not Found to POST: ; the token must be one that may write its contents")
	require.EqualError(t, c.Dispatch(t.Context(), ""), "which branch? name it: BRANCH=master")
}
