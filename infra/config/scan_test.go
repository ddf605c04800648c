package config

import (
	"encoding/json"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// loadAt is good with a change, loaded at a moment.
func loadAt(t *testing.T, moment, patch string) (*Config, error) {
	t.Helper()
	now, err := time.Parse(time.RFC3339, moment)
	require.NoError(t, err)
	s := source(t, project(t), changed(t, patch))
	s.Now = now
	return Load(s)
}

func TestScanDefaults(t *testing.T) {
	c, err := load(t, project(t), "")
	require.NoError(t, err)
	assert.Nil(t, c.Scan, "without the key there is no gate")
	c, err = load(t, project(t), "scan: {}")
	require.NoError(t, err)
	assert.Nil(t, c.Scan, "{} is what Pulumi.yaml gives for an absent key")
	c, err = load(t, project(t), "scan: {wait: 60}")
	require.NoError(t, err)
	assert.Equal(t, &Scan{StopAt: "critical", Wait: 60}, c.Scan)
	c, err = load(t, project(t), "scan: {stopAt: high}")
	require.NoError(t, err)
	assert.Equal(t, &Scan{StopAt: "high", Wait: 600}, c.Scan)
}

func TestBadScans(t *testing.T) {
	assertRefused(t, project(t), []badCase{
		{"unknown level", `scan: {stopAt: HIGH}`, `scan.stopAt: there is no severity "HIGH"; use critical, high, medium or low, or remove botyard:scan to have no gate`},
		{"no level", `scan: {stopAt: none}`, `scan.stopAt: there is no severity "none"; use critical, high, medium or low, or remove botyard:scan to have no gate`},
		{"wait", `scan: {wait: 5}`, `scan.wait: 5 is out of range; give 30 to 3600 seconds`},
		{"waiver without anything", `scan: {waivers: [{}]}`, `scan.waivers[0].id: is missing; give a text
scan.waivers[0].reason: is missing; give a text
scan.waivers[0].until: is missing; give a text`},
		{"waiver without a reason", `scan: {waivers: [{id: CVE-2026-1, reason: " ", until: "2999-12-31"}]}`, `scan.waivers[0].reason: is empty; say why the finding does no harm here`},
		{"waiver of everything", `scan: {waivers: [{id: "CVE-*", reason: x, until: "2999-12-31"}]}`, `scan.waivers[0].id: "CVE-*" is no finding; give its whole identifier, such as CVE-2026-1234, without wildcards`},
		{"no day", `scan: {waivers: [{id: CVE-2026-1, reason: x, until: next year}]}`, `scan.waivers[0].until: "next year" is no day; give the last day on which it holds, such as 2026-12-31`},
		{"a day that is none", `scan: {waivers: [{id: CVE-2026-1, reason: x, until: "2999-02-30"}]}`, `scan.waivers[0].until: "2999-02-30" is no day; give the last day on which it holds, such as 2026-12-31`},
		{"unknown image", `scan: {waivers: [{id: CVE-2026-1, image: bto, reason: x, until: "2999-12-31"}]}`, `scan.waivers[0].image: there is no image "bto"; did you mean "bot"?`},
		{"twice", `scan: {waivers: [{id: CVE-2026-1, image: bot, reason: x, until: "2999-12-31"}, {id: CVE-2026-1, reason: x, until: "2999-12-31"}, {id: CVE-2026-1, image: bot, reason: y, until: "2999-12-30"}]}`, `scan.waivers[2]: waives CVE-2026-1 of bot twice; remove one of them`},
		{"unknown key", `scan: {waivers: [{id: CVE-2026-1, reason: x, until: "2999-12-31", expires: x}]}`, `scan.waivers[0].expires: unknown key; use one of id, image, reason, until`},
		{"an expired one", `scan: {waivers: [{id: CVE-2026-1, image: bot, reason: x, until: "2001-01-01"}]}`, `scan.waivers[0].until: the waiver of CVE-2026-1 of bot has expired: its last day was 2001-01-01; fix the finding and remove the waiver, or set a new day if the reason still holds`},
	})
}

// TestAWaiverHoldsThroughItsLastDay holds the moment at which it ends, and the warning before.
func TestAWaiverHoldsThroughItsLastDay(t *testing.T) {
	const waived = `scan: {waivers: [{id: CVE-2026-1, reason: x, until: "2026-12-31"}]}`
	for moment, want := range map[string][]string{
		"2026-12-16T23:59:59Z": nil,
		"2026-12-18T00:00:00Z": {"botyard:scan.waivers[0].until: updates fail after 2026-12-31, when the waiver of CVE-2026-1 expires; fix the finding, or set a new day if the reason still holds"},
		"2026-12-31T23:59:59Z": {"botyard:scan.waivers[0].until: updates fail after 2026-12-31, when the waiver of CVE-2026-1 expires; fix the finding, or set a new day if the reason still holds"},
	} {
		c, err := loadAt(t, moment, waived)
		require.NoError(t, err, moment)
		assert.Equal(t, want, c.Warnings, moment)
	}
	_, err := loadAt(t, "2027-01-01T00:00:00Z", waived)
	assert.EqualError(t, err, "botyard:scan.waivers[0].until: the waiver of CVE-2026-1 has expired: its last day was 2026-12-31; fix the finding and remove the waiver, or set a new day if the reason still holds")

	c, err := loadAt(t, "2027-01-01T00:00:00Z", waived+"\n---\nrelease: r7")
	require.NoError(t, err, "going back waits for nobody's decision")
	assert.Equal(t, []string{"botyard:scan.waivers[0].until: the waiver of CVE-2026-1 has expired: its last day was 2026-12-31"}, c.Warnings)
}

func TestAWaiverOfALayerThatNoTaskRuns(t *testing.T) {
	c, err := load(t, project(t), `scan: {waivers: [{id: CVE-2026-1, image: base, reason: x, until: "2999-12-31"}, {id: UNSUPPORTED_IMAGE, image: init, reason: x, until: "2999-12-31"}]}`)
	require.NoError(t, err)
	assert.Equal(t, []string{`botyard:scan.waivers[0].image: "base" is run by no task, and the scans of other layers stop nothing; name one of bot, init, or remove the waiver`}, c.Warnings)
}

// TestADayNeedsNoQuotes holds that a date means the same in each way that it reaches the program: YAML makes a moment of it.
func TestADayNeedsNoQuotes(t *testing.T) {
	root := project(t)
	writeFile(t, root, "Pulumi.yaml", "name: botyard\nruntime: go\n")
	prodFile(t, root, "  botyard:scan: {waivers: [{id: CVE-2026-1, reason: x, until: 2999-12-31}]}\n")
	c, err := Load(Source{Project: "botyard", Stack: "test", Root: root, Values: map[string]string{"extends": "prod"}})
	require.NoError(t, err)
	ends, ok := c.Scan.Waivers[0].expires()
	assert.True(t, ok)
	assert.Equal(t, time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC), ends)

	project, err := workspace.LoadProject(filepath.Join(root, "Pulumi.yaml"))
	require.NoError(t, err)
	sink := diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never})
	loaded, err := workspace.LoadProjectStack(sink, project, filepath.Join(root, stackFile("prod")))
	require.NoError(t, err)
	text, err := loaded.Config[config.MustMakeKey("botyard", "scan")].Value(config.NopDecrypter)
	require.NoError(t, err)
	require.True(t, json.Valid([]byte(text)))
	c, err = Load(Source{Project: "botyard", Stack: "test", Root: root, Values: map[string]string{"extends": "prod", "scan": text}})
	require.NoError(t, err, text)
	assert.Len(t, c.Scan.Waivers, 1)
}
