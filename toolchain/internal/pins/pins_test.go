package pins

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const oldDigest = "sha256:a688600ca24f8a4d3ca77f95b0dd40704a9fc787c826660eb7ba0b641b8b175d"

// hub is a registry in memory; index is the digest of its library/python:3.11, an index for two platforms.
func hub(t *testing.T) (host, index string) {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	host = strings.TrimPrefix(server.URL, "http://")
	pushed, err := random.Index(64, 1, 2)
	require.NoError(t, err)
	tag, err := name.NewTag(host + "/library/python:3.11")
	require.NoError(t, err)
	require.NoError(t, remote.WriteIndex(tag, pushed))
	digest, err := pushed.Digest()
	require.NoError(t, err)
	return host, digest.String()
}

func read(t *testing.T, text string) []Pin {
	t.Helper()
	pins, err := Read([]byte(text))
	require.NoError(t, err)
	return pins
}

func TestTheNewestDigestStandsBesideThePinned(t *testing.T) {
	host, index := hub(t)
	list := read(t, fmt.Sprintf(`config:
  aws:region: us-east-1
  botyard:baseImages: {python: "%[1]s/library/python:3.11@%[2]s", same: '%[1]s/library/python:3.11@%[3]s', local: "botyard/go:1.26"}
`, host, oldDigest, index))
	Look(t.Context(), list, Within)
	for _, pin := range list {
		require.NoError(t, pin.Err)
	}
	assert.Equal(t, []bool{true, false, false}, []bool{list[0].Newer(), list[1].Newer(), list[2].Newer()})
	assert.Equal(t, index, list[0].Newest)
	var text bytes.Buffer
	require.NoError(t, Print(&text, "Pulumi.prod.yaml", list))
	short := strings.TrimPrefix(index, "sha256:")[:12]
	assert.Equal(t, strings.Join([]string{
		"Pulumi.prod.yaml  PINNED        NEWEST                    IMAGE",
		"  python          a688600ca24f  " + short + "              " + host + "/library/python:3.11",
		"  same            " + short + "  the same                  " + host + "/library/python:3.11",
		"  local           –             an image of this machine  botyard/go:1.26", "",
	}, "\n"), text.String())
}

// TestNothingButTheDigestsChanges writes a file with all that an editor could lose.
func TestNothingButTheDigestsChanges(t *testing.T) {
	const newDigest = "sha256:0000000000000000000000000000000000000000000000000000000000000001"
	const other = "sha256:0000000000000000000000000000000000000000000000000000000000000002"
	before := `# The first line.
config:
    aws:region:   us-east-1   # odd spaces
    # The tag of go@` + oldDigest + ` is old.
    botyard:baseImages:
        go:     docker.io/library/golang:1.26@` + oldDigest + `   # why
        "ägypten": "docker.io/library/python:3.11@` + oldDigest + `"
        flow: {a: 1}
    botyard:tags: {"digest": "` + oldDigest + `", b: 'docker.io/library/golang:1.26@` + oldDigest + `'}
`
	_, err := Read([]byte(before))
	require.EqualError(t, err, "botyard:baseImages.flow is no text on a line of its own")
	before = strings.Replace(before, "        flow: {a: 1}\n", "        none: null\n", 1)
	list := read(t, before)
	require.Len(t, list, 2)
	list[0].Newest, list[1].Newest = newDigest, other
	after, err := Write([]byte(before), list)
	require.NoError(t, err)
	want := strings.Replace(before, "golang:1.26@"+oldDigest+"   #", "golang:1.26@"+newDigest+"   #", 1)
	want = strings.Replace(want, "python:3.11@"+oldDigest, "python:3.11@"+other, 1)
	assert.Equal(t, want, string(after))

	list[0].Newest, list[1].Newest = oldDigest, "" // the same, and not looked up
	after, err = Write([]byte(before), list)
	require.NoError(t, err)
	assert.Equal(t, before, string(after))
}

func TestTwoOnOneLine(t *testing.T) {
	before := `config: {"botyard:baseImages": {ü: "a/b:1@` + oldDigest + `", c: 'a/b:1@` + oldDigest + `', plain: docker.io/x/y:2}}`
	list := read(t, before)
	list[0].Newest, list[1].Newest, list[2].Newest = "sha256:1", "sha256:22", "sha256:333"
	after, err := Write([]byte(before), list)
	require.NoError(t, err)
	assert.Equal(t, `config: {"botyard:baseImages": {ü: "a/b:1@sha256:1", c: 'a/b:1@sha256:22', plain: docker.io/x/y:2@sha256:333}}`, string(after))
}

func TestAReferenceThatIsNotWrittenOut(t *testing.T) {
	list := read(t, "config:\n  botyard:baseImages:\n    go: >-\n      docker.io/x/y:2@"+oldDigest+"\n")
	list[0].Newest = "sha256:1"
	_, err := Write([]byte("config:\n  botyard:baseImages:\n    go: >-\n      docker.io/x/y:2@"+oldDigest+"\n"), list)
	require.EqualError(t, err, "line 3: the reference of go is not written out there; write it on one line, without escapes")
}

// TestARegistryThatDoesNotAnswerHidesNoOther holds what is said of each kind of failure.
func TestARegistryThatDoesNotAnswerHidesNoOther(t *testing.T) {
	host, index := hub(t)
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(refusing.Close)
	hung := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(hung.Close)
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	refused, silent := strings.TrimPrefix(refusing.URL, "http://"), strings.TrimPrefix(hung.URL, "http://")
	list := read(t, fmt.Sprintf(`config:
  botyard:baseImages:
    gone: %[1]s/library/python:2.7@%[2]s
    untagged: %[1]s/library/python@%[2]s
    odd: "%[1]s/library/Python:3@%[2]s"
    closed: 127.0.0.1:1/app:1@%[2]s
    refused: %[3]s/app:1@%[2]s
    silent: %[4]s/app:1@%[2]s
    good: %[1]s/library/python:3.11@%[2]s
`, host, oldDigest, refused, silent))
	began := time.Now()
	Look(t.Context(), list, time.Second)
	assert.Less(t, time.Since(began), 5*time.Second)
	said := map[string]string{}
	for _, pin := range list {
		if pin.Err != nil {
			said[pin.Name] = pin.Err.Error()
			assert.Empty(t, pin.Newest)
		}
	}
	assert.Equal(t, index, list[6].Newest)
	assert.Equal(t, "gone: "+host+" has no library/python:2.7: the tag may be gone; choose one that is kept", said["gone"])
	assert.Equal(t, "untagged: "+host+"/library/python has no tag that could be looked up; write it as "+host+"/library/python:<tag>@sha256:…", said["untagged"])
	assert.Contains(t, said["odd"], `odd: "`+host+`/library/Python:3" is no image reference: `)
	assert.Contains(t, said["closed"], "closed: 127.0.0.1:1 cannot be reached: ")
	assert.Contains(t, said["refused"], "refused: "+refused+" refuses to tell of app: ")
	assert.Contains(t, said["refused"], "; log in with docker login "+refused)
	assert.Contains(t, said["silent"], "silent: "+silent+" does not answer in time: ")
	assert.Len(t, said, 6)
}

func TestAFileWithoutBaseImages(t *testing.T) {
	assert.Empty(t, read(t, "config:\n  botyard:baseImages:\n"))
	assert.Empty(t, read(t, "config:\n  aws:region: x\n"))
	_, err := Read([]byte("config: {botyard:baseImages: [a]}"))
	assert.EqualError(t, err, "botyard:baseImages is no map of names to images")
	_, err = Read([]byte("config: ["))
	assert.Error(t, err)
}
