package web

import (
	"context"
	"sync"
	"time"

	"menshen"
)

// Crops keeps the best picture of each face that was before a gate in the last minutes, in memory only, for the guards of
// that gate. Safe for concurrent use.
type Crops struct {
	now func() time.Time

	mu    sync.Mutex
	gates map[string][]crop // by gate, the oldest first
}

type crop struct {
	camera, track string
	jpeg          []byte
	quality       float64
	at            time.Time // when the track was heard of first
}

const (
	cropsAtAGate = 64
	cropLimit    = 256 << 10       // bytes of one
	cropLife     = 5 * time.Minute // longer than a review may wait by default
)

// NewCrops makes an empty one. Run it, so that what is old goes also where nobody passes.
func NewCrops(now func() time.Time) *Crops { return &Crops{now: now, gates: map[string][]crop{}} }

// Hear takes the crop of a sighting at a gate if it is the best of its track so far. The oldest track goes where there are
// too many.
func (c *Crops) Hear(gate string, s menshen.Sighting) {
	if s.Last || len(s.Crop) == 0 || len(s.Crop) > cropLimit {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.gates[gate]
	for i := range kept {
		if k := &kept[i]; k.camera == s.Camera && k.track == s.Track {
			if q := s.Quality.Score(); q >= k.quality {
				k.jpeg, k.quality = s.Crop, q
			}
			return
		}
	}
	kept = append(kept, crop{s.Camera, s.Track, s.Crop, s.Quality.Score(), c.now()})
	if len(kept) > cropsAtAGate {
		kept = append([]crop(nil), kept[len(kept)-cropsAtAGate:]...)
	}
	c.gates[gate] = kept
}

// Face gives the picture of a track at a gate, nil where there is none (any more).
func (c *Crops) Face(gate, camera, track string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.gates[gate] {
		if k.camera == camera && k.track == track && c.now().Sub(k.at) < cropLife {
			return k.jpeg
		}
	}
	return nil
}

// Run takes old pictures away until ctx ends, and then all of them.
func (c *Crops) Run(ctx context.Context) error {
	tick := time.NewTicker(cropLife / 20)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			c.mu.Lock()
			defer c.mu.Unlock()
			clear(c.gates)
			return nil
		case <-tick.C:
			c.sweep()
		}
	}
}

func (c *Crops) sweep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for gate, kept := range c.gates {
		var young []crop
		for _, k := range kept {
			if c.now().Sub(k.at) < cropLife {
				young = append(young, k)
			}
		}
		if c.gates[gate] = young; len(young) == 0 {
			delete(c.gates, gate)
		}
	}
}
