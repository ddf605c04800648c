package drill

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// second is a moment, counted from the fault.
func second(s float64) time.Time {
	return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC).Add(time.Duration(s * float64(time.Second)))
}

func ok(sent, done float64) Probe     { return Probe{Sent: second(sent), Done: second(done), OK: true} }
func failed(sent, done float64) Probe { return Probe{Sent: second(sent), Done: second(done)} }

func TestOutage(t *testing.T) {
	for name, c := range map[string]struct {
		probes   []Probe
		end      float64
		longest  float64
		answered bool
	}{
		"nobody notices": {[]Probe{ok(-0.1, -0.05), ok(0, 0.05), ok(0.1, 0.15), ok(0.2, 0.25)}, 0.3, 0.1, true},
		"silent at once, counted from the fault": {
			[]Probe{ok(-0.1, -0.05), failed(0, 0.01), failed(0.1, 0.11), ok(2, 2.5), ok(2.1, 2.55)}, 2.6, 2.5, true},
		"an answer to a request from before the fault does not count": {
			[]Probe{ok(-0.1, 0.4), failed(0.1, 0.2), ok(3, 3.1)}, 3.2, 3.1, true},
		"silent later, counted from the last answer": {
			[]Probe{ok(0, 0.1), ok(1, 1.1), ok(2, 2.1), failed(3, 3.1), ok(6, 6.1)}, 6.2, 4, true},
		"held by a front and answered late": {[]Probe{ok(0.1, 5), ok(0.2, 5.01), ok(5.02, 5.05)}, 5.1, 5, true},
		"the longest of two": {
			[]Probe{ok(1, 1), ok(4, 4), ok(5, 5), ok(7, 7)}, 7, 3, true},
		"never again":       {[]Probe{ok(-1, -0.9), failed(0, 1), failed(1, 2)}, 180, 180, false},
		"silent to the end": {[]Probe{ok(0, 0.1), failed(1, 2)}, 60, 59.9, true},
		"in the order of their sending, not of their answers": {[]Probe{ok(0.1, 2), ok(0.2, 0.3), ok(1, 1.1)}, 2, 0.9, true},
		"nothing was asked":                    {nil, 9, 9, false},
		"an answer after the end is not known": {[]Probe{ok(0, 12)}, 10, 10, false},
	} {
		t.Run(name, func(t *testing.T) {
			longest, answered := Outage(second(0), second(c.end), c.probes)
			assert.InDelta(t, c.longest, longest.Seconds(), 1e-6)
			assert.Equal(t, c.answered, answered)
		})
	}
}

func TestOverlap(t *testing.T) {
	one, two := []string{"a"}, []string{"a", "b"}
	at := func(ms int, copies []string) Sample { return Sample{At: second(float64(ms) / 1000), Copies: copies} }
	for name, c := range map[string]struct {
		samples    []Sample
		total, gap time.Duration
	}{
		"nothing seen":      {nil, 0, 0},
		"a handover":        {[]Sample{at(0, one), at(10, nil), at(20, []string{"b"})}, 0, 10 * time.Millisecond},
		"seen once":         {[]Sample{at(0, one), at(10, two), at(25, one)}, 15 * time.Millisecond, 15 * time.Millisecond},
		"twice":             {[]Sample{at(0, two), at(10, one), at(20, two), at(30, two), at(40, one)}, 30 * time.Millisecond, 10 * time.Millisecond},
		"seen last":         {[]Sample{at(0, one), at(10, two)}, Every, 10 * time.Millisecond},
		"a blind watcher":   {[]Sample{at(0, one), at(700, one)}, 0, 700 * time.Millisecond},
		"three are no more": {[]Sample{at(0, []string{"a", "b", "c"}), at(10, one)}, 10 * time.Millisecond, 10 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			total, gap := Overlap(c.samples)
			assert.Equal(t, c.total, total)
			assert.Equal(t, c.gap, gap)
		})
	}
}

func TestTorn(t *testing.T) {
	at := func(s float64, token int64, holder string) Lease {
		return Lease{At: second(s), Token: token, Holder: holder}
	}
	for name, c := range map[string]struct {
		leases []Lease
		total  time.Duration
	}{
		"held on":                       {[]Lease{at(0, 4, "a"), at(1, 4, "a")}, 0},
		"released and taken":            {[]Lease{at(0, 4, "a"), at(1, 4, ""), at(2, 5, "b"), at(3, 5, "b")}, 0},
		"taken over":                    {[]Lease{at(0, 4, "a"), at(1, 5, "b")}, 0},
		"another under the same token":  {[]Lease{at(0, 4, "a"), at(1, 4, "b"), at(3, 5, "b")}, 2 * time.Second},
		"also after a release":          {[]Lease{at(0, 4, "a"), at(1, 4, ""), at(2, 4, "b"), at(3, 5, "b")}, time.Second},
		"an older token is back":        {[]Lease{at(0, 5, "b"), at(1, 4, "a"), at(1.5, 5, "b")}, 500 * time.Millisecond},
		"seen last":                     {[]Lease{at(0, 5, "b"), at(1, 4, "a")}, time.Millisecond},
		"free at first, under no token": {[]Lease{at(0, 4, ""), at(1, 4, "a"), at(2, 4, "b"), at(3, 5, "b")}, time.Second},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.total, Torn(c.leases)) })
	}
}
