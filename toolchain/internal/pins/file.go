// Package pins looks up the outside images that layers build on: what digest their tags have today, beside the one that a
// stack's file pins.
package pins

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Pin is an entry of botyard:baseImages.
type Pin struct {
	Name      string
	Reference string // as it is written, with its digest
	Newest    string // the digest that the tag has today, sha256:…; empty where it could not be looked up, or has not been
	Err       error  // why it could not

	line, column int // where the reference begins, from 1; columns are characters
}

// image is the reference without its digest.
func (p Pin) image() string {
	image, _, _ := strings.Cut(p.Reference, "@")
	return image
}

// Digest is the pinned one; empty without.
func (p Pin) Digest() string {
	_, digest, _ := strings.Cut(p.Reference, "@")
	return digest
}

// Newer tells that the tag means another image today.
func (p Pin) Newer() bool { return p.Newest != "" && p.Newest != p.Digest() }

// Local tells an image of the machine's own engine, which no registry knows: one without a digest and without a registry's
// host, by Docker's own rule. Only an emulated stack may have such (infra/config).
func (p Pin) Local() bool {
	host, _, slash := strings.Cut(p.Reference, "/")
	return p.Digest() == "" && !(slash && (strings.ContainsAny(host, ".:") || host == "localhost"))
}

// Read finds the entries in a stack's file, in its order; none where the file has no botyard:baseImages.
func Read(text []byte) ([]Pin, error) {
	var file struct {
		Config map[string]yaml.Node `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	images, there := file.Config["botyard:baseImages"]
	if !there || images.Tag == "!!null" {
		return nil, nil
	}
	if images.Kind != yaml.MappingNode {
		return nil, errors.New("botyard:baseImages is no map of names to images")
	}
	var pins []Pin
	for entry := range slices.Chunk(images.Content, 2) {
		name, value := entry[0], entry[1]
		if value.Tag == "!!null" { // removes what an extended stack has
			continue
		}
		if value.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("botyard:baseImages.%s is no text on a line of its own", name.Value)
		}
		pins = append(pins, Pin{Name: name.Value, Reference: value.Value, line: value.Line, column: value.Column})
	}
	return pins, nil
}

// Write puts the newest digests into the file's text, in place of the pinned ones. Nothing else of it changes: not a comment,
// not a space.
func Write(text []byte, pins []Pin) ([]byte, error) {
	lines := strings.SplitAfter(string(text), "\n")
	// From the end, so that what is written moves nothing that is still to be found.
	for _, pin := range slices.Backward(pins) {
		if !pin.Newer() {
			continue
		}
		line := lines[pin.line-1]
		before := offset(line, pin.column-1)
		at := strings.Index(line[before:], pin.Reference)
		if at < 0 || at > 1 { // 1: behind a quotation mark
			return nil, fmt.Errorf("line %d: the reference of %s is not written out there; write it on one line, without escapes", pin.line, pin.Name)
		}
		at += before
		lines[pin.line-1] = line[:at] + pin.image() + "@" + pin.Newest + line[at+len(pin.Reference):]
	}
	return []byte(strings.Join(lines, "")), nil
}

// offset is where the line's character with that number begins, from 0.
func offset(line string, characters int) int {
	bytes := 0
	for range characters {
		_, size := utf8.DecodeRuneInString(line[bytes:])
		bytes += size
	}
	return bytes
}
