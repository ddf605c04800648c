package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o644))
	return path
}

func uploader(b *bucket) (Uploader, *quiet) {
	q := &quiet{}
	if b.uploads == nil {
		b.uploads = map[string]*upload{}
	}
	return Uploader{API: b, Bucket: "models", Meter: func(int64) Meter { *q = quiet{}; return q }}, q
}

func TestAFileBecomesAVersion(t *testing.T) {
	b := &bucket{}
	u, meter := uploader(b)
	s := file(t, "g.tar.gz", 'a')
	require.Equal(t, 3, s.parts())
	done, err := u.Put(t.Context(), "greetings", s)
	require.NoError(t, err)
	require.Equal(t, Uploaded{Version: "v2"}, done)
	require.Equal(t, s.Size, meter.bytes)
	require.Len(t, b.versions, 1)
	made := b.versions[0]
	content := sha256.Sum256(made.content)
	require.Equal(t, s.SHA256, hex.EncodeToString(content[:]), "the parts in order")
	require.Equal(t, map[string]string{"sha256": s.SHA256, "file": "g.tar.gz"}, made.noted)
	require.Equal(t, "keep=no", made.tags)

	b.calls = nil
	done, err = u.Put(t.Context(), "greetings", s)
	require.NoError(t, err)
	require.Equal(t, Uploaded{Version: "v2", At: made.at, Same: true}, done)
	require.Empty(t, b.calls, "the same file again uploads nothing")
	done, err = u.Put(t.Context(), "greetings", file(t, "other.tar.gz", 'a'))
	require.NoError(t, err)
	require.False(t, done.Same, "a service finds it under another name")
}

func TestAnUploadThatBrokeOffGoesOn(t *testing.T) {
	b := &bucket{breakAt: 3}
	u, meter := uploader(b)
	s := file(t, "g.tar.gz", 'a')
	_, err := u.Put(t.Context(), "greetings", s)
	require.EqualError(t, err, "the upload broke off: part 3 of 3: connection reset; the same command goes on from here")
	require.Empty(t, b.versions)
	there := len(b.calls) - 1 // besides "begin"
	require.Equal(t, 2, there)

	b.calls, b.breakAt = nil, 0
	done, err := u.Put(t.Context(), "greetings", s)
	require.NoError(t, err)
	require.Equal(t, []string{"part 3", "complete v1"}, b.calls)
	require.Equal(t, Uploaded{Version: "v2", There: 2 * s.Part}, done)
	require.Equal(t, s.Size, meter.bytes)
}

func TestPartsThatAreNotTheFilesAreNotTaken(t *testing.T) {
	b := &bucket{breakAt: 3}
	u, _ := uploader(b)
	s := file(t, "g.tar.gz", 'a')
	_, err := u.Put(t.Context(), "greetings", s)
	require.Error(t, err)
	b.uploads["v1"].parts[2] = bytes.Repeat([]byte("x"), int(s.Part))
	b.calls, b.breakAt = nil, 0
	done, err := u.Put(t.Context(), "greetings", s)
	require.NoError(t, err)
	require.Equal(t, "begin v2", b.calls[0])
	require.Zero(t, done.There)
}

func TestAnotherFilesUploadIsLeftAlone(t *testing.T) {
	b := &bucket{breakAt: 3}
	u, _ := uploader(b)
	_, err := u.Put(t.Context(), "greetings", file(t, "g.tar.gz", 'a'))
	require.Error(t, err)
	_, err = u.Put(t.Context(), "greetings-long", file(t, "g.tar.gz", 'b')) // whose name begins with the other's
	require.Error(t, err)
	b.calls, b.breakAt = nil, 0
	done, err := u.Put(t.Context(), "greetings", file(t, "g.tar.gz", 'b'))
	require.NoError(t, err)
	require.Zero(t, done.There)
	slices.Sort(b.calls)
	require.Equal(t, []string{"begin v3", "complete v3", "part 1", "part 2", "part 3"}, b.calls)
	require.Len(t, b.uploads, 2)
}

