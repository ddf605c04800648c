package digest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const urn = "urn:pulumi:prod::botyard::botyard:platform:Database$aws:rds/instance:Instance::database"

func read(t *testing.T, text string) Digest {
	t.Helper()
	d, err := Read(strings.NewReader(text))
	require.NoError(t, err)
	return d
}

func TestAReplacementIsOneChangeHoweverItComes(t *testing.T) {
	want := []Change{{
		URN: urn, Type: "aws:rds/instance:Instance", Name: "database", Op: Replace, Protected: true,
		Changed: []string{"engine", "tags.a"}, Forced: []string{"engine"},
		Before: map[string]any{"engine": "mysql"}, After: map[string]any{"engine": "postgres"},
	}}
	const diff = `"replaceReasons": ["engine"], "detailedDiff": {"engine": {"kind": "update-replace"}, "tags.a": {"kind": "add"}}`
	const before, after = `"oldState": {"protect": true, "inputs": {"engine": "mysql"}}`, `"newState": {"inputs": {"engine": "postgres"}}`
	one := `{"op": "replace", "urn": "` + urn + `", ` + before + `, ` + after + `, ` + diff + `}`
	assert.Equal(t, want, read(t, `{"steps": [`+one+`]}`).Changes)
	assert.Equal(t, want, read(t, `{"steps": [
		{"op": "create-replacement", "urn": "`+urn+`", `+after+`, `+diff+`}, `+one+`,
		{"op": "delete-replaced", "urn": "`+urn+`", `+before+`}]}`).Changes)
	assert.True(t, want[0].Loses())
}

func TestTheOldOneOfAnEarlierReplacementIsDeleted(t *testing.T) {
	d := read(t, `{"steps": [{"op": "delete-replaced", "urn": "`+urn+`", "oldState": {"inputs": {}}}], "changeSummary": {"same": 3}}`)
	assert.Equal(t, Delete, d.Changes[0].Op)
	assert.True(t, d.Changes[0].Loses())
	assert.Equal(t, 3, d.Same)
}

func TestForcedNamesThePathWherePulumiNamesNoProperty(t *testing.T) {
	d := read(t, `{"steps": [{"op": "replace", "urn": "`+urn+`", "detailedDiff": {"a.b[0]": {"kind": "add-replace"}, "c": {"kind": "update"}}}]}`)
	assert.Equal(t, []string{"a.b[0]"}, d.Changes[0].Forced)
	d = read(t, `{"steps": [{"op": "replace", "urn": "`+urn+`", "replaceReasons": ["a"], "detailedDiff": {"a.b[0]": {"kind": "add-replace"}}}]}`)
	assert.Equal(t, []string{"a"}, d.Changes[0].Forced)
	d = read(t, `{"steps": [{"op": "update", "urn": "`+urn+`", "diffReasons": ["a"]}]}`)
	assert.Equal(t, []string{"a"}, d.Changes[0].Changed)
	assert.False(t, d.Changes[0].Loses(), "a change loses nothing")
}

func TestWhatStaysIsNoChange(t *testing.T) {
	d := read(t, `{"steps": [{"op": "same", "urn": "`+urn+`"}, {"op": "read", "urn": "`+urn+`"}]}`)
	assert.Empty(t, d.Changes)
}

func TestChangesAreSortedAndNamed(t *testing.T) {
	d := read(t, `{"steps": [{"op": "delete", "urn": "urn:pulumi:p::b::x:y:Z::n::m"}, {"op": "create", "urn": "urn:pulumi:p::b::a:b:C$x:y:A::n"}, {"op": "import", "urn": "odd"}]}`)
	assert.Equal(t, []Change{
		{URN: "odd", Name: "odd", Op: Create},
		{URN: "urn:pulumi:p::b::a:b:C$x:y:A::n", Type: "x:y:A", Name: "n", Op: Create},
		{URN: "urn:pulumi:p::b::x:y:Z::n::m", Type: "x:y:Z", Name: "n::m", Op: Delete},
	}, d.Changes)
}

func TestDiagnosticsAreWarningsAndErrors(t *testing.T) {
	d := read(t, `{"diagnostics": [{"message": "costs", "severity": "info"}, {"message": " odd\n", "severity": "warning"}, {"urn": "u", "message": "bad", "severity": "error"}]}`)
	assert.Equal(t, []Diagnostic{{Message: "odd", Severity: "warning"}, {URN: "u", Message: "bad", Severity: "error"}}, d.Diagnostics)
	assert.True(t, d.Diagnostics[1].Error())
	assert.False(t, d.Diagnostics[0].Error())
}

func TestWhatIsNoPreviewIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":   "the preview is no JSON: EOF; right would be what pulumi preview --json prints",
		"{}": "the JSON is no preview: it has no steps, diagnostics or changeSummary; right would be what pulumi preview --json prints",
		`{"steps": [{"op": "vanish", "urn": "u"}]}`: `the preview has the step "vanish" of u, which is not known here; add it to delivery/internal/digest`,
	} {
		_, err := Read(strings.NewReader(text))
		require.EqualError(t, err, want)
	}
}
