package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"botyard/infra/image"
	"botyard/tests/fleet"
)

func chosen(t *testing.T, cold bool, only string) []string {
	t.Helper()
	var names []string
	list, err := choose(cold, only)
	require.NoError(t, err)
	for _, each := range list {
		names = append(names, each.name)
	}
	return names
}

func TestChoose(t *testing.T) {
	usual := []string{"up", "line", "preview", "line-build", "serve", "bake", "empty", "fresh", "dev", "silence", "forty"}
	assert.Equal(t, usual, chosen(t, false, ""))
	assert.Equal(t, append([]string{"cold"}, usual...), chosen(t, true, ""))
	assert.Equal(t, []string{"bake", "fresh"}, chosen(t, false, "fresh,bake"), "in the order in which they are taken")
	_, err := choose(false, "bake,cake")
	assert.ErrorContains(t, err, `there is no measurement "cake"; use some of`+"\n  cold ")
	assert.Equal(t, "bench/results/latest.txt", resultsFile(""))
	assert.Equal(t, "bench/results/fresh-bake.txt", resultsFile("fresh,bake"))
}

func TestTable(t *testing.T) {
	rows := &table{}
	rows.note(row{work: "a", seconds: 4})
	rows.note(row{work: "b", seconds: 2, against: "a"})
	rows.note(row{work: "c", seconds: 5, against: "a", atMost: 1.1})
	rows.note(row{work: "d", seconds: 0.1, against: "a", less: 20})
	rows.note(row{work: "e", said: "4 of 40"})
	rows.note(row{work: "f", seconds: 1, against: "not measured", atMost: 2})
	require.NoError(t, rows.once("a", func() error { return os.ErrInvalid }), "measured already")
	require.ErrorIs(t, rows.once("g", func() error { return os.ErrInvalid }), os.ErrInvalid)
	text, err := rows.text(time.Date(2026, 11, 26, 1, 2, 3, 0, time.UTC))
	require.NoError(t, err)
	assert.Regexp(t, `(?s)^2026-11-26 01:02 UTC, \d+ cores, linux/amd64

WORK  SECONDS  RATIO
a     4.0      –
b     2.0      2.0x less than a
c     5.0      1.25x of a \(goal: at most 1.1x\)
d     0.1      40.0x less than a \(goal: 20x\)
e     4 of 40  –
f     1.0      –
$`, text)
}

func TestEditIsTakenBack(t *testing.T) {
	y := &yard{dir: t.TempDir()}
	require.NoError(t, y.write("images/bot/bot/replies.py", "import x\nGREETING = \"Hello\"\n"))
	read := func() string {
		text, err := os.ReadFile(filepath.Join(y.dir, "images/bot/bot/replies.py"))
		require.NoError(t, err)
		return string(text)
	}
	failure := y.withGreeting(func(greeting string) error {
		assert.Equal(t, "import x\nGREETING = \""+greeting+"\"\n", read())
		return os.ErrInvalid
	})
	require.ErrorIs(t, failure, os.ErrInvalid)
	assert.Equal(t, "import x\nGREETING = \"Hello\"\n", read())
	require.NoError(t, y.write("images/bot/bot/replies.py", "moved\n"))
	assert.ErrorContains(t, y.withGreeting(func(string) error { return nil }), "images/bot/bot/replies.py is as it was")
}

func TestWhatIsEditedIsThere(t *testing.T) {
	replies, err := os.ReadFile("../images/bot/bot/replies.py")
	require.NoError(t, err)
	assert.Regexp(t, greetingLine, string(replies))
	for _, layer := range fleet.Load(t, "prod").Graph.Layers() {
		if !layer.Base {
			continue
		}
		dockerfile, err := os.ReadFile(filepath.Join("..", layer.Context, layer.Dockerfile))
		require.NoError(t, err)
		edited, err := unseen("test")(string(dockerfile))
		require.NoError(t, err)
		assert.Regexp(t, `(?m)^FROM \$\{PARENT\}.*\nENV BENCH=test-\d+$`, edited, layer.Name)
	}
}

func TestImageSeconds(t *testing.T) {
	said := " ~  docker:index:Image bot updating (0s) [diff: ~build]; built in 0.3s\n" +
		" ~  docker:index:Image bot-two updated (9s)\n ~  docker:index:Image bot updated (0.45s) [diff: ~build,imageName]; pushed x\n"
	seconds, err := imageSeconds(said, "bot")
	require.NoError(t, err)
	assert.Equal(t, 0.45, seconds)
	_, err = imageSeconds(said, "warden")
	assert.ErrorContains(t, err, "what Pulumi said holds no time of the image warden")
}

