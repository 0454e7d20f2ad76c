package access

import (
	"context"
	"sync"
	"time"

	"menshen"
)

// CommandDoors tells the doors of gates what to do, all at the same time, waits for what each says, and gives a result for
// each, in their order. No gates are all gates, and an emergency is for all gates whatever is named. It returns within the
// door limit or, where a door is being told something else just then, twice that. Safe for concurrent use.
//
// Hold, lock and emergency stand until told otherwise: until then no pass moves the door, and a door that did not take it
// is told again and again. What a door cannot do by itself is done for it: held open by being opened again and again, locked by
// not being told anything any more.
func (c *Controller) CommandDoors(ctx context.Context, gates []string, action menshen.DoorAction, by string) []menshen.DoorResult {
	if len(gates) == 0 || action == menshen.DoorEmergency {
		gates = nil
		for _, g := range c.gates {
			gates = append(gates, g.info.ID)
		}
	}
	results := make([]menshen.DoorResult, len(gates))
	var all sync.WaitGroup
	for i, id := range gates {
		all.Go(func() { results[i] = c.CommandDoor(ctx, id, action, by) })
	}
	all.Wait()
	return results
}

// CommandDoor is CommandDoors for the door of one gate, in an emergency too.
func (c *Controller) CommandDoor(ctx context.Context, gate string, action menshen.DoorAction, by string) menshen.DoorResult {
	d := c.doorman(gate)
	if d == nil {
		return menshen.DoorResult{Gate: gate, Message: menshen.Text{ZH: "没有这个出入口", EN: "there is no such gate"}}
	}
	return d.command(ctx, action, by)
}

func (c *Controller) doorman(gate string) *doorman {
	for _, g := range c.gates {
		if g.info.ID == gate {
			return g.doorman
		}
	}
	return nil
}

