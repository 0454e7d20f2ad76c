package main

import (
	"context"
	"sync"
	"time"

	"menshen"
	"menshen/web"
)

// doorsView gives the doors of all gates, those of posts too, and who is in which zone.
type doorsView struct{ *hub }

// CommandDoors implements web.Doors, for the hub's own gates and those of posts. No gates are all gates, and an emergency is for
// all gates whatever is named.
func (v doorsView) CommandDoors(ctx context.Context, gates []string, action menshen.DoorAction, by string) []menshen.DoorResult {
	if len(gates) == 0 || action == menshen.DoorEmergency {
		gates = nil
		for _, g := range v.site.Gates {
			gates = append(gates, g.ID)
		}
	}
	var own, others []string
	for _, g := range gates {
		if v.cfg.PostOf(g) == "" {
			own = append(own, g)
		} else {
			others = append(others, g)
		}
	}
	var far []menshen.DoorResult
	var asking sync.WaitGroup
	asking.Go(func() { far = v.commandPosts(ctx, others, action) })
	var all []menshen.DoorResult
	if len(own) > 0 { // none would be all
		all = v.controller.CommandDoors(ctx, own, action, by)
	}
	asking.Wait()
	return append(all, far...)
}

// postDoorLimit is how long a list of gates waits for posts to say how their doors are.
const postDoorLimit = 2 * time.Second

// DoorStates implements web.Doors. Posts are asked all at the same time; the door of one that does not answer is unknown.
func (v doorsView) DoorStates(ctx context.Context) map[string]web.DoorState {
	ctx, cancel := context.WithTimeout(ctx, postDoorLimit)
	defer cancel()
	states := make([]web.DoorState, len(v.site.Gates))
	var asking sync.WaitGroup
	for i, g := range v.site.Gates {
		if v.cfg.PostOf(g.ID) == "" {
			states[i].State, states[i].Message = v.controller.DoorState(g.ID)
			continue
		}
		asking.Go(func() {
			s, err := v.conn.AskDoorState(ctx, g.ID)
			states[i] = doorWord(s)
			if err != nil {
				message, _ := menshen.ErrorMessage(err)
				states[i] = web.DoorState{State: "unknown", Message: menshen.Text{ZH: v.chinese(message), EN: message}}
			}
		})
	}
	asking.Wait()
	all := map[string]web.DoorState{}
	for i, g := range v.site.Gates {
		all[g.ID] = states[i]
	}
	return all
}

// doorWord puts what a post says of a door into the words of the list, as the controller does with a door of its own.
func doorWord(s menshen.DoorState) web.DoorState {
	switch {
	case s.Alarm == menshen.AlarmForced:
		return web.DoorState{State: "alarm", Message: menshen.Text{ZH: "门被强行打开", EN: "it was forced open"}}
	case s.Alarm == menshen.AlarmHeldOpen:
		return web.DoorState{State: "alarm", Message: menshen.Text{ZH: "门长时间未关", EN: "it stands open too long"}}
	case s.Alarm != "":
		return web.DoorState{State: "alarm", Message: menshen.Text{ZH: s.Alarm, EN: s.Alarm}}
	case s.Lock == menshen.LockHeld:
		return web.DoorState{State: "held", Message: menshen.Text{ZH: "常开", EN: "held open"}}
	case s.Position == menshen.PositionOpen:
		return web.DoorState{State: "open"}
	case s.Position == menshen.PositionClosed, s.Lock == menshen.LockLocked:
		return web.DoorState{State: "closed"}
	}
	return web.DoorState{State: "unknown"}
}

// Occupancy implements web.Doors.
func (v doorsView) Occupancy() map[string]int { return v.roll.Occupancy() }
