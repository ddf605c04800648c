package stack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"botyard/toolchain/internal/run"
)

// Repaired is what RepairPending did.
type Repaired struct {
	Adopted []string // URNs put into the state by the name that they must have; a refresh has dropped what is not there
	Dropped []string // URNs of creations whose result, if any, cannot be named
	Read    []string // URNs of changes and deletions, read anew
}

// RepairPending settles what a killed run had begun and not noted as done. A resource whose creation had begun may
// exist: one that goes by its name is put into the state under that name, and a refresh of just these then either
// fills in what it finds or drops what is not there. Whatever else had begun is forgotten as pending and read anew.
func (s Stack) RepairPending(ctx context.Context) (*Repaired, error) {
	if pending, err := s.mayHavePending(); err != nil || !pending {
		return nil, err
	}
	exported, err := run.Output(ctx, s.command("stack", "export", "--stack", s.Name, "--non-interactive"))
	if err != nil {
		return nil, fmt.Errorf("cannot export stack %s to repair it: %w", s.Name, err)
	}
	state, done, err := settle([]byte(exported))
	if err != nil || done == nil {
		return nil, err
	}
	if err := s.importState(ctx, state); err != nil {
		return nil, err
	}
	if affected := append(append([]string{}, done.Adopted...), done.Read...); len(affected) > 0 {
		args := s.withConfig("refresh", "--yes", "--skip-preview")
		for _, urn := range affected {
			args = append(args, "--target", urn)
		}
		if err := s.stream(ctx, args...); err != nil {
			return nil, fmt.Errorf("cannot read what the interrupted run left: %w", err)
		}
	}
	return done, nil
}

// mayHavePending looks into the state file, which costs nothing on the many runs that find no such thing.
func (s Stack) mayHavePending() (bool, error) {
	paths, err := filepath.Glob(filepath.Join(s.Backend, ".pulumi", "stacks", "*", s.Name+".json"))
	if err != nil {
		return false, fmt.Errorf("cannot find the state of stack %s: %w", s.Name, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return false, fmt.Errorf("cannot read the state of stack %s: %w", s.Name, err)
		}
		if bytes.Contains(text, []byte(`"pending_operations"`)) {
			return true, nil
		}
	}
	return false, nil
}

func (s Stack) importState(ctx context.Context, state []byte) error {
	file, err := os.CreateTemp("", "botyard-state-*.json")
	if err != nil {
		return fmt.Errorf("cannot repair stack %s: %w", s.Name, err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(state)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("cannot repair stack %s: %w", s.Name, err)
	}
	if _, err := run.Output(ctx, s.command("stack", "import", "--stack", s.Name, "--file", file.Name(), "--non-interactive")); err != nil {
		return fmt.Errorf("cannot put the repaired state of stack %s in place: %w", s.Name, err)
	}
	return nil
}

// settle rewrites an exported state without pending operations. It keeps everything that it does not know as it is.
// It returns nil when nothing is pending.
func settle(exported []byte) ([]byte, *Repaired, error) {
	var file, deployment map[string]json.RawMessage
	if err := json.Unmarshal(exported, &file); err != nil {
		return nil, nil, fmt.Errorf("the exported state cannot be read: %w", err)
	}
	if err := json.Unmarshal(file["deployment"], &deployment); err != nil {
		return nil, nil, fmt.Errorf("the exported state cannot be read: %w", err)
	}
	var operations []struct {
		Type     string         `json:"type"`
		Resource map[string]any `json:"resource"`
	}
	if raw, ok := deployment["pending_operations"]; ok {
		if err := json.Unmarshal(raw, &operations); err != nil {
			return nil, nil, fmt.Errorf("the pending operations cannot be read: %w", err)
		}
	}
	if len(operations) == 0 {
		return nil, nil, nil
	}
	var resources []json.RawMessage
	if raw, ok := deployment["resources"]; ok {
		if err := json.Unmarshal(raw, &resources); err != nil {
			return nil, nil, fmt.Errorf("the exported resources cannot be read: %w", err)
		}
	}
	done := &Repaired{}
	for _, operation := range operations {
		urn, _ := operation.Resource["urn"].(string)
		if operation.Type != "creating" {
			done.Read = append(done.Read, urn)
			continue
		}
		// A replacement has the URN of what it replaces, and no name that could clash.
		id := identity(operation.Resource)
		if id == "" || len(known([]string{urn}, resources)) > 0 {
			done.Dropped = append(done.Dropped, urn)
			continue
		}
		adopted := operation.Resource
		adopted["id"] = id
		adopted["outputs"] = adopted["inputs"]
		raw, err := json.Marshal(adopted)
		if err != nil {
			return nil, nil, fmt.Errorf("cannot adopt %s: %w", urn, err)
		}
		// Last in the list: what it depends on was in the state before its creation began.
		resources = append(resources, raw)
		done.Adopted = append(done.Adopted, urn)
	}
	done.Read = known(done.Read, resources)
	return assemble(file, deployment, resources, done)
}

// known keeps the URNs that the state holds; a refresh refuses others.
func known(urns []string, resources []json.RawMessage) []string {
	var kept []string
	for _, urn := range urns {
		quoted, _ := json.Marshal(urn) // a string always can be
		for _, resource := range resources {
			if bytes.Contains(resource, append([]byte(`"urn":`), quoted...)) || bytes.Contains(resource, append([]byte(`"urn": `), quoted...)) {
				kept = append(kept, urn)
				break
			}
		}
	}
	return kept
}

func assemble(file, deployment map[string]json.RawMessage, resources []json.RawMessage, done *Repaired) ([]byte, *Repaired, error) {
	delete(deployment, "pending_operations")
	var err error
	if deployment["resources"], err = json.Marshal(resources); err != nil {
		return nil, nil, fmt.Errorf("cannot write the repaired resources: %w", err)
	}
	if file["deployment"], err = json.Marshal(deployment); err != nil {
		return nil, nil, fmt.Errorf("cannot write the repaired state: %w", err)
	}
	state, err := json.Marshal(file)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot write the repaired state: %w", err)
	}
	return state, done, nil
}
