package entry_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/dynamotest"
)

// source is a service's source that is watched: a folder with a script.
type source struct {
	t   testing.TB
	dir string
}

func newSource(t testing.TB, script string) source {
	s := source{t, t.TempDir()}
	s.write(script)
	return s
}

// write puts the script in place by one rename, which no busy machine can draw out into two edits.
func (s source) write(script string) {
	beside := filepath.Join(s.t.TempDir(), "app.sh")
	require.NoError(s.t, os.WriteFile(beside, []byte(script), 0o644))
	require.NoError(s.t, os.Rename(beside, filepath.Join(s.dir, "app.sh")))
}

// start starts a warden that watches the source and runs the script.
func (s source) start(server *dynamotest.Server, environ ...string) *warden {
	return start(s.t, server, append(environ, "WARDEN_WATCH="+s.dir), "sh", filepath.Join(s.dir, "app.sh"))
}

// saying is a script that says what it is and by which token it runs, and runs on.
func saying(what string) string {
	return "echo " + what + " by $LEASE_TOKEN.; while :; do sleep 0.02; done"
}

func TestAnEditStartsTheChildAnewUnderTheSameLease(t *testing.T) {
	t.Parallel()
	server := table(t)
	s := newSource(t, saying("version 1"))
	w := s.start(server, leased("3000", startsVariable+"=2")...)
	w.await("started", 1, 5*time.Second)
	before := server.Item("bot")
	token := before["token"]["N"].(string)
	w.awaitText("version 1 by "+token, 2*time.Second)
	for version := 2; version <= 5; version++ {
		edited := time.Now()
		s.write(saying(fmt.Sprintf("version %d", version)))
		w.awaitText(fmt.Sprintf("version %d by %s.", version, token), 5*time.Second)
		t.Logf("live after %s", time.Since(edited))
	}
	w.await("started", 5, 5*time.Second)
	assert.Equal(t, "app.sh", w.out.events("edited")[0]["path"])
	assert.Len(t, w.out.events("taken"), 1, "the lease was never given back")
	for _, none := range []string{"released", "restarting", "stopped-for-good", "edit-awaited"} {
		assert.Empty(t, w.out.events(none))
	}
	assert.Equal(t, float64(143), w.out.events("ended")[0]["code"], "it was asked to end")
	item := server.Item("bot")
	assert.Equal(t, before["holder"], item["holder"])
	assert.Equal(t, before["token"], item["token"])
	assert.Equal(t, before["starts"], item["starts"], "edits are no starts of the day")
	w.signal(syscall.SIGTERM)
	assert.Equal(t, 143, w.code(5*time.Second))
	assert.Len(t, w.out.events("released"), 1)
}

func TestABurstOfWritesIsOneRestart(t *testing.T) {
	t.Parallel()
	s := newSource(t, saying("up"))
	w := s.start(nil)
	w.awaitText("up by", 5*time.Second)
	for range 100 {
		s.write(saying("again"))
	}
	w.awaitText("again by", 5*time.Second)
	// On a busy machine the writes are so far apart that they are several bursts; internal/watch holds what a burst is.
	require.Eventually(t, func() bool { return len(w.out.events("started")) == 1+len(w.out.events("edited")) }, 5*time.Second, 10*time.Millisecond)
	assert.Less(t, len(w.out.events("edited")), 10)
}

func TestAFolderThatComesIsWatched(t *testing.T) {
	t.Parallel()
	s := newSource(t, saying("up"))
	w := s.start(nil)
	w.awaitText("up by", 5*time.Second)
	require.NoError(t, os.Mkdir(filepath.Join(s.dir, "more"), 0o755))
	w.await("started", 2, 5*time.Second)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "more", "b.sh"), nil, 0o644))
	w.await("started", 3, 5*time.Second)
	assert.Equal(t, "more/b.sh", w.out.events("edited")[1]["path"])
}

