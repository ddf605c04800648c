package lease

import "time"

// sent is what the lease counts from after the call that was just acknowledged.
func (s *step) sent() time.Duration {
	if s.cfg.countFromAck {
		return s.now
	}
	return s.call.Sent
}

// expiry ends the child before the lease can run out.
func (s *step) expiry() {
	running := s.child && !s.killed
	switch {
	case s.phase == Ending && running && s.now >= s.since+s.cfg.Kill:
		s.kill()
	case s.phase == Holding && s.now >= s.since+s.cfg.Term:
		s.add(Action{Kind: Ran, Token: s.token})
		if !s.child {
			s.wait()
			return
		}
		s.phase = Ending
		switch {
		case !running:
		case s.frozen || s.now >= s.since+s.cfg.Kill:
			s.kill() // a stopped process would not see a SIGTERM
		default:
			s.add(Action{Kind: Term, Token: s.token})
		}
	}
}

func (s *step) kill() {
	s.killed = true
	s.add(Action{Kind: Kill, Token: s.token})
}

// gap holds the child still after time went by unseen, until a write shows that the lease is still ours.
func (s *step) gap() {
	late := s.planned > 0 && s.now > s.planned+s.cfg.Gap
	if !late || s.phase != Holding {
		return
	}
	s.add(Action{Kind: Missed, At: s.now - s.planned, Token: s.token})
	s.confirm, s.renewAt = s.now, s.now
	if s.child && !s.killed && !s.frozen {
		s.frozen = true
		s.add(Action{Kind: Freeze})
	}
}

// wait makes it a contender again.
func (s *step) wait() {
	s.phase, s.seen, s.startWant, s.readAt = Waiting, false, false, s.now
}

func (s *step) renewed(outcome Outcome) {
	switch {
	case s.phase != Holding: // too late to be of use
	case outcome == Unknown:
		s.renewAt = s.now + s.pause()
	case outcome == Conflict:
		s.add(Action{Kind: LostIt, Token: s.token})
		if !s.child {
			s.wait()
			return
		}
		s.phase = Ending
		if !s.killed {
			s.kill()
		}
	default:
		s.confirmed()
	}
}

// confirmed takes the new lease into use.
func (s *step) confirmed() {
	s.since = s.sent()
	s.renewAt = s.call.Sent + s.cfg.Renew
	if s.leaving && !s.call.Leaving {
		s.renewAt = s.now // what it said has changed since it was sent
	}
	deadline := Action{Kind: Extend, At: s.since + s.cfg.Deadline}
	switch {
	case s.child:
		s.add(deadline)
		if s.frozen && s.call.Sent >= s.confirm {
			s.frozen = false
			s.add(Action{Kind: Thaw})
		}
	case s.startWant && !s.call.Start, s.startWant && s.now-s.call.Sent >= s.cfg.Renew:
		s.renewAt = s.now // sent before the start was asked for, or not fresh any more
	case s.startWant:
		s.startWant, s.child = false, true
		s.add(deadline)
		s.add(Action{Kind: Launch, Token: s.token})
	}
}

// released ends the machine. A conflict is as good: then an earlier try was carried out whose answer was lost.
func (s *step) released(outcome Outcome) {
	if outcome == Unknown && s.now < s.giveUpAt && s.phase == Holding {
		s.releaseAt = s.now + s.pause()
		return
	}
	s.phase = Gone
	s.add(Action{Kind: Gave, Token: s.token, Failover: outcome == Unknown})
}
