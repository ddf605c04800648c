package checkout

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const token = "ghp-s3cret-t0ken"

var header = "Basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+token))

// private is a server with a repository and its private submodule, which both want the token, and the code's address.
func private(t *testing.T) (address string, asked *[]string) {
	t.Helper()
	folder := t.TempDir()
	address, asked = serve(t, folder, header)
	models, code := filepath.Join(folder, "models.git"), filepath.Join(folder, "code.git")
	for _, dir := range []string{models, code} {
		require.NoError(t, os.Mkdir(dir, 0o755))
		run(t, dir, "init", "-q", "-b", "master")
		run(t, dir, "config", "uploadpack.allowFilter", "true")
		commit(t, dir, map[string]string{"a": "1\n"})
	}
	commit(t, code, map[string]string{"a": "2\n", "new": "1\n"})
	addSubmodule(t, code, models, "models")
	commit(t, code, map[string]string{".gitmodules": "[submodule \"models\"]\n\tpath = models\n\turl = ../models.git\n"})
	return address + "/code.git", asked
}

// secret is a Fetcher that reads the token from the ARN "arn".
func secret(cache string) *Fetcher {
	return &Fetcher{Cache: cache, Secret: func(_ context.Context, arn string) (string, error) {
		if arn != "arn" {
			return "", fmt.Errorf("no secret %s", arn)
		}
		return token + "\n", nil
	}}
}

// TestATokenReachesItsHostAndNothingElse fetches a private repository with a private submodule, and looks for the token in
// every file that is left and every argument of every process that was started.
func TestATokenReachesItsHostAndNothingElse(t *testing.T) {
	record := alone(t)
	address, asked := private(t)
	cache := t.TempDir()
	r := Repository{URL: address, Ref: "master", Submodules: true, Token: &Token{Name: "code", ARN: "arn"}}
	files, _ := fetched(t, secret(cache), r)
	assert.Equal(t, map[string]string{"a": "2\n", "new": "1\n", "models/a": "1\n", ".gitmodules": files[".gitmodules"]}, files)
	assert.Contains(t, strings.Join(*asked, " "), "/models.git/git-upload-pack")

	for _, dir := range []string{cache, os.Getenv("HOME")} {
		for name, text := range contents(t, dir) {
			assert.NotContains(t, text, token, name)
			assert.NotContains(t, text, strings.TrimPrefix(header, "Basic "), name)
		}
	}
	var words []string
	for _, each := range append(started(t, record), children(t, record)...) {
		words = append(words, strings.Join(each, " "))
	}
	assert.Contains(t, strings.Join(words, "\n"), "git-remote-https origin "+address, "children are recorded too")
	assert.NotContains(t, strings.Join(words, "\n"), token)
}

// TestHelpersAreNotAsked holds that a token that is refused is not replaced by what a credential helper of the person's knows,
// and that a repository without a token is read with that.
func TestHelpersAreNotAsked(t *testing.T) {
	alone(t)
	address, _ := private(t)
	config := "[credential]\n\thelper = \"!f() { echo username=x-access-token; echo password=" + token + "; }; f\"\n[http]\n\textraHeader = X-Other: 1\n"
	require.NoError(t, os.WriteFile(os.Getenv("GIT_CONFIG_GLOBAL"), []byte(config), 0o644))
	files, _ := fetched(t, &Fetcher{}, Repository{URL: address, Ref: "master"})
	assert.Equal(t, "2\n", files["a"])
	t.Setenv("BOTYARD_TOKEN_CODE", "wrong")
	_, err := (&Fetcher{}).Fetch(t.Context(), Repository{URL: address, Ref: "master", Token: &Token{Name: "code"}})
	assert.ErrorContains(t, err, "its host does not accept the token")
}

func TestTheEnvironmentsTokenComesFirst(t *testing.T) {
	alone(t)
	address, _ := private(t)
	t.Setenv("BOTYARD_TOKEN_FLEET_CODE", token)
	r := Repository{URL: address, Ref: "master", Token: &Token{Name: "fleet-code", ARN: "none"}}
	files, _ := fetched(t, &Fetcher{}, r)
	assert.Equal(t, "2\n", files["a"])
	t.Setenv("BOTYARD_TOKEN_FLEET_CODE", "somebody:"+token)
	_, err := (&Fetcher{}).Fetch(t.Context(), r)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), token)
}

func TestARefusedToken(t *testing.T) {
	alone(t)
	address, _ := private(t)
	for name, test := range map[string]struct {
		token *Token
		value string
		want  string
	}{
		"none": {nil, "", fmt.Sprintf("url: %s cannot be read: could not read Username for '%s': terminal prompts disabled; "+
			"correct the address, or give this machine access: a token over https, a key over ssh", address, strings.TrimSuffix(address, "/code.git"))},
		"a wrong one":         {&Token{Name: "code"}, "wr0ng-token", fmt.Sprintf("url: %s cannot be read: its host does not accept the token; correct the address, or give the token \"code\" access to it", address)},
		"one that is nowhere": {&Token{Name: "code"}, "", `token: the secret "code" cannot be read without AWS; put its value into the environment variable BOTYARD_TOKEN_CODE`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("BOTYARD_TOKEN_CODE", test.value)
			_, err := (&Fetcher{}).Fetch(t.Context(), Repository{URL: address, Ref: "master", Token: test.token})
			require.EqualError(t, err, test.want)
			assert.NotContains(t, err.Error(), "wr0ng")
		})
	}
	_, err := secret("").Fetch(t.Context(), Repository{URL: address, Ref: "master", Token: &Token{Name: "code", ARN: "arm"}})
	assert.EqualError(t, err, `token: the secret "code" cannot be read: no secret arm; correct that, or put its value into the environment variable BOTYARD_TOKEN_CODE`)
	empty := &Fetcher{Secret: func(context.Context, string) (string, error) { return " \n", nil }}
	_, err = empty.Fetch(t.Context(), Repository{URL: address, Ref: "master", Token: &Token{Name: "code"}})
	assert.EqualError(t, err, `token: the secret "code" cannot be read: it is empty; correct that, or put its value into the environment variable BOTYARD_TOKEN_CODE`)
}

// TestRedact holds every form in which git could print a token.
func TestRedact(t *testing.T) {
	g := git{token: "user:" + token}
	assert.Equal(t, "a [secret] b [secret] c [secret]", g.redact("a "+basic(g.token)+" b user:"+token+" c "+token))
	assert.Equal(t, "nothing", git{}.redact("nothing"))
}
