package lease

import "time"

// Phase is where a machine stands.
type Phase int

// The phases.
const (
	Waiting Phase = iota // as a contender
	Holding
	Ending // the lease is not ours to use any more; the child is being ended
	Gone   // released: nothing more happens
)

// Config is what does not change in a machine's life.
type Config struct {
	Timing
	Revision  int64                 // our task definition's revision number, 0 when unknown
	NewHolder func(take int) string // a name that nobody else has and that we have not used
	Jitter    func() float64        // from 0 up to 1
	Unix      func() int64          // epoch seconds: the first token of a new item

	countFromAck  bool // breaks a rule, for the test that shows that the model test can fail
	takeUnchecked bool // likewise: takes over though the beat may have changed
}

// Machine is one warden's view of one lease. It is a plain value: a copy is an independent machine.
type Machine struct {
	cfg   *Config
	phase Phase

	// As a contender: what the item was at the last read, and when it was first received like that.
	seen      bool
	view      View
	viewAt    time.Duration
	readAt    time.Duration // the next read
	wantNoted int64         // the token under which our revision was noted as wanted: each take sets it anew
	held      string        // the holder that we last were
	tried     string        // the holder of our last take

	// As the holder.
	holder  string
	token   int64
	since   time.Duration // the lease counts from here: before the last acknowledged write was sent
	renewAt time.Duration

	// The child.
	child     bool
	killed    bool
	frozen    bool
	confirm   time.Duration // while frozen: a write sent from here on confirms the lease
	startWant bool

	leaving   bool
	releasing bool
	releaseAt time.Duration // the next try
	giveUpAt  time.Duration // of the release

	busy    bool
	call    Call
	calls   int
	takes   int
	planned time.Duration // the next step at the latest; 0 before the first
}

// New is a machine that waits and knows nothing yet.
func New(cfg *Config) Machine { return Machine{cfg: cfg} }

// Phase is where the machine stands.
func (m *Machine) Phase() Phase { return m.phase }

// Token is the fencing token of the lease, if it is held.
func (m *Machine) Token() int64 { return m.token }

// Seen is the item as it was last read as a contender, and whether it was read.
func (m *Machine) Seen() (View, bool) { return m.view, m.seen }

// Holder is the name by which we hold the lease; empty while we do not.
func (m *Machine) Holder() string {
	if m.phase != Holding {
		return ""
	}
	return m.holder
}

// Own tells whether a holder's name is one of ours.
func (m *Machine) Own(holder string) bool {
	return holder != "" && (holder == m.held || holder == m.tried)
}

// step is one run of the rules at one time.
type step struct {
	*Machine
	now  time.Duration
	acts []Action
}

// run judges by the clock first: what arrives after a pause must not be believed before the pause was noticed.
func (m *Machine) run(now time.Duration, input func(*step)) []Action {
	s := step{Machine: m, now: now}
	s.gap()
	s.expiry()
	if input != nil {
		input(&s)
	}
	s.due()
	m.planned = m.next(now)
	return s.acts
}

// Tick is time going by.
func (m *Machine) Tick(now time.Duration) []Action { return m.run(now, nil) }

// WantStart asks for the child to be started once the lease is freshly confirmed. It is forgotten with the lease.
func (m *Machine) WantStart(now time.Duration) []Action {
	return m.run(now, func(s *step) {
		if s.phase == Holding && !s.child && !s.releasing {
			s.startWant, s.renewAt = true, now
		}
	})
}

// Poke writes as soon as it can, because what the item says of us has changed.
func (m *Machine) Poke(now time.Duration) []Action {
	return m.run(now, func(s *step) { s.renewAt = min(s.renewAt, now) })
}

// Leave announces the release that will follow when the child has ended.
func (m *Machine) Leave(now time.Duration) []Action {
	return m.run(now, func(s *step) { s.leaving, s.renewAt = true, now })
}

// Release gives the lease back, or stops waiting for it. The child must have ended, or never be started any more.
func (m *Machine) Release(now time.Duration) []Action {
	return m.run(now, func(s *step) {
		s.releasing, s.startWant, s.releaseAt, s.giveUpAt = true, false, now, now+s.cfg.Renew
		if s.phase == Waiting && s.busy && s.call.Kind != Take {
			s.busy = false // nobody needs the answer any more
		}
	})
}

// ChildEnded tells that the child and all that it had started have ended.
func (m *Machine) ChildEnded(now time.Duration) []Action {
	return m.run(now, func(s *step) {
		s.child, s.killed, s.frozen = false, false, false
		s.add(Action{Kind: Extend})
		if s.phase == Ending {
			s.wait()
		}
	})
}

// Next is when to step again at the latest.
func (m *Machine) Next() time.Duration { return m.planned }

func (m *Machine) next(now time.Duration) time.Duration {
	next := now + m.cfg.Tick
	sooner := func(at time.Duration) {
		if at > now {
			next = min(next, at)
		}
	}
	switch m.phase {
	case Waiting:
		sooner(m.readAt)
		sooner(m.takeAt())
	case Holding:
		sooner(m.renewAt)
		sooner(m.releaseAt)
		sooner(m.since + m.cfg.Term)
	case Ending:
		sooner(m.since + m.cfg.Kill)
	}
	return next
}

func (s *step) add(a Action) { s.acts = append(s.acts, a) }

func (s *step) send(c Call) {
	s.calls++
	c.ID, c.Sent = s.calls, s.now
	s.busy, s.call = true, c
	s.add(Action{Kind: Send, Call: c})
}

// pause is how long to wait after a failed call, jittered so that many wardens do not call at once.
func (s *step) pause() time.Duration {
	return s.cfg.Pause/5 + time.Duration(s.cfg.Jitter()*float64(s.cfg.Pause*4/5))
}

func (s *step) due() {
	if s.busy {
		return
	}
	switch s.phase {
	case Waiting:
		s.contend()
	case Holding:
		switch {
		case s.releasing && !s.child && s.now >= s.releaseAt:
			s.send(Call{Kind: Release, Holder: s.holder, Token: s.token})
		case s.now >= s.renewAt:
			s.send(Call{Kind: Renew, Holder: s.holder, Token: s.token, Leaving: s.leaving, Start: s.startWant})
		}
	}
}
