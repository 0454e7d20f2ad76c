package main

import (
	"context"
	"errors"
	"time"

	"menshen"
	"menshen/camera/address"
	"menshen/web"
)

// consoleView gives guards what the gates know.
type consoleView struct{ *hub }

// Standing implements web.Standings.
func (v consoleView) Standing(person string) web.Standing {
	s, _ := v.roll.Standing(person)
	out := web.Standing{Health: s.Health.State(), Celsius: float64(s.Health.Celsius)}
	now := time.Now()
	for i := range s.Permits {
		p := s.Permits[i].Whole(person)
		if p.Revoked.IsZero() && !now.Before(p.From) && (p.To.IsZero() || now.Before(p.To)) {
			out.Permit = p.Kind
			break
		}
	}
	return out
}

// BrowserCameras implements web.Frames.
func (v consoleView) BrowserCameras() []menshen.Camera {
	var all []menshen.Camera
	for _, cam := range v.cfg.Cameras {
		if cam.Source.Reveal() == address.Browser {
			all = append(all, menshen.Camera{ID: cam.ID, Gate: cam.Gate, Direction: menshen.Direction(cam.Direction)})
		}
	}
	return all
}

// SendFrame implements web.Frames.
func (v consoleView) SendFrame(ctx context.Context, camera string, jpeg []byte) (menshen.Seen, error) {
	return v.conn.SendFrame(ctx, camera, jpeg)
}

// lookAtFaces keeps the faces before the gates for their guards until ctx ends.
func (h *hub) lookAtFaces(ctx context.Context) error {
	places := map[string]string{}
	for _, cam := range h.cfg.Cameras {
		places[cam.ID] = cam.Gate
	}
	sub, err := h.conn.SubscribeSightings(ctx, "", func(_ context.Context, s menshen.Sighting) {
		if gate, ok := places[s.Camera]; ok {
			h.crops.Hear(gate, s)
		}
	})
	if err != nil {
		return err
	}
	return errors.Join(h.crops.Run(ctx), sub.Close())
}
