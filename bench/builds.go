package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"botyard/infra/image"
)

const (
	lineBuild = "one line changed in the bot: its build and push, as Pulumi shows it"
	allBuilt  = "all layers built anew and pushed, by pulumi up, its start included"
	allBaked  = "all layers built anew and pushed, by docker buildx bake"
)

// measureLineBuild is the build alone of a line that changed, against what the society's Jenkins job did for it.
func (y *yard) measureLineBuild(rows *table) error {
	if err := rows.once(noCache, y.buildAllWithoutCache); err != nil {
		return err
	}
	return y.withGreeting(func(string) error {
		said, err := y.makeIn(nil, "up")
		if err != nil {
			return err
		}
		seconds, err := imageSeconds(said, "bot")
		if err == nil {
			rows.note(row{work: lineBuild, seconds: seconds, against: noCache, less: 20})
		}
		return err
	})
}

// imageSeconds finds in what Pulumi said how long an image took.
func imageSeconds(said, layer string) (float64, error) {
	found := regexp.MustCompile(`docker:index:Image ` + regexp.QuoteMeta(layer) + ` (?:updated|created) \(([\d.]+)s\)`).FindStringSubmatch(said)
	if found == nil {
		return 0, fmt.Errorf("what Pulumi said holds no time of the image %s:\n%s", layer, said)
	}
	return strconv.ParseFloat(found[1], 64)
}

// measureBake builds every layer anew by the product and by bake. Both get steps that no engine has seen, so that nobody's
// build cache is thrown away for it, and start from the same outside images.
func (y *yard) measureBake(rows *table) error {
	buildx, err := ensureBuildx()
	if err != nil {
		return err
	}
	err = y.withUnseenSteps("bake", func() error {
		layers, err := y.layers()
		if err != nil {
			return err
		}
		return rows.timed(row{work: allBaked}, func() error { return y.bake(buildx, layers) })
	})
	if err != nil {
		return err
	}
	return y.withUnseenSteps("up", func() error {
		began, images := time.Now(), &imageWatch{}
		if err := y.upInto(images, nil); err != nil {
			return err
		}
		rows.note(row{work: allBuilt, seconds: images.last.Sub(began).Seconds(), against: allBaked, atMost: 1.1})
		return nil
	})
}

// imageWatch notes when Pulumi last said that an image is there: no service is touched before all of them are.
type imageWatch struct {
	said bytes.Buffer
	seen int
	last time.Time
}

var imageDone = regexp.MustCompile(`docker:index:Image \S+ (?:created|updated) \(`)

// Write takes what Pulumi says, in pieces that need not be lines.
func (w *imageWatch) Write(text []byte) (int, error) {
	w.said.Write(text)
	if seen := len(imageDone.FindAllIndex(w.said.Bytes(), -1)); seen > w.seen {
		w.seen, w.last = seen, time.Now()
	}
	return len(text), nil
}

// withUnseenSteps calls do with Dockerfiles of the lowest layers whose every step is new to the engine, and so is all above.
func (y *yard) withUnseenSteps(purpose string, do func() error) (err error) {
	layers, err := y.layers()
	if err != nil {
		return err
	}
	for _, layer := range layers {
		if !layer.Base {
			continue
		}
		restore, editErr := y.edit(filepath.Join(layer.Context, layer.Dockerfile), unseen(purpose))
		if editErr != nil {
			return editErr
		}
		defer func() { err = errors.Join(err, restore()) }()
	}
	return do()
}

var fromParent = regexp.MustCompile(`(?m)^FROM \$\{PARENT\}.*$`)

// unseen puts a variable that no build has had behind each FROM of the parent.
func unseen(purpose string) func(string) (string, error) {
	return func(text string) (string, error) {
		return fromParent.ReplaceAllString(text, fmt.Sprintf("$0\nENV BENCH=%s-%d", purpose, time.Now().UnixNano())), nil
	}
}

// bake builds and pushes the layers by bake: all of one level at once, since the builder of Docker 20.10 knows no target as
// a context, and each on the images of the levels before it.
func (y *yard) bake(buildx string, layers []image.Node) error {
	tag := fmt.Sprintf("bench-%d", time.Now().UnixNano())
	for i, level := range levels(layers) {
		definition, err := bakeFile(level, tag)
		if err != nil {
			return err
		}
		file := filepath.Join(y.scratch, fmt.Sprintf("bake-%d.json", i))
		if err := os.WriteFile(file, definition, 0o644); err != nil {
			return err
		}
		if _, err := command(y.dir, nil, buildx, "bake", "--builder", "default", "--progress", "plain", "--push", "--file", file); err != nil {
			return err
		}
	}
	return nil
}

// levels are the layers by how many must be there before them.
func levels(layers []image.Node) [][]image.Node {
	depths := map[string]int{}
	var all [][]image.Node
	for _, layer := range layers { // what a layer needs comes before it
		depth := 0
		if !layer.Base {
			depth = depths[layer.Parent] + 1
		}
		for _, used := range layer.Uses {
			depth = max(depth, depths[used]+1)
		}
		depths[layer.Name] = depth
		for len(all) <= depth {
			all = append(all, nil)
		}
		all[depth] = append(all[depth], layer)
	}
	return all
}

// ensureBuildx leaves buildx in the user's cache, compiled from the module that bench/buildx pins.
func ensureBuildx() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	pinned, err := os.ReadFile("bench/buildx/go.mod")
	if err != nil {
		return "", fmt.Errorf("bench runs in the checkout's folder: %w", err)
	}
	version := regexp.MustCompile(`github\.com/docker/buildx (v\S+)`).FindSubmatch(pinned)
	if version == nil {
		return "", errors.New("bench/buildx/go.mod does not name github.com/docker/buildx")
	}
	binary := filepath.Join(cache, "botyard", "buildx-"+string(version[1]), "buildx")
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	fmt.Fprintln(os.Stderr, "compiling buildx, some minutes, once")
	partial := binary + ".partial"
	_, err = command("bench/buildx", []string{"GOFLAGS=-buildvcs=false", "CGO_ENABLED=0", "GOWORK=off"},
		"go", "build", "-pgo=off", "-ldflags", "-s -w", "-o", partial, "github.com/docker/buildx/cmd/buildx")
	if err != nil {
		return "", err
	}
	return binary, os.Rename(partial, binary)
}

// tagged is where a layer's image of the bench goes.
func tagged(layer, tag string) string {
	return strings.Join([]string{registry, "botyard", "local", layer}, "/") + ":" + tag
}