func TestImageWatchNotesTheLastImage(t *testing.T) {
	w := &imageWatch{}
	write := func(text string) time.Time {
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
		return w.last
	}
	require.Zero(t, write(" ~  docker:index:Image bot updating (0s) [diff: ~build]; built in 1.88s\n ~  docker:index:Image base upd"))
	first := write("ated (1s) [diff: ~build]\n")
	require.NotZero(t, first)
	second := write(" +  docker:index:Image models created (1.2s)\n")
	require.True(t, second.After(first))
	require.Equal(t, second, write(" ~  aws:ecs:Service bot updated (0.23s)\n"))
	require.Equal(t, 2, w.seen)
}

func TestBakeFileHasTheProgramsArgs(t *testing.T) {
	layers := fleet.Load(t, "prod").Graph.Layers()
	var shape [][]string
	for _, level := range levels(layers) {
		var names []string
		for _, layer := range level {
			names = append(names, layer.Name)
		}
		shape = append(shape, names)
	}
	assert.Equal(t, [][]string{{"base", "warden"}, {"python-deps"}, {"database-init", "member-listener", "models"}, {"bot", "leveling-api"}}, shape)

	text, err := bakeFile(levels(layers)[3], "bench-1")
	require.NoError(t, err)
	var file struct {
		Group  map[string]struct{ Targets []string }
		Target map[string]bakeTarget
	}
	require.NoError(t, json.Unmarshal(text, &file))
	assert.Equal(t, []string{"bot", "leveling-api"}, file.Group["default"].Targets)
	bot := file.Target["bot"]
	assert.Equal(t, "localhost:4566/botyard/local/models:bench-1", bot.Args["PARENT"])
	assert.Equal(t, "localhost:4566/botyard/local/warden:bench-1", bot.Args["WARDEN"])
	assert.Equal(t, "1", bot.Args["BUILDKIT_INLINE_CACHE"])
	assert.Equal(t, []string{"localhost:4566/botyard/local/bot:bench-1"}, bot.Tags)
	assert.Equal(t, "images/bot", bot.Context)
}

func TestFortyLayers(t *testing.T) {
	config := fortyConfig()
	assert.Len(t, config, 40)
	assert.Equal(t, map[string]string{"parent": "bench-3-7", "context": "images/bench-4-7"}, config["bench-4-7"])
	local, err := os.ReadFile("../Pulumi.local.yaml")
	require.NoError(t, err)
	layers, err := json.Marshal(config)
	require.NoError(t, err)
	var file struct{ Config map[string]any }
	require.NoError(t, yaml.Unmarshal([]byte(string(local)+"  botyard:images: "+string(layers)+"\n"), &file), "the file ends inside config and has no images of its own")
	assert.Len(t, file.Config["botyard:images"], 40)

	var list []image.Layer
	root := t.TempDir()
	y := &yard{dir: root}
	for name, layer := range config {
		require.NoError(t, y.write("images/"+name+"/Dockerfile", "FROM x\n"))
		list = append(list, image.Layer{Name: name, Parent: layer["parent"], Context: layer["context"]})
	}
	graph, err := image.NewGraph(root, list, map[string]string{"base": "x"})
	require.NoError(t, err)
	assert.Equal(t, []string{"bench-2-3", "bench-3-3", "bench-4-3"}, graph.Descendants("bench-1-3"))
}

func TestReadDigests(t *testing.T) {
	digests, err := readDigests(`{"deployment": {"resources": [
		{"urn": "urn:pulumi:local::botyard::botyard:platform:Builds$docker:index/image:Image::bot", "type": "docker:index/image:Image", "outputs": {"repoDigest": "r@sha256:a"}},
		{"urn": "urn:pulumi:local::botyard::x::bot", "type": "aws:ecs/service:Service", "outputs": {"repoDigest": 1}}]}}`)
	require.Error(t, err, "another resource's output of that name is no digest")
	require.Nil(t, digests)
	digests, err = readDigests(`{"deployment": {"resources": [
		{"urn": "urn:pulumi:local::botyard::botyard:platform:Builds$docker:index/image:Image::bot", "type": "docker:index/image:Image", "outputs": {"repoDigest": "r@sha256:a"}},
		{"urn": "urn:pulumi:local::botyard::x::bot", "type": "aws:ecs/service:Service", "outputs": {"name": 1}}]}}`)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"bot": "r@sha256:a"}, digests)
	assert.Equal(t, []string{"bot", "new"}, differing(digests, map[string]string{"bot": "r@sha256:b", "new": "x"}))
	_, err = readDigests(`{"deployment": {}}`)
	assert.EqualError(t, err, "the exported state has no image")
}

func TestQuoted(t *testing.T) {
	out, err := exec.Command("bash", "-c", "export "+quoted([]string{"A=it's \"$B\""})+`; printf '%s' "$A"`).Output()
	require.NoError(t, err)
	assert.Equal(t, `it's "$B"`, string(out))
}
