package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/tests/fleet"
)

// joined are lines that a backslash continues, and comments between them.
var joined = regexp.MustCompile(`\\\n(?:\s*#[^\n]*\n)*`)

// TestEveryStepOfASampleLayerIsSettled holds the convention that makes layers the same whenever they are built
// (images/README.md): what is copied from the checkout is settled in a stage of its own, and a step of the image itself
// settles what it has changed. That it has the effect, a test of toolchain/plugin-docker shows on a real engine.
func TestEveryStepOfASampleLayerIsSettled(t *testing.T) {
	for _, stack := range []string{"prod", "wulu"} {
		for _, layer := range fleet.Load(t, stack).Graph.Layers() {
			text, err := os.ReadFile(filepath.Join(fleet.Root(t), layer.Context, layer.Dockerfile))
			require.NoError(t, err)
			require.Empty(t, unsettled(string(text)), layer.Name)
		}
	}
}

// unsettled are the steps of a Dockerfile that leave the time of the build, or of the checkout, in the image.
func unsettled(dockerfile string) []string {
	stages := regexp.MustCompile(`(?m)^FROM `).Split(joined.ReplaceAllString(dockerfile, ""), -1)
	var found []string
	for i, stage := range stages[1:] {
		last := i == len(stages)-2
		for line := range strings.Lines(stage) {
			line = strings.TrimSpace(line)
			switch {
			case last && strings.HasPrefix(line, "RUN ") && !(strings.Contains(line, "settle.sh ") && regexp.MustCompile(`&& settle\)?$`).MatchString(line)),
				last && regexp.MustCompile(`^(COPY|ADD) `).MatchString(line) && !strings.HasPrefix(line, "COPY --from="):
				found = append(found, line)
			}
		}
		if strings.HasSuffix(strings.SplitN(stage, "\n", 2)[0], " AS files") && !regexp.MustCompile(`(?m)^RUN .*&& settle /files$`).MatchString(stage) {
			found = append(found, "FROM "+strings.SplitN(stage, "\n", 2)[0])
		}
	}
	return found
}

func TestUnsettledSteps(t *testing.T) {
	const good = "FROM a AS files\nCOPY x /files/x\nRUN . /s/settle.sh && settle /files\nFROM a\nCOPY --from=files /files/ /\nRUN . /s/settle.sh \\\n    # why\n    && pip install x \\\n    && settle\n"
	require.Empty(t, unsettled(good))
	for name, test := range map[string]struct{ from, to, want string }{
		"a copy of the checkout": {"COPY --from=files /files/ /", "COPY x /x", "COPY x /x"},
		"a step":                 {" \\\n    && settle\n", "\n", "RUN . /s/settle.sh     && pip install x"},
		"a stage":                {" && settle /files", "", "FROM a AS files"},
	} {
		require.Equal(t, []string{test.want}, unsettled(strings.Replace(good, test.from, test.to, 1)), name)
	}
}
