package models_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/events"
	"botyard/warden/internal/models"
	"botyard/warden/internal/s3test"
)

// bench is a store on an empty folder and a server, and what it logs.
type bench struct {
	*models.Store
	server *s3test.Server
	held   []models.Held // so that nothing closes their files
	mutex  sync.Mutex
	log    bytes.Buffer
}

func (b *bench) Write(line []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.log.Write(line)
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{server: s3test.New()}
	t.Cleanup(b.server.Close)
	for name, value := range map[string]string{
		"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_ENDPOINT_URL": b.server.URL, "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
	store, err := models.Open(t.Context(), t.TempDir(), events.NewLogger(b, "bot"))
	require.NoError(t, err)
	b.Store = store
	b.Stall, b.Patience = 200*time.Millisecond, 2*time.Second
	b.Free = func(string) (int64, error) { return 1 << 40, nil }
	return b
}

func (b *bench) logged() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.log.String()
}

// put keeps random content as a version of the model "greetings".
func (b *bench) put(version string, size int) models.File {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(rand.Int())
	}
	sum := b.server.Put("models", "greetings", version, content)
	return models.File{Variable: "MODEL", Bucket: "models", Key: "greetings", Version: version, SHA256: sum, Size: int64(size), File: "g.tar.gz"}
}

// whole holds that the file is the one that was asked for, for reading only, and that nothing is left of its transfer.
func (b *bench) whole(t *testing.T, f models.File, held models.Held) {
	t.Helper()
	require.Equal(t, filepath.Join(b.Folder, f.SHA256, "g.tar.gz"), held.Path)
	content, err := os.ReadFile(held.Path)
	require.NoError(t, err)
	require.Equal(t, f.SHA256, b.server.Put("models", "check", "v", content))
	info, err := os.Stat(held.Path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o444), info.Mode())
	require.NoFileExists(t, filepath.Join(b.Folder, f.SHA256+".part"))
}

func TestAModelIsFetchedOnceAndThenFound(t *testing.T) {
	b := newBench(t)
	f := b.put("v1", 3<<20)
	held, err := b.Get(t.Context(), f)
	require.NoError(t, err)
	b.whole(t, f, held)
	require.Contains(t, b.logged(), `"fetched":3145728`)
	again, err := b.Get(t.Context(), f)
	require.NoError(t, err)
	require.Equal(t, held.Path, again.Path)
	require.Equal(t, []string{"models/greetings v1 0"}, b.server.Got(), "one that is here is asked for no more")
	require.Contains(t, b.logged(), `"fetched":0`)
	require.Contains(t, b.logged(), `"source":"warden"`)

	other := b.put("v2", 10)
	environ, held2, err := b.GetAll(t.Context(), []models.File{f, {Variable: "NEW", Bucket: "models", Key: "greetings", Version: "v2", SHA256: other.SHA256, Size: 10, File: "new"}})
	require.NoError(t, err)
	require.Len(t, held2, 2)
	require.Equal(t, []string{"MODEL=" + held.Path, "NEW=" + filepath.Join(b.Folder, other.SHA256, "new")}, environ)
}

func TestATransferThatBreaksGoesOnFromThere(t *testing.T) {
	b := newBench(t)
	f := b.put("v1", 1<<20)
	b.server.Then(s3test.Fault{Cut: 400_000}, s3test.Fault{Status: http.StatusServiceUnavailable, Code: "SlowDown"}, s3test.Fault{Late: time.Hour}, s3test.Fault{Cut: 300_000, Hold: time.Hour})
	held, err := b.Get(t.Context(), f)
	require.NoError(t, err)
	b.whole(t, f, held)
	require.Equal(t, []string{"models/greetings v1 0", "models/greetings v1 400000", "models/greetings v1 400000", "models/greetings v1 400000", "models/greetings v1 700000"}, b.server.Got())
	require.Contains(t, b.logged(), `"fetched":1048576`)
	require.Equal(t, 2, strings.Count(b.logged(), "nothing came for 200ms"), "a connection that brings nothing is cut, before and after its first byte")
	require.Equal(t, 4, strings.Count(b.logged(), `"event":"fetch-failed"`))
}

func TestANewTaskGoesOnWhereAnEarlierOneEnded(t *testing.T) {
	b := newBench(t)
	f := b.put("v1", 1000)
	b.Patience = 0
	b.server.Then(s3test.Fault{Cut: 600})
	_, err := b.Get(t.Context(), f)
	require.EqualError(t, err, "model greetings, version v1: 600 of 1000 bytes are here, and nothing more has come for 0s: unexpected EOF")
	held, err := b.Get(t.Context(), f)
	require.NoError(t, err)
	b.whole(t, f, held)
	require.Equal(t, "models/greetings v1 600", b.server.Got()[len(b.server.Got())-1])
}

