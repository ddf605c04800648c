package setup

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/clone"
	"botyard/toolchain/internal/fake"
	"botyard/toolchain/internal/step"
)

func setup(t *testing.T) (Setup, *fake.Programs) {
	programs := fake.New(t)
	c := clone.Clone{Root: t.TempDir(), Cache: t.TempDir()}
	require.NoError(t, os.MkdirAll(c.Own("logs"), 0o755))
	return Setup{Clone: c, Store: cache.Store{Root: c.Cache}, Mode: "build", Port: 4566}, programs
}

func put(t *testing.T, path, text string) {
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

func TestDownRemovesWhatIsOursLineByLine(t *testing.T) {
	s, programs := setup(t)
	programs.Add(t, "docker", `case "$1 $2" in
		"version "*) echo 20.10.24 ;;
		"ps "*) echo c1; echo c2 ;;
		"volume ls") echo v1 ;;
		"image ls") echo "localhost:4566/botyard/local/bot eff3 sha256:4bd7"; echo "localhost:4566/botyard/local/bot <none> sha256:4bd7" ;;
	esac`)
	for _, file := range []string{"state/x", "emulator/state/y", "logs/up.log", "outputs/state-local.json", "bin/yard", "lock"} {
		put(t, s.Clone.Own(file), "x")
	}
	var said []string
	require.NoError(t, s.Down(t.Context(), func(line string) { said = append(said, line) }))
	assert.Equal(t, []string{
		"removed 2 containers", "removed 1 volume", "removed the images of the emulator's registry",
		"removed the emulator's state and log", "removed the logs", "removed the state of this machine's stacks",
	}, said)
	mine := "label=ministack.instance=" + s.Emulator().Instance()
	assert.Equal(t, []string{
		"docker version --format {{.Server.Version}}",
		"docker ps --all --quiet --filter " + mine,
		"docker rm --force --volumes c1 c2",
		"docker volume ls --quiet --filter " + mine,
		"docker volume rm --force v1",
		"docker network ls --quiet --filter " + mine,
		"docker image ls --digests --filter reference=localhost:4566/*/*/* --format {{.Repository}} {{.Tag}} {{.Digest}}",
		"docker rmi --force localhost:4566/botyard/local/bot:eff3 localhost:4566/botyard/local/bot@sha256:4bd7",
	}, programs.Calls(t))
	left, err := os.ReadDir(s.Clone.Own())
	require.NoError(t, err)
	require.Len(t, left, 2)
	assert.Equal(t, "bin", left[0].Name())
	assert.Equal(t, "lock", left[1].Name())
}

func TestDownWorksWithHalfOfItMissing(t *testing.T) {
	s, _ := setup(t)
	require.NoError(t, os.RemoveAll(s.Clone.Own()))
	var said []string
	require.NoError(t, s.Down(t.Context(), func(line string) { said = append(said, line) }))
	assert.Equal(t, []string{"no Docker Engine answers: nothing to remove there"}, said)
}

func TestDownKeepsTheStateIfSomethingCouldNotBeRemoved(t *testing.T) {
	s, programs := setup(t)
	programs.Add(t, "docker", `case "$1" in version) echo 1 ;; ps) echo c1 ;; rm) echo "device busy" >&2; exit 1 ;; esac`)
	put(t, s.Clone.Own("state/x"), "x")
	put(t, filepath.Join(s.Emulator().StateDir(), idFile), "id")
	put(t, s.Clone.Own("state", idFile), "id")
	err := s.Down(t.Context(), func(string) {})
	require.ErrorContains(t, err, "cannot remove the containers: docker rm --force --volumes c1 failed: exit status 1: device busy")
	assert.FileExists(t, s.Clone.Own("state/x"))
	paired, err := s.Paired(t.Context(), Ready{Emulator: s.Emulator()}, s.Clone.Own("state"), "")
	require.NoError(t, err)
	assert.False(t, paired, "what is half removed is made anew by the next up")
}

func TestStatesBelongTogetherByTheirMark(t *testing.T) {
	s, programs := setup(t)
	programs.Add(t, "yard-aws", "echo alive")
	ready := Ready{AWS: filepath.Join(programs.Dir, "yard-aws"), Emulator: s.Emulator()}
	backend, outputs := s.Clone.Own("state"), s.Clone.Own("outputs", "state-local.json")
	paired := func() bool {
		ok, err := s.Paired(t.Context(), ready, backend, outputs)
		require.NoError(t, err)
		return ok
	}
	assert.True(t, paired(), "a stack that was never up")
	require.NoError(t, s.Pair(ready, backend))
	assert.True(t, paired())
	assert.Empty(t, programs.Calls(t), "without outputs there is nothing to ask for")

	put(t, outputs, "{}")
	assert.True(t, paired())
	assert.Equal(t, []string{"yard-aws alive --outputs " + outputs}, programs.Calls(t))
	programs.Add(t, "yard-aws", "echo gone")
	assert.False(t, paired(), "the emulator was reset")

	require.NoError(t, os.RemoveAll(ready.Emulator.StateDir()))
	assert.False(t, paired(), "the emulator's state was removed")
	require.NoError(t, s.Pair(ready, s.Clone.Own("emulated-state")))
	assert.False(t, paired(), "it was made anew, for another stack")
}

func TestSettingsAreCheckedNotDefaulted(t *testing.T) {
	show := step.Display{}
	t.Setenv("BOTYARD_TOOLCHAIN", "download")
	_, err := New(clone.Clone{}, show)
	require.EqualError(t, err, `BOTYARD_TOOLCHAIN is "download"; it must be auto (published parts where they can be had), published or build`)
	t.Setenv("BOTYARD_TOOLCHAIN", "build")
	t.Setenv("BOTYARD_EMULATOR_PORT", "70000")
	_, err = New(clone.Clone{}, show)
	require.EqualError(t, err, `BOTYARD_EMULATOR_PORT is "70000"; it must be a port from 1 to 65535`)
	t.Setenv("BOTYARD_EMULATOR_PORT", "4600")
	s, err := New(clone.Clone{}, show)
	require.NoError(t, err)
	assert.Equal(t, 4600, s.Port)
	assert.Equal(t, "build", s.Mode)
}

func TestTimingsAreWrittenDown(t *testing.T) {
	s, _ := setup(t)
	began := time.Now().Add(-3 * time.Second)
	require.NoError(t, s.Note("up", began, []step.Timing{{Name: "pulumi-cli", Seconds: 204.1, Result: "made"}}))
	text, err := os.ReadFile(s.Clone.Own("logs", "timings.json"))
	require.NoError(t, err)
	var noted struct {
		Command string
		Seconds float64
		Steps   []step.Timing
	}
	require.NoError(t, json.Unmarshal(text, &noted))
	assert.Equal(t, "up", noted.Command)
	assert.InDelta(t, 3, noted.Seconds, 0.5)
	assert.Equal(t, []step.Timing{{Name: "pulumi-cli", Seconds: 204.1, Result: "made"}}, noted.Steps)
}

func TestTestsGoWithoutAnEngineOnlyWhereTheyMay(t *testing.T) {
	s, programs := setup(t)
	programs.Add(t, "python3", "")
	programs.Add(t, "docker", "echo 'Cannot connect' >&2; exit 1")
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:1") // which keeps us from starting one
	for _, mustRun := range []bool{false, true} {
		show, err := os.Create(filepath.Join(t.TempDir(), "shown"))
		require.NoError(t, err)
		s.Show = step.NewDisplay(show)
		_, err = s.Runner(false).Run(t.Context(), []step.Step{s.TestMachine(mustRun)})
		text, readErr := os.ReadFile(show.Name())
		require.NoError(t, readErr)
		require.NoError(t, show.Close())
		if mustRun {
			require.ErrorContains(t, err, "DOCKER_HOST is tcp://127.0.0.1:1 and nothing answers there")
			continue
		}
		require.NoError(t, err)
		assert.Contains(t, string(text), "SKIPPED what needs one: DOCKER_HOST is tcp://127.0.0.1:1 and nothing answers there")
	}
}
