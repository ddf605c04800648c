package tests

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"botyard/infra/config"
	"botyard/infra/rollout"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

// TestScansComeBeforeWhatRuns holds that the images of all tasks, one-off ones too, are looked at once, before any of them
// starts.
func TestScansComeBeforeWhatRuns(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	cfg.Scan.Waivers = []config.Waiver{{ID: "CVE-2026-1", Image: "bot", Reason: "x", Until: "2999-12-31"}, {ID: "CVE-2026-2", Reason: "x", Until: "2999-12-31"}}
	_, runner := fleet.Record(t, cfg)
	require.Len(t, runner.Scans, 1)
	scans := runner.Scans[0]
	require.Equal(t, []string{"bot", "database-init", "leveling-api", "member-listener"}, keysOf(scans.Images), "no layer below: its findings are those of the image above")
	require.Equal(t, runner.Noted[0].Images, scans.Images)
	scans.Images = nil
	require.Equal(t, rollout.Scans{
		Ran: map[string]bool{}, StopAt: "critical", Within: 10 * time.Minute, File: "Pulumi.prod.yaml",
		Waivers: []rollout.Waiver{{ID: "CVE-2026-1", Layer: "bot"}, {ID: "CVE-2026-2"}},
	}, scans)
	require.Equal(t, "scans", runner.Order[0], "before services, which need not wait for each other")
	require.Contains(t, runner.Order, "database-init")
	require.Less(t, slices.Index(runner.Order, "database-init"), slices.Index(runner.Order, "leveling-api: before"), "it needs the database")
	require.Contains(t, runner.Order, "bot-standby")
}

// TestAFindingTouchesNothingThatRuns holds that a scan that does not pass leaves all services and their task definitions.
func TestAFindingTouchesNothingThatRuns(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	release := rollout.Release{ID: "r7", Images: map[string]string{"bot": "registry/bot@sha256:1"}}
	runner := &recording.Runner{Fail: map[string]error{"scans": errors.New("CVE-2026-1 in bot")}, Known: []rollout.Release{release}}
	recorded, err := recording.Run(t, program(cfg, runner))
	require.ErrorContains(t, err, "CVE-2026-1 in bot")
	require.NotContains(t, err.Error(), "make rollback", "there is nothing to go back from")
	require.Equal(t, []string{"scans"}, runner.Order)
	require.Empty(t, runner.Noted)
	require.Empty(t, recorded.OfType(taskType))
	require.Empty(t, recorded.OfType(serviceType))
	require.Len(t, recorded.OfType(imageType), len(cfg.Images), "all images are there")
	require.Len(t, runner.Told, 1)
	require.Equal(t, []string{"failed", "CVE-2026-1 in bot"}, []string{runner.Told[0].Result, runner.Told[0].Summary})
}

func TestAReleasesImagesHaveRun(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	_, before := fleet.Record(t, cfg)
	newer := rollout.Release{ID: "r8", Images: map[string]string{"bot": "registry/bot@sha256:8"}}
	older := before.Noted[0]
	older.ID = "r7"
	back := fleet.Load(t, "prod")
	back.Release = "r7"
	runner := &recording.Runner{Known: []rollout.Release{newer, older}, Warnings: []string{"CVE-2026-1 in what has run"}}
	_, err := recording.Run(t, program(back, runner))
	require.NoError(t, err, "a warning stops nothing")
	require.Equal(t, older.Images, runner.Scans[0].Images)
	require.Len(t, runner.Scans[0].Ran, len(older.Images)+1)
	require.True(t, runner.Scans[0].Ran["sha256:8"])
}

func TestNobodyLooksWithoutASettingOrInAPreview(t *testing.T) {
	_, preview := fleet.Record(t, fleet.Load(t, "prod"), recording.Preview)
	require.Empty(t, preview.Scans)
	cfg := fleet.Load(t, "prod")
	cfg.Scan = nil
	recorded, runner := fleet.Record(t, cfg)
	require.Empty(t, runner.Scans)
	require.NotEmpty(t, recorded.OfType(serviceType))
}
