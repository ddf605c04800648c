package settings_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/models"
	"botyard/warden/internal/probe"
	"botyard/warden/internal/settings"
)

func TestDefaults(t *testing.T) {
	s, err := settings.Read([]string{"SERVICE=bot"}, []string{"python"})
	require.NoError(t, err)
	assert.Equal(t, settings.Settings{
		Service: "bot", ProbeInterval: 10 * time.Second, ProbeTimeout: 5 * time.Second, ProbeRetries: 3, ProbeStart: 30 * time.Second,
		Stop: 25 * time.Second, StartsPerDay: 20, Socket: "/tmp/warden.sock", ModelsFolder: "/models", Command: []string{"python"},
	}, s)
}

func TestEverySetting(t *testing.T) {
	s, err := settings.Read([]string{
		"SERVICE=bot", "PORT=8080", "WARDEN_TABLE=leases", "WARDEN_LEASE_SECONDS=15", `WARDEN_PROBE=["python","-m","bot.probe"]`,
		"WARDEN_PROBE_INTERVAL=1", "WARDEN_PROBE_TIMEOUT=2", "WARDEN_PROBE_RETRIES=4", "WARDEN_PROBE_START=0", "WARDEN_STOP_SECONDS=6",
		"WARDEN_STARTS_PER_DAY=7", "WARDEN_SOCKET=/run/w", "WARDEN_HOST=1", "WARDEN_HEALTH_PATH=/health", "ECS_CONTAINER_METADATA_URI_V4=http://e/v4", "ECS_CONTAINER_METADATA_FILE=/m",
		"WARDEN_MODELS=" + oneModel, "WARDEN_MODELS_FOLDER=/data",
	}, []string{"python", "-m", "bot"})
	require.NoError(t, err)
	assert.Equal(t, settings.Settings{
		Service: "bot", Port: 8080, Table: "leases", Lease: 15 * time.Second, Probe: probe.Probe{Command: []string{"python", "-m", "bot.probe"}},
		ProbeInterval: time.Second, ProbeTimeout: 2 * time.Second, ProbeRetries: 4, Stop: 6 * time.Second, StartsPerDay: 7,
		HealthPath: "/health", ModelsFolder: "/data", Models: []models.File{{
			Variable: "MODEL", Bucket: "b", Key: "greetings", Version: "v1", SHA256: strings.Repeat("0a", 32), Size: 7, File: "g.tar.gz",
		}},
		Host:   true,
		Socket: "/run/w", MetadataURI: "http://e/v4", MetadataFile: "/m", Command: []string{"python", "-m", "bot"},
	}, s)
}

var oneModel = `[{"variable":"MODEL","bucket":"b","key":"greetings","version":"v1","sha256":"` + strings.Repeat("0a", 32) + `","size":7,"file":"g.tar.gz"}]`

func TestAOneOffTaskReadsItsModelsAlone(t *testing.T) {
	s, err := settings.ReadModels([]string{"SERVICE=bot", "PORT=bad", "WARDEN_MODELS=" + oneModel})
	require.NoError(t, err)
	assert.Equal(t, "bot", s.Service)
	assert.Equal(t, "/models", s.ModelsFolder)
	assert.Len(t, s.Models, 1)
	_, err = settings.ReadModels([]string{"WARDEN_MODELS={}"})
	assert.EqualError(t, err, `WARDEN_MODELS is "{}"; right would be a JSON array of objects with variable, bucket, key, version, sha256, size and file`)
}

const probeForms = `a JSON array of strings, such as ["python", "-m", "bot.probe"], or an object such as {"http": {"path": "/health"}} or {"tcp": {"port": 5432}}`

func TestAProbeAsksTheServicesPort(t *testing.T) {
	s, err := settings.Read([]string{"SERVICE=bot", "PORT=5005", `WARDEN_PROBE={"http":{"path":"/health"}}`}, []string{"true"})
	require.NoError(t, err)
	assert.Equal(t, probe.Probe{HTTP: &probe.HTTP{Path: "/health", Port: 5005, Status: 200}}, s.Probe)
	_, err = settings.Read([]string{"SERVICE=bot", "PORT=http", `WARDEN_PROBE={"http":{"path":"/health"}}`}, []string{"true"})
	assert.EqualError(t, err, `PORT is "http"; right would be a whole number from 1 to 65535`, "and nothing of the probe")
}

func TestTheHostIsMeasuredOnlyWhenToldTo(t *testing.T) {
	for text, want := range map[string]bool{"": false, "0": false, "1": true} {
		s, err := settings.Read([]string{"SERVICE=bot", "WARDEN_HOST=" + text}, []string{"true"})
		require.NoError(t, err)
		assert.Equal(t, want, s.Host, text)
	}
}

