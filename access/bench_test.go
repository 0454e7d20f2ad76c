package access_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"menshen"
	"menshen/access"
)

// still is a searcher that always finds the same, so that a benchmark shows the Controller's own cost.
type still []menshen.Candidate

func (still) Engine() menshen.EngineID { return engine }

func (s still) Search(menshen.Descriptor, int) ([]menshen.Candidate, error) { return s, nil }

func benchController(b *testing.B, found []menshen.Candidate) *access.Controller {
	_, deps, cfg := newWorld(b, nil)
	deps.Searcher, deps.Log = still(found), slog.New(slog.NewTextHandler(io.Discard, nil))
	c, err := access.New(deps, cfg)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// BenchmarkHandle is a face of a track under way that leads to nothing new: the usual case. It should not allocate.
func BenchmarkHandle(b *testing.B) {
	for name, distance := range map[string]float64{"unsure": 0.5, "stranger": 0.9} {
		b.Run(name, func(b *testing.B) {
			c := benchController(b, []menshen.Candidate{{Person: "ann", Distance: distance}, {Person: "bob", Distance: 1}, {Person: "ida", Distance: 1.1}})
			f := menshen.Face{
				Camera: "east-a", Track: "t1", Engine: engine, Descriptor: faceOf("ann", 0.1, rand.New(rand.NewPCG(1, 1))),
				Quality: menshen.Quality{Size: 0.8, Sharpness: 0.8, Pose: 0.8, Light: 0.8},
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				f.Sequence, f.Captured = i+1, time.Now()
				if err := c.Handle(context.Background(), f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCrossing is a whole track of a resident: three faces and the end, with the decision.
func BenchmarkCrossing(b *testing.B) {
	c := benchController(b, []menshen.Candidate{{Person: "ann", Distance: 0.3}, {Person: "bob", Distance: 1}})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	d := faceOf("ann", 0.1, rand.New(rand.NewPCG(1, 1)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		track := fmt.Sprint("t", i)
		for seq := 1; seq <= 4; seq++ {
			f := menshen.Face{
				Camera: "east-a", Track: track, Sequence: seq, Captured: time.Now(), Engine: engine, Descriptor: d,
				Quality: menshen.Quality{Size: 0.8, Sharpness: 0.8, Pose: 0.8, Light: 0.8}, Last: seq == 4,
			}
			if f.Last {
				f.Descriptor = nil
			}
			if err := c.Handle(ctx, f); err != nil {
				b.Fatal(err)
			}
		}
	}
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}
