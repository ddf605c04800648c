package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"
)

// digestOfTag asks the registry which digest a tag has.
func digestOfTag(t *testing.T, tag string) string {
	t.Helper()
	digest, err := pulled(t, tag, authn.Anonymous).Digest()
	require.NoError(t, err)
	return digest.String()
}

func assertNotPushed(t *testing.T, tag string) {
	t.Helper()
	ref, err := name.ParseReference(tag)
	require.NoError(t, err)
	_, err = remote.Image(ref)
	assert.ErrorContains(t, err, "NAME_UNKNOWN")
}

func TestSkipPushGivesTheImagesID(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), map[string]string{"app/Dockerfile": dockerfile})
	checked := b.inputs(func(p, _ map[string]any) { p["skipPush"] = true })
	outputs, err := create(t, b.plugin, checked, false)
	require.NoError(t, err)
	image, err := dockerEngine(t).ImageInspect(t.Context(), b.registry+"/bot:1")
	require.NoError(t, err)
	assert.Equal(t, image.ID, outputs["repoDigest"])
	assertNotPushed(t, b.registry+"/bot:1")
}

func TestBuildOnPreviewBuildsAndDoesNotPush(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), map[string]string{"app/Dockerfile": dockerfile})
	outputs, err := create(t, b.plugin, b.inputs(func(p, _ map[string]any) { p["buildOnPreview"] = true }), true)
	require.NoError(t, err)
	assert.Equal(t, unknown{}, outputs["repoDigest"])
	assert.NotContains(t, outputs, "__inputs")
	assert.Contains(t, b.pulumi.shown(), "built in ")
	assertNotPushed(t, b.registry+"/bot:1")

	write(t, "app", map[string]string{"Dockerfile": "ARG PARENT\nFROM ${PARENT}\nRUN [\"/tool\", \"say\", \"1\", \"6\"]\n"})
	_, err = create(t, b.plugin, b.inputs(func(p, _ map[string]any) { p["buildOnPreview"] = true }), true)
	assert.ErrorContains(t, err, "exit code: 6")
}

func TestPrivateRegistry(t *testing.T) {
	registry := startRegistry(t, withLogin("AWS", "right-password"))
	b := newBench(t, registry, map[string]string{"app/Dockerfile": "ARG PARENT\nFROM ${PARENT}\nCOPY Dockerfile /copied\n"})
	// A parent that the engine has never seen, so that it must ask the registry, with the login, for the digest.
	parent, err := random.Image(64, 1)
	require.NoError(t, err)
	ref, err := name.ParseReference(registry + "/parent:1")
	require.NoError(t, err)
	require.NoError(t, remote.Write(ref, parent, remote.WithAuth(&authn.Basic{Username: "AWS", Password: "right-password"})))
	digest, err := parent.Digest()
	require.NoError(t, err)
	with := func(password string) map[string]any {
		return b.inputs(func(p, build map[string]any) {
			p["registry"] = map[string]any{"server": "http://" + registry + "/bot", "username": "AWS", "password": secret{password}}
			build["args"] = map[string]any{"PARENT": registry + "/parent@" + digest.String()}
		})
	}
	_, err = create(t, b.plugin, with("wrong-password"), false)
	require.Error(t, err)
	assert.Contains(t, err.Error(), registry+"/parent@"+digest.String())
	assert.NotContains(t, err.Error(), "wrong-password")

	outputs, err := create(t, b.plugin, with("right-password"), false)
	require.NoError(t, err)
	pushed := pulled(t, outputs["repoDigest"].(string), &authn.Basic{Username: "AWS", Password: "right-password"})
	layers, err := pushed.Layers()
	require.NoError(t, err)
	assert.Len(t, layers, 2)
}

// denied makes a registry refuse every upload, as ECR does without the right to push.
func denied(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"errors":[{"code":"DENIED","message":"not authorized to perform ecr:InitiateLayerUpload"}]}`)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func TestARefusedPushSaysWhyAndHidesThePassword(t *testing.T) {
	b := newBench(t, startRegistry(t, denied), map[string]string{"app/Dockerfile": dockerfile})
	_, err := create(t, b.plugin, b.inputs(func(p, _ map[string]any) {
		p["registry"] = map[string]any{"username": "AWS", "password": "not authorized"} // as if the registry repeated it
	}), false)
	require.Error(t, err)
	assert.Equal(t, "pushing "+b.registry+"/bot:1: the registry refuses the login: check registry.username and registry.password, "+
		"or run docker login: denied: [secret] to perform ecr:InitiateLayerUpload", status.Convert(err).Message())
}

// immutable makes a registry refuse every second push under a tag, even of the same digest: the strictest reading of an
// immutable tag.
func immutable(next http.Handler) http.Handler {
	var mu sync.Mutex
	taken := map[string]bool{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method != http.MethodPut || !strings.Contains(r.URL.Path, "/manifests/") || strings.Contains(r.URL.Path, "sha256:") {
			next.ServeHTTP(w, r)
			return
		}
		if taken[r.URL.Path] {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"errors":[{"code":"TAG_INVALID","message":"the tag is immutable"}]}`)
			return
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		taken[r.URL.Path] = answer.Code < 300
		for key, values := range answer.Header() {
			w.Header()[key] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

func TestImmutableTags(t *testing.T) {
	b := newBench(t, startRegistry(t, immutable), contextFiles)
	write(t, "app", map[string]string{"Dockerfile": dockerfile})
	first, err := create(t, b.plugin, b.inputs(nil), false)
	require.NoError(t, err)
	again, err := create(t, b.plugin, b.inputs(nil), false)
	require.NoError(t, err, "the same image under the same tag is a success")
	assert.Equal(t, first["repoDigest"], again["repoDigest"])
	assert.Contains(t, b.pulumi.shown(), "the registry holds this very image already: "+first["repoDigest"].(string))

	write(t, "app", map[string]string{"main.py": "print(2)\n"})
	_, err = create(t, b.plugin, b.inputs(func(p, _ map[string]any) { p["imageName"] = b.registry + "/bot:2" }), false)
	require.NoError(t, err)
	_, err = create(t, b.plugin, b.inputs(nil), false) // known in this repository, but not under this tag
	require.Error(t, err)
	assert.Contains(t, err.Error(), "the registry holds another image under this tag and keeps its tags")
}

func TestHalfALoginIsWarnedOf(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), map[string]string{"app/Dockerfile": dockerfile})
	_, err := create(t, b.plugin, b.inputs(func(p, build map[string]any) {
		p["registry"], build["platform"] = map[string]any{"username": "AWS"}, defaultPlatform()
	}), false)
	require.NoError(t, err)
	require.Len(t, b.pulumi.kept(), 1)
	assert.Contains(t, b.pulumi.kept()[0], "WARNING "+testURN+" registry.username and registry.password go together")
}

func TestARegistryThatIsNotThereIsNamed(t *testing.T) {
	b := newBench(t, "localhost:1", map[string]string{"app/Dockerfile": dockerfile})
	_, err := create(t, b.plugin, b.inputs(nil), false)
	assert.ErrorContains(t, err, "pushing localhost:1/bot:1: ")
}
