package lease

import (
	"math"
	"time"
)

// never is later than any time.
const never = time.Duration(math.MaxInt64)

// unreadable is the lease of a holder whose item does not say it: the longest that settings allow.
const unreadable = 300 * time.Second

// contend does what a contender has to do now, if anything.
func (s *step) contend() {
	switch {
	case s.releasing:
		s.phase = Gone
		s.add(Action{Kind: Gave})
	case s.now >= s.takeAt():
		s.take()
	case s.now >= s.readAt:
		s.send(Call{Kind: Read})
	case s.view.Holder != "" && s.cfg.Revision > s.view.Wanted && s.wantNoted != s.view.Token:
		s.wantNoted = s.view.Token
		s.send(Call{Kind: Want})
	}
}

// takeAt is when the lease may be taken, by what was last read.
func (m *Machine) takeAt() time.Duration {
	switch {
	case !m.seen:
		return never
	case m.view.Holder == "" && m.cfg.Revision < m.view.Wanted:
		return m.viewAt + m.cfg.Yield
	case m.view.Holder == "" || m.Own(m.view.Holder):
		// Our own that ran out, or that a take got whose answer was lost: no child of ours runs here.
		return m.viewAt
	case m.view.Lease <= 0:
		return m.viewAt + unreadable
	}
	return m.viewAt + m.view.Lease
}

func (s *step) take() {
	token := s.view.Token + 1
	if s.view.Token == 0 {
		token = s.cfg.Unix() // never one that was given out before the item was garbage-collected
	}
	s.takes++
	s.seen = false // whatever comes of it, the item has to be read again
	s.readAt = s.now
	over := s.view.Holder != "" && !s.Own(s.view.Holder)
	s.tried = s.cfg.NewHolder(s.takes)
	s.send(Call{Kind: Take, Expect: s.view, Over: over, Holder: s.tried, Token: token})
}

// observe takes note of what was read, received now.
func (s *step) observe(v View) {
	same := s.seen && v.Holder == s.view.Holder && v.Token == s.view.Token && v.Beat == s.view.Beat
	if s.seen && v.Holder != "" && s.view.Holder != "" && v.Holder != s.view.Holder &&
		!s.view.Leaving && !s.Own(v.Holder) && s.now-s.viewAt < s.view.Lease {
		s.add(Action{Kind: Rivals})
	}
	if !same {
		s.viewAt = s.now
	}
	s.view, s.seen = v, true
	s.readAt = s.now + s.cfg.Poll
	if v.Leaving || v.Holder == "" {
		s.readAt = s.now + s.cfg.Quick
	}
}

// Answer tells how a call ended; item is what was read or written. An answer to an earlier call changes nothing.
func (m *Machine) Answer(now time.Duration, id int, outcome Outcome, v View) []Action {
	return m.run(now, func(s *step) {
		if !s.busy || id != s.call.ID {
			return
		}
		s.busy = false
		if outcome == Unknown {
			s.add(Action{Kind: Failed, Call: s.call})
		}
		switch s.call.Kind {
		case Read:
			s.read(outcome, v)
		case Want:
			if outcome == Unknown {
				s.wantNoted = 0
			}
			s.readAt = max(s.readAt, now+s.pause())
		case Take:
			s.took(outcome)
		case Renew:
			s.renewed(outcome)
		case Release:
			s.released(outcome)
		}
	})
}

func (s *step) read(outcome Outcome, v View) {
	switch {
	case s.phase != Waiting:
	case outcome == Done:
		s.observe(v)
	default:
		s.readAt = s.now + s.pause()
	}
}

func (s *step) took(outcome Outcome) {
	switch outcome {
	case Done:
		s.phase, s.holder, s.held, s.token = Holding, s.call.Holder, s.call.Holder, s.call.Token
		s.since, s.renewAt = s.sent(), s.call.Sent+s.cfg.Renew
		s.add(Action{Kind: Took, Token: s.token, Failover: s.call.Over})
	case Conflict: // another contender was sooner: in a deploy two wait for the same release
		s.readAt = s.now
	case Unknown:
		// A read tells whether it was carried out: then the holder is ours, and is taken again under a new token.
		s.readAt = s.now
	}
	if s.releasing && outcome == Unknown { // we leave and cannot wait for the read
		s.phase, s.holder, s.token = Holding, s.call.Holder, s.call.Token
		s.since = s.call.Sent
	}
}
