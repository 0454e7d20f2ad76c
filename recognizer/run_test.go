package recognizer_test

import (
	"context"
	"fmt"
	"image/color"
	"slices"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/recognizer"
)

// start runs a worker; the returned function stops it and gives what Run gave.
func start(tb testing.TB, w *recognizer.Worker) (stop func() error) {
	tb.Helper()
	ctx, cancel := context.WithCancel(tb.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	return sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
}

func mustStop(tb testing.TB, b *memoryBus, stop func() error) {
	tb.Helper()
	if err := stop(); err != nil {
		tb.Error(err)
	}
	if b.open != 0 {
		tb.Errorf("%d subscriptions are left", b.open)
	}
}

// TestOrder: with several workers, faces of many tracks come back, those of one track in its order, its end last.
func TestOrder(t *testing.T) {
	b := newMemoryBus()
	w := mustWorker(t, &squares{}, b, newWatch(), recognizer.WorkerConfig{Workers: 4, Backlog: 1000})
	stop := start(t, w)
	const tracks, shots = 8, 12
	for i := range shots {
		for k := range tracks {
			b.send(mustSighting(t, []color.RGBA{ann, bob, mask, broken}[(i+k)%4], fmt.Sprint("t", k), i+1))
		}
	}
	for k := range tracks {
		b.send(menshen.Sighting{Camera: "east-1", Track: fmt.Sprint("t", k), Sequence: shots + 1, Last: true})
	}
	b.wait(func() bool { return len(b.faces) == tracks*(shots+1) })
	mustStop(t, b, stop)
	next := map[string]int{}
	for _, f := range b.faces {
		next[f.Track]++
		if f.Sequence != next[f.Track] || f.Last != (f.Sequence == shots+1) {
			t.Errorf("track %s: %d after %d, last %t", f.Track, f.Sequence, next[f.Track]-1, f.Last)
		}
	}
}

// TestOverload: a worker that is held up drops the oldest pictures, says so, and keeps the ends of tracks.
func TestOverload(t *testing.T) {
	held, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	e := &squares{before: func(context.Context, color.RGBA) {
		once.Do(func() { close(held); <-release })
	}}
	b := newMemoryBus()
	w := mustWorker(t, e, b, newWatch(), recognizer.WorkerConfig{Workers: 1, Backlog: 3})
	stop := start(t, w)
	b.send(mustSighting(t, ann, "t0", 1))
	<-held
	for i := range 8 {
		b.send(mustSighting(t, ann, fmt.Sprint("t", i), 2), menshen.Sighting{Camera: "east-1", Track: fmt.Sprint("t", i), Sequence: 3, Last: true})
	}
	b.mu.Lock()
	dropped := len(b.faces)
	for i, f := range b.faces {
		if f.Refusal != recognizer.RefusalOverloaded || f.Track != fmt.Sprint("t", i) || f.Last {
			t.Errorf("dropped %+v", f)
		}
	}
	b.mu.Unlock()
	if dropped != 5 {
		t.Errorf("%d sightings were dropped instead of the 5 oldest", dropped)
	}
	close(release)
	b.wait(func() bool { return len(b.faces) == 1+2*8 })
	mustStop(t, b, stop)
	ends := 0
	for _, f := range b.faces {
		if f.Last {
			ends++
		}
	}
	if ends != 8 {
		t.Errorf("%d ends of tracks instead of 8", ends)
	}
}

// TestEndsAreBounded: even ends of tracks do not pile up for ever.
func TestEndsAreBounded(t *testing.T) {
	held, release := make(chan struct{}), make(chan struct{})
	e := &squares{before: func(context.Context, color.RGBA) { close(held); <-release }}
	b := newMemoryBus()
	stop := start(t, mustWorker(t, e, b, newWatch(), recognizer.WorkerConfig{Workers: 1, Backlog: 1}))
	b.send(mustSighting(t, ann, "t", 1))
	<-held
	for i := range 40 {
		b.send(menshen.Sighting{Track: fmt.Sprint("e", i), Sequence: 1, Last: true})
	}
	b.mu.Lock()
	if len(b.faces) != 40-16 || !b.faces[0].Last || b.faces[0].Track != "e0" {
		t.Errorf("%d ends of tracks were dropped instead of 24", len(b.faces))
	}
	b.mu.Unlock()
	close(release)
	mustStop(t, b, stop)
}

// TestReports: a report a second, with the figures of that second; a stalled engine makes it not OK, and its return OK.
func TestReports(t *testing.T) {
	held, release := make(chan struct{}), make(chan struct{})
	e := &squares{before: func(_ context.Context, c color.RGBA) {
		if c == cat {
			close(held)
			<-release
		}
	}}
	b, clock := newMemoryBus(), newWatch()
	stop := start(t, mustWorker(t, e, b, clock, recognizer.WorkerConfig{Component: "recognizer-1", Workers: 2, Interval: time.Millisecond}))
	last := func() menshen.Report { return b.reports[len(b.reports)-1] }

	b.wait(func() bool {
		return len(b.reports) > 0 && last().OK && last().Component == "recognizer-1" && last().At.Equal(clock.Now())
	})
	b.send(mustSighting(t, ann, "t1", 1), mustSighting(t, mask, "t1", 2))
	b.wait(func() bool {
		total := 0.0
		for _, r := range b.reports {
			if r.Figures["faces_per_s"] > 0 {
				total++
			}
			if r.Figures["refused_per_s"] > 0 {
				total++
			}
		}
		return total >= 2
	})

	b.send(mustSighting(t, cat, "t2", 1))
	<-held
	clock.forward(3 * time.Second)
	b.wait(func() bool { return last().Figures["oldest_call_s"] == 3 && last().OK })
	clock.forward(2 * time.Second)
	b.wait(func() bool { return !last().OK && last().Message != "" && last().Hint != "" })
	b.send(mustSighting(t, ann, "t3", 1)) // the other worker goes on
	b.wait(func() bool { return b.faces[len(b.faces)-1].Track == "t3" })
	close(release)
	b.wait(func() bool { return last().OK && b.faces[len(b.faces)-1].Track == "t2" })

	b.send(mustSighting(t, broken, "t4", 1))
	b.wait(func() bool { // one report of many: the next is well again
		return slices.ContainsFunc(b.reports, func(r menshen.Report) bool { return !r.OK && r.Message == "the engine broke" && r.Hint == "mend it" })
	})
	b.wait(func() bool { return last().OK })
	mustStop(t, b, stop)
}

// TestServeAnalyse: photographs are answered while Run runs.
func TestServeAnalyse(t *testing.T) {
	b := newMemoryBus()
	stop := start(t, mustWorker(t, &squares{}, b, newWatch(), recognizer.WorkerConfig{}))
	b.wait(func() bool { return b.analyse != nil })
	a, err := b.analyse(t.Context(), mustSighting(t, ann, "", 1).Crop)
	if err != nil || len(a.Faces) != 1 {
		t.Errorf("%+v, error %v", a, err)
	}
	mustStop(t, b, stop)
}

func TestRunFails(t *testing.T) {
	for _, refuse := range []string{"sightings", "analyse"} {
		b := newMemoryBus()
		b.refuse = refuse
		if err := mustWorker(t, &squares{}, b, newWatch(), recognizer.WorkerConfig{}).Run(t.Context()); err == nil || b.open != 0 {
			t.Errorf("no %s: error %v, %d subscriptions", refuse, err, b.open)
		}
	}
}

// TestBusDown: faces that cannot be published are counted, and nothing stops.
func TestBusDown(t *testing.T) {
	b := newMemoryBus()
	b.refuse = "faces"
	stop := start(t, mustWorker(t, &squares{}, b, newWatch(), recognizer.WorkerConfig{Interval: time.Millisecond}))
	b.send(mustSighting(t, ann, "t1", 1))
	b.wait(func() bool {
		for _, r := range b.reports {
			if r.Figures["failed"] == 1 {
				return true
			}
		}
		return false
	})
	mustStop(t, b, stop)
}
