package tests

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/infra/config"
	"botyard/infra/rollout"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

func TestAnUpdateIsRemembered(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	_, runner := fleet.Record(t, cfg)
	require.Len(t, runner.Noted, 1)
	noted := runner.Noted[0]
	require.Equal(t, []string{"bot", "database-init", "leveling-api", "member-listener"}, keysOf(noted.Images), "what tasks run, and no layer below")
	for layer, reference := range noted.Images {
		require.Regexp(t, `/botyard/test/`+layer+`@sha256:[0-9a-f]{64}$`, reference)
	}
	require.Equal(t, cfg.ServicesText, noted.Services)
	require.NotEmpty(t, noted.Who)
	require.NotEmpty(t, noted.Commit)
	failing := &recording.Runner{Fail: map[string]error{"remember": errors.New("the table is away")}}
	_, err := recording.Run(t, program(cfg, failing))
	require.ErrorContains(t, err, "the table is away", "it runs, but nobody could go back to it")
	_, preview := fleet.Record(t, cfg, recording.Preview)
	require.Empty(t, preview.Noted)
}

// TestAReleaseRunsItsImages goes back to a release whose bot was another.
func TestAReleaseRunsItsImages(t *testing.T) {
	cfg := fleet.Load(t, "prod")
	_, before := fleet.Record(t, cfg)
	release := before.Noted[0]
	release.ID = "r7"
	old := "registry.example/botyard/test/bot@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	release.Images["bot"] = old

	back := fleet.Load(t, "prod")
	back.Release = "r7"
	runner := &recording.Runner{Known: []rollout.Release{release}}
	recorded, err := recording.Run(t, program(back, runner))
	require.NoError(t, err)
	require.Equal(t, old, container(t, recorded, "bot")["image"])
	require.Equal(t, release.Images["leveling-api"], container(t, recorded, "leveling-api")["image"])
	for _, o := range runner.OneOffs {
		require.NotEqual(t, "leveling-api: before", o.Name, "going back runs no migration")
	}
	require.Equal(t, "r7", runner.Noted[0].Back)
	require.Contains(t, runner.Told[0].Summary, "back to release r7: bot new 0123456789ab")

	delete(release.Images, "bot")
	_, err = recording.Run(t, program(back, runner))
	require.ErrorContains(t, err, "botyard:release: r7 has no image of layer bot, which a service runs")
	back.Release = "r8"
	_, err = recording.Run(t, program(back, runner))
	require.ErrorIs(t, err, rollout.ErrNoRelease)
}

func TestTheServicesOfAReleaseAreCheckedAsAnyOthers(t *testing.T) {
	source := config.Source{Project: recording.Project, Stack: recording.Stack, Root: fleet.Root(t), Values: map[string]string{"extends": "prod"}}
	cfg, err := config.Load(source)
	require.NoError(t, err)
	source.Services = cfg.ServicesText
	again, err := config.Load(source)
	require.NoError(t, err)
	require.Equal(t, cfg.Services, again.Services)
	require.Equal(t, cfg.ServicesText, again.ServicesText)

	source.Services = `{"bot": {"image": "bot", "cpu": 256, "memory": 448, "singleton": true, "secrets": {"A": "gone"}, "health": {"http": {"path": "/", "port": 1}}}}`
	_, err = config.Load(source)
	require.ErrorContains(t, err, `botyard:services.bot.secrets.A: there is no secret "gone"`)
}
