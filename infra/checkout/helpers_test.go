package checkout

import (
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// alone keeps this machine's git settings out of a test and records every git process that is started, with its arguments,
// in the file that it returns.
func alone(t *testing.T) (record string) {
	t.Helper()
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": filepath.Join(home, "cache"), "GIT_CONFIG_SYSTEM": os.DevNull, "GIT_CONFIG_GLOBAL": filepath.Join(home, "gitconfig"),
		"GIT_SSH_COMMAND": "", "GIT_CONFIG_COUNT": "",
	} {
		t.Setenv(name, value)
	}
	real, err := exec.LookPath("git")
	require.NoError(t, err)
	record = filepath.Join(home, "record")
	bin := t.TempDir()
	// Trace2 writes the arguments of git and of every program that it starts.
	script := "#!/bin/sh\nGIT_TRACE2_EVENT=" + record + " exec " + real + ` "$@"` + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o755))
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	return record
}

// started are the arguments of every git that was recorded; children are those of every program that a git started.
func started(t *testing.T, record string) [][]string { return recorded(t, record, "start") }

func children(t *testing.T, record string) [][]string { return recorded(t, record, "child_start") }

func recorded(t *testing.T, record, event string) (all [][]string) {
	t.Helper()
	text, err := os.ReadFile(record)
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		var read struct {
			Event string
			Argv  []string
		}
		require.NoError(t, json.Unmarshal([]byte(line), &read))
		if read.Event == event {
			if event == "start" {
				read.Argv[0] = filepath.Base(read.Argv[0])
			}
			all = append(all, read.Argv)
		}
	}
	return all
}

// remote is a new repository with files, and its address. Paths that are nothing but text are committed as they are.
func remote(t *testing.T, files map[string]string) (dir, address string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "code")
	require.NoError(t, os.Mkdir(dir, 0o755))
	run(t, dir, "init", "-q", "-b", "master")
	commit(t, dir, files)
	return dir, "file://" + dir
}

// commit writes and commits files, and returns the commit.
func commit(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	run(t, dir, "add", "-A")
	run(t, dir, "commit", "-q", "--allow-empty", "-m", "x")
	return run(t, dir, "rev-parse", "HEAD")
}

// addSubmodule commits a submodule.
func addSubmodule(t *testing.T, dir, address, at string) {
	t.Helper()
	run(t, dir, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", address, at)
	commit(t, dir, nil)
}

// run runs git as somebody of whom nothing is known.
func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=A", "-c", "user.email=a@example.org"}, args...)...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.TrimSpace(string(out))
}

// serve serves the repositories below a folder over https, to whoever sends the header if there is one, and makes git trust it.
func serve(t *testing.T, folder, authorization string) (address string, asked *[]string) {
	t.Helper()
	backend := &cgi.Handler{Path: filepath.Join(run(t, folder, "--exec-path"), "git-http-backend"),
		Env:        []string{"GIT_PROJECT_ROOT=" + folder, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=" + os.Getenv("GIT_CONFIG_GLOBAL")},
		InheritEnv: []string{"PATH"}}
	asked = new([]string)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if authorization != "" && r.Header.Get("Authorization") != authorization {
			w.Header().Set("WWW-Authenticate", `Basic realm="code"`)
			http.Error(w, "who are you", http.StatusUnauthorized)
			return
		}
		*asked = append(*asked, r.URL.Path)
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(ca, text, 0o644))
	t.Setenv("GIT_SSL_CAINFO", ca)
	return server.URL, asked
}

// contents are the files below a folder, by slash path, but git's.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() {
			return nil
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		name, err := filepath.Rel(dir, file)
		require.NoError(t, err)
		found[filepath.ToSlash(name)] = string(text)
		return nil
	}))
	return found
}
