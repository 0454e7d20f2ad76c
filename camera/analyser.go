package camera

import (
	"context"
	"errors"
	"image"
	"time"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/camera/motion"
	"menshen/camera/shot"
	"menshen/camera/track"
)

const (
	motionSide = 160         // longer side of the picture that the motion gate sees
	hold       = time.Second // after motion has ended, so long faces are looked for
	jpegLevel  = 92          // of crops: the recognizer finds the face in them again
)

// analyser looks at frames: motion, faces, tracks, shots. One goroutine runs it.
type analyser struct {
	c       *Camera
	gate    *motion.Gate
	tracker *track.Tracker
	shots   map[string]*shot.Selector // by track

	small, tiny, grey gocv.Mat

	every           time.Duration
	due             time.Time
	moved, searched time.Time // when there was motion, and a search for faces, last
}

func newAnalyser(c *Camera) (*analyser, error) {
	gate, err := motion.New(c.cfg.Motion)
	if err != nil {
		return nil, err
	}
	tracker, err := track.New(c.cfg.Track, track.NewID)
	if err != nil {
		return nil, err
	}
	return &analyser{
		c: c, gate: gate, tracker: tracker, shots: map[string]*shot.Selector{},
		small: gocv.NewMat(), tiny: gocv.NewMat(), grey: gocv.NewMat(),
		every: time.Duration(float64(time.Second) / c.cfg.Rate),
	}, nil
}

// run looks at frames until ctx is done, then ends the tracks.
func (a *analyser) run(ctx context.Context) error {
	defer func() { a.end(a.tracker.Flush()) }()
	f := a.c.slot.looking()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-a.c.slot.ready:
		}
		var ok bool
		if f, ok = a.c.slot.take(f); !ok {
			continue
		}
		a.schedule(f.captured)
		if err := a.look(f); err != nil {
			return err
		}
		if a.tracker.Tentative() > 0 {
			// Somebody new: the next frame confirms them, and shows how fast they walk, long before the next one due.
			a.c.slot.want(f.captured)
		}
		a.c.slot.looked()
	}
}

// schedule asks for the next frame. Times are counted from the last one due, so that the rate holds although frames
// come when they come.
func (a *analyser) schedule(captured time.Time) {
	a.due = a.due.Add(a.every)
	if a.due.Before(captured) {
		a.due = captured.Add(a.every)
	}
	a.c.slot.want(a.due)
}

// look analyses one frame.
func (a *analyser) look(f *frame) error {
	small, scale := a.shrink(f.mat)
	if a.still(small, f.captured) {
		a.c.figures.looked()
		a.c.figures.see(menshen.Seen{Captured: f.captured, Width: f.mat.Cols(), Height: f.mat.Rows()})
		return nil
	}
	begin := a.c.now()
	faces, err := a.c.detector.Detect(small)
	if err != nil {
		return err
	}
	a.searched = f.captured
	w, h := f.mat.Cols(), f.mat.Rows()
	inside := faces[:0]
	for _, d := range faces {
		d = d.Scaled(scale, menshen.Point{})
		at := d.Box.Center()
		if a.c.cfg.Region.Contains(menshen.Point{X: at.X / float64(w), Y: at.Y / float64(h)}) {
			inside = append(inside, d)
		}
	}
	a.c.figures.searched(a.c.now().Sub(begin))
	saw := menshen.Seen{Captured: f.captured, Width: w, Height: h}
	for _, d := range inside {
		saw.Faces = append(saw.Faces, d.Box)
	}
	a.c.figures.see(saw)
	seen, ended := a.tracker.Update(f.captured, w, h, inside)
	a.end(ended)
	for _, t := range seen {
		if err := a.offer(f, t); err != nil {
			return err
		}
	}
	a.c.figures.following(a.tracker.Alive())
	return nil
}

