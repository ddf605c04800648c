package drill

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Outcome is what one fault has done, once.
type Outcome struct {
	Outage                  time.Duration
	Overlap                 time.Duration
	TokenBefore, TokenAfter int64
	Holder                  string   // who holds the lease afterwards: "same task", "standby" or "new task"
	Alarms                  []string // alarms that went to ALARM meanwhile, sorted
}

// Result is what a fault has done in all its runs.
type Result struct {
	Fault          string   `json:"fault"`
	Seconds        float64  `json:"seconds"`        // until the service answered again: the median of the runs
	OverlapSeconds float64  `json:"overlapSeconds"` // in which two copies ran: the worst of the runs
	TokenBefore    int64    `json:"tokenBefore"`    // the lease's token before the first run
	TokenAfter     int64    `json:"tokenAfter"`     // and after the last
	Holder         string   `json:"holder"`         // after each run; each answer once
	Alarms         []string `json:"alarms"`         // of all runs; empty, not absent
	// With one run there is nothing to say here.
	WorstSeconds float64   `json:"worstSeconds,omitempty"`
	Runs         []float64 `json:"runs,omitempty"` // the seconds of each run, in order
}

// Report is the whole drill.
type Report struct {
	Stack        string   `json:"stack"`
	Service      string   `json:"service"`
	LeaseSeconds int      `json:"leaseSeconds"`
	Faults       []Result `json:"faults"`
	Date         string   `json:"date"` // when it began, RFC 3339, UTC
}

// JSON is the report in one line, without a line break.
func (r Report) JSON() (string, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("cannot write the drill's result: %w", err)
	}
	return string(text), nil
}

// Sum joins the outcomes of a fault's runs, of which there is at least one.
func Sum(fault string, outcomes []Outcome) Result {
	last := outcomes[len(outcomes)-1]
	r := Result{Fault: fault, TokenBefore: outcomes[0].TokenBefore, TokenAfter: last.TokenAfter, Alarms: []string{}}
	var runs []float64
	var holders []string
	for _, o := range outcomes {
		runs = append(runs, hundredths(o.Outage))
		r.OverlapSeconds = max(r.OverlapSeconds, thousandthsUp(o.Overlap))
		r.Alarms = append(r.Alarms, o.Alarms...)
		if !slices.Contains(holders, o.Holder) {
			holders = append(holders, o.Holder)
		}
	}
	slices.Sort(r.Alarms)
	r.Alarms = slices.Compact(r.Alarms)
	r.Holder = strings.Join(holders, ", ")
	r.Seconds = median(runs)
	if len(runs) > 1 {
		r.WorstSeconds, r.Runs = slices.Max(runs), runs
	}
	return r
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return math.Round((sorted[middle-1]+sorted[middle])*50) / 100
}

func hundredths(d time.Duration) float64 { return math.Round(d.Seconds()*100) / 100 }

// thousandthsUp never makes nothing of something.
func thousandthsUp(d time.Duration) float64 {
	return math.Ceil(float64(d)/float64(time.Millisecond)) / 1000
}

// HolderAfter names who holds the lease after a fault: the task that did before, a task that waited for it before, or one
// that was started since.
func HolderAfter(before, after string, waited []string) string {
	switch {
	case after == before:
		return "same task"
	case slices.Contains(waited, after):
		return "standby"
	}
	return "new task"
}
