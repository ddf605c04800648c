package drill

import "time"

// Every is how often the processes of this machine are sampled.
const Every = 10 * time.Millisecond

// Sample is what was seen at one moment.
type Sample struct {
	At     time.Time
	Copies []string // the containers in which a copy of the service runs
}

// Overlap is the time in which at least two copies ran. What a sample shows holds until the next sample; the last one
// counts for the usual pause. gap is the longest time between two samples, in which nothing could be seen.
func Overlap(samples []Sample) (total, gap time.Duration) {
	for i, sample := range samples {
		lasts := Every
		if i+1 < len(samples) {
			lasts = samples[i+1].At.Sub(sample.At)
			gap = max(gap, lasts)
		}
		if len(sample.Copies) > 1 {
			total += lasts
		}
	}
	return total, gap
}

// Lease is what the lease's item said at one moment.
type Lease struct {
	At     time.Time
	Token  int64
	Holder string // empty while nobody holds it
}

// Torn is the time in which the lease's item contradicts that one copy runs: a token lower than an earlier one, or
// another holder under the same token. Each new holder must have a higher token than all before it. It is all that can
// be seen of an overlap from outside: a copy that runs without the lease leaves no trace in the item.
func Torn(leases []Lease) (total time.Duration) {
	highest, holder := int64(0), ""
	for i, lease := range leases {
		switch {
		case lease.Token > highest:
			highest, holder = lease.Token, lease.Holder
		case lease.Token == highest && (holder == "" || lease.Holder == "" || lease.Holder == holder):
			// Held on, or released: who took it under this token stays its only holder.
			if holder == "" {
				holder = lease.Holder
			}
		case i+1 < len(leases):
			total += leases[i+1].At.Sub(lease.At)
		default:
			total += time.Millisecond // seen last: it has happened, for how long is not known
		}
	}
	return total
}
