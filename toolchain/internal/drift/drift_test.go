package drift

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testdata has what Pulumi 3.250 printed for topics and a secret, of which one was changed and one deleted by hand, with
// another description and one topic more in the program.
func read(t *testing.T, file string) Report {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	r, err := Read(text)
	require.NoError(t, err)
	return r
}

func TestWhatPulumiPrints(t *testing.T) {
	r := read(t, "testdata/drift.json")
	assert.Equal(t, Report{Project: "botyard", Differences: []Difference{
		{Op: "update", Type: "aws:secretsmanager/secret:Secret", Name: "s", Properties: []string{"description"}, Cause: Undeployed},
		{Op: "create", Type: "aws:sns/topic:Topic", Name: "more", Cause: Undeployed},
		{Op: "update", Type: "aws:sns/topic:Topic", Name: "kept", Properties: []string{"displayName"}, Cause: Outside},
		{Op: "create", Type: "aws:sns/topic:Topic", Name: "gone", Cause: Deleted},
	}}, r)
	var out bytes.Buffer
	require.NoError(t, r.Print(&out))
	assert.Equal(t, `update  aws:secretsmanager/secret:Secret s  description: declared, not deployed
create  aws:sns/topic:Topic more            declared, not deployed
update  aws:sns/topic:Topic kept            displayName: changed outside of Pulumi
create  aws:sns/topic:Topic gone            deleted outside of Pulumi
`, out.String())
	assert.Equal(t, "4 resources differ: update s (description); create more; update kept (displayName); create gone", r.Summary())
}

func TestNoDrift(t *testing.T) {
	r := read(t, "testdata/none.json")
	assert.Empty(t, r.Differences)
	var out bytes.Buffer
	require.NoError(t, r.Print(&out))
	assert.Equal(t, "no drift\n", out.String())
}

func TestNoValueIsEverPrinted(t *testing.T) {
	const canary = "c4n4ry"
	text := `{"steps": [
		{"op": "refresh", "urn": "urn:pulumi:p::botyard::a$b:c/d:E::x::y", "oldState": {"outputs": {"env": {"A": "` + canary + `1"}, "token": "[secret]"}}},
		{"op": "update", "urn": "urn:pulumi:p::botyard::a$b:c/d:E::x::y", "oldState": {"outputs": {"env": {"A": "` + canary + `2"}, "token": "[secret]"}},
			"newState": {"inputs": {"env": {"A": "` + canary + `3"}}}, "detailedDiff": {"env.A": {"kind": "update"}, "token": {"kind": "update"}}},
		{"op": "refresh", "urn": "urn:pulumi:p::botyard::b:c/d:E::z", "oldState": {"inputs": {"token": "[secret]"}}},
		{"op": "replace", "urn": "urn:pulumi:p::botyard::b:c/d:E::z", "oldState": {"inputs": {"token": "[secret]"}}, "diffReasons": ["token"], "replaceReasons": ["token"]},
		{"op": "create-replacement", "urn": "urn:pulumi:p::botyard::b:c/d:E::z"},
		{"op": "refresh", "urn": "urn:pulumi:p::botyard::b:c/d:E::old"}, {"op": "delete", "urn": "urn:pulumi:p::botyard::b:c/d:E::old"}
	]}`
	r, err := Read([]byte(text))
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, r.Print(&out))
	assert.Equal(t, "update   b:c/d:E x::y  env.A, token: changed outside of Pulumi\n"+
		"replace  b:c/d:E z     token: changed outside of Pulumi, or declared and not deployed: a secret's value is not compared\n"+
		"delete   b:c/d:E old   declared, not deployed\n", out.String())
	assert.NotContains(t, out.String()+r.Summary(), canary)
}

func TestAPreviewThatFailedSaysWhy(t *testing.T) {
	r, err := Read([]byte(`{"steps": [], "diagnostics": [{"severity": "error", "message": "error: no access\n"}, {"severity": "error", "message": "error: no access"}, {"severity": "warning", "message": "old"}]}`))
	require.NoError(t, err)
	assert.Equal(t, []string{"error: no access"}, r.Problems)

	_, err = Read([]byte("error: no stack"))
	require.EqualError(t, err, `the preview of Pulumi is no JSON: invalid character 'e' looking for beginning of value: "error: no stack"`)
	_, err = Read([]byte("{}"))
	require.EqualError(t, err, "the preview of Pulumi tells of no resource at all; the stack has one at least, itself")
}

func TestTheEventsDetailIsOneLineOfBoundedLength(t *testing.T) {
	detail, err := Detail("botyard", "prod", "a\n\"b\"\\c"+strings.Repeat("x", 2000))
	require.NoError(t, err)
	assert.Equal(t, `{"project":"botyard","stack":"prod","summary":"a; 'b'/c`+strings.Repeat("x", 1492)+`…"}`, detail)
}
