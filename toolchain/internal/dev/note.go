// Package dev is what `make dev` needs of this machine: the source that takes the place of a service's code, and the note
// of what has to be put back.
package dev

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Note is what is to be put back when a service no longer runs from its source. It is on disk before anything is changed.
type Note struct {
	Service  string    `json:"service"`
	Source   string    `json:"source"` // the folder, relative to the checkout
	Began    time.Time `json:"began"`
	Revision string    `json:"revision"` // ARN of the task definition that runs the source; empty until there is one
	Own      Own       `json:"own"`
	Standby  *Standby  `json:"standby,omitempty"` // of a singleton that has one
}

// Own is the service's ECS service as it was.
type Own struct {
	ARN            string `json:"arn"`
	TaskDefinition string `json:"taskDefinition"`  // its ARN
	Breaker        bool   `json:"breaker"`         // the deployment circuit breaker is on
	Rollback       bool   `json:"rollback"`        // and rolls back
	Grace          *int32 `json:"grace,omitempty"` // seconds; only behind a load balancer
}

// Standby is the ECS service of the copy that waits for the lease, as it was.
type Standby struct {
	ARN     string `json:"arn"`
	Desired int32  `json:"desired"`
}

// Read reads the note; nil if there is none.
func Read(path string) (*Note, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var note Note
	if err == nil {
		err = json.Unmarshal(text, &note)
	}
	if err == nil && (note.Service == "" || note.Own.ARN == "" || note.Own.TaskDefinition == "") {
		err = errors.New("it names no service, or not what it ran before")
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the note of make dev, %s: %w; right would be the file as yard wrote it, or make down and make up, which begin anew", path, err)
	}
	return &note, nil
}

// Write keeps the note, whole or not at all.
func (n Note) Write(path string) error {
	text, err := json.MarshalIndent(n, "", "  ")
	if err == nil {
		err = os.WriteFile(path+".new", append(text, '\n'), 0o644)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("cannot note what is to be put back: %w", err)
	}
	return nil
}

// Remove forgets the note.
func Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot remove the note of what has been put back: %w", err)
	}
	return nil
}
