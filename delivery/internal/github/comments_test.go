package github

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	bot  = "github-actions[bot]"
	body = "<!-- botyard preview: prod -->\nnew"
)

// forge is a GitHub with one pull request, number 7.
type forge struct {
	comments []comment
	requests []string
	status   int // of writes; 0 is well
}

func (f *forge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.requests = append(f.requests, r.Method+" "+r.URL.String())
	if r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("Accept") != "application/vnd.github+json" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method == http.MethodGet {
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
		from := min((page-1)*size, len(f.comments))
		_ = json.NewEncoder(w).Encode(f.comments[from:min(from+size, len(f.comments))])
		return
	}
	if f.status != 0 {
		w.WriteHeader(f.status)
		fmt.Fprint(w, `{"message": "Resource not accessible by integration"}`)
		return
	}
	var sent comment
	_ = json.NewDecoder(r.Body).Decode(&sent)
	sent.URL = "https://github.test/7#" + sent.Body[len(sent.Body)-3:]
	_ = json.NewEncoder(w).Encode(sent)
}

func (f *forge) add(count int, author, body string) {
	for range count {
		c := comment{ID: int64(len(f.comments) + 1), Body: body}
		c.User.Login = author
		f.comments = append(f.comments, c)
	}
}

// keep writes the comment to the forge.
func (f *forge) keep(t *testing.T) (string, bool, error) {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	c, err := New(server.URL+"/", "society/botyard", "secret")
	require.NoError(t, err)
	return c.Keep(t.Context(), 7, bot, body)
}

func TestTheFirstCommentIsMade(t *testing.T) {
	f := &forge{}
	f.add(1, bot, "<!-- botyard preview: staging -->\nof another stack")
	f.add(1, bot, "said <!-- botyard preview: prod -->")
	url, created, err := f.keep(t)
	require.NoError(t, err)
	assert.True(t, created)
	assert.Equal(t, "https://github.test/7#new", url)
	assert.Equal(t, []string{"GET /repos/society/botyard/issues/7/comments?per_page=100&page=1", "POST /repos/society/botyard/issues/7/comments"}, f.requests)
}

func TestTheCommentIsFoundOnLaterPagesAndReplaced(t *testing.T) {
	f := &forge{}
	f.add(100, "ada", "hello")
	f.add(100, "ada", "<!-- botyard preview: prod -->\nnot the bot's own")
	f.add(1, bot, "<!-- botyard preview: prod -->\r\nold")
	_, created, err := f.keep(t)
	require.NoError(t, err)
	assert.False(t, created)
	assert.Equal(t, []string{
		"GET /repos/society/botyard/issues/7/comments?per_page=100&page=1", "GET /repos/society/botyard/issues/7/comments?per_page=100&page=2",
		"GET /repos/society/botyard/issues/7/comments?per_page=100&page=3", "PATCH /repos/society/botyard/issues/comments/201",
	}, f.requests)
}

func TestAFullLastPageIsNotTheEnd(t *testing.T) {
	f := &forge{}
	f.add(100, "ada", "hello")
	_, created, err := f.keep(t)
	require.NoError(t, err)
	assert.True(t, created)
	assert.Len(t, f.requests, 3)
}

func TestARefusalIsTold(t *testing.T) {
	f := &forge{status: http.StatusForbidden}
	_, _, err := f.keep(t)
	require.EqualError(t, err, "cannot write the comment of pull request 7: GitHub answers 403 Forbidden to POST: Resource not accessible by integration")
}

func TestWhatCannotBeFoundAgainIsNotWritten(t *testing.T) {
	_, _, err := Client{}.Keep(t.Context(), 7, bot, "hello\n")
	require.EqualError(t, err, `the comment begins with "hello"; right would be the line that delivery comment begins with, by which it is found again`)
	_, err = New("https://api.github.com", "botyard", "x")
	require.EqualError(t, err, `the repository is "botyard"; right would be owner/name`)
	_, err = New("https://api.github.com", "a/b", "")
	require.EqualError(t, err, "there is no token: set GITHUB_TOKEN to one that may write comments of pull requests")
}
