// Package lease decides who may run a singleton. Its Machine is pure: it is told the time, what was read and how a
// write ended, and answers what to do. Nothing here waits, sends or reads a clock, so that a test can try every order.
package lease

import "time"

// View is the part of the table's item that the rules look at.
type View struct {
	Holder  string // empty when the lease is free
	Token   int64  // 0 when nobody has ever held it
	Beat    int64  // differs after every write of the holder
	Leaving bool   // the holder is about to release
	Lease   time.Duration
	Wanted  int64 // the highest revision that has waited since the last take, or that of the take itself
}

// Item is the whole item.
type Item struct {
	View
	Address  string // host:port of the holder's front, empty without one
	Task     string
	Revision string
	Healthy  bool
	Good     string
	Starts   []Start
}

// Start is one remembered start of a child.
type Start struct {
	At       int64 // epoch seconds
	Revision string
}

// Timing is when things happen, counted from before the last acknowledged write was sent unless said otherwise.
type Timing struct {
	Lease    time.Duration // from here on somebody else may run
	Renew    time.Duration // the next write
	Term     time.Duration // SIGTERM to the child
	Kill     time.Duration // SIGKILL to the child
	Deadline time.Duration // init kills everything

	Call  time.Duration // the longest that one call may take
	Pause time.Duration // the longest pause after a failed call
	Gap   time.Duration // a step that comes so much later than planned is a gap
	Tick  time.Duration // the longest time between two steps
	Poll  time.Duration // between two reads of a contender: at least as often as the holder writes, for the leases of tests
	Quick time.Duration // the same while the holder is leaving or the lease is free
	Yield time.Duration // how long an older revision lets a newer one take a free lease
}

// NewTiming divides a lease as README.md says: a renewal each fifth, SIGTERM at 11/15, SIGKILL at 14/15.
func NewTiming(lease time.Duration) Timing {
	return Timing{
		Lease: lease, Renew: lease / 5, Term: lease * 11 / 15, Kill: lease * 14 / 15, Deadline: lease * 29 / 30,
		Call: lease / 6, Pause: lease / 30, Gap: lease / 15, Tick: lease / 30,
		Poll: min(time.Second, lease/5), Quick: 100 * time.Millisecond, Yield: 3 * time.Second,
	}
}

// CallKind is what is sent to the table.
type CallKind int

// The calls. All writes are conditional.
const (
	Read    CallKind = iota + 1
	Want             // note our revision as wanted, if it is higher
	Take             // on the item being as expected
	Renew            // on the holder and the token being ours
	Release          // on the holder and the token being ours
)

// Call is one call to the table. There is at most one at a time.
type Call struct {
	ID      int
	Kind    CallKind
	Sent    time.Duration // before it was sent
	Expect  View          // of a Take
	Over    bool          // of a Take: from another holder, which has not released
	Holder  string
	Token   int64
	Leaving bool
	Start   bool // of a Renew: the child is started on its success, so it notes the start
}

// Outcome is how a call ended.
type Outcome int

// The outcomes. Unknown is a timeout or an error: the write may be carried out, now or later, or never.
const (
	Done Outcome = iota + 1
	Conflict
	Unknown
)

// ActionKind is what the machine wants done.
type ActionKind int

// The actions. Those from Noted on are told for the log and for whoever decides about the child.
const (
	Send   ActionKind = iota + 1
	Launch            // start the child with the token
	Term              // SIGTERM to the child: the lease could not be renewed
	Kill              // SIGKILL to the child
	Freeze            // SIGSTOP to the child
	Thaw              // SIGCONT to the child
	Extend            // give init the deadline At; 0 takes it back
	Took              // the lease is held; Failover when its last holder did not release
	Gave              // the lease was released, or is left to run out; nothing more happens
	LostIt            // somebody else holds it
	Ran               // it ran out before it could be renewed
	Failed            // a call failed and is tried again
	Missed            // a gap
	Rivals            // somebody else took it out of turn
)

// Action is one thing to do.
type Action struct {
	Kind     ActionKind
	Call     Call
	At       time.Duration
	Token    int64
	Failover bool
}