func TestAnAnswerWithAllOfItIsTakenFromTheBeginning(t *testing.T) {
	b := newBench(t)
	f := b.put("v1", 1000)
	b.server.Then(s3test.Fault{Cut: 600}, s3test.Fault{Whole: true})
	held, err := b.Get(t.Context(), f)
	require.NoError(t, err)
	b.whole(t, f, held)
}

func TestWhatNoOtherTryMendsIsNotTriedAgain(t *testing.T) {
	b := newBench(t)
	f := b.put("v1", 1000)
	b.server.Then(s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied"})
	_, err := b.Get(t.Context(), f)
	require.ErrorContains(t, err, "AccessDenied")
	require.ErrorContains(t, err, "it is not tried again")
	gone := f
	gone.Version = "v0"
	_, err = b.Get(t.Context(), gone)
	require.ErrorContains(t, err, "model greetings, version v0: ")
	require.ErrorContains(t, err, "NoSuchVersion")
	longer := f
	longer.Size++
	_, err = b.Get(t.Context(), longer)
	require.EqualError(t, err, "model greetings, version v1: S3 has 1000 bytes of it, not 1001; it is not tried again")
	require.Len(t, b.server.Got(), 3)
}

func TestContentThatIsNotWhatWasUploadedIsRefused(t *testing.T) {
	b := newBench(t)
	f := b.put("v1", 1000)
	b.server.Put("models", "greetings", "v1", bytes.Repeat([]byte("x"), 1000))
	_, err := b.Get(t.Context(), f)
	require.ErrorContains(t, err, "what S3 has is not what was uploaded: its SHA-256 is ")
	require.ErrorContains(t, err, ", not "+f.SHA256)
	require.Len(t, b.server.Got(), 2, "it may have gone on from damage, so that it is fetched once more")
	require.NoFileExists(t, filepath.Join(b.Folder, f.SHA256, "g.tar.gz"))
	require.NoFileExists(t, filepath.Join(b.Folder, f.SHA256+".part"))
}

func TestDamageOnTheHostIsFetchedAgain(t *testing.T) {
	b := newBench(t)
	f := b.put("v1", 1000)
	require.NoError(t, os.WriteFile(filepath.Join(b.Folder, f.SHA256+".part"), bytes.Repeat([]byte("x"), 400), 0o644))
	held, err := b.Get(t.Context(), f)
	require.NoError(t, err, "a damaged part is left")
	b.whole(t, f, held)
	require.Equal(t, []string{"models/greetings v1 400", "models/greetings v1 0"}, b.server.Got())
	require.NoError(t, os.WriteFile(filepath.Join(b.Folder, f.SHA256+".part"), bytes.Repeat([]byte("x"), 4000), 0o644))

	running, err := os.Open(held.Path)
	require.NoError(t, err)
	defer running.Close()
	require.NoError(t, os.Chmod(held.Path, 0o644))
	require.NoError(t, os.WriteFile(held.Path, bytes.Repeat([]byte("y"), 1000), 0o644))
	_, err = b.Get(t.Context(), f)
	require.NoError(t, err)
	b.whole(t, f, held)
	require.Len(t, b.server.Got(), 3)
	require.Contains(t, b.logged(), "the file that this host has of the model is not as it was")
}

func TestTwoTasksFetchOnce(t *testing.T) {
	b := newBench(t)
	f := b.put("v1", 1<<20)
	b.server.Then(s3test.Fault{Cut: 1000, Hold: 150 * time.Millisecond})
	var all sync.WaitGroup
	for range 4 { // each with descriptors of its own, as processes have
		all.Go(func() {
			held, err := b.Get(t.Context(), f)
			assert.NoError(t, err)
			assert.FileExists(t, held.Path)
		})
	}
	all.Wait()
	require.Equal(t, []string{"models/greetings v1 0", "models/greetings v1 1000"}, b.server.Got())
	require.Contains(t, b.logged(), "waiting for another task of this host that fetches the model")
	require.Equal(t, 1, strings.Count(b.logged(), `"fetched":1048576`))
	require.Equal(t, 3, strings.Count(b.logged(), `"fetched":0`))
}

func TestAFolderThatCannotBeUsedSaysWhatWouldBeRight(t *testing.T) {
	b := newBench(t)
	f := b.put("v1", 1000)
	b.Folder = filepath.Join(b.Folder, "none")
	_, err := b.Get(t.Context(), f)
	id := os.Getuid()
	require.EqualError(t, err, fmt.Sprintf("the folder for models cannot be used: open %s/%s.use: no such file or directory; right would be a volume that user %d may write to: "+
		"the image has to have the folder as that user's own (RUN install -d -o %d -g %d %s), as the layer base has", b.Folder, f.SHA256, id, id, os.Getgid(), b.Folder))
}
