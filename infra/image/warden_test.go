package image

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkWarded is what NewGraph says of a layer with the warden and this Dockerfile.
func checkWarded(t *testing.T, dockerfile string) error {
	t.Helper()
	root := project(t, map[string]string{"ctx/Dockerfile": dockerfile})
	_, err := NewGraph(root, []Layer{{Name: "bot", Parent: "python", Context: "ctx", Warded: true}}, map[string]string{"python": "p"})
	return err
}

func TestAWardedLayerStartsWithTheWarden(t *testing.T) {
	for name, text := range map[string]string{
		"as the fleet's own":     "ARG PARENT\nARG WARDEN\nFROM ${WARDEN} AS warden\nFROM ${PARENT}\nENTRYPOINT [\"/warden\"]\nCMD [\"x\"]\n",
		"the last one counts":    "FROM x\nENTRYPOINT [\"tini\"]\nentrypoint [ \"/warden\" ]\n",
		"over two lines":         "FROM x\nENTRYPOINT \\\n  # why\n\n  [\"/warden\"]\n",
		"with a carriage return": "FROM x\r\nENTRYPOINT [\"/warden\"] \r\n",
		"another escape":         "# syntax=x\n# escape=`\nFROM x\nENTRYPOINT `\n[\"/warden\"]\nWORKDIR c:\\\nCMD x",
		"text that looks like an instruction": "FROM x\nENTRYPOINT [\"/warden\"]\n# ENTRYPOINT [\"a\"]\nRUN <<EOF cat <<-'END'\nENTRYPOINT [\"b\"]\nEOF\n\tENTRYPOINT [\"c\"]\n\tEND\nRUN echo \\\n" +
			"ENTRYPOINT d\n",
	} {
		t.Run(name, func(t *testing.T) { assert.NoError(t, checkWarded(t, text)) })
	}
}

func TestPreflightRefusesAnotherEntryPoint(t *testing.T) {
	const right = `, so that a singleton would run without its lease; make ENTRYPOINT ["/warden"] the last one of the last stage`
	for name, test := range map[string]struct{ dockerfile, want string }{
		"none":                      {"FROM x\nCMD [\"/warden\"]\n", "has no ENTRYPOINT in its last stage"},
		"none, to be inherited":     {"FROM ${PARENT}\n", "has no ENTRYPOINT in its last stage"},
		"in another stage":          {"FROM x AS a\nENTRYPOINT [\"/warden\"]\nFROM a\n", "has no ENTRYPOINT in its last stage"},
		"before the first stage":    {"ENTRYPOINT [\"/warden\"]\nFROM x\n", "has no ENTRYPOINT in its last stage"},
		"another one behind it":     {"FROM x\nENTRYPOINT [\"/warden\"]\nENTRYPOINT [\"tini\", \"--\"]\n", `starts with ["tini","--"] (line 3) and not with the warden`},
		"an argument":               {"FROM x\nENTRYPOINT [\"/warden\", \"--healthy\"]\n", `starts with ["/warden","--healthy"] (line 2) and not with the warden`},
		"by a shell":                {"FROM x\nENTRYPOINT /warden\n", `starts with ["/bin/sh","-c","/warden"] (line 2) and not with the warden`},
		"none on purpose":           {"FROM x\nENTRYPOINT []\n", "starts with [] (line 2) and not with the warden"},
		"what is no list to Docker": {"FROM x\nENTRYPOINT null\n", `starts with ["/bin/sh","-c","null"] (line 2) and not with the warden`},
	} {
		t.Run(name, func(t *testing.T) {
			assert.EqualError(t, checkWarded(t, test.dockerfile), "layer bot: ctx/Dockerfile: "+test.want+right)
		})
	}
}