// shrink gives the picture that is searched for faces, and how many times smaller than the frame it is.
func (a *analyser) shrink(m gocv.Mat) (gocv.Mat, float64) {
	side := max(m.Cols(), m.Rows())
	if side <= a.c.cfg.Side {
		return m, 1
	}
	k := float64(side) / float64(a.c.cfg.Side)
	gocv.Resize(m, &a.small, shrunk(m, k), 0, 0, interpolation(k))
	return a.small, k
}

func shrunk(m gocv.Mat, k float64) image.Point {
	return image.Pt(max(1, int(float64(m.Cols())/k+0.5)), max(1, int(float64(m.Rows())/k+0.5)))
}

// interpolation averages where several pixels become one.
func interpolation(k float64) gocv.InterpolationFlags {
	if k >= 2 {
		return gocv.InterpolationArea
	}
	return gocv.InterpolationLinear
}

// still reports whether this frame need not be searched: nothing moves, nobody is followed, and the last search is not
// long ago.
func (a *analyser) still(small gocv.Mat, at time.Time) bool {
	k := max(float64(max(small.Cols(), small.Rows()))/motionSide, 1)
	gocv.Resize(small, &a.tiny, shrunk(small, k), 0, 0, interpolation(k))
	gocv.CvtColor(a.tiny, &a.grey, gocv.ColorBGRToGray)
	pix, err := a.grey.DataPtrUint8()
	if err != nil || a.gate.Moved(pix, a.grey.Cols(), at) {
		a.moved = at
	}
	return a.tracker.Alive() == 0 && at.Sub(a.moved) > hold && at.Sub(a.searched) < a.c.cfg.Recheck
}

// offer sends the face of a track if it is worth it.
func (a *analyser) offer(f *frame, t track.Track) error {
	if !t.Confirmed || !shot.Whole(t.Face.Box, f.mat.Cols(), f.mat.Rows()) {
		return nil
	}
	s := a.shots[t.ID]
	if s == nil {
		s = shot.NewSelector(a.c.cfg.Shot)
		a.shots[t.ID] = s
	}
	q := a.c.assessor.Assess(f.mat, t.Face)
	number, ok := s.Take(f.captured, t.Face.Box.W, q.Score())
	if !ok {
		return nil
	}
	part := shot.Crop(t.Face.Box, a.c.cfg.Shot.Margin, f.mat.Cols(), f.mat.Rows())
	jpeg, err := encode(f.mat, part)
	if err != nil {
		return err
	}
	a.c.out.Push(menshen.Sighting{
		Camera: a.c.cfg.Camera, Track: t.ID, Sequence: number, Captured: f.captured, Crop: jpeg,
		Origin: menshen.Point{X: float64(part.Min.X), Y: float64(part.Min.Y)}, Face: t.Face, Quality: q,
	})
	return nil
}

// encode makes a JPEG of a part of a frame.
func encode(m gocv.Mat, part image.Rectangle) (jpeg []byte, err error) {
	const op = "camera.encode"
	if part.Empty() {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "a face lies outside its frame")
	}
	view := m.Region(part)
	defer func() { err = errors.Join(err, view.Close()) }()
	buf, err := gocv.IMEncodeWithParams(gocv.JPEGFileExt, view, []int{gocv.IMWriteJpegQuality, jpegLevel})
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "a picture cannot be encoded").WithCause(err)
	}
	defer buf.Close()
	return append([]byte(nil), buf.GetBytes()...), nil
}

// end tells for each track that sent shots that no more will come.
func (a *analyser) end(ended []track.Track) {
	for _, t := range ended {
		s := a.shots[t.ID]
		delete(a.shots, t.ID)
		if s == nil || s.Sent() == 0 {
			continue
		}
		a.c.out.Push(menshen.Sighting{Camera: a.c.cfg.Camera, Track: t.ID, Sequence: s.Sent() + 1, Captured: t.Last, Last: true})
	}
}

// close frees the pictures, after run has returned.
func (a *analyser) close() error {
	return errors.Join(a.small.Close(), a.tiny.Close(), a.grey.Close())
}
