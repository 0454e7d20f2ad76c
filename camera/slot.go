package camera

import (
	"errors"
	"sync"
	"time"

	"gocv.io/x/gocv"
)

// frame is a picture of the camera and when it was read.
type frame struct {
	mat      gocv.Mat
	captured time.Time
}

// slot hands the latest frame from the reader to the analyser. There are three frames in all, swapped and never
// copied: one that the reader fills, one that waits, one that is looked at. A frame that waits when the next one comes
// is overwritten and counted.
type slot struct {
	ready chan struct{} // holds one element while a frame waits
	done  chan struct{} // holds one element after a frame was looked at

	mu      sync.Mutex
	frames  [3]*frame
	waiting *frame
	full    bool
	due     time.Time // from when on the analyser wants a frame
	busy    bool      // a frame is being looked at: another would wait and be old by then
	dropped int
}

func newSlot() *slot {
	s := &slot{ready: make(chan struct{}, 1), done: make(chan struct{}, 1)}
	for i := range s.frames {
		s.frames[i] = &frame{mat: gocv.NewMat()}
	}
	s.waiting = s.frames[1]
	return s
}

// reading and looking are the frames that the reader and the analyser begin with.
func (s *slot) reading() *frame { return s.frames[0] }
func (s *slot) looking() *frame { return s.frames[2] }

// want asks for a frame that is read at t or later.
func (s *slot) want(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due = t
}

// wanted reports whether a frame of this time is asked for and nothing stands before it; the others need not be converted
// to a picture.
func (s *slot) wanted(at time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.busy && !s.full && !at.Before(s.due)
}

// put hands a filled frame over and gives the next one to fill.
func (s *slot) put(f *frame) *frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		s.dropped++
	}
	f, s.waiting = s.waiting, f
	s.full = true
	select {
	case s.ready <- struct{}{}:
	default:
	}
	return f
}

// looked tells that the frame taken last was looked at.
func (s *slot) looked() {
	s.mu.Lock()
	s.busy = false
	s.mu.Unlock()
	select {
	case s.done <- struct{}{}:
	default:
	}
}

// take gives the latest frame for one that was looked at; false where none waits.
func (s *slot) take(f *frame) (*frame, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.full {
		return f, false
	}
	f, s.waiting = s.waiting, f
	s.full = false
	s.busy = true
	return f, true
}

// drops is how many frames were overwritten.
func (s *slot) drops() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped
}

// close frees the frames, after reader and analyser ended.
func (s *slot) close() error {
	var errs []error
	for _, f := range s.frames {
		errs = append(errs, f.mat.Close())
	}
	return errors.Join(errs...)
}