// DoorState gives how the door of a gate is, in a word (closed, open, held, locked, alarm or unknown), and what is the
// matter with it.
func (c *Controller) DoorState(gate string) (state string, message menshen.Text) {
	d := c.doorman(gate)
	if d == nil {
		return "unknown", menshen.Text{ZH: "没有这个出入口", EN: "there is no such gate"}
	}
	if all := d.conditions(); len(all) > 0 {
		return "alarm", all[0].Meaning
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch s := d.watch.state; {
	case d.standing == menshen.DoorEmergency:
		return "held", menshen.Text{ZH: "紧急开启", EN: "open in an emergency"}
	case d.standing == menshen.DoorHold, s.Lock == menshen.LockHeld:
		return "held", menshen.Text{ZH: "常开", EN: "held open"}
	case d.standing == menshen.DoorLock:
		return "locked", menshen.Text{ZH: "锁闭", EN: "locked"}
	case s.Position == menshen.PositionOpen:
		return "open", menshen.Text{}
	case s.Position == menshen.PositionClosed, s.Lock == menshen.LockLocked:
		return "closed", menshen.Text{}
	}
	return "unknown", menshen.Text{}
}

// DoorStates gives how every door is, as it told last; unknown where it cannot tell or does not answer.
func (c *Controller) DoorStates() []menshen.DoorState {
	all := make([]menshen.DoorState, 0, len(c.gates))
	for _, g := range c.gates {
		d := g.doorman
		d.mu.Lock()
		s := d.watch.state
		d.mu.Unlock()
		if s.At.IsZero() {
			s = menshen.DoorState{Position: menshen.PositionUnknown, Lock: menshen.LockUnknown}
		}
		s.Gate = g.info.ID
		all = append(all, s)
	}
	return all
}

// command carries out what somebody asked of the door.
func (d *doorman) command(ctx context.Context, action menshen.DoorAction, by string) menshen.DoorResult {
	no := func(zh, en string) menshen.DoorResult {
		return menshen.DoorResult{Gate: d.gate.ID, Message: menshen.Text{ZH: zh, EN: en}}
	}
	if !action.Valid() {
		return no("指令无法识别", "the action is unknown")
	}
	d.mu.Lock()
	switch standing := d.standing; {
	case standing == menshen.DoorEmergency && action == menshen.DoorLock:
		d.mu.Unlock()
		return no("紧急开启中，不能锁闭；请先恢复正常", "it is open in an emergency and cannot be locked; set it to normal first")
	case standing == menshen.DoorLock && action == menshen.DoorOpen:
		d.mu.Unlock()
		return no("已锁闭，不能开启；请先恢复正常", "it is locked and cannot be opened; set it to normal first")
	case (standing == menshen.DoorHold || standing == menshen.DoorEmergency) && action == menshen.DoorOpen:
		d.mu.Unlock()
		return menshen.DoorResult{Gate: d.gate.ID, Confirmed: true, Message: menshen.Text{ZH: "已是常开状态", EN: "it is held open already"}}
	case standing == menshen.DoorEmergency && action == menshen.DoorHold:
		action = menshen.DoorEmergency // it stays what it is
	}
	d.stand(action)
	d.mu.Unlock()
	d.log.Info("door is told", "gate", d.gate.ID, "action", action, "by", by)

	d.turn.Lock()
	defer d.turn.Unlock()
	now := d.clock()
	cmd := menshen.DoorCommand{Gate: d.gate.ID, Action: action, At: now}
	if action == menshen.DoorOpen {
		cmd.Direction, cmd.Hold = menshen.DirectionIn, d.cfg.Hold
	} else if !d.owes(action) {
		return no("已被另一指令取代", "another command took its place")
	}
	err := d.tell(ctx, cmd)
	switch {
	case err == nil:
		d.took(action)
		return menshen.DoorResult{Gate: d.gate.ID, Confirmed: true}
	case menshen.ErrorCode(err) != menshen.CodeMissing:
		message, _ := menshen.ErrorMessage(err)
		return no("门没有执行指令："+message, "the door did not do it: "+message)
	}
	d.took(action)
	switch action {
	case menshen.DoorHold, menshen.DoorEmergency:
		d.mu.Lock()
		d.pulsed = true
		d.mu.Unlock()
		if err := d.pulse(ctx); err != nil {
			message, _ := menshen.ErrorMessage(err)
			return no("门没有执行指令："+message, "the door did not do it: "+message)
		}
		return menshen.DoorResult{Gate: d.gate.ID, Confirmed: true, Message: menshen.Text{ZH: "门控不支持常开，系统将不断重复开门", EN: "the door cannot be held open: it is opened again and again"}}
	case menshen.DoorLock:
		return menshen.DoorResult{Gate: d.gate.ID, Confirmed: true, Message: menshen.Text{ZH: "门控不支持锁闭，系统将不再开门", EN: "the door cannot be locked: it is not opened any more"}}
	}
	return menshen.DoorResult{Gate: d.gate.ID, Confirmed: true}
}

// stand notes what stands from now on. The caller holds the lock.
func (d *doorman) stand(action menshen.DoorAction) {
	switch action {
	case menshen.DoorOpen:
		return
	case menshen.DoorNormal:
		// What stood open may take as long to close as after an opening.
		if d.standing == menshen.DoorHold || d.standing == menshen.DoorEmergency {
			d.shut = d.clock().Add(d.cfg.Hold)
		}
		d.standing = ""
	default:
		d.standing = action
	}
	d.owed, d.pulsed = true, false
	d.watch.forced, d.watch.adopted = time.Time{}, false // somebody has looked
}

// owes reports whether the action is still what the door is to be told.
func (d *doorman) owes(action menshen.DoorAction) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.owed && d.wanted() == action
}

// wanted gives what the door is to be. The caller holds the lock.
func (d *doorman) wanted() menshen.DoorAction {
	if d.standing == "" {
		return menshen.DoorNormal
	}
	return d.standing
}

// took notes that the door has what stands.
func (d *doorman) took(action menshen.DoorAction) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if action != menshen.DoorOpen && d.wanted() == action {
		d.owed = false
	}
}

// pulse opens a door that cannot be held open, for as long as one command can. The caller has the turn.
func (d *doorman) pulse(ctx context.Context) error {
	now := d.clock()
	d.mu.Lock()
	d.due = now.Add(d.cfg.Hold * 4 / 5)
	d.mu.Unlock()
	return d.tell(ctx, menshen.DoorCommand{Gate: d.gate.ID, Direction: menshen.DirectionIn, At: now, Hold: d.cfg.Hold})
}
