package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The shape of the many layers: 5 levels of 8, each built on the one beneath it.
const (
	fortyLevels = 5
	fortyWide   = 8
	fortyWork   = "40 layers in 5 levels, 1 changed: built"
)

func fortyName(level, column int) string { return fmt.Sprintf("bench-%d-%d", level, column) }

// measureForty declares forty layers beside the fleet's, changes one in the second level, and reads from Pulumi's state
// which images are others afterwards: the layer itself and the three above it, or the measurement fails.
func (y *yard) measureForty(rows *table) (err error) {
	for level := range fortyLevels {
		for column := range fortyWide {
			name := fortyName(level, column)
			if err := y.write("images/"+name+"/Dockerfile", "ARG PARENT\nFROM ${PARENT}\nCOPY content /content/"+name+"\n"); err != nil {
				return err
			}
			if err := y.write("images/"+name+"/content", name+"\n"); err != nil {
				return err
			}
		}
	}
	restore, err := y.edit("Pulumi.local.yaml", func(text string) (string, error) {
		layers, err := json.Marshal(fortyConfig()) // JSON is YAML
		return text + "  botyard:images: " + string(layers) + "\n", err
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, restore()) }()
	up := func() error { return y.upAlone(nil) }
	if err := rows.timed(row{work: "40 layers in 5 levels, built for the first time: pulumi up"}, up); err != nil {
		return err
	}
	before, err := y.digests()
	if err != nil {
		return err
	}
	if err := y.write("images/"+fortyName(1, 3)+"/content", "changed\n"); err != nil {
		return err
	}
	if err := rows.timed(row{work: "40 layers in 5 levels, 1 changed: pulumi up"}, up); err != nil {
		return err
	}
	after, err := y.digests()
	if err != nil {
		return err
	}
	built := differing(before, after)
	rows.note(row{work: fortyWork, said: fmt.Sprintf("%d of %d: %s", len(built), len(after), strings.Join(built, ", "))})
	if want := []string{fortyName(1, 3), fortyName(2, 3), fortyName(3, 3), fortyName(4, 3)}; !slices.Equal(built, want) {
		return fmt.Errorf("built were %v, not %v", built, want)
	}
	return nil
}

// fortyConfig are the layers as botyard:images has them; the lowest stand on the fleet's base.
func fortyConfig() map[string]map[string]string {
	layers := map[string]map[string]string{}
	for level := range fortyLevels {
		for column := range fortyWide {
			parent := "base"
			if level > 0 {
				parent = fortyName(level-1, column)
			}
			layers[fortyName(level, column)] = map[string]string{"parent": parent, "context": "images/" + fortyName(level, column)}
		}
	}
	return layers
}

// digests are what Pulumi's state has of each image.
func (y *yard) digests() (map[string]string, error) {
	said, err := y.pulumi(y.dir, nil, "stack", "export", "--stack", "local")
	if err != nil {
		return nil, err
	}
	return readDigests(said[max(0, strings.Index(said, "{")):])
}

func readDigests(state string) (map[string]string, error) {
	var export struct {
		Deployment struct {
			Resources []struct {
				Urn, Type string
				Outputs   struct{ RepoDigest string }
			}
		}
	}
	if err := json.Unmarshal([]byte(state), &export); err != nil {
		return nil, fmt.Errorf("the exported state: %w", err)
	}
	digests := map[string]string{}
	for _, each := range export.Deployment.Resources {
		if each.Type == "docker:index/image:Image" {
			digests[each.Urn[strings.LastIndex(each.Urn, "::")+2:]] = each.Outputs.RepoDigest
		}
	}
	if len(digests) == 0 {
		return nil, errors.New("the exported state has no image")
	}
	return digests, nil
}

// differing are the names whose values are not the same, sorted.
func differing(before, after map[string]string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] != after[name] {
			names = append(names, name)
		}
	}
	return names
}
