package setup

import (
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/stack"
)

// checkout is a clone with as much in it as a plan reads.
func checkout(t *testing.T, s *Setup) {
	s.Port = freePort(t)
	put(t, s.Clone.Path("Pulumi.prod.yaml"), "config: {botyard:baseImages: {python: docker.io/library/python@sha256:abc}}")
	put(t, s.Clone.Path("Pulumi.local.yaml"), "config: {botyard:baseImages: {python: 'botyard/python:3.11-bookworm'}}")
	for _, file := range []string{
		"go.mod", "go.sum", "cmd/yard-aws/main.go", "cmd/language-go/main.go", "internal/x.go", "cli/go.mod", "language-go/go.mod", "plugin-aws/build.sh",
		"plugin-docker/main.go", "emulator/requirements.txt",
	} {
		put(t, s.Clone.Path("toolchain", file), file)
	}
}

// freePort is one on which nothing listens.
func freePort(t *testing.T) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func names(p Plan) string {
	var list []string
	for _, s := range p.steps {
		list = append(list, s.Name)
	}
	return strings.Join(list, " ")
}

func TestThePlanOfEachModeAndScope(t *testing.T) {
	s, programs := setup(t)
	programs.Add(t, "python3", "echo 3.11")
	checkout(t, &s)
	p, err := s.Plan(t.Context(), Machine)
	require.NoError(t, err)
	assert.Equal(t, "docker-engine plugin-aws pulumi-cli program plugin-docker language-go-host language-go yard-aws pulumi-home "+
		"image-python image-postgres emulator-venv emulator", names(p))
	assert.Equal(t, filepath.Join(p.ready.Pulumi.Home, "bin"), p.ready.Pulumi.Bin)

	p, err = s.Plan(t.Context(), Tools)
	require.NoError(t, err)
	assert.Equal(t, "plugin-aws pulumi-cli program plugin-docker language-go-host language-go yard-aws pulumi-home", names(p))
	p, err = s.Plan(t.Context(), Asking)
	require.NoError(t, err)
	assert.Equal(t, "yard-aws", names(p))

	s.Mode = "published"
	p, err = s.Plan(t.Context(), Tools)
	require.NoError(t, err)
	assert.Equal(t, "pulumi-published program yard-aws", names(p))
}

func TestABaseImageOfStackLocalThatProdDoesNotHave(t *testing.T) {
	s, programs := setup(t)
	programs.Add(t, "python3", "echo 3.11")
	checkout(t, &s)
	put(t, s.Clone.Path("Pulumi.local.yaml"), "config: {botyard:baseImages: {go: 'botyard/go:1.26'}}")
	_, err := s.Plan(t.Context(), Machine)
	require.EqualError(t, err, "botyard:baseImages.go is in Pulumi.local.yaml and not in Pulumi.prod.yaml, so there is nothing to pull or stand in for")
}

// TestEveryBaseImageHasAStandIn holds that the repository's own stack can be set up without Docker Hub.
func TestEveryBaseImageHasAStandIn(t *testing.T) {
	const root = "../../.."
	images, err := stack.BaseImages(root, "local")
	require.NoError(t, err)
	assert.Equal(t, []string{"go", "python"}, slices.Sorted(maps.Keys(images)))
	for _, name := range append(slices.Collect(maps.Keys(images)), "postgres") {
		info, err := os.Stat(filepath.Join(root, "toolchain", "baseimages", name+".sh"))
		require.NoError(t, err)
		assert.NotZero(t, info.Mode()&0o100, "%s.sh can be run", name)
	}
}

func TestTheEmulatorIsRestartedWhenItsCodeChanges(t *testing.T) {
	s, programs := setup(t)
	programs.Add(t, "python3", "echo 3.11")
	checkout(t, &s)
	one, err := s.Plan(t.Context(), Machine)
	require.NoError(t, err)
	put(t, s.Clone.Path("toolchain/emulator/run.py"), "changed")
	two, err := s.Plan(t.Context(), Machine)
	require.NoError(t, err)
	assert.NotEqual(t, one.ready.Emulator.Code, two.ready.Emulator.Code)
	assert.Equal(t, one.ready.Emulator.Python, two.ready.Emulator.Python, "its packages are the same")
}
