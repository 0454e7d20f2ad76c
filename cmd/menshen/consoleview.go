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
func (v consoleView) Standing(person, gate string) web.Standing {
	s, _ := v.roll.Standing(person)
	now := time.Now()
	state := s.Health.State()
	if state == menshen.HealthObservation && !s.Health.Observed(now) {
		state = menshen.HealthNormal // it is over, whether or not the office has ended it
	}
	return web.Standing{Permit: s.Counts(gate, now, v.site.Location), Health: state, Celsius: float64(s.Health.Celsius), Measured: s.Health.MeasuredAt()}
}

// Fever implements web.Standings.
func (v consoleView) Fever() float64 { return figures{v.roll}.Fever() }

// faceless implements web.Console.Faceless.
func (v consoleView) faceless(gate string) string {
	switch {
	case v.cfg.PostOf(gate) != "":
		return "post"
	case v.simulated != nil:
		return "simulated"
	}
	return ""
}

// maxPhotograph is the largest photograph that is sent to a tablet, in bytes.
const maxPhotograph = 2 << 20

// Photograph implements web.Photographs.
func (v consoleView) Photograph(ctx context.Context, person string) (latest []byte, err error) {
	for p, err := range v.pipeline.store.Photographs(ctx, person) {
		if err != nil {
			return nil, err
		}
		if len(p.Data) <= maxPhotograph {
			latest = p.Data
		}
	}
	return latest, nil
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
