// Package channel talks to the bot's REST channel from outside, as its users' website does.
package channel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Gateway is where the emulator's load balancer answers.
const Gateway = "http://localhost:4566"

// Channel is where a bot answers.
type Channel struct {
	// Base is scheme, host and port.
	Base string
	// Host is the name by which a load balancer is told; empty is Base's own.
	Host string
}

// Local is the channel of stack local, brought up from the checkout in dir: through its load balancer.
func Local(dir string) (Channel, error) { return Of(dir, "local") }

// Of is the channel of a stack of this machine, as Local has it.
func Of(dir, stack string) (Channel, error) {
	text, err := os.ReadFile(filepath.Join(dir, ".botyard", "outputs", "state-"+stack+".json"))
	if err != nil {
		return Channel{}, fmt.Errorf("the stack has no outputs yet: %w", err)
	}
	var outputs struct {
		PublicURL string `json:"publicUrl"`
	}
	if err := json.Unmarshal(text, &outputs); err != nil {
		return Channel{}, fmt.Errorf("the stack's outputs: %w", err)
	}
	public, err := url.Parse(outputs.PublicURL)
	if err != nil || public.Host == "" {
		return Channel{}, fmt.Errorf("the stack's publicUrl is %q, which names no host", outputs.PublicURL)
	}
	return Channel{Base: Gateway, Host: public.Host}, nil
}

// Say sends a message and returns the texts of the replies. Every reply must be to the sender.
func (c Channel) Say(sender, message string, within time.Duration) ([]string, error) {
	body, err := json.Marshal(map[string]string{"sender": sender, "message": message})
	if err != nil {
		return nil, err
	}
	text, err := c.do(http.MethodPost, "/webhooks/rest/webhook", body, within)
	if err != nil {
		return nil, err
	}
	var replies []struct {
		Recipient string `json:"recipient_id"`
		Text      string `json:"text"`
	}
	if err := json.Unmarshal(text, &replies); err != nil {
		return nil, fmt.Errorf("the answer is no list of replies: %w: %s", err, text)
	}
	var texts []string
	for _, reply := range replies {
		if reply.Recipient != sender {
			return nil, fmt.Errorf("a reply to %q went to %q", sender, reply.Recipient)
		}
		texts = append(texts, reply.Text)
	}
	return texts, nil
}

// Get is the body of a page behind the same load balancer.
func (c Channel) Get(path string, within time.Duration) (string, error) {
	text, err := c.do(http.MethodGet, path, nil, within)
	return string(text), err
}

func (c Channel) do(method, path string, body []byte, within time.Duration) ([]byte, error) {
	request, err := http.NewRequest(method, c.Base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Host = c.Host
	response, err := (&http.Client{Timeout: within}).Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s answers %s: %s", method, path, response.Status, text)
	}
	return text, err
}
