package comment

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/delivery/internal/digest"
	"botyard/infra/cost"
	"botyard/infra/image"
)

// graph is the layers of the fixture.
func graph(t *testing.T) *image.Graph {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "Dockerfile"), []byte("FROM x\n"), 0o644))
	at := func(name, parent string, uses ...string) image.Layer {
		return image.Layer{Name: name, Parent: parent, Uses: uses, Context: "."}
	}
	g, err := image.NewGraph(root, []image.Layer{
		at("python-deps", "python"), at("models", "python-deps"), at("warden", "go"),
		at("bot", "models", "warden"), at("member-listener", "python-deps", "warden"),
	}, map[string]string{"python": "p", "go": "g"})
	require.NoError(t, err)
	return g
}

// fixture is the report of testdata, made in the form that `pulumi preview --json` of Pulumi 3.250 has.
func fixture(t *testing.T) Report {
	t.Helper()
	file, err := os.Open("testdata/preview.json")
	require.NoError(t, err)
	defer file.Close()
	d, err := digest.Read(file)
	require.NoError(t, err)
	text, err := os.ReadFile("testdata/outputs.json")
	require.NoError(t, err)
	outputs, err := ReadOutputs(text)
	require.NoError(t, err)
	return Report{Stack: "prod", Digest: d, Outputs: outputs, Graph: graph(t), After: &cost.Estimate{
		TotalUSD: 105.12, Region: "us-east-1", Date: "2026-11-25",
		Parts: []cost.Part{{Name: "hosts", USD: 45.55}, {Name: "alarms", USD: 4.6}, {Name: "database", USD: 13.98}, {Name: "load balancer", USD: 40.99}},
	}}
}

var update = flag.Bool("update", false, "write the golden file anew")

// TestTheCommentOfTheFixture holds the whole text.
func TestTheCommentOfTheFixture(t *testing.T) {
	text := fixture(t).Markdown()
	if *update {
		require.NoError(t, os.WriteFile("testdata/comment.md", []byte(text), 0o644))
	}
	want, err := os.ReadFile("testdata/comment.md")
	require.NoError(t, err)
	assert.Equal(t, string(want), text, "run `go test ./delivery/internal/comment -update` if this change is meant")
	assert.True(t, strings.HasPrefix(text, "<!-- botyard preview: prod -->\n"))
}

func TestNoValueOfAnInputIsShown(t *testing.T) {
	text := fixture(t).Markdown()
	for _, value := range []string{"hunter2", "123456789012", "04da6b54", "2222222", "mysql", "/botyard/prod/old"} {
		assert.NotContains(t, text, value)
	}
}

func TestTheLossesStandAboveEverythingElse(t *testing.T) {
	text := fixture(t).Markdown()
	assert.Less(t, strings.Index(text, "> [!CAUTION]"), strings.Index(text, "### "))
	assert.Equal(t, 2, strings.Count(text, "\n> - **"), "a task definition holds nothing")
}

func TestALongCommentIsCutAndSaysSo(t *testing.T) {
	var changes []digest.Change
	for i := range 200 {
		for _, op := range []digest.Op{digest.Create, digest.Update, digest.Replace, digest.Delete} {
			name, property := strings.Repeat("n", 300)+fmt.Sprint(i), strings.Repeat("p", 60)
			changes = append(changes, digest.Change{
				URN: "urn:" + name, Type: "aws:s3/bucket:Bucket", Name: name, Op: op,
				Changed: []string{property, property, property}, Forced: []string{property, property, property},
			})
		}
	}
	text := Report{Stack: "prod", Digest: digest.Digest{Changes: changes}}.Markdown()
	assert.LessOrEqual(t, len(text), MaxBytes)
	assert.Contains(t, text, "**What 400 resources hold would be lost:**")
	assert.Contains(t, text, "> - … and 350 more\n")
	assert.True(t, strings.HasSuffix(text, "_Left out, because GitHub takes no longer comment: what to change, what to create. `pulumi preview` shows all._\n"), text[len(text)-300:])
	assert.Equal(t, strings.Count(text, "<details>"), strings.Count(text, "</details>"))
}

func TestNothingToDo(t *testing.T) {
	e := cost.Estimate{TotalUSD: 1}
	text := Report{Stack: "a", Digest: digest.Digest{Same: 3}, After: &e}.Markdown()
	assert.Equal(t, "<!-- botyard preview: a -->\n## Preview of stack `a`\n**Nothing to do.** 3 stay as they are.\n\n### Cost\n"+
		"**$1.00 a month** after this. What it costs now is not known: the stack has no output `monthlyCostUSD`.\n", text)
}

func TestAFailedPreviewSaysWhy(t *testing.T) {
	d := digest.Digest{Diagnostics: []digest.Diagnostic{
		{Message: "odd", Severity: "warning"}, {URN: "urn:pulumi:p::b::x:y:Z::bot", Message: "bad ```\n@all", Severity: "error"},
	}}
	text := Report{Stack: "a", Digest: d}.Markdown()
	assert.Contains(t, text, "**The preview failed.**")
	assert.Contains(t, text, "### Errors\n````text\nbot: bad ```\n@all\n````\n### Warnings\n```text\nodd\n```\n")
	assert.Contains(t, text, "There is no estimate, since the settings of this checkout cannot be read.")
}

func TestARegionWithoutPricesIsSaid(t *testing.T) {
	_, err := cost.Of(cost.Shape{Region: "eu-west-9"})
	require.ErrorIs(t, err, cost.ErrRegion)
	assert.Equal(t, "### Cost\nThere is no estimate: "+err.Error()+".\n", money(nil, nil, err))
	e := cost.Estimate{TotalUSD: 2, Date: "2026-12-01", Parts: []cost.Part{{Name: "a", USD: 2}}}
	assert.Contains(t, money(&cost.Estimate{TotalUSD: 1, Date: "2026-11-25", Parts: []cost.Part{{Name: "a", USD: 1}}}, &e, nil),
		"The first is of prices of 2026-11-25: a part of the difference may be theirs.")
}

func TestOutputsThatAreNoneAreRefused(t *testing.T) {
	_, err := ReadOutputs([]byte("warning"))
	require.Error(t, err)
	assert.Nil(t, Outputs{}.estimate(), "a stack that is not up costs nothing yet, which is not $0 but unknown")
}