// TestADockerfileThatIsNoneIsRefusedOnce holds that a pointer is not told to have no entry point.
func TestADockerfileThatIsNoneIsRefusedOnce(t *testing.T) {
	assert.EqualError(t, checkWarded(t, pointer), "layer bot: ctx/Dockerfile: is a git-LFS pointer, not the file itself; run git lfs pull")
	root := project(t, map[string]string{"ctx/Dockerfile": "FROM x\n"})
	require.NoError(t, os.Truncate(root+"/ctx/Dockerfile", DefaultMaxFileMiB<<20+1<<20))
	assert.EqualError(t, checkAt(root),
		"layer bot: ctx/Dockerfile: has 51.0 MiB, over the limit of 50 MiB; keep models and data in a bucket, list it in .dockerignore, or raise maxFileMiB")
}

// TestEntryPointsAreInherited holds what an image starts, by the Dockerfiles of its layers.
func TestEntryPointsAreInherited(t *testing.T) {
	warden, tini := []string{"/warden"}, []string{"tini", "--"}
	for name, test := range map[string]struct {
		dockerfile string // of bot, whose parent starts with the warden
		want       []string
	}{
		"the parent's":              {"FROM ${PARENT}\n", warden},
		"the parent's, bare":        {"FROM --platform=linux/amd64 $PARENT AS app\nCMD x\n", warden},
		"the parent's, defaulted":   {"ARG PARENT=x\nFROM \"${PARENT:-y}\"\n", warden},
		"through a stage":           {"FROM ${PARENT} AS App\nFROM other AS b\nFROM app\n", warden},
		"its own":                   {"FROM ${PARENT}\nENTRYPOINT [\"tini\", \"--\"]\n", tini},
		"of a stage":                {"FROM ${PARENT} AS app\nENTRYPOINT [\"tini\", \"--\"]\nFROM app\n", tini},
		"not of a stage beside it":  {"FROM other AS app\nENTRYPOINT [\"tini\", \"--\"]\nFROM ${PARENT}\n", warden},
		"of another image: unknown": {"FROM ${PARENT} AS app\nFROM scratch\n", nil},
		"of another arg: unknown":   {"FROM ${PARENTS}\n", nil},
		"of a stage named like it":  {"FROM ${PARENT} AS app\nFROM app AS app\n", warden},
	} {
		t.Run(name, func(t *testing.T) {
			root := project(t, map[string]string{
				"deps/Dockerfile": "FROM ${PARENT}\nENTRYPOINT [\"/warden\"]\n", "bot/Dockerfile": test.dockerfile,
			})
			g := graph(t, root, []Layer{{Name: "bot", Parent: "deps", Context: "bot"}, {Name: "deps", Parent: "python", Context: "deps"}},
				map[string]string{"python": "p"})
			bot, _ := g.Node("bot")
			assert.Equal(t, test.want, bot.EntryPoint)
		})
	}
}

// FuzzReadStages holds that no Dockerfile makes the reader panic or go round in circles.
func FuzzReadStages(f *testing.F) {
	f.Add("# escape=`\nFROM a AS b\nFROM b AS b\nRUN <<A <<B\nA\nB\nENTRYPOINT [\"x\"]")
	f.Add("FROM \\\n\n#\n")
	f.Fuzz(func(t *testing.T, text string) {
		stages := readStages(text)
		entryPoint(stages)
		assert.LessOrEqual(t, len(stages), 1+strings.Count(strings.ToUpper(text), "FROM"))
	})
}

// TestTheWardensTestsAreNoPartOfIt holds the warden's own .dockerignore: its users are all
// services, which no edit of a test should build anew.
func TestTheWardensTestsAreNoPartOfIt(t *testing.T) {
	rules, err := readIgnore("../../images/warden", "Dockerfile")
	require.NoError(t, err)
	for _, file := range []string{"go.mod", "go.sum", "main.go", "internal/lease/holder.go"} {
		assert.False(t, rules.ignores(file), file)
	}
	for _, file := range []string{
		"main_test.go", "internal/lease/model_test.go", "internal/lease/testdata/a", "internal/dynamotest/server.go", "README.md", ".git/HEAD",
	} {
		assert.True(t, rules.ignores(file), file)
	}
}
