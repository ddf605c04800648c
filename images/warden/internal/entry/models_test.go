package entry_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/dynamotest"
	"botyard/warden/internal/s3test"
)

// model is a server with version v1 of the model "greetings", an empty folder, and the environment that names both.
func model(t *testing.T) (*s3test.Server, string, []string) {
	t.Helper()
	server := s3test.New()
	t.Cleanup(server.Close)
	content := bytes.Repeat([]byte("hello\n"), 1000)
	sum := server.Put("models", "greetings", "v1", content)
	text, err := json.Marshal([]map[string]any{{
		"variable": "MODEL", "bucket": "models", "key": "greetings", "version": "v1", "sha256": sum, "size": len(content), "file": "greetings.txt",
	}})
	require.NoError(t, err)
	folder := t.TempDir()
	path := filepath.Join(folder, sum, "greetings.txt")
	return server, path, []string{"WARDEN_MODELS=" + string(text), "WARDEN_MODELS_FOLDER=" + folder, "AWS_ENDPOINT_URL_S3=" + server.URL, "AWS_MAX_ATTEMPTS=1"}
}

func TestTheCommandStartsWithItsModelInPlace(t *testing.T) {
	server, path, environ := model(t)
	w := start(t, nil, environ, "sh", "-c", `echo "at $MODEL, $(wc -c <"$MODEL") bytes"`)
	assert.Equal(t, 0, w.code(5*time.Second))
	assert.Contains(t, w.out.String(), "at "+path+", 6000 bytes\n")
	fetched := w.out.events("fetched")
	require.Len(t, fetched, 1)
	assert.Equal(t, []any{"greetings", "v1", 6000.0, 6000.0, "bot"}, []any{fetched[0]["model"], fetched[0]["version"], fetched[0]["bytes"], fetched[0]["fetched"], fetched[0]["service"]})

	w = start(t, nil, environ, "sh", "-c", `cat "$MODEL" >/dev/null`)
	assert.Equal(t, 0, w.code(5*time.Second))
	assert.Len(t, server.Got(), 1, "the host has it")

	out := start(t, nil, environ, "--exec", "sh", "-c", `echo "at $MODEL"; test -s "$MODEL"`)
	assert.Equal(t, 0, out.code(5*time.Second))
	assert.Contains(t, out.out.String(), "at "+path+"\n", "a one-off task has it too")
}

// TestTheLeaseIsTakenOnlyWithTheModel holds a transfer up: neither is the lease asked for, nor is the task healthy, so that
// ECS stops no earlier task; and it ends at once when it is told to.
func TestTheLeaseIsTakenOnlyWithTheModel(t *testing.T) {
	server, _, environ := model(t)
	table := table(t)
	server.Then(s3test.Fault{Cut: 10, Hold: time.Hour})
	w := start(t, table, leased("3000", environ...), "sleep", "1000")
	w.await("fetching", 1, 5*time.Second)
	time.Sleep(300 * time.Millisecond)
	code, why := w.healthy()
	assert.Equal(t, 1, code)
	assert.Equal(t, "fetching the models that the service needs", why)
	assert.Zero(t, table.Count("GetItem")+table.Count("UpdateItem"))
	began := time.Now()
	w.signal(syscall.SIGTERM)
	assert.Equal(t, 0, w.code(5*time.Second))
	assert.Less(t, time.Since(began), time.Second)

	w = start(t, table, leased("3000", environ...), "sleep", "1000")
	w.await("taken", 1, 5*time.Second)
	w.await("started", 1, 5*time.Second)
	assert.Equal(t, "models/greetings v1 10", server.Got()[1], "what has come stays for the next task")
}

// TestAStandbyHasTheModelWhileItWaits gives the lease to somebody else.
func TestAStandbyHasTheModelWhileItWaits(t *testing.T) {
	_, path, environ := model(t)
	server := table(t)
	server.Put("bot", map[string]dynamotest.Value{"holder": {"S": "x"}, "token": {"N": "5"}, "beat": {"N": "1"}, "seconds": {"N": "300"}})
	w := start(t, server, leased("15000", environ...), "sleep", "1000")
	w.await("waiting", 2, 5*time.Second)
	assert.FileExists(t, path)
	code, _ := w.healthy()
	assert.Equal(t, 0, code)
	assert.Empty(t, w.out.events("started"))
}

// TestTheBrakeCountsModelsThatCannotBeFetched holds for a service with a lease, which never gets to ask for it, and without.
func TestTheBrakeCountsModelsThatCannotBeFetched(t *testing.T) {
	for name, lease := range map[string][]string{"singleton": leased("3000"), "plain": nil} {
		t.Run(name, func(t *testing.T) {
			s3, _, environ := model(t)
			server := table(t)
			environ = append(append(environ, startsVariable+"=2"), lease...)
			for range 2 {
				s3.Then(s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied"})
				w := start(t, server, environ, "sleep", "1000")
				assert.Equal(t, 1, w.code(5*time.Second))
				failed := w.out.events("fetch-failed")
				require.Len(t, failed, 1)
				assert.Contains(t, failed[0]["msg"], "a model could not be fetched, so nothing is started: model greetings, version v1: ")
				assert.Contains(t, failed[0]["msg"], "AccessDenied")
				assert.Equal(t, "ERROR", failed[0]["level"])
			}
			s3.Then(s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied"})
			w := start(t, server, environ, "sleep", "1000")
			w.await("stopped-for-good", 1, 5*time.Second)
			require.Eventually(t, func() bool { code, _ := w.healthy(); return code == 1 }, 2*time.Second, 20*time.Millisecond)
			assert.Empty(t, w.out.events("started"))
			w.signal(syscall.SIGTERM)
			assert.Equal(t, 0, w.code(5*time.Second))
			assert.NotContains(t, server.Item("bot"), "holder")
		})
	}
}

func TestAOneOffTaskWithoutItsModelSaysSo(t *testing.T) {
	s3, _, environ := model(t)
	s3.Then(s3test.Fault{Status: http.StatusNotFound, Code: "NoSuchVersion"})
	w := start(t, nil, environ, "--exec", "echo", "ran")
	assert.Equal(t, 2, w.code(5*time.Second))
	assert.Contains(t, w.out.String(), "warden: a model could not be fetched: model greetings, version v1: ")
	assert.NotContains(t, w.out.String(), "ran")
	bad := start(t, nil, []string{"WARDEN_MODELS=[1]"}, "--exec", "echo", "ran")
	assert.Equal(t, 2, bad.code(5*time.Second))
	assert.Contains(t, bad.out.String(), `warden: WARDEN_MODELS is "[1]"; right would be a JSON array of objects`)
}

// TestAOneOffTaskHoldsItsModel looks for the lock of the command that --exec became.
func TestAOneOffTaskHoldsItsModel(t *testing.T) {
	_, path, environ := model(t)
	w := start(t, nil, environ, "--exec", "sleep", "1000")
	require.Eventually(t, func() bool {
		name, _ := os.ReadFile(procPath(w.pid(), "comm"))
		return strings.TrimSpace(string(name)) == "sleep"
	}, 5*time.Second, 10*time.Millisecond)
	use, err := os.OpenFile(filepath.Dir(path)+".use", os.O_RDWR, 0)
	require.NoError(t, err)
	defer use.Close()
	assert.Equal(t, syscall.EWOULDBLOCK, syscall.Flock(int(use.Fd()), syscall.LOCK_EX|syscall.LOCK_NB))
	w.killAll()
	w.code(5 * time.Second)
	assert.NoError(t, syscall.Flock(int(use.Fd()), syscall.LOCK_EX|syscall.LOCK_NB))
}
