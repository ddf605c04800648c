// Package github is what of GitHub's REST API a delivery uses: one comment of a pull request that is kept up to date
// (https://docs.github.com/en/rest/issues/comments), and the dispatch of a delivery
// (https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event).
package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Client is the API of one repository.
type Client struct {
	// API is the address, such as https://api.github.com; Repository is owner/name.
	API, Repository string
	// Token may write comments: pull-requests: write.
	Token string
	HTTP  *http.Client
}

// timeout is how long one request may take.
const timeout = 30 * time.Second

// New is a client of github.com or, by API, of a GitHub of one's own.
func New(api, repository, token string) (Client, error) {
	c := Client{API: strings.TrimRight(api, "/"), Repository: repository, Token: token, HTTP: &http.Client{Timeout: timeout}}
	if !regexp.MustCompile(`^[\w.-]+/[\w.-]+$`).MatchString(repository) {
		return c, fmt.Errorf("the repository is %q; right would be owner/name", repository)
	}
	if token == "" {
		return c, errors.New("there is no token: set GITHUB_TOKEN to one that may write comments of pull requests")
	}
	return c, nil
}

// call makes one request and decodes its answer; into is nil where there is none.
func (c Client) call(ctx context.Context, method, path string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, c.API+"/repos/"+c.Repository+"/"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	request.Header.Set("Accept", "application/vnd.github+json")
	request.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	answer, err := c.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	const most = 32 << 20
	text, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if err != nil {
		return err
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		var refusal struct {
			Message string `json:"message"`
		}
		_ = json.Unmarshal(text, &refusal) // a proxy in between answers something else
		return fmt.Errorf("GitHub answers %s to %s: %s", answer.Status, method, refusal.Message)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}
