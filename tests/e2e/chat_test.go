//go:build e2e

package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// discord plays Discord: it takes what EventBridge posts to the webhook, and keeps the messages.
type discord struct {
	url      string
	mu       sync.Mutex
	messages []string
}

// webhookPath is what makes the address a secret.
const webhookPath = "/api/webhooks/1/only-for-us"

func newDiscord(t *testing.T) *discord {
	t.Helper()
	c := &discord{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, "POST "+webhookPath, r.Method+" "+r.URL.Path)
		assert.Equal(t, "application/json; charset=utf-8", r.Header.Get("Content-Type"))
		var sent map[string]any
		if assert.NoError(t, json.Unmarshal(body, &sent), "%s", body) {
			assert.Equal(t, map[string]any{"content": sent["content"], "flags": 4.0, "allowed_mentions": map[string]any{"parse": []any{}}}, sent)
			c.mu.Lock()
			c.messages = append(c.messages, sent["content"].(string))
			c.mu.Unlock()
		}
		w.WriteHeader(http.StatusNoContent) // as Discord answers
	}))
	t.Cleanup(server.Close)
	c.url = server.URL + webhookPath
	return c
}

// said are the messages since the last call.
func (c *discord) said() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	messages := c.messages
	c.messages = nil
	return messages
}

// untilQuiet are the messages since the last call, once none has come for ten seconds.
func (c *discord) untilQuiet(t *testing.T) (all []string) {
	t.Helper()
	last := time.Now()
	waitFor(t, 2*time.Minute, "the chat is quiet", func() bool {
		if said := c.said(); len(said) > 0 {
			all, last = append(all, said...), time.Now()
		}
		return time.Since(last) > 10*time.Second
	})
	return all
}

// join lets stack local tell the chat: its address is the value of a secret that is set outside of the program.
func (c *discord) join(t *testing.T, clone *clone) {
	t.Helper()
	arn := clone.ask(t, `print(aws("secretsmanager").create_secret(Name="chat", SecretString="`+c.url+`")["ARN"])`)
	clone.edit(t, "Pulumi.local.yaml", "botyard:secrets: {discord-token: null}",
		"botyard:secrets: {discord-token: null, chat: {arn: '"+arn+"'}}\n  botyard:alerts: {discord: chat, runbooks: 'https://example.org/runbooks.md'}")
}

// alarmsIn are the subjects and keys of the alarms that messages with this beginning tell of.
func alarmsIn(t *testing.T, messages []string, beginning string) []string {
	t.Helper()
	seen := map[string]bool{}
	for _, message := range messages {
		if !strings.HasPrefix(message, beginning) {
			continue
		}
		_, name, found := strings.Cut(message, "botyard-local-")
		require.True(t, found, message)
		seen[strings.Fields(name)[0]] = true
	}
	return sorted(seen)
}
