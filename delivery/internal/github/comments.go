// Package github keeps one comment of a pull request up to date, by GitHub's REST API
// (https://docs.github.com/en/rest/issues/comments).
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

// pageSize is how many comments a page has at most, by GitHub's leave; maxPages ends a list that has no end.
const (
	pageSize = 100
	maxPages = 200
)

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

// comment is what is used of a comment.
type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	URL  string `json:"html_url"`
	User struct {
		Login string `json:"login"`
	} `json:"user"`
}

// marker is the first line of a comment that is kept up to date.
var marker = regexp.MustCompile(`^<!-- botyard [a-z]+: [\w.-]+ -->$`)

// Keep writes the comment of a pull request: it replaces the author's comment with the same first line, or makes one. Others'
// comments are left alone, whatever they begin with. It returns the comment's address, and whether it is a new one.
func (c Client) Keep(ctx context.Context, pullRequest int, author, body string) (url string, created bool, err error) {
	first, _, _ := strings.Cut(body, "\n")
	if !marker.MatchString(first) {
		return "", false, fmt.Errorf("the comment begins with %.80q; right would be the line that delivery comment begins with, by which it is found again", first)
	}
	old, err := c.find(ctx, pullRequest, author, first)
	if err != nil {
		return "", false, fmt.Errorf("cannot list the comments of pull request %d: %w", pullRequest, err)
	}
	text, err := json.Marshal(map[string]string{"body": body})
	if err != nil {
		return "", false, err
	}
	var written comment
	if old != 0 {
		err = c.call(ctx, http.MethodPatch, fmt.Sprintf("issues/comments/%d", old), text, &written)
	} else {
		err = c.call(ctx, http.MethodPost, fmt.Sprintf("issues/%d/comments", pullRequest), text, &written)
	}
	if err != nil {
		return "", false, fmt.Errorf("cannot write the comment of pull request %d: %w", pullRequest, err)
	}
	return written.URL, old == 0, nil
}

// find is the id of the author's comment that begins with the line, 0 if there is none.
func (c Client) find(ctx context.Context, pullRequest int, author, line string) (int64, error) {
	for page := 1; page <= maxPages; page++ {
		var some []comment
		path := fmt.Sprintf("issues/%d/comments?per_page=%d&page=%d", pullRequest, pageSize, page)
		if err := c.call(ctx, http.MethodGet, path, nil, &some); err != nil {
			return 0, err
		}
		for _, each := range some {
			first, _, _ := strings.Cut(each.Body, "\n")
			if strings.TrimRight(first, "\r") == line && each.User.Login == author {
				return each.ID, nil
			}
		}
		if len(some) < pageSize {
			return 0, nil
		}
	}
	return 0, fmt.Errorf("there are more than %d", maxPages*pageSize)
}

// call makes one request and decodes its answer.
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
	return json.Unmarshal(text, into)
}
