package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/moby/moby/client"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
)

// dockerEngine gives the engine of this machine. Without one the test is skipped, or fails where CI=true.
func dockerEngine(t *testing.T) *client.Client {
	t.Helper()
	engine, err := connect(t.Context(), "", "", true)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI=true allows no skipping: %v", err)
		}
		fmt.Fprintf(os.Stderr, "\n*** SKIPPED %s, no image was built: %v\n\n", t.Name(), err)
		t.Skip(err)
	}
	t.Cleanup(func() { engine.Close() })
	return engine
}

// startRegistry runs a registry on the loopback interface for one test and returns its name, localhost:port. Its handler is
// wrapped, where wrap is given.
func startRegistry(t *testing.T, wrap func(http.Handler) http.Handler) string {
	t.Helper()
	handler := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return strings.Replace(server.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
}

// withLogin makes a registry ask for a login, as ECR does.
func withLogin(username, password string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if gotName, gotPassword, _ := r.BasicAuth(); gotName != username || gotPassword != password {
				w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
				w.WriteHeader(http.StatusUnauthorized)
				fmt.Fprint(w, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// toolBinary compiles testdata/tool once for all tests.
var toolBinary = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "botyard-tool")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "tool")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", file, "testdata/tool/main.go")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return os.ReadFile(file)
})

// toolImage imports an image that holds /tool, and a file that makes it like no other, so that no step built on it can come
// from the engine's cache. Nothing is pulled from anywhere.
// It must be called before the test changes its folder.
func toolImage(t *testing.T, engine *client.Client) string {
	t.Helper()
	binary, err := toolBinary()
	require.NoError(t, err)
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	require.NoError(t, writer.WriteHeader(&tar.Header{Name: "tool", Mode: 0o755, Size: int64(len(binary)), Typeflag: tar.TypeReg}))
	_, err = writer.Write(binary)
	require.NoError(t, err)
	unique := strings.ToLower(rand.Text())
	require.NoError(t, writer.WriteHeader(&tar.Header{Name: "unique", Mode: 0o644, Size: int64(len(unique)), Typeflag: tar.TypeReg}))
	_, err = io.WriteString(writer, unique)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	image := "botyard-test/tool:" + unique
	answer, err := engine.ImageImport(t.Context(), client.ImageImportSource{Source: &archive, SourceName: "-"}, image, client.ImageImportOptions{})
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, answer)
	require.NoError(t, err)
	require.NoError(t, answer.Close())
	removeLater(t, engine, image)
	return image
}

// removeLater removes the images of a registry or a name from the engine after the test. The engine's build cache stays: it
// belongs to all who use this engine.
func removeLater(t *testing.T, engine *client.Client, names string) {
	t.Cleanup(func() {
		ctx := context.Background()
		list, err := engine.ImageList(ctx, client.ImageListOptions{Filters: client.Filters{}.Add("reference", names)})
		require.NoError(t, err)
		for _, image := range list.Items {
			for _, reference := range append(image.RepoTags, image.RepoDigests...) {
				if !strings.Contains(reference, "<none>") {
					_, _ = engine.ImageRemove(ctx, reference, client.ImageRemoveOptions{Force: true})
				}
			}
		}
	})
}

// create runs Create and returns the outputs.
func create(t *testing.T, plugin pulumirpc.ResourceProviderClient, checked map[string]any, preview bool) (map[string]any, error) {
	t.Helper()
	response, err := plugin.Create(t.Context(), &pulumirpc.CreateRequest{Urn: testURN, Properties: encodeProperties(checked), Preview: preview})
	if err != nil {
		return nil, err
	}
	outputs, err := decodeProperties(response.GetProperties())
	require.NoError(t, err)
	return outputs, nil
}

// pulled reads an image out of a registry, by name or digest.
func pulled(t *testing.T, reference string, login authn.Authenticator) v1.Image {
	t.Helper()
	ref, err := name.ParseReference(reference)
	require.NoError(t, err)
	image, err := remote.Image(ref, remote.WithAuth(login))
	require.NoError(t, err)
	return image
}

// filesOf lists the files of an image in a registry with their headers.
func filesOf(t *testing.T, reference string) map[string]*tar.Header {
	t.Helper()
	stream := mutate.Extract(pulled(t, reference, authn.Anonymous))
	defer stream.Close()
	out := map[string]*tar.Header{}
	for reader := tar.NewReader(stream); ; {
		header, err := reader.Next()
		if err == io.EOF {
			return out
		}
		require.NoError(t, err)
		if header.Typeflag != tar.TypeDir {
			out[strings.TrimPrefix(header.Name, "/")] = header
		}
	}
}
