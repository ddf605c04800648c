package setup

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/step"
)

func TestTheProgramIsCompiledFirstWhereThatTakesLong(t *testing.T) {
	s, programs := setup(t)
	program, modules := s.Clone.Own("bin", "botyard"), s.Clone.Path("go.mod")
	programs.Add(t, "go", "mkdir -p "+filepath.Dir(program)+" && touch "+program)
	put(t, modules, "module botyard")
	put(t, s.Clone.Path("go.sum"), "")
	compile := func() []string {
		show, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		require.NoError(t, err)
		defer show.Close()
		_, err = step.Runner{Logs: t.TempDir(), Show: step.NewDisplay(show)}.Run(t.Context(), []step.Step{s.program()})
		require.NoError(t, err)
		return programs.Calls(t)
	}
	build := "go build -v -o " + program
	assert.Equal(t, []string{build}, compile(), "there is none")
	ahead := time.Now().Add(time.Hour)
	require.NoError(t, os.Chtimes(program, ahead, ahead))
	assert.Equal(t, []string{build}, compile(), "it is newer than the modules: Pulumi does the rest")
	require.NoError(t, os.Chtimes(modules, ahead.Add(time.Hour), ahead.Add(time.Hour)))
	assert.Equal(t, []string{build, build}, compile(), "other modules may take minutes")
}

// TestPulumiLooksForTheProgramWhereItIsCompiled holds both to one place.
func TestPulumiLooksForTheProgramWhereItIsCompiled(t *testing.T) {
	s, _ := setup(t)
	text, err := os.ReadFile("../../../Pulumi.yaml")
	require.NoError(t, err)
	path, err := filepath.Rel(s.Clone.Root, s.Clone.Own("bin", "botyard"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "\n    buildTarget: "+path+"\n")
}