func TestBadValuesAreAllNamed(t *testing.T) {
	for entry, want := range map[string]string{
		"PORT=http":                  `PORT is "http"; right would be a whole number from 1 to 65535`,
		"WARDEN_LEASE_SECONDS=4":     `WARDEN_LEASE_SECONDS is "4"; right would be a whole number from 5 to 300`,
		"WARDEN_LEASE_SECONDS=":      `WARDEN_LEASE_SECONDS is ""; right would be a whole number from 5 to 300`,
		"WARDEN_LEASE_SECONDS=15":    `WARDEN_TABLE is missing though WARDEN_LEASE_SECONDS is set; right would be the DynamoDB table that holds the leases`,
		"WARDEN_PROBE=curl x":        `WARDEN_PROBE is "curl x"; right would be ` + probeForms,
		`WARDEN_PROBE={"tcp":{}}`:    `WARDEN_PROBE has no tcp.port though PORT is not set; right would be the port that the service listens on, such as 5005`,
		"WARDEN_MODELS=[{}]x":        `WARDEN_MODELS is "[{}]x"; right would be a JSON array of objects with variable, bucket, key, version, sha256, size and file`,
		"WARDEN_HOST=yes":            `WARDEN_HOST is "yes"; right would be 1 for on, 0 or nothing for off`,
		"WARDEN_PROBE_RETRIES=0":     `WARDEN_PROBE_RETRIES is "0"; right would be a whole number from 1 to 1000`,
		"WARDEN_STARTS_PER_DAY=1e3":  `WARDEN_STARTS_PER_DAY is "1e3"; right would be a whole number from 1 to 100`,
		"WARDEN_PROBE_INTERVAL=0.5":  `WARDEN_PROBE_INTERVAL is "0.5"; right would be a whole number from 1 to 86400`,
		"SERVICE=":                   `SERVICE is missing; right would be the service's name, which its lease has too`,
		"WARDEN_HEALTH_PATH=health":  `WARDEN_HEALTH_PATH is "health"; right would be a path that begins with /, such as /health`,
		"WARDEN_STOP_SECONDS=-1":     `WARDEN_STOP_SECONDS is "-1"; right would be a whole number from 1 to 86400`,
		"WARDEN_PROBE_TIMEOUT=never": `WARDEN_PROBE_TIMEOUT is "never"; right would be a whole number from 1 to 86400`,
	} {
		_, err := settings.Read([]string{"SERVICE=bot", entry}, []string{"true"})
		assert.EqualError(t, err, want)
	}
	_, err := settings.Read(nil, nil)
	assert.ErrorContains(t, err, "SERVICE is missing")
	assert.ErrorContains(t, err, "there is no command to run")
}

func TestWhatIsWatched(t *testing.T) {
	s, err := settings.Read([]string{"SERVICE=bot"}, []string{"true"})
	require.NoError(t, err)
	assert.Empty(t, s.Watch)
	assert.Empty(t, s.WatchIgnored)
	s, err = settings.Read([]string{"SERVICE=bot", "WARDEN_WATCH=/app", "WARDEN_WATCH_IGNORE=tests:docs/drafts"}, []string{"true"})
	require.NoError(t, err)
	assert.Equal(t, "/app", s.Watch)
	assert.Equal(t, []string{"tests", "docs/drafts"}, s.WatchIgnored)
	const right = "; right would be paths below WARDEN_WATCH with : between them, such as tests:docs/drafts"
	for entry, want := range map[string]string{
		"WARDEN_WATCH=app":           `WARDEN_WATCH is "app"; right would be the full path of a folder, such as /app`,
		"WARDEN_WATCH_IGNORE=/tests": `WARDEN_WATCH_IGNORE has "/tests"` + right,
		"WARDEN_WATCH_IGNORE=a:":     `WARDEN_WATCH_IGNORE has ""` + right,
		"WARDEN_WATCH_IGNORE=../x":   `WARDEN_WATCH_IGNORE has "../x"` + right,
		"WARDEN_WATCH_IGNORE=a/":     `WARDEN_WATCH_IGNORE has "a/"` + right,
		"WARDEN_WATCH_IGNORE=.":      `WARDEN_WATCH_IGNORE has "."` + right,
	} {
		environ := []string{"SERVICE=bot", "WARDEN_WATCH=/app", entry}
		_, err := settings.Read(environ, []string{"true"})
		assert.EqualError(t, err, want)
	}
	_, err = settings.Read([]string{"SERVICE=bot", "WARDEN_WATCH_IGNORE=tests"}, []string{"true"})
	assert.EqualError(t, err, "WARDEN_WATCH is missing though WARDEN_WATCH_IGNORE is set; right would be the full path of the folder, such as /app")
}
