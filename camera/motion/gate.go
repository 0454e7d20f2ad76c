// Package motion tells whether anything moves before a camera, so that a still picture is not searched for faces again
// and again. It compares a small grey picture with a background that adapts slowly. Plain Go on pixels.
package motion

import (
	"math"
	"time"

	"menshen"
)

// Config tunes the gate.
type Config struct {
	Difference float64       // grey levels of 255 from the background that make a pixel count; 12 if 0
	Share      float64       // share of pixels that must count, 0 … 1; 0.002 if 0: about a head far away
	Adapt      time.Duration // the background follows within this time; 8 s if 0
}

// Gate compares pictures with their background. Not safe for concurrent use.
type Gate struct {
	cfg    Config
	ground []float32
	width  int
	last   time.Time
}

// New makes a gate that has no background yet.
func New(cfg Config) (*Gate, error) {
	if cfg.Difference == 0 {
		cfg.Difference = 12
	}
	if cfg.Share == 0 {
		cfg.Share = 0.002
	}
	if cfg.Adapt == 0 {
		cfg.Adapt = 8 * time.Second
	}
	if !(cfg.Difference > 0 && cfg.Difference < 255 && cfg.Share > 0 && cfg.Share < 1) || cfg.Adapt < 0 {
		return nil, menshen.Errorf(menshen.CodeInvalid, "camera.motion", "the motion gate's settings are out of range").
			WithHint("difference is above 0 and below 255 grey levels, share above 0 and below 1")
	}
	return &Gate{cfg: cfg}, nil
}

// Moved reports whether a picture of 8-bit grey pixels, row by row, width of them a row, differs from the background,
// and lets the background follow. A change of the whole picture's brightness (a cloud, the camera's exposure) does not
// count. The first picture, and one of another size than the last, counts as moved.
func (g *Gate) Moved(grey []byte, width int, at time.Time) bool {
	if len(grey) == 0 {
		return false
	}
	if len(grey) != len(g.ground) || width != g.width {
		g.ground = make([]float32, len(grey))
		for i, v := range grey {
			g.ground[i] = float32(v)
		}
		g.width, g.last = width, at
		return true
	}
	var sum float32
	for i, v := range grey {
		sum += float32(v) - g.ground[i]
	}
	shift := sum / float32(len(grey))
	follow := g.follow(at)
	limit := float32(g.cfg.Difference)
	changed := 0
	for i, v := range grey {
		d := float32(v) - g.ground[i]
		if e := d - shift; e > limit || e < -limit {
			changed++
		}
		g.ground[i] += follow * d
	}
	return float64(changed) > g.cfg.Share*float64(len(grey))
}

// follow is the share by which the background moves towards the picture, for the time since the last one.
func (g *Gate) follow(at time.Time) float32 {
	dt := max(at.Sub(g.last), 0)
	g.last = at
	return float32(1 - math.Exp(-dt.Seconds()/g.cfg.Adapt.Seconds()))
}