// TestAnUploadOfAnotherFileWithTheSamePartsIsTakenBack forces the case that the size of the parts rules out: the version says
// of itself that it is another file.
func TestAnUploadOfAnotherFileWithTheSamePartsIsTakenBack(t *testing.T) {
	b := &bucket{breakAt: 3}
	u, _ := uploader(b)
	s := file(t, "g.tar.gz", 'a')
	_, err := u.Put(t.Context(), "greetings", s)
	require.Error(t, err)
	b.uploads["v1"].noted = map[string]string{"sha256": "other", "file": "g.tar.gz"}
	b.calls, b.breakAt = nil, 0
	done, err := u.Put(t.Context(), "greetings", s)
	require.NoError(t, err)
	require.Equal(t, "v4", done.Version)
	require.Equal(t, []string{"part 3", "complete v1", "delete v2", "begin v3"}, b.calls[:4])
	require.Len(t, b.versions, 1)
	require.Equal(t, s.SHA256, b.versions[0].noted["sha256"])
}

func TestTheSizeOfPartsTellsFilesApart(t *testing.T) {
	a, b := file(t, "g", 'a'), file(t, "g", 'b')
	require.Equal(t, a.Size, b.Size)
	require.NotEqual(t, a.Part, b.Part)
	for _, size := range []int64{1, 5 << 20, 100 << 20, 80 << 30, 5 << 40} {
		for _, sum := range [][]byte{{0, 0, 0}, {255, 255, 255}} {
			part := partSize(size, sum)
			assert.GreaterOrEqual(t, part, int64(5<<20))
			assert.LessOrEqual(t, (size+part-1)/part, int64(10000), size)
		}
	}
}

func TestAFileThatChangesIsNotUploaded(t *testing.T) {
	b := &bucket{}
	u, _ := uploader(b)
	s := file(t, "g", 'a')
	require.NoError(t, os.Chtimes(s.file.Name(), time.Now(), time.Now().Add(time.Hour)))
	_, err := u.Put(t.Context(), "greetings", s)
	require.EqualError(t, err, s.file.Name()+" has changed while it was uploaded, so that nothing new is there; run the command again when it is written")
	require.Empty(t, b.versions)
}

func TestWhatIsNoModelIsRefused(t *testing.T) {
	open := func(path string) error {
		_, err := Open(t.Context(), path, func(int64) Meter { return &quiet{} })
		return err
	}
	folder := t.TempDir()
	assert.EqualError(t, open(folder), folder+" is no file; a model is one file: pack a folder first, such as tar -czf model.tar.gz folder")
	empty := write(t, "empty", nil)
	assert.EqualError(t, open(empty), empty+" is empty; right would be a trained model")
	assert.EqualError(t, open(write(t, "my model", []byte("x"))), `the file's name "my model" would be its name in the container, which takes letters, digits and . _ - (at most 128); rename it`)
	assert.ErrorContains(t, open(filepath.Join(folder, "none")), "cannot read the model: open ")
}

func TestMetersTellEachTenth(t *testing.T) {
	var out bytes.Buffer
	Reading(&out, 2_000_000).Add(2_000_000)
	m := Uploading(&out, 2_000_000)
	for range 4 {
		m.Add(490_000)
	}
	m.Add(40_000)
	m.Done()
	require.Equal(t, "uploading: 20% of 2.0 MB\nuploading: 40% of 2.0 MB\nuploading: 70% of 2.0 MB\nuploading: 90% of 2.0 MB\nuploading: 100% of 2.0 MB\n", out.String())
	require.Equal(t, []string{"999 bytes", "1.0 kB", "312.4 MB", "1.5 GB"}, []string{size(999), size(1000), size(312_400_000), size(1_500_000_000)})
}

func TestWhatBecameOfAFileIsTold(t *testing.T) {
	s := Stack{Name: "prod", Models: []string{"greetings"}, Takes: map[string][]string{"greetings": {"actions", "bot"}}}
	source := &Source{Name: "g.tar.gz", Size: 312_400_000, SHA256: "ab12"}
	assert.Equal(t, `greetings: uploaded g.tar.gz, 312.4 MB in 41 s; 100.0 MB of it were there already
  version  v7
  sha256   ab12
The next make up STACK=prod gives it to: actions, bot
`, s.Report("greetings", source, Uploaded{Version: "v7", There: 100_000_000}, 41*time.Second))
	s.Takes, s.Name = nil, "local"
	assert.Equal(t, `greetings: its newest version is this file already, since 2026-11-26 12:00 UTC; nothing was uploaded
  version  v7
  sha256   ab12
No service takes the newest version of greetings; one that is to have this one says models: {<VARIABLE>: {name: greetings, version: v7}}
`, s.Report("greetings", source, Uploaded{Version: "v7", At: noon, Same: true}, time.Second))
}
