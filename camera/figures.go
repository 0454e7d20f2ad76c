package camera

import (
	"sync"
	"time"

	"menshen"
	"menshen/camera/queue"
)

// figures is what the reports are made of. Safe for concurrent use.
type figures struct {
	first chan struct{} // closed at the first frame

	mu   sync.Mutex
	v    counts
	seen menshen.Seen
}

// counts are the figures since the start.
type counts struct {
	started, opened, lastFrame time.Time
	width, height              int
	frames                     int
	looks, searches            int
	searching                  time.Duration
	dropped                    int
	tracks                     int
	queue                      queue.Stats
}

func (f *figures) change(do func(v *counts)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do(&f.v)
}

func (f *figures) start(at time.Time) { f.change(func(v *counts) { v.started = at }) }
func (f *figures) open(at time.Time)  { f.change(func(v *counts) { v.opened = at }) }
func (f *figures) size(w, h int)      { f.change(func(v *counts) { v.width, v.height = w, h }) }
func (f *figures) following(n int)    { f.change(func(v *counts) { v.tracks = n }) }

func (f *figures) frame(at time.Time) {
	f.change(func(v *counts) {
		if v.frames == 0 {
			close(f.first)
		}
		v.frames++
		v.lastFrame = at
	})
}

// looked counts an analysis that the motion gate ended.
func (f *figures) looked() { f.change(func(v *counts) { v.looks++ }) }

// searched counts an analysis with a search for faces that took so long.
func (f *figures) searched(took time.Duration) {
	f.change(func(v *counts) {
		v.looks++
		v.searches++
		v.searching += took
	})
}
