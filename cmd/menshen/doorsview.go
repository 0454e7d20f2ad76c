package main

import (
	"context"

	"menshen"
	"menshen/web"
)

// doorsView gives the doors of the hub's own gates, and who is in which zone.
type doorsView struct{ *hub }

// CommandDoors implements web.Doors.
func (v doorsView) CommandDoors(ctx context.Context, gates []string, action menshen.DoorAction, by string) []menshen.DoorResult {
	return v.controller.CommandDoors(ctx, gates, action, by)
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
