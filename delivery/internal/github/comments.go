package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// pageSize is how many comments a page has at most, by GitHub's leave; maxPages ends a list that has no end.
const (
	pageSize = 100
	maxPages = 200
)

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
