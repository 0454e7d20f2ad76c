package main

import (
	"context"
	"sync"

	"menshen"
	"menshen/web"
)

// doorsView gives the doors of the hub's own gates, and who is in which zone.
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

// DoorStates implements web.Doors.
func (v doorsView) DoorStates() map[string]web.DoorState {
	all := map[string]web.DoorState{}
	for _, g := range v.site.Gates {
		if v.cfg.PostOf(g.ID) == "" {
			state, message := v.controller.DoorState(g.ID)
			all[g.ID] = web.DoorState{State: state, Message: message}
		}
	}
	return all
}

// Occupancy implements web.Doors.
func (v doorsView) Occupancy() map[string]int { return v.roll.Occupancy() }
