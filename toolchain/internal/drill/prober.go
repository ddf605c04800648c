package drill

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	askEvery  = 100 * time.Millisecond
	askWithin = 20 * time.Second
	question  = `{"sender": "drill", "message": "hello"}`
)

// WebhookPath is where a bot answers messages.
const WebhookPath = "/webhooks/rest/webhook"

// Bot asks the service from outside, as a user of its website would.
type Bot struct {
	URL    string // of the load balancer, or of the emulator that plays it
	Host   string // name that the load balancer is known by
	Client *http.Client
}

// NewBot asks at url by a connection for each request, so that what happens to one concerns no other.
func NewBot(url, host string) Bot {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	return Bot{URL: url, Host: host, Client: &http.Client{Transport: transport, Timeout: askWithin}}
}

// Ask sends one message. The error says why what came back is no answer.
func (b Bot) Ask(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.URL+WebhookPath, strings.NewReader(question))
	if err != nil {
		return fmt.Errorf("cannot ask the service: %w", err)
	}
	request.Host = b.Host
	request.Header.Set("Content-Type", "application/json")
	response, err := b.Client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	const most = 1 << 20
	text, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		return err
	}
	var replies []json.RawMessage
	if response.StatusCode != http.StatusOK || json.Unmarshal(text, &replies) != nil || len(replies) == 0 {
		return fmt.Errorf("it answers %s: %.200s", response.Status, text)
	}
	return nil
}

// Begin asks every 100 ms, without waiting for earlier answers, until the returned function is called. That returns what
// has ended by then; what is still under way is given up and tells nothing.
func (b Bot) Begin(ctx context.Context) (end func() []Probe) {
	ctx, cancel := context.WithCancel(ctx)
	var lock sync.Mutex
	var probes []Probe
	var running sync.WaitGroup
	ask := func() {
		sent := time.Now()
		err := b.Ask(ctx)
		if ctx.Err() != nil {
			return
		}
		lock.Lock()
		defer lock.Unlock()
		probes = append(probes, Probe{Sent: sent, Done: time.Now(), OK: err == nil})
	}
	running.Go(func() {
		ticker := time.NewTicker(askEvery)
		defer ticker.Stop()
		for {
			running.Go(ask)
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
	return func() []Probe {
		cancel()
		running.Wait()
		return probes
	}
}
