package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"menshen"
	"menshen/bus"
)

// serveDoors has the hub tell the doors of the post's gates what to do, as it tells its own: an emergency opens them too.
func (l *postLink) serveDoors(ctx context.Context, conn *bus.Conn) (closeAll func() error, err error) {
	var open []*bus.Subscription
	closeAll = func() (err error) {
		for _, s := range open {
			err = errors.Join(err, s.Close())
		}
		return err
	}
	for _, gate := range l.post.gates {
		commands, err := conn.ServeDoor(ctx, gate, func(ctx context.Context, cmd menshen.DoorCommand) error {
			r := l.post.controller.CommandDoor(ctx, gate, cmd.Do(), "hub")
			if r.Confirmed {
				return nil
			}
			return menshen.Errorf(menshen.CodeUnavailable, "cmd.post_door", "%s", strings.TrimPrefix(r.Message.EN, "the door did not do it: "))
		})
		if err != nil {
			return closeAll, err
		}
		open = append(open, commands)
		states, err := conn.ServeDoorState(ctx, gate, func(context.Context) (menshen.DoorState, error) {
			all := l.post.controller.DoorStates()
			i := slices.IndexFunc(all, func(s menshen.DoorState) bool { return s.Gate == gate })
			if i < 0 || all[i].At.IsZero() {
				return menshen.DoorState{}, menshen.Errorf(menshen.CodeMissing, "cmd.post_door", "the door at gate %q cannot tell whether it is open", gate).
					WithHint("use a door controller with a door contact, over ONVIF or the message bus")
			}
			return all[i], nil
		})
		if err != nil {
			return closeAll, err
		}
		open = append(open, states)
	}
	return closeAll, nil
}

// commandPosts tells the doors of posts what to do, all at the same time.
func (h *hub) commandPosts(ctx context.Context, gates []string, action menshen.DoorAction) []menshen.DoorResult {
	results := make([]menshen.DoorResult, len(gates))
	var all sync.WaitGroup
	for i, gate := range gates {
		all.Go(func() {
			results[i] = menshen.DoorResult{Gate: gate, Confirmed: true}
			cmd := menshen.DoorCommand{Gate: gate, Action: action, At: time.Now()}
			if cmd.Do() == menshen.DoorOpen {
				cmd.Direction, cmd.Hold = menshen.DirectionIn, h.cfg.Access.DoorHold
			}
			limited, cancel := context.WithTimeout(ctx, 3*h.cfg.Access.DoorLimit)
			defer cancel()
			if err := h.conn.AskDoor(limited, cmd); err != nil {
				message, _ := menshen.ErrorMessage(err)
				results[i] = menshen.DoorResult{Gate: gate, Message: menshen.Text{ZH: h.chinese(message), EN: message}}
			}
		})
	}
	all.Wait()
	return results
}
