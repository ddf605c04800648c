package published

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/fake"
	"botyard/toolchain/internal/step"
)

const listing = `echo '[{"name":"aws","kind":"resource","version":"6.83.2"},{"name":"docker","kind":"resource","version":"4.10.0"}]'`

// archive is a release of a CLI that is the given script.
func archive(t *testing.T, script string) []byte {
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	files := tar.NewWriter(zipped)
	for _, name := range []string{"pulumi/pulumi", "pulumi/pulumi-language-go", "../../outside"} {
		require.NoError(t, files.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(script)), Typeflag: tar.TypeReg}))
		_, err := files.Write([]byte(script))
		require.NoError(t, err)
	}
	require.NoError(t, files.Close())
	require.NoError(t, zipped.Close())
	return out.Bytes()
}

// serve is a download address with that archive, under the checksum of sum.
func serve(t *testing.T, content, sum []byte) *httptest.Server {
	digest := sha256.Sum256(sum)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/"+checksumFile:
			fmt.Fprintf(w, "%s  pulumi-v0.0.0-other.tar.gz\n%s  %s\n", strings.Repeat("0", 64), hex.EncodeToString(digest[:]), archiveName())
		case r.URL.Path == "/"+archiveName():
			_, _ = w.Write(content)
		case strings.HasPrefix(r.URL.Path, "/pulumi-resource-aws-v6.83.2-linux-"):
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// ensure runs Ensure as a step, as it is run for real.
func ensure(t *testing.T, s Source) (found Pulumi, kept bool, err error) {
	show, openErr := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, openErr)
	defer show.Close()
	timings, err := step.Runner{Logs: t.TempDir(), Show: step.NewDisplay(show)}.Run(t.Context(), []step.Step{{
		Name: "published", Title: "Pulumi",
		Run: func(ctx context.Context, task *step.Task) (err error) { found, err = s.Ensure(ctx, task); return err },
	}})
	return found, timings[0].Result == "kept", err
}

func TestTheCLIIsFetchedCheckedAndItsPluginsInstalled(t *testing.T) {
	programs := fake.New(t)
	marker := filepath.Join(t.TempDir(), "installed")
	script := "#!/bin/sh\necho \"cli $* in $PULUMI_HOME\" >>" + marker + "\ncase \"$2\" in ls) if [ -e " + marker + ".done ]; then " + listing +
		"; else echo '[]'; fi ;; install) touch " + marker + ".done ;; esac\n"
	content := archive(t, script)
	server := serve(t, content, content)
	source := Source{Store: cache.Store{Root: t.TempDir()}, Releases: server.URL, Plugins: server.URL}

	available, reason := source.Available(t.Context())
	require.True(t, available, reason)
	found, kept, err := ensure(t, source)
	require.NoError(t, err)
	assert.False(t, kept)
	assert.FileExists(t, filepath.Join(found.Bin, "pulumi-language-go"))
	assert.FileExists(t, filepath.Join(found.Bin, "outside"), "no name of the archive leads out of its folder")
	calls, err := os.ReadFile(marker)
	require.NoError(t, err)
	in := " in " + found.Home + "\n"
	assert.Equal(t, "cli plugin ls --json"+in+
		"cli plugin install resource aws 6.83.2 --non-interactive"+in+
		"cli plugin install resource docker 4.10.0 --non-interactive"+in, string(calls))

	again, kept, err := ensure(t, source)
	require.NoError(t, err)
	assert.True(t, kept)
	assert.Equal(t, found, again)
	assert.Empty(t, programs.Calls(t))
}

func TestADownloadWithAnotherChecksumIsNotUsed(t *testing.T) {
	fake.New(t)
	content := archive(t, "#!/bin/sh\n")
	server := serve(t, content, []byte("something else"))
	source := Source{Store: cache.Store{Root: t.TempDir()}, Releases: server.URL, Plugins: server.URL}
	_, _, err := ensure(t, source)
	require.ErrorContains(t, err, ": not used")
	found, globErr := filepath.Glob(filepath.Join(source.Store.Root, "pulumi-published-*"))
	require.NoError(t, globErr)
	assert.Empty(t, found)
}

func TestThePulumiOnPathIsUsedWithTheUsersOwnHome(t *testing.T) {
	programs := fake.New(t)
	programs.Add(t, "pulumi", listing)
	source := Source{Store: cache.Store{Root: t.TempDir()}, Releases: "http://127.0.0.1:1", Plugins: "http://127.0.0.1:1"}
	available, _ := source.Available(t.Context())
	assert.True(t, available, "nothing has to be fetched")
	found, kept, err := ensure(t, source)
	require.NoError(t, err)
	assert.True(t, kept)
	assert.Equal(t, Pulumi{Bin: programs.Dir}, found)
}

func TestWhatCannotBeReachedIsRememberedForADay(t *testing.T) {
	fake.New(t)
	source := Source{Store: cache.Store{Root: t.TempDir()}, Releases: "http://127.0.0.1:1", Plugins: "http://127.0.0.1:1"}
	available, reason := source.Available(t.Context())
	assert.False(t, available)
	assert.Contains(t, reason, "cannot be reached")

	asked := 0
	ask := func() error { asked++; return errors.New("no") }
	for range 3 {
		ok, why := source.Remember("hub", "question", ask)
		assert.False(t, ok)
		assert.Equal(t, "no", why)
	}
	assert.Equal(t, 1, asked)
	source.Remember("hub", "another question", ask)
	assert.Equal(t, 2, asked, "another question has no answer yet")

	file := filepath.Join(source.Store.Root, "answers", "hub.json")
	old := `{"question":"another question","at":"` + time.Now().Add(-25*time.Hour).Format(time.RFC3339) + `"}`
	require.NoError(t, os.WriteFile(file, []byte(old), 0o644))
	ok, _ := source.Remember("hub", "another question", ask)
	assert.False(t, ok)
	assert.Equal(t, 3, asked, "yesterday's answer does not count")
}

func TestReachableTellsARegistrysGreetingFromAnError(t *testing.T) {
	status := http.StatusUnauthorized
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	defer server.Close()
	require.NoError(t, Reachable(t.Context(), server.URL))
	status = http.StatusForbidden
	require.EqualError(t, Reachable(t.Context(), server.URL), server.URL+" answers 403 Forbidden")
}
