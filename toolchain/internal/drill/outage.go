package drill

import (
	"slices"
	"time"
)

// Probe is one request of the outside prober that has ended.
type Probe struct {
	Sent, Done time.Time
	OK         bool // it was answered as a user would want it
}

// Outage is how long the service did not answer because of a fault, and whether it ever answered after it.
//
// An answer is the moment at which a successful request is complete that was sent at the fault or later: what was sent
// before may have been answered by the copy that the fault ended. The outage is the longest time without an answer,
// counted from the fault or from an answer, up to the next answer or to the end of the watch. So it is counted from the
// fault when the service falls silent at once, and from its last answer when that comes later (a holder that is cut off
// from its lease answers until it gives up). Without any answer it is all the time from the fault to the end.
//
// An undisturbed service shows the pause between two requests, about 0.1 s: nothing shorter can be seen.
func Outage(fault, end time.Time, probes []Probe) (longest time.Duration, answered bool) {
	var answers []time.Time
	for _, probe := range probes {
		if probe.OK && !probe.Sent.Before(fault) && !probe.Done.After(end) {
			answers = append(answers, probe.Done)
		}
	}
	slices.SortFunc(answers, time.Time.Compare)
	last := fault
	for _, answer := range append(answers, end) {
		longest = max(longest, answer.Sub(last))
		last = answer
	}
	return longest, len(answers) > 0
}
