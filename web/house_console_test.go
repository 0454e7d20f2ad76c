package web_test

import (
	"context"

	"menshen"
	"menshen/web"
)

func (h *house) Fever() float64 { return 37.2 }

func (h *house) Photograph(_ context.Context, person string) ([]byte, error) {
	return []byte("photograph of " + person), nil
}

func (h *house) Standing(string, string) web.Standing {
	return web.Standing{Permit: menshen.PermitResident, Health: menshen.HealthMonitoring, Celsius: 36.5, Measured: now}
}

func (h *house) BrowserCameras() []menshen.Camera {
	return []menshen.Camera{{ID: "cam-1", Gate: "east-1", Direction: menshen.DirectionIn}}
}

func (h *house) SendFrame(_ context.Context, camera string, jpeg []byte) (menshen.Seen, error) {
	return menshen.Seen{Captured: now, Width: 640, Height: 360, Faces: []menshen.Box{{X: 1, Y: 2, W: 30, H: 40}}}, h.askedWith("frame "+camera, len(jpeg))
}
