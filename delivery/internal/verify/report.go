// Package verify holds what a delivery has promised: every service runs as wanted and is healthy, and no alarm is on.
package verify

import (
	"encoding/json"
	"errors"
	"fmt"
)

// report is what `make status JSON=1` prints, as far as it is used.
type report struct {
	Services []service `json:"services"`
	Alarms   []struct {
		Name        string `json:"name"`
		Since       string `json:"since"`
		Description string `json:"description"`
	} `json:"alarms"`
	Errors []string `json:"errors"`
}

type service struct {
	Name    string `json:"service"`
	State   string `json:"state"`
	Running int    `json:"running"`
	Wanted  int    `json:"wanted"`
	Standby string `json:"standby"`
	Health  string `json:"health"`
	Lease   *struct {
		State string `json:"state"`
	} `json:"lease"`
}

// none is how the status says that there is no such thing, such as a standby.
const none = "–"

// Problems are what of a status is not as it should be, a line each; none is well. The error is for what is no status.
func Problems(status []byte) ([]string, error) {
	var r report
	if err := json.Unmarshal(status, &r); err != nil {
		return nil, fmt.Errorf("the status is no JSON: %w; right would be what make status JSON=1 prints", err)
	}
	if len(r.Services) == 0 && len(r.Errors) == 0 {
		return nil, errors.New("the status names no service; right would be what make status JSON=1 prints of a stack that is up")
	}
	var problems []string
	for _, s := range r.Services {
		problems = append(problems, s.problems()...)
	}
	for _, a := range r.Alarms {
		problems = append(problems, fmt.Sprintf("alarm %s is on since %s: %s", a.Name, a.Since, a.Description))
	}
	return append(problems, r.Errors...), nil
}

func (s service) problems() []string {
	var list []string
	add := func(format string, values ...any) {
		list = append(list, "service "+s.Name+" "+fmt.Sprintf(format, values...))
	}
	if s.State != "running" || s.Running < s.Wanted || s.Wanted == 0 {
		add("is %s: %d of %d tasks run", s.State, s.Running, s.Wanted)
	}
	if s.Health != "healthy" {
		add("is not healthy: its health is %s", s.Health)
	}
	if s.Standby != none && s.Standby != "running" {
		add("has a standby that is %s", s.Standby)
	}
	if s.Lease != nil && s.Lease.State != "held" {
		add("is a singleton whose lease is %s", s.Lease.State)
	}
	return list
}
