// Package branches reads which branch is delivered to which stack.
package branches

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// File is the table's place below the checkout's root.
const File = ".github/environments.yaml"

// ErrUnmapped is the cause of the error for a branch that is delivered nowhere.
var ErrUnmapped = errors.New("is delivered nowhere")

// Table is the stack of each branch that is delivered.
type Table map[string]string

// Read reads the table of the checkout in root.
func Read(root string) (Table, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(File)))
	if err != nil {
		return nil, fmt.Errorf("cannot read which branch goes to which stack: %w", err)
	}
	var file struct {
		Branches Table `yaml:"branches"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("%s cannot be understood: %w; right would be branches: {master: prod}", File, err)
	}
	for _, branch := range file.Branches.names() {
		if file.Branches[branch] == "" {
			return nil, fmt.Errorf("%s names no stack for branch %q; right would be branches: {%s: prod}", File, branch, branch)
		}
	}
	return file.Branches, nil
}

// Stack is the stack that a branch is delivered to; ErrUnmapped if there is none.
func (t Table) Stack(branch string) (string, error) {
	if branch == "" {
		return "", errors.New("which branch? name it: BRANCH=master")
	}
	if stack, ok := t[branch]; ok {
		return stack, nil
	}
	var all []string
	for _, name := range t.names() {
		all = append(all, name+" → "+t[name])
	}
	return "", fmt.Errorf("branch %q %w: %s has %s; name one of these, or add it there", branch, ErrUnmapped, File, strings.Join(all, ", "))
}

func (t Table) names() []string { return slices.Sorted(maps.Keys(t)) }
