package access

import (
	"context"
	"errors"
	"time"

	"menshen"
)

// What a doorman waits for.
const (
	doorBlind  = 30 * time.Second // a door that cannot tell how it is is asked again after
	doorSilent = 3                // so many questions in a row without an answer are trouble
	forcedKeep = 10 * time.Minute // a forced door shows for so long after it is shut again
)

// doorWatch is what the doorman knows of the door by looking.
type doorWatch struct {
	state    menshen.DoorState // the latest; zero before the first
	next     time.Time         // when to ask again
	silent   int               // questions without an answer, in a row
	since    time.Time         // of the first of them
	why      string
	opened   time.Time // since when the leaf stands open; zero while it is shut or unknown
	heldOpen time.Time // since when it stands open too long; zero while not
	forced   time.Time // when it was forced; zero for not
	over     time.Time // when a forced door was seen shut last
	alarm    time.Time // since when there is another alarm
	seen     bool      // it has told how it is, once at least
	adopted  bool      // what stands was found so
}

// lookAfter asks the door how it is, tells it again what it did not take, and opens again what is to stay open.
func (d *doorman) lookAfter(ctx context.Context) {
	ticker := time.NewTicker(d.cfg.DoorPoll)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			d.remind(ctx)
			d.ask(ctx)
		}
	}
}

// remind tells the door what it still owes.
func (d *doorman) remind(ctx context.Context) {
	if !d.turn.TryLock() {
		return // it is being told something just now
	}
	defer d.turn.Unlock()
	now := d.clock()
	d.mu.Lock()
	wanted, owed, pulse := d.wanted(), d.owed, d.pulsed && !now.Before(d.due)
	d.mu.Unlock()
	switch {
	case pulse:
		_ = d.pulse(ctx) // it is noted
	case owed:
		err := d.tell(ctx, menshen.DoorCommand{Gate: d.gate.ID, Action: wanted, At: now})
		if err != nil && menshen.ErrorCode(err) != menshen.CodeMissing {
			return
		}
		d.took(wanted)
		if err != nil && (wanted == menshen.DoorHold || wanted == menshen.DoorEmergency) {
			d.mu.Lock()
			d.pulsed, d.due = true, time.Time{}
			d.mu.Unlock()
		}
	}
}

// ask asks the door how it is.
func (d *doorman) ask(ctx context.Context) {
	door, can := d.door.(DoorReader)
	now := d.clock()
	d.mu.Lock()
	wait := now.Before(d.watch.next)
	d.mu.Unlock()
	if !can || wait {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, d.cfg.DoorLimit)
	defer cancel()
	s, err := door.State(ctx, d.gate.ID)
	if errors.Is(ctx.Err(), context.Canceled) {
		return // stopping says nothing of the door
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	w := &d.watch
	switch code := menshen.ErrorCode(err); {
	case code == menshen.CodeMissing || code == menshen.CodeNotFound:
		*w = doorWatch{next: now.Add(doorBlind)}
	case err != nil:
		if w.silent++; w.silent == 1 {
			w.since = now
		}
		w.why = err.Error()
		w.state = menshen.DoorState{Gate: d.gate.ID, Position: menshen.PositionUnknown, Lock: menshen.LockUnknown, At: now}
	default:
		w.silent, w.why = 0, ""
		d.saw(s)
	}
}

// saw judges how the door is. The caller holds the lock.
func (d *doorman) saw(s menshen.DoorState) {
	w, now := &d.watch, d.clock()
	before := w.state
	w.state = s
	d.confirm(s)
	heldOpen := d.standing == menshen.DoorHold || d.standing == menshen.DoorEmergency
	open := s.Position == menshen.PositionOpen
	switch {
	case !open:
		w.opened, w.heldOpen = time.Time{}, time.Time{}
	case w.opened.IsZero():
		w.opened = now
	}
	if open && !heldOpen {
		from := w.opened
		if d.shut.After(from) {
			from = d.shut
		}
		if w.heldOpen.IsZero() && (s.Alarm == menshen.AlarmHeldOpen || now.Sub(from) >= d.cfg.DoorHeldOpen) {
			w.heldOpen = now
			d.m.doorAlarms.WithLabelValues(d.gate.ID, "held_open").Inc()
			d.log.Error("door stays open", "gate", d.gate.ID, "open_since", w.opened)
		}
	} else {
		w.heldOpen = time.Time{}
	}
	// Opened though it was and is locked, and nobody told it to: where there is a handle inside, the lock is not locked then.
	broken := open && before.Position == menshen.PositionClosed && before.Lock == menshen.LockLocked && s.Lock == menshen.LockLocked &&
		!heldOpen && now.After(d.shut)
	if forced := broken || s.Alarm == menshen.AlarmForced; forced && w.forced.IsZero() && before.Alarm != menshen.AlarmForced {
		w.forced = now
		d.m.doorAlarms.WithLabelValues(d.gate.ID, "forced").Inc()
		d.log.Error("door was forced", "gate", d.gate.ID)
	}
	switch {
	case w.forced.IsZero() || open || s.Alarm == menshen.AlarmForced:
		w.over = time.Time{}
	case w.over.IsZero():
		w.over = now
	case now.Sub(w.over) >= forcedKeep:
		w.forced, w.over = time.Time{}, time.Time{}
	}
	other := s.Alarm != "" && s.Alarm != menshen.AlarmForced && s.Alarm != menshen.AlarmHeldOpen
	switch {
	case !other:
		w.alarm = time.Time{}
	case w.alarm.IsZero():
		w.alarm = now
	}
}

// confirm compares what stands with how the door is. The caller holds the lock.
func (d *doorman) confirm(s menshen.DoorState) {
	w := &d.watch
	held := s.Lock == menshen.LockHeld
	switch {
	case !w.seen && held && d.standing == "":
		// It was held before this process began, perhaps in an emergency: that does not end by a restart.
		d.standing, w.adopted = menshen.DoorHold, true
		d.log.Warn("the door is held open from before, and stays so until it is set to normal", "gate", d.gate.ID)
	case w.adopted && !held: // by somebody else, who has ended it
		d.standing, w.adopted = "", false
	case s.Lock == menshen.LockUnknown || d.pulsed:
	case d.standing == menshen.DoorHold || d.standing == menshen.DoorEmergency:
		d.owed = d.owed || !held
	case d.standing == menshen.DoorLock:
		d.owed = d.owed || s.Lock != menshen.LockLocked
	}
	w.seen = true
}

// conditions gives what is not well with the door, the worst first.
func (d *doorman) conditions() []menshen.Condition {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []menshen.Condition
	w := &d.watch
	if !w.forced.IsZero() {
		all = append(all, forcedCondition(d.gate, w.forced))
	}
	switch {
	case !d.failing.IsZero():
		all = append(all, doorCondition(d.gate, d.failing, d.detail))
	case w.silent >= doorSilent:
		all = append(all, doorCondition(d.gate, w.since, w.why))
	}
	if !w.heldOpen.IsZero() {
		all = append(all, heldOpenCondition(d.gate, w.heldOpen))
	}
	if !w.alarm.IsZero() {
		all = append(all, alarmCondition(d.gate, w.alarm, w.state.Alarm))
	}
	return all
}