// TestBrokenSourceWaitsForTheNextEdit has source that is broken from the beginning, and again after it has worked.
func TestBrokenSourceWaitsForTheNextEdit(t *testing.T) {
	t.Parallel()
	server := table(t)
	s := newSource(t, "syntax error (")
	w := s.start(server, leased("3000")...)
	w.await("edit-awaited", 1, 5*time.Second)
	w.awaitText("Syntax error", time.Second)
	code, why := w.healthy()
	assert.Equal(t, 0, code, why)
	for round := 1; round <= 2; round++ {
		s.write(saying(fmt.Sprintf("mended %d", round)))
		w.awaitText(fmt.Sprintf("mended %d by", round), 5*time.Second)
		s.write("exit 3")
		w.await("edit-awaited", 1+round, 5*time.Second)
	}
	time.Sleep(1200 * time.Millisecond) // a restart would come within a second
	assert.Len(t, w.out.events("started"), 5)
	assert.Len(t, w.out.events("taken"), 1)
	assert.Empty(t, w.out.events("restarting"))
	w.signal(syscall.SIGTERM)
	assert.Equal(t, 0, w.code(5*time.Second))
	assert.NotContains(t, server.Item("bot"), "holder")
}

func TestAChildThatDoesNotEndForAnEditIsKilledSoon(t *testing.T) {
	t.Parallel()
	s := newSource(t, `trap "" TERM; `+saying("deaf"))
	w := s.start(nil)
	w.awaitText("deaf by", 5*time.Second)
	s.write(saying("hears"))
	w.awaitText("hears by", 5*time.Second)
	w.await("ended", 1, 5*time.Second) // its line may come after the next child's words
	assert.Equal(t, float64(137), w.out.events("ended")[0]["code"])
}

// TestWhileItIsDevelopedNothingIsJudged has a probe that fails, as in a debugger, and one that holds: neither ends the
// child, and no revision is remembered as good.
func TestWhileItIsDevelopedNothingIsJudged(t *testing.T) {
	t.Parallel()
	server := table(t)
	s := newSource(t, saying("up"))
	ecs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"TaskARN":"arn:task","Family":"bot","Revision":"7"}`)
	}))
	t.Cleanup(ecs.Close)
	probed := leased("3000", "ECS_CONTAINER_METADATA_URI_V4="+ecs.URL, `WARDEN_PROBE=["test","-e","`+s.dir+`/.works"]`, "WARDEN_PROBE_INTERVAL=1", "WARDEN_PROBE_RETRIES=1", "WARDEN_PROBE_START=0")
	w := s.start(server, probed...)
	w.await("unwell", 1, 8*time.Second)
	assert.Equal(t, "the probe failed 1 times in a row, and its source is watched, so that it is left alone", w.out.events("unwell")[0]["msg"])
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, ".works"), nil, 0o644))
	w.await("healthy", 1, 5*time.Second)
	require.Eventually(t, func() bool { return server.Item("bot")["healthy"]["BOOL"] == true }, 3*time.Second, 10*time.Millisecond)
	assert.NotContains(t, server.Item("bot"), "good")
	assert.Empty(t, w.out.events("ended"))
}

// TestAnEditFailsNoRequest asks through the front while the child is started anew.
func TestAnEditFailsNoRequest(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	s := newSource(t, "exec "+self(t)+" test-child http")
	w := s.start(table(t), leased("3000", "PORT="+port)...)
	ask := func() (string, error) {
		response, err := (&http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://127.0.0.1:" + port)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		return string(text), err
	}
	w.await("started", 1, 5*time.Second)
	token, err := ask()
	require.NoError(t, err)
	for round := 2; round <= 4; round++ {
		s.write(fmt.Sprintf("# %d\nexec %s test-child http", round, self(t)))
		for started := false; !started; started = len(w.out.events("started")) >= round {
			again, err := ask()
			require.NoError(t, err)
			assert.Equal(t, token, again)
		}
	}
}

func TestAFolderThatCannotBeWatchedEndsIt(t *testing.T) {
	w := start(t, nil, []string{"WARDEN_WATCH=/no/such/folder"}, "true")
	assert.Equal(t, 1, w.code(5*time.Second))
	assert.True(t, strings.Contains(w.out.String(), "cannot watch /no/such/folder"), w.out)
}
